#!/usr/bin/env bash
# Races in latches, the translation array and the log under jcstress (storage design, section 11, point 9); half an hour, minutes with
# -f 1 -iters 2 -time 200 -sc false. usage: storage/jcstress/run.sh [jcstress options]
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here"
module=storage/jcstress
mvn -q -B -Dquick -Pjcstress -pl "$module" -am test-compile dependency:build-classpath \
    -DincludeScope=test -Dmdep.outputFile="$here/$module/target/classpath"
cd "$module/target"
exec "${JAVA_HOME:?JAVA_HOME must name a JDK 25}/bin/java" \
    -cp "test-classes:$(cat classpath)" org.openjdk.jcstress.Main \
    -jvmArgsPrepend "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -ea:dev.strongroom..." "$@"
