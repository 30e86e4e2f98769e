#!/usr/bin/env bash
# Compares samestory with public near-duplicate tools on a made-up corpus: builds, installs, generates, runs, and prints
# one table. Everything it makes is under target/ here. PYTHON names the Python to use; text-dedup needs 3.12 or later.
#
#     bash benches/peers/run.sh [--n 20000] [--seed 1] [--rounds 3]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
n=20000 seed=1 rounds=3
while [ $# -gt 0 ]; do
    case $1 in
        --n) n=$2 ;;
        --seed) seed=$2 ;;
        --rounds) rounds=$2 ;;
        *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift 2
done
work=$here/target
mkdir -p "$work"

find_python() {
    for python in "${PYTHON:-}" python3.13 python3.12 python3; do
        if [ -n "$python" ] && "$python" -c 'import venv' 2>/dev/null; then echo "$python"; return; fi
    done
    echo "no Python with venv found; set PYTHON" >&2
    return 1
}

echo "building samestory" >&2
cargo build --release --quiet --manifest-path "$root/Cargo.toml" --bin samestory
samestory=${CARGO_TARGET_DIR:-$root/target}/release/samestory

# A peer that does not install is left out; its log says why. gaoya gets all the instructions this machine has.
echo "installing peers" >&2
RUSTFLAGS="-C target-cpu=native" cargo build --release --manifest-path "$here/gaoya/Cargo.toml" \
    --target-dir "$work/gaoya" > "$work/gaoya.log" 2>&1 || true
[ -x "$work/venv/bin/python" ] || "$(find_python)" -m venv "$work/venv"
for package in datasketch rensa daft 'text-dedup>=0.4.1'; do
    log=$work/${package%%>*}.log
    timeout 300 "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$package" > "$log" 2>&1 ||
        [ $? -ne 124 ] || echo "installing took more than 300 s" >> "$log"
done

echo "generating $n articles" >&2
"$work/venv/bin/python" "$here/corpus.py" --n "$n" --seed "$seed" --out "$work"

echo "running, $rounds rounds" >&2
"$work/venv/bin/python" "$here/compare.py" "$work" "$samestory" "$work/gaoya/release/peer-gaoya" \
    --seed "$seed" --rounds "$rounds"
