#!/usr/bin/env bash
# Builds the Python package and tests it as it is installed: its functions, its examples, its types.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
venv=${XDG_CACHE_HOME:-$HOME/.cache}/samestory/python

if [ ! -e "$venv/ready" ]; then
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/pip" install --quiet maturin==1.16.0 mypy==2.4.1 pandas==3.1.1 pandas-stubs==3.1.0.261029 pyarrow==26.0.1 pyarrow-stubs==20.0.0.20260819
    touch "$venv/ready"
fi
cd "$root/python"
VIRTUAL_ENV=$venv PATH=$venv/bin:$PATH "$venv/bin/maturin" develop --locked --quiet
cd "$root/tests/python"
"$venv/bin/python" -m unittest -q test_samestory
"$venv/bin/mypy" --strict "$root/python/samestory" test_samestory.py
