#!/usr/bin/env bash
# Runs the demo from several seeds, each beside random search with as many evaluations, and prints each final table.
# Usage: demo-seeds.sh [SEED …]
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for seed in "${@:-1}"; do
  echo "seed $seed"
  "$home/optimizer/bin/mendel" run "$home/optimizer/demo/campaign.yaml" --dir "$work/$seed" --set search.seed="$seed" \
    --compare random --quiet
done
