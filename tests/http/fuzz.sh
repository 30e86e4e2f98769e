#!/usr/bin/env bash
# Asks a running service whatever its OpenAPI document allows, and what it does not: no answer may be a fault of the server or one
# that the document does not have. tests/http/fuzz.sh [EXAMPLES]   (SAMESTORY names the binary)
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
examples=${1:-10}
binary=$(realpath "${SAMESTORY:-target/debug/samestory}")
venv=target/schemathesis
if [ ! -x "$venv/bin/schemathesis" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
fi
folder=$(mktemp -d)
"$binary" serve --index "$folder/news.idx" --listen 127.0.0.1:0 --rate 100000 2>"$folder/log" &
service=$!
trap 'grep -v "^listening" "$folder/log" || true; kill $service; wait $service || true; rm -rf "$folder"' EXIT
for _ in $(seq 100); do
    grep -q listening "$folder/log" && break
    sleep 0.1
done
SAMESTORY_URL=$(sed -n 's/^listening on //p' "$folder/log")
export SAMESTORY_URL PYTHONDONTWRITEBYTECODE=1
"$binary" update -q --index "$folder/news.idx" samples/articles -o "$folder/out.csv"
# What it keeps for the next time goes with the folder.
cd "$folder"
SCHEMATHESIS_HOOKS=$root/tests/http/hooks.py "$root/$venv/bin/schemathesis" run "$SAMESTORY_URL/openapi.json" \
    --phases examples,coverage,fuzzing --max-examples "$examples" --request-timeout 60 --warnings off --no-color \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --exclude-path /v1/events
grep -v '^listening' "$folder/log" && exit 1 || true
