#!/usr/bin/env bash
# Scores every path that is one edit away from the path of a campaign's winner, to see what a search of paths could gain:
# changes of the main score on search, validation and held-out items with their standard errors, and a summary of them.
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
echo "| campaign | edits | better held-out | by 2 standard errors | best held-out | best by search and validation items, held-out |"
echo "|---|---|---|---|---|---|"
for directory in "$@"; do
  awk -F'\t' -v name="$(basename "$directory")" '
    NR > 1 {
      # Search and validation items together, weighted by their precision.
      a = 1 / ($4 * $4 + 1e-12); b = 1 / ($6 * $6 + 1e-12)
      seen = (a * $3 + b * $5) / (a + b)
      n++; better += $7 > 0; clearly += $7 > 2 * $8
      if (n == 1 || $7 > best) { best = $7; error = $8; edit = $1 }
      if (n == 1 || seen > most) { most = seen; chosen = $1; held = $7; heldError = $8 }
    }
    END {
      printf "| %s | %d | %d | %d | %+.4f ± %.4f (%s) | %s: %+.4f, %+.4f ± %.4f |\n", name, n, better, clearly, best, error, edit,
        chosen, most, held, heldError
    }' "$(basename "$directory").tsv"
done
