#!/usr/bin/env bash
# The server's resident memory while much data goes in and many sessions work, beside what it may take (README, "Memory"):
# buffer_pool + 2 GiB. Exits with 1 when the peak is over, with 2 when a phase fails.
#   load    pgbench's tables of the given size go in encrypted (COPY of one transaction, then the primary keys), while all
#           connections but one work at a low rate in a small database beside it
#   tpcb    all connections change the large tables
#   select  all connections read the large tables by key
# usage: benchmarks/macro/memory.sh [gigabytes] [connections] [seconds] [pool-MiB]
# The size is that of pgbench's rows in the data file (1 GB is scale 70); four times as much room is needed in TMPDIR.
# Each phase prints one line: its time, then MiB of VmHWM (the peak since the start), of RssAnon (its highest sample) and the limit.
set -euo pipefail
gigabytes=${1:-10} connections=${2:-200} seconds=${3:-60} pool=${4:-256}
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/servers.sh"
port=54876
fixed=2048
limit=$((pool + fixed))

run() { # phase command...: runs it and samples the server's memory every quarter of a second
    local phase=$1 start task anon=0 now peak
    shift
    start=$(date +%s)
    "$@" >"$work/$phase.out" 2>&1 &
    task=$!
    while kill -0 "$task" 2>/dev/null; do
        now=$(awk '/^RssAnon/ { print int($2 / 1024) }' "/proc/$server/status")
        [ "${now:-0}" -le "$anon" ] || anon=$now
        sleep 0.25
    done
    wait "$task" || { tail -n 5 "$work/$phase.out" "$work/$port.log" >&2; exit 2; }
    peak=$(awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$server/status")
    printf '%-8s %6d s  VmHWM %6d  RssAnon %6d  limit %6d  %s\n' "$phase" $(($(date +%s) - start)) "$peak" "$anon" "$limit" \
        "$(sed -n 's/^tps = \([0-9]*\).*/\1 tps/p' "$work/$phase.out")"
}
bench() { # in a process of its own: database, pgbench's arguments
    local database=$1
    shift
    exec pgbench -h 127.0.0.1 -p $port -U postgres -n -M prepared -j 2 "$@" "$database"
}
load() { # the others work until the load is through
    local others
    bench beside -c $((connections - 1)) -R 100 -T 36000 >"$work/beside.out" 2>&1 &
    others=$!
    pgbench -h 127.0.0.1 -p $port -U postgres -i -s $((gigabytes * 70)) postgres || { kill $others; return 1; }
    kill $others 2>/dev/null || { tail -3 "$work/beside.out"; return 1; }
    wait $others || true
}

start_strongroom $port --set buffer_pool="${pool}MB" --set max_connections=$((connections + 10))
server=${pids[0]}
psql -X -q -h 127.0.0.1 -p $port -U postgres postgres -c 'CREATE DATABASE beside'
encrypt $port
pgbench -h 127.0.0.1 -p $port -U postgres -i -q -s 5 beside >/dev/null 2>&1
run load load
printf 'data %s MiB in all files\n' "$(du -sm "$work/$port" | cut -f1)"
run tpcb bench postgres -c "$connections" -T "$seconds"
run select bench postgres -c "$connections" -T "$seconds" -S
peak=$(awk '/^VmHWM/ { print int($2 / 1024) }' "/proc/$server/status")
echo "peak $peak MiB of $limit MiB"
[ "$peak" -le "$limit" ]
