#!/usr/bin/env bash
# Scores every path that is one edit away from the path of a campaign's winner, to see what a search of paths could gain:
# changes of the main score on search, validation and held-out items with their standard errors, and a summary of them by
# the kind of edit.
# Usage: path-neighbours.sh WORK DIR …, each DIR that of a finished campaign over merge parameters (demo/campaign.yaml).
# Tables are kept in WORK, so that a second call only prints them.
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ $# -lt 2 ]; then
  echo "Usage: path-neighbours.sh WORK DIR …" >&2
  exit 2
fi
work=$(mkdir -p "$1" && cd "$1" && pwd)
shift
if [ ! -e "$work/options" ]; then
  (cd "$home" && mvn -B -q -Dquickly test-compile org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath \
    -Dmdep.includeScope=test -Dmdep.outputFile="$work/class-path")
  # The last module to write the file is the optimizer, which sees everything.
  printf -- '-cp\n%s\n' "$home/optimizer/target/test-classes:$home/optimizer/target/classes:$(cat "$work/class-path")" >"$work/options"
fi
jdk=
for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "$HOME"/.sdkman/candidates/java/*; do
  if grep -qs '^JAVA_VERSION="25[."]' "$candidate/release"; then jdk=$candidate; break; fi
done

for directory in "$@"; do
  table=$work/$(basename "$directory").tsv
  if [ ! -e "$table" ]; then
    "$jdk/bin/java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
      --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx1g "@$work/options" io.mendel.campaign.PathNeighbours \
      "$directory" 2 "$work/$(basename "$directory")-winner" >"$table.partial" 2>"$table.log"
    mv "$table.partial" "$table"
  fi
done

cd "$work"
echo "| campaign | edit | number | best on search and validation items | the same, held-out | held-out, all |"
echo "|---|---|---|---|---|---|"
for directory in "$@"; do
  awk -F'\t' -v name="$(basename "$directory")" '
    NR > 1 {
      split($1, word, " ")
      off = word[4] > 1 ? word[4] - 1 : 1 - word[4]
      kind = word[1] != "scale" ? word[1] : off < 0.07 ? "scale by 5 %" : off < 0.15 ? "scale by 10 %" : "scale by 20 to 25 %"
      # Search and validation items together, weighted by their precision.
      a = 1 / ($4 * $4 + 1e-12); b = 1 / ($6 * $6 + 1e-12)
      seen = (a * $3 + b * $5) / (a + b)
      if (!(kind in n)) { kinds[++count] = kind; low[kind] = high[kind] = $7 }
      if (!n[kind]++ || seen > most[kind]) { most[kind] = seen; error[kind] = 1 / sqrt(a + b); edit[kind] = $1; held[kind] = $7; heldError[kind] = $8 }
      if ($7 < low[kind]) low[kind] = $7
      if ($7 > high[kind]) high[kind] = $7
    }
    END {
      for (i = 1; i <= count; i++) {
        k = kinds[i]
        printf "| %s | %s | %d | %s: %+.4f ± %.4f | %+.4f ± %.4f | %+.4f to %+.4f |\n", name, k, n[k], edit[k], most[k], error[k],
          held[k], heldError[k], low[k], high[k]
      }
    }' "$(basename "$directory").tsv"
done
