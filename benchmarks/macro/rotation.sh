#!/usr/bin/env bash
# Measures what a change of key costs those who work meanwhile (TDE-514): the latencies of a load of half reads, half updates by
# key, without and with REGENERATE running at the default throttle, and how long the statement itself takes. Aims: REGENERATE
# answers within 1 s; the 99th percentile stays below twice that without; no statement waits longer than 100 ms for the scan.
# With KILLS=n the server is then killed n times (kill -9) at moments of rotations, and every acknowledged update must be there.
# usage: [KILLS=20] benchmarks/macro/rotation.sh [scale] [clients] [seconds] [rounds]
# Scale 10 is about 250 MiB. The server listens on a loopback port of its own, on fresh data in a temporary folder (TMPDIR).
set -euo pipefail
scale=${1:-10} clients=${2:-8} seconds=${3:-5} rounds=${4:-3}
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/servers.sh"
port=54876

sql() { psql -X -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p $port -U postgres "$1" -c "$2" 2>/dev/null; } # database, statement
state() { sql master "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id('postgres')"; }
await_rotated() { until [ "$(state)" = 3 ]; do sleep 0.1; done; }
regenerate() { # sets $asked, milliseconds; the log of the change before last must be gone first
    await_rotated
    sql postgres "CHECKPOINT" >/dev/null
    local start
    start=$(date +%s%N)
    sql postgres "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256" >/dev/null
    asked=$((($(date +%s%N) - start) / 1000000))
}
load() { # prints p50, p99 and the longest, in ms
    rm -f "$work"/latency.*
    (cd "$work" && pgbench -h 127.0.0.1 -p $port -U postgres -n -M prepared -c "$clients" -j 2 -T "$seconds" -s "$scale" \
        -f read.sql@1 -f write.sql@1 -l --log-prefix=latency postgres >/dev/null 2>&1)
    cat "$work"/latency.* | awk '{ print $3 / 1000 }' | sort -g |
        awk '{ v[NR] = $1 } END { printf "%.2f %.2f %.1f", v[int(NR / 2) + 1], v[int(NR * 0.99) + 1], v[NR] }'
}

# shellcheck disable=SC2086 # several options
start_strongroom $port ${SR_OPTIONS:-}
pgbench -h 127.0.0.1 -p $port -U postgres -i -q -s "$scale" postgres >/dev/null 2>&1
cat >"$work/read.sql" <<'SQL'
\set aid random(1, 100000 * :scale)
SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
SQL
cat >"$work/write.sql" <<'SQL'
\set aid random(1, 100000 * :scale)
UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid = :aid;
SQL
encrypt $port >/dev/null 2>&1
load >/dev/null
for round in $(seq "$rounds"); do
    read -r p50 p99 longest <<<"$(load)"
    regenerate
    read -r during50 during99 duringLongest <<<"$(load)"
    still=$([ "$(state)" = 4 ] && echo "scan still running" || echo "SCAN ENDED BEFORE THE RUN: take a larger scale")
    printf 'alone p50 %6.2f p99 %7.2f max %7.1f ms   rotating p50 %6.2f p99 %7.2f max %7.1f ms   p99 ratio %.2f   asked %d ms   %s\n' \
        "$p50" "$p99" "$longest" "$during50" "$during99" "$duringLongest" "$(echo "$during99 / $p99" | bc -l)" "$asked" "$still"
done

[ "${KILLS:-0}" -gt 0 ] || exit 0
await_rotated
sql postgres "CREATE TABLE acknowledged (id int PRIMARY KEY)" >/dev/null
lost=0 next=1
for kill in $(seq "$KILLS"); do
    regenerate
    (while psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p $port -U postgres postgres \
        -c "INSERT INTO acknowledged VALUES ($next)" >/dev/null 2>&1; do echo $next; next=$((next + 1)); done) >"$work/told" &
    writer=$!
    sleep "0.$((RANDOM % 9 + 1))"
    { kill -9 "${pids[-1]}" && wait "${pids[-1]}"; } 2>/dev/null || true
    wait "$writer" || true
    start_strongroom $port
    last=$(tail -1 "$work/told")
    there=$(sql postgres "SELECT count(*) FROM acknowledged")
    [ -z "$last" ] || [ "$there" -ge "$last" ] || { lost=$((lost + 1)); echo "kill $kill: $last acknowledged, $there there"; }
    next=$((there + 1))
done
echo "killed $KILLS times in rotations: $lost lost something, $((next - 1)) rows acknowledged"
[ $lost = 0 ]
