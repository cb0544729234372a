#!/usr/bin/env bash
# Times `mendel merge` of synthetic bf16 models from the command line, page cache warm: seconds with Java's start and the
# write, processor seconds, and the peak of the memory beyond mapped files (RssAnon + RssShmem) of a merge by itself.
# Usage: one-merge.sh WORK [HIDDEN LAYERS VOCABULARY [sparse]]
#   0.57 B weights (4.6 GB for the models): one-merge.sh /var/tmp/merge
#   10 GB in sparse files:                  one-merge.sh /var/tmp/merge 4096 24 128000 sparse
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=${1:?Usage: one-merge.sh WORK [HIDDEN LAYERS VOCABULARY [sparse]]}
shift
if [ $# -eq 0 ]; then set -- 1024 33 151936; fi
mkdir -p "$work"
work=$(cd "$work" && pwd)
models=$work/$(IFS=-; echo "$*")

"$home/optimizer/bin/mendel" --version >/dev/null
cd "$home"
jdk=
for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "$HOME"/.sdkman/candidates/java/*; do
  if grep -qs '^JAVA_VERSION="25[."]' "$candidate/release"; then jdk=$candidate; break; fi
done
if [ ! -e "$models/done" ]; then
  mvn -B -q -Dquickly -pl .,search-spaces,evaluator test-compile
  "$jdk/bin/java" -cp "evaluator/target/test-classes:evaluator/target/classes" io.mendel.merge.SyntheticModels "$models" "$@"
  touch "$models/done"
fi

# A recipe of two models, and the base where the method has one: method, parameters of each model.
recipe() {
  echo "merge_method: $1"
  local each=", parameters: {weight: 0.5${2:+, $2}}"
  case $1 in
    slerp) printf 'base_model: %s\nparameters: {t: 0.4}\n' "$models/a" && each= ;;
    linear) ;;
    *) echo "base_model: $models/base" ;;
  esac
  echo "models:"
  for name in a b; do echo "  - {model: $models/$name$each}"; done
  echo "dtype: bfloat16"
}

merge() {
  "$home/optimizer/bin/mendel" merge "$work/recipe.yaml" "$work/merged" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}

# MiB at the peak of one more merge: looking on takes a tenth of the processors.
peak() {
  local peak=0 now pid
  rm -rf "$work/merged"
  merge &
  pid=$!
  while kill -0 $pid 2>/dev/null; do
    # The launcher becomes Java, below the function's own process.
    now=$(awk '/^(RssAnon|RssShmem)/ { kib += $2 } END { print int(kib / 1024) }' \
      "/proc/$(pgrep -P $pid | head -n 1)/status" 2>/dev/null || echo 0)
    if [ "${now:-0}" -gt "$peak" ]; then peak=$now; fi
    sleep 0.05
  done
  wait $pid
  echo "$peak"
}

TIMEFORMAT='%R %U %S'
printf '%-16s %8s %8s %8s %8s\n' method seconds user system MiB
for method in linear slerp task_arithmetic dare_ties ties; do
  case $method in dare_ties | ties) more="density: 0.5" ;; *) more= ;; esac
  recipe $method "$more" >"$work/recipe.yaml"
  rounds=6
  if [ $# -ge 4 ]; then rounds=1; fi
  mib=$(peak)
  for ((round = 0; round < rounds; round++)); do
    if [ $# -lt 4 ]; then cat "$models"/*/model.safetensors >/dev/null; fi
    rm -rf "$work/merged"
    { time merge; } 2>"$work/time"
    read -r seconds user system <"$work/time"
    printf '%-16s %8.2f %8.1f %8.1f %8d\n' $method "$seconds" "$user" "$system" "$mib"
  done
done
rm -rf "$work/merged"
