#!/usr/bin/env bash
# Compares Spark's answer with that of one machine: run.sh [--full]. Installs Spark and Sail from PyPI, once.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/samestory

if ! java -version >/dev/null 2>&1; then
    echo "Spark needs Java 17 or later, as in: apt-get install openjdk-17-jre-headless" >&2
    exit 1
fi
install() {
    local venv=$cache/$1
    shift
    if [ ! -e "$venv/ready" ]; then
        "${PYTHON:-python3}" -m venv "$venv"
        "$venv/bin/pip" install --quiet "$@"
        touch "$venv/ready"
    fi
}
install spark-4.3.0 pyspark==4.3.0 pyarrow==26.0.1 pandas==3.1.1
install sail-0.7.2 pysail==0.7.2 pyspark-client==4.1.3 pyarrow==26.0.1 pandas==3.1.1 zstandard
export SAMESTORY_SPARK_VENV=$cache/spark-4.3.0

profile=debug
case ${1:-} in --full) profile=release; (cd "$root" && cargo build --release --locked --quiet) ;; esac
"$cache/sail-0.7.2/bin/python" "$root/tests/spark/check.py" --binary "$root/target/$profile/samestory" \
    --spark "$cache/spark-4.3.0/bin/python" --sail "$cache/sail-0.7.2/bin/python" "$@"
