#!/usr/bin/env bash
# What encrypting a column of a table in use costs its writers (AE-151), and that one flipped bit among all cells is found
# (B-15): fills a table, encrypts a column while pgbench writes it, reports how long the swap held the lock and the longest
# any writer waited, then flips a bit and verifies.
# usage: benchmarks/column-change.sh [rows] [null|notnull]
set -euo pipefail
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/macro/servers.sh"
cd "$here"
rows=${1:-1000000}
[ "${2:-null}" = notnull ] && constraint='NOT NULL' || constraint=
port=${PORT:-5434}
start_strongroom "$port"
sql() { psql -X -q -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres postgres "$@"; }

echo "$PGPASSWORD" >"$work/login"
echo 'a key store for this benchmark' >"$work/secret"
chmod 600 "$work/login" "$work/secret"
keys() {
    ./strongroom keys "$@" -P keyStoreLocation="$work/keys.p12" -P keyStoreSecretFile="$work/secret" \
        --url "jdbc:strongroom://127.0.0.1:$port/postgres?sslmode=disable" --user postgres \
        --password-file "$work/login" --allow-same-host
}
keys cmk create --name cmk1 --path bench >"$work/keys.log"
keys cek create --name cek1 --cmk cmk1 >>"$work/keys.log"

echo "rows: $rows, column number text $constraint, $(date -u +%F), commit $(git rev-parse --short HEAD), load before:$(uptime | sed 's/.*load average//')"
sql -c "CREATE TABLE card (id int PRIMARY KEY, owner text, number text $constraint)"
for ((from = 1; from <= rows; from += 1000000)); do
    to=$((from + 999999 < rows ? from + 999999 : rows))
    sql -c "INSERT INTO card SELECT g, 'owner ' || g, '4000 0000 ' || g FROM generate_series($from, $to) g"
done

# It writes another column of any row: an unencrypting client cannot write the one that is encrypted in the end.
echo "\\set id random(1, $rows)
UPDATE card SET owner = owner WHERE id = :id;" >"$work/writer.sql"
pgbench -h 127.0.0.1 -p "$port" -U postgres -n -M prepared -c 2 -j 1 -R 100 -T 7200 -l --log-prefix="$work/writes" \
    -f "$work/writer.sql" postgres >"$work/pgbench.log" 2>&1 &
writer=$!
pids+=("$writer")

start=$(date +%s.%N)
keys column encrypt --table card --column number --cek cek1 --type deterministic >"$work/encrypt.log"
end=$(date +%s.%N)
# A background job of a script ignores INT.
kill "$writer" && wait "$writer" || true
grep '^-- ' "$work/encrypt.log" | sed 's/^/tool: /'
# pgbench's log: client, transaction, microseconds from its schedule, script, epoch, microseconds[, lag]
cat "$work"/writes* | awk -v from="$start" -v to="$end" '
    { n++; if ($3 > most) { most = $3; when = $5 + $6 / 1e6 }; if ($3 > 1e6) over++ }
    END { printf "writers: %d updates at 100 a second, longest wait %.0f ms (%.1f s after the start of %.1f), %d over 1 s\n",
        n, most / 1000, when - from, to - from, over }'

victim=$((rows * 2 / 3))
cell=$(sql -c "SELECT number FROM card WHERE id = $victim")
flipped=${cell:0:82}$(printf %x $((16#${cell:82:1} ^ 1)))${cell:83}
sql -c "ALTER USER postgres WITH ALLOW_ENCRYPTED_VALUE_MODIFICATIONS = ON" \
    -c "SET strongroom.allow_encrypted_value_modifications = on" \
    -c "UPDATE card SET number = '$flipped' WHERE id = $victim"
start=$(date +%s.%N)
keys verify --table card --column number >"$work/verify.log" && code=0 || code=$?
echo "verify: exit $code after $(echo "$(date +%s.%N) - $start" | bc | cut -d. -f1) s (row $victim has one flipped bit)"
grep -v '%' "$work/verify.log" | tail -2
