# Starting and stopping servers for a measurement; sourced by the scripts beside it, not run.
# They listen on loopback ports of their own, on fresh data in the temporary folder $work; nothing else is touched.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
export PGPASSWORD=bench-Pass-1 PGSSLMODE=${PGSSLMODE:-disable}
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

start_strongroom() { # port options...
    local port=$1
    shift
    STRONGROOM_PASSWORD=$PGPASSWORD "$here/strongroom" serve --data "$work/$port" --port "$port" --http-port 0 \
        "$@" >"$work/$port.log" 2>&1 &
    pids+=($!)
    # The first start may build the server, which on a busy machine takes minutes: as long as it lives it is waited for.
    for _ in $(seq 3000); do
        grep -q 'ready to accept connections' "$work/$port.log" && return 0
        kill -0 "${pids[-1]}" 2>/dev/null || break
        sleep 0.2
    done
    echo "the server at port $port did not start:" >&2
    cat "$work/$port.log" >&2
    return 1
}

encrypt() { # port
    psql -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$1" -U postgres master <<'SQL'
SET client_min_messages = error;
CREATE MASTER KEY ENCRYPTION BY PASSWORD='Bench-mark-1';
CREATE CERTIFICATE bench WITH SUBJECT='bench';
USE postgres;
CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM=AES_256 ENCRYPTION BY SERVER CERTIFICATE bench;
ALTER DATABASE postgres SET ENCRYPTION ON;
SQL
    local state
    for _ in $(seq 1200); do
        state=$(psql -X -At -h 127.0.0.1 -p "$1" -U postgres master \
            -c "SELECT encryption_state FROM sys.dm_database_encryption_keys WHERE database_id = db_id('postgres')")
        [ "$state" = 3 ] && return 0
        sleep 0.2
    done
    echo "encryption did not finish" >&2
    return 1
}

# Transactions a second of one pgbench run.
tps() { # port mode clients seconds extra...
    local port=$1 mode=$2 clients=$3 seconds=$4
    shift 4
    pgbench -h 127.0.0.1 -p "$port" -U postgres -n -M "$mode" -c "$clients" -j 2 -T "$seconds" "$@" postgres 2>&1 |
        sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}
