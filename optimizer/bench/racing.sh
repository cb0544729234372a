#!/usr/bin/env bash
# The demo with and without racing, seed by seed: how many item scorings racing saves and what the winner scores on held-out
# items. Then the four ways to choose 40 items of each task. Finished campaigns are kept under the directory and not run
# again, so it can be stopped and started as often as need be.
# Usage: racing.sh [--dir DIR] [--evaluations N] [SEED …]   e.g. racing.sh 1 2 3 4 5
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mendel=$home/optimizer/bin/mendel
work=$home/optimizer/target/racing
evaluations=600
while [ $# -gt 0 ]; do
  case $1 in
    --dir) work=$2; shift 2 ;;
    --evaluations) evaluations=$2; shift 2 ;;
    *) break ;;
  esac
done
if [ $# -eq 0 ]; then set -- 1 2 3 4 5; fi
mkdir -p "$work"

printf '%-14s %4s %9s %9s %7s %7s\n' items seed 'held-out' 'mean acc' raced saved
compare() { # NAME SEED KEY=VALUE …
  local name=$1 seed=$2 dir=$work/$1-$2-$evaluations settings=()
  shift 2
  for setting in "$@"; do settings+=(--set "$setting"); done
  if [ ! -e "$dir/done" ]; then
    # The parents' statistics do not depend on the search.
    mkdir -p "$dir"
    if [ -d "$work/stats" ] && [ ! -d "$dir/stats" ]; then cp -r "$work/stats" "$dir/stats"; fi
    "$mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$dir" --quiet --set "search.seed=$seed" \
      --set "budget.evaluations=$evaluations" "${settings[@]}" >/dev/null
    if [ ! -d "$work/stats" ] && [ -d "$dir/stats" ]; then cp -r "$dir/stats" "$work/stats"; fi
    touch "$dir/done"
  fi
  "$mendel" status "$dir" --json | NAME=$name SEED=$seed python3 -c '
import json, os, sys
status = json.load(sys.stdin)
held = status["winner"]["held_out"]
tasks = ("know_ja", "arith_en", "order_en")
racing = status.get("racing")
print("%-14s %4s %9.4f %9.4f %7s %7s" % (os.environ["NAME"], os.environ["SEED"],
      sum(held[t]["soft_acc"] for t in tasks) / 3, sum(held[t]["acc"] for t in tasks) / 3,
      racing["raced"] if racing else "-",
      "%.0f %%" % (100 * racing["items_saved"] / racing["items"]) if racing else "-"))'
}
for seed in "$@"; do
  compare all "$seed"
  compare racing "$seed" evaluation.racing=true
done
for selection in random stratified k_medoids disagreement; do
  for seed in "$@"; do
    compare "$selection" "$seed" evaluation.items=40 "evaluation.selection=$selection"
  done
done
