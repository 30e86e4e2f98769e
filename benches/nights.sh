#!/usr/bin/env bash
# What nights cost: the last 20,000 lines of a stream into an index of those before them and into an empty one; or all nights
# of 20,000, one after the other.
#
#     bash benches/nights.sh STREAM.jsonl [HISTORY=80000]
#     bash benches/nights.sh STREAM.jsonl HISTORY NIGHTS
#
# CPU-s is user + system. Written is what is handed to the system for the files of the index.
set -euo pipefail
stream=$1 history=${2:-80000} nights=${3:-1} night=20000
samestory=${SAMESTORY:-target/release/samestory}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# written: bytes that commands of this shell have written so far
written() {
    sed -n 's/^wchar: //p' /proc/$$/io
}
# lines FIRST LAST: those of the stream
lines() {
    sed -n "$1,$2p;$2q" "$stream"
}
# measure NAME INDEX INPUT: seconds of CPU, peak memory, bytes written to the index and of the input
measure() {
    local before out="$folder/out.csv"
    before=$(written)
    /usr/bin/time -f "%U %S %M" -o "$folder/time" "$samestory" update --index "$folder/$2" "$3" -q -o "$out"
    echo "$1: $(cat "$folder/time") $(($(written) - before - $(stat -c %s "$out"))) $(stat -c %s "$3")" |
        awk -F: '{ split($2, n, " "); printf "%s: %.2f CPU-s, %d MB at most, %.1f MB written, %.2f times the input\n",
            $1, n[1] + n[2], n[3] / 1024, n[4] / 1e6, n[4] / n[5] }'
}
if [ "$history" -gt 0 ]; then
    lines 1 "$history" > "$folder/history.jsonl"
    measure "history of $history" news.idx "$folder/history.jsonl"
fi
for ((n = 0; n < nights; n++)); do
    lines $((history + n * night + 1)) $((history + (n + 1) * night)) > "$folder/night.jsonl"
    measure "night after $((history + n * night))" news.idx "$folder/night.jsonl"
done
measure "night alone" empty.idx "$folder/night.jsonl"
/usr/bin/time -f "open: %e s" "$samestory" index stats --index "$folder/news.idx"
