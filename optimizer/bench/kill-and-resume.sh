#!/usr/bin/env bash
# Kills the demo with SIGKILL at random moments, resumes it each time, and compares the result with an uninterrupted run:
# once for each algorithm, the kills shared out among them.
# Usage: kill-and-resume.sh [KILLS] [ALGORITHM,…|demo] [KEY=VALUE …]
#   e.g. kill-and-resume.sh 50 nsga2,cma_es,ga,random budget.evaluations=100 evaluation.items=10
# "demo" is the algorithm of the demo's campaign file.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mendel=$home/optimizer/bin/mendel
kills=${1:-20}
IFS=, read -ra algorithms <<<"${2:-demo}"
shift $(($# < 2 ? $# : 2))
settings=()
for setting in "$@"; do settings+=(--set "$setting"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RANDOM=7

content() { "$mendel" inspect "$1" --json | grep '"digest"'; }
status() { "$mendel" status "$1" --json | sed '/"timings"/,/}/d'; }

each=$(((kills + ${#algorithms[@]} - 1) / ${#algorithms[@]}))
for algorithm in "${algorithms[@]}"; do
  chosen=("${settings[@]}")
  if [ "$algorithm" != demo ]; then chosen+=(--set "search.algorithm=$algorithm"); fi
  straight=$work/$algorithm-straight killed=$work/$algorithm-killed
  SECONDS=0
  "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$straight" "${chosen[@]}" >/dev/null 2>&1
  # Sessions of a random length that together last about as long as the whole campaign and its starts, so that kills fall
  # into every phase of it, whatever the speed of the machine.
  longest=$((2 + 2 * SECONDS / each))
  echo "$algorithm, uninterrupted: $SECONDS s; a session lasts at most $((2 + longest)) s"
  for ((i = 1; i <= each; i++)); do
    "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$killed" "${chosen[@]}" >/dev/null 2>&1 &
    pid=$!
    sleep "$((1 + RANDOM % longest)).$((RANDOM % 10))"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    echo "  kill $i: generations logged by all sessions so far: $(cat "$killed/events.log" 2>/dev/null | grep -c "generation" || true)"
  done
  "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$killed" "${chosen[@]}" --workers 2 >/dev/null 2>&1
  diff <(status "$straight") <(status "$killed") && echo "  status: equal"
  diff <(content "$straight") <(content "$killed") && echo "  store content: equal"
done
