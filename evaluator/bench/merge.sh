#!/usr/bin/env bash
# Times the merge kernels beside a plain memory copy in the same process. Usage: merge.sh [THREADS] [MEBI-ELEMENTS] [ROUNDS]
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$home"
mvn -B -q -Dquickly -pl .,search-spaces,evaluator test-compile org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath \
  -Dmdep.includeScope=test -Dmdep.outputFile="$work/class-path"
jdk=
for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* "$HOME"/.sdkman/candidates/java/*; do
  if grep -qs '^JAVA_VERSION="25[."]' "$candidate/release"; then jdk=$candidate; break; fi
done
cd evaluator
printf -- '-cp\n%s\n' "target/test-classes:target/classes:../search-spaces/target/classes:$(cat "$work/class-path")" >"$work/options"
"$jdk/bin/java" --add-modules=jdk.incubator.vector -XX:+UseSerialGC -Xmx1g \
  -XX:CompileCommandFile=../optimizer/bin/compile-commands "@$work/options" io.mendel.merge.MergeBench "$@" \
  2> >(grep -v '^WARNING: Using incubator modules: ' >&2)
