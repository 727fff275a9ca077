#!/usr/bin/env bash
# What encryption costs batch inserts (B-9). usage: benchmarks/batch-insert.sh host:port/database user password rows
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
mvn -q -B -Dquick -DwithoutTests -pl benchmarks -am process-classes dependency:build-classpath \
    -Dmdep.outputFile="$here/benchmarks/target/classpath"
java=${JAVA_HOME:?JAVA_HOME must name a JDK 25}/bin/java
exec "$java" -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
    dev.strongroom.benchmarks.client.BatchInsert "$@"
