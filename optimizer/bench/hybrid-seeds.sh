#!/usr/bin/env bash
# Runs the hybrid demo and the search of merge parameters alone, with as many evaluations, from several seeds, and prints
# the held-out main score of both winners, of the first stage's winner, and how many runs of a layer were saved; where a
# path took its place, the hybrid's score says so.
# Everything is kept in WORK, so that a second call goes on where the first one stopped.
# Usage: hybrid-seeds.sh WORK [SEED …]
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mendel=$home/optimizer/bin/mendel
demo=$home/optimizer/demo
if [ $# -lt 1 ]; then
  echo "Usage: hybrid-seeds.sh WORK [SEED …]" >&2
  exit 2
fi
work=$1
shift
if [ $# -eq 0 ]; then set -- 1 2 3 4 5; fi
mkdir -p "$work"

# Runs a campaign unless it is finished: file, directory, seed.
campaign() {
  if [ ! -e "$2/.done" ]; then
    "$mendel" run "$1" --dir "$2" --set search.seed="$3" --quiet >"$2.log" 2>&1
    touch "$2/.done"
  fi
}

# The mean of soft_acc of the three tasks of a status' part, read from standard input: winner of a campaign.
held_out() {
  "$mendel" status "$1" --json | python3 -c '
import json, sys
held = json.load(sys.stdin)["winner"]["held_out"]
print("%.4f" % (sum(task["soft_acc"] for task in held.values()) / len(held)))'
}

# The same of a model folder.
model() {
  (cd "$demo" && "$mendel" evaluate "$1" --tasks tasks/know_ja.yaml tasks/arith_en.yaml tasks/order_en.yaml --json) | python3 -c '
import json, sys
results = json.load(sys.stdin)["models"][0]["results"]
print("%.4f" % (sum(task["soft_acc"] for task in results.values()) / len(results)))'
}

saved() {
  "$mendel" status "$1" --json | python3 -c '
import json, sys
runs = json.load(sys.stdin)["timings"]
print("%.0f %%" % (100 * runs["layer_runs_saved"] / max(1, runs["layer_runs"] + runs["layer_runs_saved"])))'
}

echo "| seed | parameter space | hybrid | its first stage | layer runs saved | data flow | layer runs saved |"
echo "|---|---|---|---|---|---|---|"
for seed in "$@"; do
  campaign "$demo/campaign.yaml" "$work/parameter-$seed" "$seed"
  campaign "$demo/hybrid.yaml" "$work/hybrid-$seed" "$seed"
  campaign "$demo/data-flow.yaml" "$work/data-flow-$seed" "$seed"
  stage=$(model "$(realpath "$work/hybrid-$seed"/stages/candidate-*)")
  hybrid=$(held_out "$work/hybrid-$seed")
  path=
  if [ "$hybrid" != "$stage" ]; then path=" (path)"; fi
  echo "| $seed | $(held_out "$work/parameter-$seed") | $hybrid$path | $stage |" \
    "$(saved "$work/hybrid-$seed") | $(held_out "$work/data-flow-$seed") | $(saved "$work/data-flow-$seed") |"
done
