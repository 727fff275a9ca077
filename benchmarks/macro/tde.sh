#!/usr/bin/env bash
# Measures what encryption and backup cost on one database beside what the machine's disk can do. A disk's speed swings within
# a run, so every figure is taken between two copies and compared with both; what counts is the median of the rounds:
#   copy     dd of the database's bytes in 8 MiB pieces, each synced (oflag=dsync): reads one file, writes another
#   scan     a change of key without a throttle; the aim is 40 % of the copy (each page goes to the journal and to its place)
#   backup   BACKUP DATABASE of the encrypted database; the aim is 80 % of the copy
#   restore  RESTORE DATABASE of that backup under another name; no aim
#   loss     throughput of pgbench TPC-B that the default-throttled scan takes while it runs; the aim is below 10 %
# Beside the wall clock: processor milliseconds and MiB written (/proc/PID) of a MiB done, which the disk's mood does not change.
# usage: [PARTS="scan backup restore loss"] benchmarks/macro/tde.sh [scale] [clients] [seconds] [rounds]
# Scale 30 is about 740 MiB. The server listens on a loopback port of its own, on fresh data in a temporary folder (TMPDIR).
# The copy's source and the database's files are in the page cache; DROP_CACHES=1 (as root) empties it before each piece, for
# all alike. The first round, with a cold JIT compiler, is shown and not counted. A throttled scan that is over before its run
# ends is said so: take a larger scale.
set -euo pipefail
scale=${1:-30} clients=${2:-8} seconds=${3:-5} rounds=${4:-4}
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/servers.sh"
port=54875
default_throttle=64

sql() { # database, statement
    psql -X -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p $port -U postgres "$1" -c "$2" 2>"$work/notices" ||
        { cat "$work/notices" >&2; return 1; }
}
state() { sql master "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id('postgres')"; }
await_state() { # one session asks: a session a question costs the server a password check each
    local asked
    coproc asking { psql -X -At -h 127.0.0.1 -p $port -U postgres master; }
    local pid=$asking_PID
    until [ "${asked:-}" = "$1" ]; do
        echo "SELECT pg_sleep(0.05);" >&"${asking[1]}"
        read -r asked <&"${asking[0]}"
        echo "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id('postgres');" >&"${asking[1]}"
        read -r asked <&"${asking[0]}"
    done
    echo '\q' >&"${asking[1]}"
    wait "$pid" || true
}
throttle() { # megabytes a second, 0 for none
    sql master "EXEC sp_configure 'tde scan max mb per s', $1" >/dev/null
    sql master "RECONFIGURE" >/dev/null
}
now() { date +%s.%N; }
calc() { echo "$1" | bc -l; }
processor() { awk '{ sub(/.*\) /, ""); print ($12 + $13) * 10 }' "/proc/$server/stat"; } # ms
written() { awk '/^write_bytes/ { print $2 / 1048576 }' "/proc/$server/io"; }
settle() {
    sync
    [ -z "${DROP_CACHES:-}" ] || echo 3 >/proc/sys/vm/drop_caches
}
copy() { # sets $copied, MiB/s of dd
    settle
    local start
    start=$(now)
    dd if="$work/source" of="$work/target" bs=8M oflag=dsync status=none
    copied=$(calc "$bytes / 1048576 / ($(now) - $start)")
    rm "$work/target"
}
begin() {
    settle
    cpu=$(processor) io=$(written) start=$(now)
}
end() { # name, bytes; after begin and what is measured, and after one copy: takes the other copy
    local took=$(calc "$(now) - $start") mib=$(calc "$2 / 1048576") before=$copied
    local ms=$(calc "($(processor) - $cpu) / $mib") amount=$(calc "($(written) - $io) / $mib")
    copy
    # The bytes of both copies over their time: a mean of rates would be that of the better second.
    local percent=$(calc "100 * $mib / $took * (1 / $before + 1 / $copied) / 2")
    printf '%-8s %6.0f MiB/s  copy %6.0f and %6.0f  ratio %5.1f %%  %5.2f ms processor, %4.2f MiB written per MiB%s\n' \
        "$1" "$(calc "$mib / $took")" "$before" "$copied" "$percent" "$ms" "$amount" "$([ "$round" -gt 0 ] || echo '  (cold)')"
    [ "$round" = 0 ] || echo "$percent" >>"$work/$1"
}
median() { sort -g "$work/$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
wanted() { [[ " ${PARTS:-scan backup restore loss} " = *" $1 "* ]]; }
summary() { # name, aim
    [ ! -f "$work/$1" ] || printf '%-8s median %5.1f %% of the copy%s\n' "$1" "$(median "$1")" "$2"
}

# shellcheck disable=SC2086 # several options
start_strongroom $port ${SR_OPTIONS:-}
server=${pids[0]}
pgbench -h 127.0.0.1 -p $port -U postgres -i -q -s "$scale" postgres >/dev/null 2>&1
sql postgres "CHECKPOINT" >/dev/null
encrypt $port >/dev/null 2>&1
directory=$work/$port/db/$(sql master "SELECT db_id('postgres')")
cat "$directory"/data.* >"$work/source"
bytes=$(stat -c %s "$work/source")
printf 'database %d MiB, scale %d\n' $((bytes >> 20)) "$scale"

throttle 0
copy
copy
for round in $(seq 0 "$rounds"); do
    if wanted scan; then
        # The third change of a key needs the log of the first to be gone.
        sql postgres "CHECKPOINT" >/dev/null
        begin
        sql postgres "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256" >/dev/null
        await_state 3
        end scan "$bytes"
    fi
    if wanted backup || wanted restore; then
        begin
        sql master "BACKUP DATABASE postgres TO DISK = 'bench.bak' WITH FORMAT, COPY_ONLY" >/dev/null
        size=$(stat -c %s "$work/$port-backups/bench.bak")
        end backup "$size"
    fi
    if wanted restore; then
        begin
        sql master "RESTORE DATABASE restored FROM DISK = 'bench.bak'" >/dev/null
        end restore "$size"
        sql master "DROP DATABASE restored" >/dev/null
    fi
    rm -f "$work/$port-backups/bench.bak"
done
summary scan '   (aim: 40 %)'
summary backup '   (aim: 80 %)'
summary restore ''
wanted loss || exit 0

throttle $default_throttle
tps $port prepared "$clients" "$seconds" >/dev/null
alone=$(tps $port prepared "$clients" "$seconds")
for round in $(seq "$rounds"); do
    sql postgres "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256" >/dev/null
    beside=$(tps $port prepared "$clients" "$seconds")
    still=$([ "$(state)" = 4 ] && echo "scan still running" || echo "SCAN ENDED BEFORE THE RUN")
    throttle 0
    await_state 3
    throttle $default_throttle
    sql postgres "CHECKPOINT" >/dev/null
    before=$alone
    alone=$(tps $port prepared "$clients" "$seconds")
    loss=$(calc "100 * (1 - 2 * $beside / ($before + $alone))")
    printf 'loss     beside the scan %6.0f tps  alone %6.0f before, %6.0f after  loss %5.1f %%  %s\n' \
        "$beside" "$before" "$alone" "$loss" "$still"
    echo "$loss" >>"$work/loss"
done
printf 'loss     median %5.1f %%   (aim: below 10 %%)\n' "$(median loss)"
