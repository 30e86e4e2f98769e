#!/usr/bin/env bash
# Corpora that are meant to hurt: CPU time and memory an article, beside an ordinary corpus of the same size.
# usage: benches/hostile/run.sh [ARTICLES]
set -euo pipefail
cd "$(dirname "$0")/../.."
n=${1:-100000}
cargo build --release --locked --quiet
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Prints the corpus, CPU seconds, megabytes, stories and the largest one.
measure() {
    local input="$scratch/in.jsonl" with=()
    case $1 in
    numbers) input="$scratch/in.txt" ;;
    attributes | bodies | deep | open) input="$scratch/in.html" ;;
    decided)
        with=(--decisions "$scratch/decisions.csv")
        python3 benches/hostile/corpora.py decisions "$n" > "$scratch/decisions.csv"
        ;;
    esac
    python3 benches/hostile/corpora.py "$1" "$n" > "$input"
    /usr/bin/env python3 - "$1" "$scratch" "$input" ${with[@]+"${with[@]}"} <<'PY'
import csv, os, resource, subprocess, sys
corpus, scratch, *given = sys.argv[1:]
out = f"{scratch}/out.csv"
subprocess.run(["target/release/samestory", "cluster", "-q", "--threads", "1", *given, "-o", out], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
csv.field_size_limit(1 << 30)
sizes = {}
with open(out, newline="") as rows:
    for row in csv.DictReader(rows):
        sizes[row["story_id"]] = int(row["story_size"])
print(f"| {corpus} | {used.ru_utime + used.ru_stime:.1f} | {used.ru_maxrss // 1024} | {len(sizes)} | {max(sizes.values())} |")
PY
}

echo "| corpus of $n | CPU-s | MB | stories | largest |"
echo "|---|---|---|---|---|"
for corpus in normal identical boilerplate one-word same-minute dates giant-story template collisions ticker long outlets datelines \
    glued bylines numbers attributes bodies deep open decided; do
    measure "$corpus"
done
