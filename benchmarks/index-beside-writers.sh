#!/usr/bin/env bash
# How long writers wait while an index is made, by the plain form and beside them (AE-151): fills a table, has pgbench update
# it 100 times a second, makes indexes, reports the longest wait of any update.
# usage: benchmarks/index-beside-writers.sh [rows]
set -euo pipefail
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/macro/servers.sh"
cd "$here"
rows=${1:-1000000}
port=${PORT:-5434}
start_strongroom "$port"
sql() { psql -X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres postgres "$@"; }

echo "rows: $rows, $(date -u +%F), commit $(git rev-parse --short HEAD), load before:$(uptime | sed 's/.*load average//')"
sql -c "CREATE TABLE card (id int PRIMARY KEY, owner text, number text, shadow text)"
sql -c "INSERT INTO card SELECT g, 'owner ' || g, '4000 0000 ' || g, 'x' FROM generate_series(1, $rows) g"
echo "\\set id random(1, $rows)
UPDATE card SET owner = owner WHERE id = :id;" >"$work/writer.sql"

measure() { # form what
    rm -f "$work"/writes*
    pgbench -h 127.0.0.1 -p "$port" -U postgres -n -M prepared -c 2 -j 1 -R 100 -T 600 -l --log-prefix="$work/writes" \
        -f "$work/writer.sql" postgres >"$work/pgbench.log" 2>&1 &
    local writer=$! start end
    pids+=("$writer")
    sleep 1
    start=$(date +%s.%N)
    sql -c "CREATE INDEX $1 card_i ON card $2"
    end=$(date +%s.%N)
    sleep 0.3
    kill "$writer" && wait "$writer" || true
    # pgbench's log: client, transaction, microseconds from its schedule, script, epoch, microseconds[, lag]
    cat "$work"/writes* | awk -v statement="CREATE INDEX $1 $2" -v from="$start" -v to="$end" '
        { n++; if ($3 > most) most = $3 }
        END { printf "%s: %.1f s, %d updates, longest wait %.0f ms\n", statement, to - from, n, most / 1000 }'
    sql -c "DROP INDEX card_i"
}

measure "" "(number)" >/dev/null
for form in "" CONCURRENTLY; do
    # What `keys column encrypt` makes, then one of all rows.
    measure "$form" "(id) WHERE shadow IS NULL AND number IS NOT NULL"
    measure "$form" "(number)"
done
