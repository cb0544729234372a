#!/usr/bin/env bash
# How much of a campaign is neither merging nor scoring: the demo with one worker, from the last lines of its events.log; and how
# long the whole command took, with Java's start, opening the models and writing the report.
# Then how long it takes to go on with a campaign that is all in the store.
# Usage: overhead.sh [EVALUATIONS] [KEY=VALUE …]   e.g. overhead.sh 2000
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mendel=$home/optimizer/bin/mendel
evaluations=${1:-2000}
shift || true
settings=(--set "budget.evaluations=$evaluations")
for setting in "$@"; do settings+=(--set "$setting"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$mendel" --version >/dev/null 2>&1
begin=$(date +%s%N)
"$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$work/campaign" "${settings[@]}" >/dev/null 2>&1
seconds=$(awk -v ns=$(($(date +%s%N) - begin)) 'BEGIN { printf "%.1f", ns / 1e9 }')
grep 'evaluations computed' "$work/campaign/events.log" | tail -1 |
  sed -E 's/.*: ([0-9]+) evaluations computed in ([0-9.]+) s.*of ([0-9.]+) s.*/\1 \2 \3/' |
  awk -v whole="$seconds" '{printf "%d evaluations: %.1f s merging and scoring of %.1f s, %.2f %% for everything else; the command took %.1f s\n", $1, $2, $3, 100 * (1 - $2 / $3), whole}'
"$mendel" resume "$work/campaign" >/dev/null 2>&1
grep 'evaluations computed' "$work/campaign/events.log" | tail -1 |
  sed -E 's/.*of ([0-9.]+) s.*/going on when everything is in the store: \1 s/'
