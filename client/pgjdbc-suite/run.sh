#!/usr/bin/env bash
# pgjdbc's own tests through our driver with column encryption on, against a server of their own (B-4).
# usage: client/pgjdbc-suite/run.sh [port]
set -euo pipefail
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/../../benchmarks/macro/servers.sh"
cd "$here"
port=${1:-5433}
start_strongroom "$port"
psql -X -q -h 127.0.0.1 -p "$port" -U postgres postgres \
    -c "CREATE USER test PASSWORD 'test'" -c "CREATE DATABASE test OWNER test"
mvn -B -Dquick -Ppgjdbc-suite -pl client/pgjdbc-suite -am test -DskipTests \
    -Dpgjdbc.port="$port" -Dpgjdbc.privilegedPassword="$PGPASSWORD"
