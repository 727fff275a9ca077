#!/usr/bin/env bash
# Runs pgbench against Strongroom (plain, then encrypted) and a local PostgreSQL in turn and prints ratios.
# usage: benchmarks/macro/compare.sh [scale] [clients] [seconds] [rounds]
# Both are warmed up before anything counts, and reached in the same way: plain TCP unless PGSSLMODE says otherwise.
# The last lines, one a measurement, are what plot.sh draws: phase, mode, kind, round, both rates, their ratio.
set -euo pipefail
scale=${1:-10} clients=${2:-8} seconds=${3:-20} rounds=${4:-2}
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/servers.sh"
pg_bin=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin | tail -1)}
sr_port=54871 pg_port=54872

start_postgres() {
    echo "$PGPASSWORD" >"$work/pw" && chmod 644 "$work/pw"
    local as=()
    if [ "$(id -u)" = 0 ]; then
        chmod 755 "$work"
        mkdir "$work/pg" && chown postgres "$work/pg"
        as=(setpriv --reuid postgres --regid postgres --clear-groups)
    fi
    "${as[@]}" "$pg_bin/initdb" -D "$work/pg" -U postgres -A scram-sha-256 --pwfile="$work/pw" >/dev/null
    "${as[@]}" "$pg_bin/postgres" -D "$work/pg" -p $pg_port -c listen_addresses=127.0.0.1 \
        -c unix_socket_directories= -c shared_buffers=1GB -c max_wal_size=4GB >"$work/pg.log" 2>&1 &
    pids+=($!)
    for _ in $(seq 300); do
        psql -X -h 127.0.0.1 -p $pg_port -U postgres -c 'SELECT 1' postgres >/dev/null 2>&1 && return 0
        sleep 0.2
    done
    cat "$work/pg.log" >&2
    return 1
}

start_strongroom $sr_port
start_postgres
for port in $sr_port $pg_port; do
    start=$(date +%s.%N)
    pgbench -h 127.0.0.1 -p $port -U postgres -i -q -s "$scale" postgres >/dev/null 2>&1
    echo "load scale $scale on $([ $port = $sr_port ] && echo strongroom || echo postgresql): $(echo "$(date +%s.%N) - $start" | bc) s"
done

measure() { # label
    for mode in simple prepared; do
        for kind in tpcb select; do
            extra=()
            [ $kind = select ] && extra=(-S)
            for round in $(seq "$rounds"); do
                s=$(tps $sr_port $mode "$clients" "$seconds" "${extra[@]}")
                p=$(tps $pg_port $mode "$clients" "$seconds" "${extra[@]}")
                printf '%-10s %-8s %-6s round %d  strongroom %10.0f  postgresql %10.0f  ratio %.2f\n' \
                    "$1" $mode $kind "$round" "$s" "$p" "$(echo "$s / $p" | bc -l)"
            done
        done
    done
}
for port in $sr_port $pg_port; do
    for mode in simple prepared; do
        tps "$port" $mode "$clients" "$seconds" >/dev/null
        tps "$port" $mode "$clients" "$seconds" -S >/dev/null
    done
done
measure plain
encrypt $sr_port
measure encrypted
