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

# Any difference ends the script with code 1.
compare() {
  diff <(status "$straight") <(status "$killed")
  diff <(content "$straight") <(content "$killed")
  echo "  status and store content: equal"
}
sessions() { grep -c ' session of ' "$1/events.log" 2>/dev/null || true; }

each=$(((kills + ${#algorithms[@]} - 1) / ${#algorithms[@]}))
for algorithm in "${algorithms[@]}"; do
  chosen=("${settings[@]}")
  if [ "$algorithm" != demo ]; then chosen+=(--set "search.algorithm=$algorithm"); fi
  straight=$work/$algorithm-straight killed=$work/$algorithm-killed
  "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$straight" "${chosen[@]}" >/dev/null 2>&1
  began=$(date +%s -d "$(head -1 "$straight/events.log" | cut -d' ' -f1)")
  took=$(($(date +%s -d "$(tail -1 "$straight/events.log" | cut -d' ' -f1)") - began + 1))
  # Every fourth kill hits the start, the others the work, whatever the speed of the machine. A campaign that comes to
  # its end before the next kill is compared, and another one begins.
  longest=$((1000 * took / 2))
  echo "$algorithm, uninterrupted: $took s of work; a session works at most $longest ms"
  for ((i = 1; i <= each; i++)); do
    before=$(sessions "$killed")
    "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$killed" "${chosen[@]}" >/dev/null 2>&1 &
    pid=$!
    if ((i % 4)); then
      while kill -0 "$pid" 2>/dev/null && [ "$(sessions "$killed")" = "$before" ]; do sleep 0.05; done
    fi
    pause=$((RANDOM * longest / 32768))
    sleep "$(printf '%d.%03d' $((pause / 1000)) $((pause % 1000)))"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    echo "  kill $i: $(tail -1 "$killed/events.log" 2>/dev/null | cut -d' ' -f2- || true)"
    if grep -qs ' finished: ' "$killed/events.log"; then compare; rm -rf "$killed"; fi
  done
  "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$killed" "${chosen[@]}" --workers 2 >/dev/null 2>&1
  compare
done
