#!/usr/bin/env bash
# pgjdbc's own tests through our driver with column encryption on, and through pgjdbc alone, each against a server of its
# own; what passes alone has to pass through our driver (B-4). About fifteen minutes.
# usage: client/pgjdbc-suite/run.sh [port] [-Dtest=Pattern]
set -euo pipefail
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/../../benchmarks/macro/servers.sh"
cd "$here"
port=${1:-5433}
suite=client/pgjdbc-suite
tests=$suite/target/tests
quick=(mvn -B -q -Dquick -Ppgjdbc-suite -pl "$suite" -am)
"${quick[@]}" generate-test-sources
# The one change to them: what asks for the server's version unwraps the connection in place of a cast; without it a thousand
# tests would leave themselves out.
sed -E -i -e 's/con instanceof PgConnection/con.isWrapperFor(PgConnection.class)/' \
    -e 's/\(\(PgConnection\) con\)/con.unwrap(PgConnection.class)/' \
    -e 's/(boolean (getStandardConformingStrings|haveIntegerDateTimes)\(Connection con\)) \{/\1 throws SQLException {/' \
    "$tests"/*/src/test/java/org/postgresql/test/TestUtil.java
for driver in pgjdbc strongroom; do
    start_strongroom "$port"
    psql -X -q -h 127.0.0.1 -p "$port" -U postgres postgres \
        -c "CREATE USER test PASSWORD 'test'" -c "CREATE DATABASE test OWNER test"
    rm -rf "$suite/target/reports-$driver"
    "${quick[@]}" test -DskipTests -Dpgjdbc.driver="$driver" -Dpgjdbc.port="$port" \
        -Dpgjdbc.privilegedPassword="$PGPASSWORD" "${@:2}" || true
    port=$((port + 1))
done
"$suite/compare.py" "$suite/target/reports-pgjdbc" "$suite/target/reports-strongroom"
