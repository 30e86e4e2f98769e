#!/usr/bin/env bash
# What a night costs: the last 20,000 lines of a stream into an index of those before them, and into an empty one.
#
#     bash benches/nights.sh STREAM.jsonl [HISTORY=80000]
#
# CPU-s is user + system; what is written is counted in blocks of 512 bytes.
set -euo pipefail
stream=$1 history=${2:-80000} night=20000
samestory=${SAMESTORY:-target/release/samestory}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
head -n "$history" "$stream" > "$folder/history.jsonl"
sed -n "$((history + 1)),$((history + night))p;$((history + night))q" "$stream" > "$folder/night.jsonl"

# measure NAME ARGUMENTS...: seconds of CPU, peak memory
measure() {
    local name=$1
    shift
    /usr/bin/time -f "$name: %U + %S CPU-s, %M KB at most, %O blocks written" "$samestory" "$@" -q -o "$folder/out.csv"
}
measure "history of $history" update --index "$folder/news.idx" "$folder/history.jsonl"
measure "night of $night, after it" update --index "$folder/news.idx" "$folder/night.jsonl"
measure "night of $night, alone" update --index "$folder/empty.idx" "$folder/night.jsonl"
/usr/bin/time -f "open: %e s" "$samestory" index stats --index "$folder/news.idx"
