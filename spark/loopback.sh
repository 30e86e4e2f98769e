#!/usr/bin/env bash
# Runs the Spark job on a cluster of its own: a standalone master and two workers on this machine, from PyPI.
#
#     bash spark/loopback.sh INPUT... -o DIR [OPTIONS OF samestory_spark.py]
#
# Needs Java 17 or later and a Python 3.10 or later. SAMESTORY is the binary, else it is built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if [ $# = 0 ]; then sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; fi

venv=${SAMESTORY_SPARK_VENV:-${XDG_CACHE_HOME:-$HOME/.cache}/samestory/spark-4.3.0}
if [ ! -e "$venv/ready" ]; then
    echo "installing Spark into $venv" >&2
    "${PYTHON:-python3}" -m venv "$venv"
    "$venv/bin/pip" install --quiet pyspark==4.3.0 pyarrow==26.0.1 pandas==3.1.1
    touch "$venv/ready"
fi
if [ -z "${SAMESTORY:-}" ]; then
    (cd "$here/.." && cargo build --release --locked --quiet)
    SAMESTORY=$here/../target/release/samestory
fi

export SPARK_HOME PYSPARK_PYTHON=$venv/bin/python SPARK_LOCAL_IP=127.0.0.1
SPARK_HOME=$("$PYSPARK_PYTHON" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')
logs=$(mktemp -d)
started=()
# Ends what was started here, by its numbers.
trap 'for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done; wait; rm -rf "$logs"' EXIT

run() {
    local name=$1
    shift
    "$SPARK_HOME/bin/spark-class" "$@" >"$logs/$name" 2>&1 &
    started+=($!)
    printf '%s %s\n' "$name" "$!" >>"${SAMESTORY_SPARK_PIDS:-/dev/null}"
}

port=$("$PYSPARK_PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
run master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0
for worker in 1 2; do
    run "worker-$worker" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 0 --cores 1 --memory 2g \
        --work-dir "$logs/work" "spark://127.0.0.1:$port"
done
"$PYSPARK_PYTHON" "$here/samestory_spark.py" --binary "$(realpath "$SAMESTORY")" --master "spark://127.0.0.1:$port" "$@"
