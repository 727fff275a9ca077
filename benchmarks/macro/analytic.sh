#!/usr/bin/env bash
# Times the statements of analytic.sql on Strongroom and PostgreSQL in turn; prints milliseconds (best of rounds) and ratios:
# above 1 Strongroom is faster. PostgreSQL runs twice: one process, and with its default of two parallel workers.
# usage: SR_URL=postgresql://… PG_URL=postgresql://… benchmarks/macro/analytic.sh [load] [rounds] [name-pattern]
# "load" first fills both databases with pgbench's tables (scale ${SCALE:-10}) and a million lineitems (ROWS).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
: "${SR_URL:?the Strongroom database, as a postgresql:// URL}" "${PG_URL:?the PostgreSQL database, as a postgresql:// URL}"
if [ "${1:-}" = load ]; then
    shift
    for url in "$SR_URL" "$PG_URL"; do
        pgbench -i -q -s "${SCALE:-10}" "$url" >/dev/null 2>&1
        psql -X -q -v ON_ERROR_STOP=1 -v rows="${ROWS:-1000000}" -f "$here/analytic-load.sql" "$url" 2>/dev/null
    done
fi
rounds=${1:-3} pattern=${2:-.}

best() { # url setup statement
    { echo "$2"; echo '\timing on'; for _ in $(seq "$rounds"); do echo "$3"; done; } |
        psql -X -q -At "$1" 2>&1 | tee /tmp/analytic.$$ | awk '/^Time:/ { if (!n++ || $2 < best) best = $2 } END { if (n) print best; else print 0 }'
}
answer() { grep -v '^Time:' /tmp/analytic.$$ | grep -v '^--$' | cksum; }

printf '%-16s %12s %12s %12s %8s %8s\n' statement strongroom postgresql 'pg parallel' ratio parallel
while IFS= read -r line; do
    case $line in
    '-- '*) name=${line#-- } ;;
    *)
        [[ $name =~ $pattern ]] || continue
        s=$(best "$SR_URL" '' "$line"); mine=$(answer)
        p=$(best "$PG_URL" 'SET max_parallel_workers_per_gather = 0; SET synchronize_seqscans = off;' "$line"); theirs=$(answer)
        q=$(best "$PG_URL" '' "$line")
        note=
        [ "$mine" = "$theirs" ] || note='  answers differ'
        printf '%-16s %12s %12s %12s %8.2f %8.2f%s\n' "$name" "$s" "$p" "$q" \
            "$(echo "$p / $s" | bc -l)" "$(echo "$q / $s" | bc -l)" "$note"
        ;;
    esac
done <"$here/analytic.sql"
rm -f /tmp/analytic.$$
