#!/usr/bin/env bash
# B-8 at its size: the column key of a table is rotated while an application writes and reads it on many connections. No
# statement may fail, every value read must be the last one written, and the old key must be droppable at the end.
# usage: benchmarks/key-rotation.sh [rows] [writers] [milliseconds between a writer's rounds]
set -euo pipefail
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/macro/servers.sh"
cd "$here"
rows=${1:-1000000}
writers=${2:-50}
pause=${3:-50}
port=${PORT:-5435}
mvn -q -B -Dquick -DwithoutTests -pl benchmarks -am process-classes dependency:build-classpath \
    -Dmdep.outputFile="$here/benchmarks/target/classpath"
start_strongroom "$port"
sql() { psql -X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres postgres "$@"; }

echo "$PGPASSWORD" >"$work/login"
echo 'a key store for this benchmark' >"$work/secret"
chmod 600 "$work/login" "$work/secret"
address="jdbc:strongroom://127.0.0.1:$port/postgres?sslmode=disable"
keys() {
    ./strongroom keys "$@" -P keyStoreLocation="$work/keys.p12" -P keyStoreSecretFile="$work/secret" \
        --url "$address" --user postgres --password-file "$work/login" --allow-same-host
}
application() {
    "${JAVA_HOME:?JAVA_HOME must name a JDK 25}/bin/java" \
        -cp "benchmarks/target/classes:$(cat benchmarks/target/classpath)" \
        dev.strongroom.benchmarks.client.RotationWriters "$1" \
        "$address&columnEncryption=enabled&keyStoreLocation=$work/keys.p12&keyStoreSecretFile=$work/secret" \
        postgres "$PGPASSWORD" "${@:2}"
}
seconds() { echo "$(date +%s.%N) - $1" | bc | cut -d. -f1; }

keys cmk create --name cmk1 --path bench >"$work/keys.log"
keys cek create --name old --cmk cmk1 >>"$work/keys.log"
keys cek create --name new --cmk cmk1 >>"$work/keys.log"
sql -c "CREATE TABLE card (id int PRIMARY KEY, owner text, number text ENCRYPTED WITH (COLUMN_ENCRYPTION_KEY = old, \
ENCRYPTION_TYPE = DETERMINISTIC) NOT NULL)"
echo "rows: $rows, writers: $writers, pause $pause ms, $(date -u +%F), commit $(git rev-parse --short HEAD), load before:$(uptime | sed 's/.*load average//')"
start=$(date +%s.%N)
application load "$rows"
echo "loaded through the driver in $(seconds "$start") s"

mkfifo "$work/until"
application write "$rows" "$writers" "$pause" 3600 <"$work/until" >"$work/writers.log" 2>&1 &
writing=$!
exec 3>"$work/until"
until grep -q writing "$work/writers.log"; do
    kill -0 "$writing" || break
    sleep 0.2
done
start=$(date +%s.%N)
keys cek rotate --from old --to new >"$work/rotate.log" && code=0 || code=$?
echo "rotation: exit $code after $(seconds "$start") s"
exec 3>&-
wait "$writing" && code=0 || code=$?
grep '^-- ' "$work/rotate.log" | sed 's/^/tool: /'
grep -v writing "$work/writers.log" | sed 's/^/application: /'
echo "application: exit $code"
sql -c "DROP COLUMN ENCRYPTION KEY old" && echo "the old key is dropped"
keys verify --table card --column number | tail -1
[ "$code" = 0 ]
