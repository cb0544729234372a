#!/usr/bin/env bash
# Times one demo candidate (merge and score 600 items) beside a plain matrix product. Usage: candidate.sh [THREADS] [CANDIDATES]
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
threads=${1:-2}
candidates=${2:-50}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$home/optimizer/bin/mendel" doctor
cd "$home"
mvn -B -q -Dquickly test-compile org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath \
  -Dmdep.includeScope=test -Dmdep.outputFile="$work/class-path"
# The last module to write the file is the optimizer, which sees everything.
printf -- '-cp\n%s\n' "$home/optimizer/target/test-classes:$home/evaluator/target/test-classes:$home/optimizer/target/classes:$(cat "$work/class-path")" >"$work/options"

jdk=
for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "$HOME"/.sdkman/candidates/java/*; do
  if grep -qs '^JAVA_VERSION="25[."]' "$candidate/release"; then jdk=$candidate; break; fi
done
java=("$jdk/bin/java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx1g "@$work/options")
"${java[@]}" io.mendel.runtime.ScoringBench optimizer/demo "$threads" 1024 "$candidates" 2>/dev/null
"${java[@]}" io.mendel.campaign.CandidateBench "$threads" "$candidates" optimizer/demo 2>/dev/null
