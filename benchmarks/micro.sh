#!/usr/bin/env bash
# Runs the JMH benchmarks. usage: benchmarks/micro.sh [JMH options, e.g. PageSeal -f 1 -wi 3 -i 5]
# Result: benchmarks/results/<date>-<host>.json and JMH's table on the terminal.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
mvn -q -B -Dquick -DwithoutTests -pl benchmarks -am process-classes dependency:build-classpath \
    -Dmdep.outputFile="$here/benchmarks/target/classpath"
java=${JAVA_HOME:?JAVA_HOME must name a JDK 25}/bin/java
exec "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" org.openjdk.jmh.Main \
    -rf json -rff "benchmarks/results/$(date +%F)-$(hostname).json" "$@"
