#!/usr/bin/env bash
# Rounds of faults on small campaigns of every algorithm: kills, stops, a full disk, exceptions, scores that are NaN,
# evaluations that hang or are refused. After each round nothing finished may be lost or computed again and the store must
# be intact; every campaign must end like one that nobody disturbed.
# Usage: faults.sh [ROUNDS] [SEED] [ALGORITHM …]   e.g. faults.sh 200 1 nsga2 cma_es ga random
# The disk that fills up is a tmpfs of 48 MB, which only root may mount; without it those rounds are kills.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rounds=${1:-200}
seed=${2:-1}
shift $(($# < 2 ? $# : 2))
if [ $# -eq 0 ]; then set -- nsga2 cma_es ga random; fi

"$home/optimizer/bin/mendel" --version >/dev/null
(cd "$home" && mvn -B -q -Dquickly -DskipTests package)
work=$(mktemp -d)
disk=$work/disk
mkdir "$disk"
small=false
if mount -t tmpfs -o size=48m tmpfs "$disk" 2>/dev/null; then
  small=true
else
  echo "no tmpfs can be mounted here (not root?): the disk never fills up in this run" >&2
fi
trap 'if $small; then umount "$disk"; fi; rm -rf "$work"' EXIT

for jdk in "${JAVA_HOME:-/none}" /usr/lib/jvm/* /opt/jdk* "$HOME"/.sdkman/candidates/java/*; do
  if grep -qs '^JAVA_VERSION="25[."]' "$jdk/release"; then break; fi
done
cd "$home/optimizer"
"$jdk/bin/java" -Xmx256m -Donnxruntime.native.path="$home/optimizer/target/native/ai/onnxruntime/native/linux-x64" \
  --enable-native-access=ALL-UNNAMED -cp "target/classes:target/test-classes:target/lib/*" \
  io.mendel.cli.FaultRounds "$rounds" "$seed" "$disk" "$small" all "$@"
