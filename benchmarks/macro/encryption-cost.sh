#!/usr/bin/env bash
# What TDE costs: pgbench's TPC-B against two servers of the same build, one encrypted, in turn; prints ratios (encrypted over plain)
# and their median. First with all data in the buffer pool, then with a pool of a tenth of the data.
# usage: benchmarks/macro/encryption-cost.sh [scale] [clients] [seconds] [rounds]
set -euo pipefail
scale=${1:-10} clients=${2:-8} seconds=${3:-15} rounds=${4:-4}
# shellcheck source=benchmarks/macro/servers.sh
. "$(dirname "$0")/servers.sh"
plain=54873 sealed=54874

measure() { # label
    local ratios=() p s
    for port in $plain $sealed; do
        pgbench -h 127.0.0.1 -p $port -U postgres -i -q -s "$scale" postgres >/dev/null 2>&1
    done
    encrypt $sealed
    for port in $plain $sealed; do tps $port prepared "$clients" "$seconds" >/dev/null; done
    for round in $(seq "$rounds"); do
        # In turn, and each first every other time: what comes second finds the machine warmer.
        if [ $((round % 2)) = 1 ]; then
            p=$(tps $plain prepared "$clients" "$seconds")
            s=$(tps $sealed prepared "$clients" "$seconds")
        else
            s=$(tps $sealed prepared "$clients" "$seconds")
            p=$(tps $plain prepared "$clients" "$seconds")
        fi
        ratios+=("$(echo "$s / $p" | bc -l)")
        printf '%-8s round %d  plain %8.0f  encrypted %8.0f  ratio %.3f\n' "$1" "$round" "$p" "$s" "${ratios[-1]}"
    done
    printf '%-8s median ratio %.3f\n' "$1" "$(printf '%s\n' "${ratios[@]}" | sort -n | awk '{ r[NR] = $1 } END { print (r[int((NR + 1) / 2)] + r[int(NR / 2) + 1]) / 2 }')"
    for pid in "${pids[@]}"; do kill "$pid"; wait "$pid" || true; done
    pids=()
    rm -rf "${work:?}"/*
}

start_strongroom $plain
start_strongroom $sealed
measure cached
pool=$((scale * 16 / 10))MB
start_strongroom $plain --set buffer_pool=$pool
start_strongroom $sealed --set buffer_pool=$pool
measure "$pool"
