#!/usr/bin/env bash
# Measures what encryption and backup cost on one database, in one run with what the machine's disk can do:
#   copy    dd with 8 MiB pieces and fsync, of as many bytes as the database has
#   scan    encryption without a throttle; the aim is 40 % of the copy (each page goes to the journal and to its place)
#   backup  BACKUP DATABASE of the encrypted database; the aim is 80 % of the copy
#   loss    throughput of pgbench TPC-B that the default-throttled scan takes while it runs; the aim is below 10 %
# usage: benchmarks/macro/tde.sh [scale] [clients] [seconds] [rounds]
# Scale 100 is about 1.6 GB. The server listens on a loopback port of its own, on fresh data in a temporary folder (TMPDIR).
# Loss is the median of so many pairs of runs, with and without a scan in turn. A scan that is over before its run ends is said so:
# take a larger scale.
set -euo pipefail
scale=${1:-100} clients=${2:-8} seconds=${3:-15} rounds=${4:-3}
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/servers.sh"
port=54875
default_throttle=64

sql() { # database, statement
    psql -X -At -v ON_ERROR_STOP=1 -h 127.0.0.1 -p $port -U postgres "$1" -c "$2" 2>"$work/notices" ||
        { cat "$work/notices" >&2; return 1; }
}
state() { sql master "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id('postgres')"; }
await_state() {
    until [ "$(state)" = "$1" ]; do sleep 0.1; done
}
throttle() { # megabytes a second, 0 for none
    sql master "EXEC sp_configure 'tde scan max mb per s', $1" >/dev/null
    sql master "RECONFIGURE" >/dev/null
}
now() { date +%s.%N; }
rate() { # bytes, start, end
    echo "$1 / 1048576 / ($3 - $2)" | bc -l
}
copy() { # bytes: MiB/s of dd, the disk idle before and after
    sync
    local start end
    start=$(now)
    dd if="$work/source" of="$work/target" bs=8M conv=fsync status=none
    end=$(now)
    rm "$work/target"
    rate "$1" "$start" "$end"
}
median() { sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
part() { # name, MiB/s, copy MiB/s, aim in percent
    printf '%-8s %8.0f MiB/s   %5.1f %% of the copy   (aim: %d %%)\n' "$1" "$2" "$(echo "100 * $2 / $3" | bc -l)" "$4"
}

# shellcheck disable=SC2086 # several options
start_strongroom $port ${SR_OPTIONS:-}
pgbench -h 127.0.0.1 -p $port -U postgres -i -q -s "$scale" postgres >/dev/null 2>&1
sql postgres "CHECKPOINT" >/dev/null
sql master "CREATE MASTER KEY ENCRYPTION BY PASSWORD='Bench-mark-1'" >/dev/null
sql master "CREATE CERTIFICATE bench WITH SUBJECT='bench'" >/dev/null
sql postgres "CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM=AES_256 ENCRYPTION BY SERVER CERTIFICATE bench" >/dev/null
directory=$work/$port/db/$(sql master "SELECT db_id('postgres')")
cat "$directory"/data.* >"$work/source"
bytes=$(stat -c %s "$work/source")
printf 'database %d MiB, scale %d\n' $((bytes >> 20)) "$scale"
copy "$bytes" >/dev/null # the source is in the page cache from here on, as the database's files are

throttle 0
before=$(copy "$bytes")
start=$(now)
sql master "ALTER DATABASE postgres SET ENCRYPTION ON" >/dev/null
await_state 3
end=$(now)
after=$(copy "$bytes")
disk=$(echo "($before + $after) / 2" | bc -l)
printf '%-8s %8.0f MiB/s   (%.0f before, %.0f after the scan)\n' copy "$disk" "$before" "$after"
part scan "$(rate "$bytes" "$start" "$end")" "$disk" 40

for round in $(seq "$rounds"); do
    before=$(copy "$bytes")
    start=$(now)
    sql master "BACKUP DATABASE postgres TO DISK = 'bench.bak' WITH FORMAT, COPY_ONLY" >/dev/null
    end=$(now)
    size=$(stat -c %s "$work/$port-backups/bench.bak")
    rm "$work/$port-backups/bench.bak"
    disk=$(echo "($before + $(copy "$bytes")) / 2" | bc -l)
    part backup "$(rate "$size" "$start" "$end")" "$disk" 80
done

throttle $default_throttle
tps $port prepared "$clients" "$seconds" >/dev/null
for round in $(seq "$rounds"); do
    alone=$(tps $port prepared "$clients" "$seconds")
    sql postgres "ALTER DATABASE ENCRYPTION KEY REGENERATE WITH ALGORITHM = AES_256" >/dev/null
    beside=$(tps $port prepared "$clients" "$seconds")
    still=$([ "$(state)" = 4 ] && echo "scan still running" || echo "SCAN ENDED BEFORE THE RUN")
    loss=$(echo "100 * (1 - $beside / $alone)" | bc -l)
    printf 'loss     round %d  alone %8.0f tps  beside the scan %8.0f tps  loss %5.1f %%  %s\n' \
        "$round" "$alone" "$beside" "$loss" "$still"
    echo "$loss" >>"$work/losses"
    throttle 0
    await_state 3
    throttle $default_throttle
    # The third change of a key needs the log of the first to be gone.
    sql postgres "CHECKPOINT" >/dev/null
done
printf 'loss     median %.1f %%   (aim: below 10 %%)\n' "$(median <"$work/losses")"
