#!/usr/bin/env bash
# Held-out main score of search strategies on the demo problem, median of many seeds each. Finished campaigns are kept
# under the directory and not run again, so it can be stopped and started as often as need be.
# Usage: strategies.sh [--dir DIR] [--seeds "1 2 …"] [ALGORITHM@EVALUATIONS …]
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mendel=$home/optimizer/bin/mendel
work=$home/optimizer/target/strategies
seeds=$(seq -s ' ' 101 115)
while [ $# -gt 0 ]; do
  case $1 in
    --dir) work=$2; shift 2 ;;
    --seeds) seeds=$2; shift 2 ;;
    *) break ;;
  esac
done
if [ $# -eq 0 ]; then set -- auto@200 random@1000; fi
mkdir -p "$work"

# The mean over the objectives of what a campaign's winner, or a reference recipe, scores on the test items.
median() { sort -g | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }

printf '%-18s %6s %8s %8s %8s\n' strategy seeds median least most
for entry in "$@"; do
  algorithm=${entry%@*}
  evaluations=${entry#*@}
  scores=$work/$entry.scores
  : >"$scores"
  for seed in $seeds; do
    dir=$work/$entry-$seed
    # auto and random run with their own settings: only seed, algorithm and budget differ from the demo.
    if [ ! -e "$dir/done" ]; then
      # The parents' statistics do not depend on the search.
      mkdir -p "$dir"
      if [ -d "$work/stats" ] && [ ! -d "$dir/stats" ]; then cp -r "$work/stats" "$dir/stats"; fi
      "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$dir" --workers 2 --quiet \
        --set "search={algorithm: $algorithm, seed: $seed}" --set "budget.evaluations=$evaluations" >/dev/null
      if [ ! -d "$work/stats" ] && [ -d "$dir/stats" ]; then cp -r "$dir/stats" "$work/stats"; fi
      touch "$dir/done"
    fi
    "$mendel" status "$dir" --json | python3 -c '
import json, sys
held = json.load(sys.stdin)["winner"]["held_out"]
print(sum(held[task]["soft_acc"] for task in ("know_ja", "arith_en", "order_en")) / 3)' >>"$scores"
  done
  printf '%-18s %6d %8.4f %8.4f %8.4f\n' "$entry" "$(wc -l <"$scores")" "$(median <"$scores")" \
    "$(sort -g "$scores" | head -1)" "$(sort -g "$scores" | tail -1)"
done
