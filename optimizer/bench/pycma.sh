#!/usr/bin/env bash
# A reference from outside: pycma as mergekit-evolve uses it (CMA-ES, sigma 1/6, its own population) searches the demo's
# genes on the items of the demo's campaign; the candidate that scored best there is scored on the held-out items, as
# strategies.sh reports them. Finished searches are kept under the directory and not run again, so it can be stopped
# and started as often as need be.
# Usage: pycma.sh [--dir DIR] [--seeds "1 2 …"] [START@EVALUATIONS …]   e.g. pycma.sh middle@200 mergekit@200
# START is "middle" (of the ranges, as Mendel starts) or "mergekit" (weights of 1/3, without bounds).
# Needs Python 3 with the package cma (pip install cma): PYTHON=/path/to/python pycma.sh. Nothing else here needs it.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python=${PYTHON:-python3}
work=$home/optimizer/target/pycma
seeds=$(seq -s ' ' 101 115)
while [ $# -gt 0 ]; do
  case $1 in
    --dir) work=$2; shift 2 ;;
    --seeds) seeds=$2; shift 2 ;;
    *) break ;;
  esac
done
if [ $# -eq 0 ]; then set -- middle@200; fi
"$python" -W ignore -c 'import cma' || { echo "pycma.sh: $python has no package cma." >&2; exit 2; }
mkdir -p "$work"

"$home/optimizer/bin/mendel" --version >/dev/null
if [ ! -e "$home/optimizer/target/test-classes/io/mendel/campaign/VectorScores.class" ]; then
  (cd "$home" && mvn -B -q -Dquickly -DskipTests package)
fi
for jdk in "${JAVA_HOME:-/none}" /usr/lib/jvm/* /opt/jdk* "$HOME"/.sdkman/candidates/java/*; do
  if grep -qs '^JAVA_VERSION="25[."]' "$jdk/release"; then break; fi
done
target=$home/optimizer/target
java=("$jdk/bin/java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx1g
  "-Donnxruntime.native.path=$target/native/ai/onnxruntime/native/linux-x64"
  -cp "$target/classes:$target/test-classes:$target/lib/*" io.mendel.campaign.VectorScores)

median() { sort -g | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }

printf '%-18s %6s %8s %8s %8s\n' strategy seeds median least most
for entry in "$@"; do
  scores=$work/$entry.scores
  : >"$scores"
  for seed in $seeds; do
    result=$work/$entry-$seed
    if [ ! -e "$result" ]; then
      "$python" "$home/optimizer/bench/pycma.py" "${entry%@*}" "$seed" "${entry#*@}" \
        "${java[@]}" "$home/optimizer/demo/campaign.yaml" "$seed" 2 >"$result.partial" 2>"$result.log"
      mv "$result.partial" "$result"
    fi
    cut -d' ' -f2 "$result" >>"$scores"
  done
  printf '%-18s %6d %8.4f %8.4f %8.4f\n' "pycma/$entry" "$(wc -l <"$scores")" "$(median <"$scores")" \
    "$(sort -g "$scores" | head -1)" "$(sort -g "$scores" | tail -1)"
done
