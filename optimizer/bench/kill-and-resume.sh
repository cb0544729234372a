#!/usr/bin/env bash
# Kills the demo with SIGKILL at random moments, resumes it each time, and compares the result with an uninterrupted run.
# Usage: kill-and-resume.sh [KILLS] [KEY=VALUE …]   e.g. kill-and-resume.sh 20 budget.evaluations=200
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mendel=$home/optimizer/bin/mendel
kills=${1:-20}
shift || true
settings=()
for setting in "$@"; do settings+=(--set "$setting"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
RANDOM=7

content() { "$mendel" inspect "$1" --json | grep '"digest"'; }
status() { "$mendel" status "$1" --json | sed '/"timings"/,/}/d'; }

SECONDS=0
"$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$work/straight" "${settings[@]}" >/dev/null 2>&1
# Sessions of a random length that together last about as long as the whole campaign and its starts, so that kills fall into
# every phase of it, whatever the speed of the machine.
longest=$((2 + 2 * SECONDS / kills))
echo "uninterrupted: $SECONDS s; a session lasts at most $((3 + longest)) s"
for ((i = 1; i <= kills; i++)); do
  "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$work/killed" "${settings[@]}" >/dev/null 2>&1 &
  pid=$!
  sleep "$((3 + RANDOM % longest)).$((RANDOM % 10))"
  kill -9 "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  echo "kill $i: generations logged by all sessions so far: $(cat "$work/killed/events.log" 2>/dev/null | grep -c "generation" || true)"
done
"$mendel" resume "$work/killed" --workers 2 >/dev/null 2>&1

diff <(status "$work/straight") <(status "$work/killed") && echo "status: equal"
diff <(content "$work/straight") <(content "$work/killed") && echo "store content: equal"
