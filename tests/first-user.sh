#!/usr/bin/env bash
# Does what the README says, in its order, as somebody who has just cloned the project: with a home of their own and nothing built.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
serving=
trap '[ -z "$serving" ] || kill "$serving" 2>/dev/null || true; rm -rf "$work"' EXIT

toolchains=${RUSTUP_HOME:-$HOME/.rustup}
export HOME=$work/home CARGO_HOME=$work/home/.cargo RUSTUP_HOME=$toolchains XDG_CACHE_HOME=$work/home/.cache
unset CARGO_TARGET_DIR
mkdir -p "$HOME"
git clone --quiet "$root" "$work/samestory"
cd "$work/samestory"

# The commands of the tables, which stand between backticks at the end of a row that begins so.
row() { sed -n "s/^| $1.*| \`\(.*\)\` |$/\1/p" README.md; }
do_row() {
    local command
    command=$(row "$1")
    [ -n "$command" ] || { echo "the README has no row '$1'" >&2; exit 1; }
    printf '\n$ %s\n' "$command"
    bash -euc "$command"
}

do_row 'run it from a clone'
cmp <(cut -d, -f5 clusters.csv | sort) <({ echo article_id; cut -d, -f1 samples/expected.csv | tail -n +2; } | sort)
do_row 'install it'
export PATH=$CARGO_HOME/bin:$PATH
python3 -m venv "$work/venv"
(export PATH=$work/venv/bin:$PATH && do_row 'have it in Python' && python -c 'import samestory; print(samestory.cluster("samples/articles").num_rows)')

# What is shown after a `$`; what comes out of it is compared by the tests.
sed -n '/^```console$/,/^```$/s/^\$ //p' README.md | while read -r command; do
    printf '\n$ %s\n' "$command"
    bash -euc "$command"
done

printf '\n$ samestory serve --index news.idx, and a client\n'
samestory serve --index news.idx &
serving=$!
for _ in $(seq 100); do curl -fs -o "$work/ready" http://127.0.0.1:7878/readyz && break; sleep 0.1; done
bash examples/client.sh new.jsonl
python3 examples/client.py new.jsonl
kill "$serving"
wait "$serving"
serving=

SAMESTORY=$CARGO_HOME/bin/samestory do_row 'try it'
cmp <(cat out/articles.csv/part-* | sort) <(sort clusters.csv)
printf '\neverything that the README says was done\n'
