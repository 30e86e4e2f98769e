#!/usr/bin/env bash
# Makes the term tables and the list of function words from wordfreq (PyPI). Run from the root of the repository.
set -euo pipefail
here=src/text/tables
venv=$(mktemp -d)
trap 'rm -rf "$venv"' EXIT
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet 'wordfreq==3.1.1'
codes=$("$venv/bin/python" -c 'import wordfreq; print(*sorted(wordfreq.available_languages("best")))')
for code in $codes; do : > "$here/$code.bin"; done
[ -s $here/function_words.txt ] || : > $here/function_words.txt
cargo build --quiet --release --example term_tables
for code in $codes; do
    "$venv/bin/python" - "$code" << 'PY' | target/release/examples/term_tables "$code" > "$here/$code.bin"
import sys, wordfreq
for word, frequency in wordfreq.get_frequency_dict(sys.argv[1], wordlist="best").items():
    if not any(c.isdigit() for c in word):
        print(word, repr(frequency), sep="\t")
PY
done
"$venv/bin/python" - $codes > $here/function_words.txt << 'PY'
import sys, wordfreq
for code in sys.argv[1:]:
    words = [w for w in wordfreq.top_n_list(code, 90) if w.isalpha() and not any(ord(c) > 0x2fff for c in w)]
    print(code, *words[:70])
PY
