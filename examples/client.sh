#!/usr/bin/env bash
# Adds a batch of articles to a running `samestory serve` and shows the stories, with curl alone.
# examples/client.sh FILE.jsonl   (SAMESTORY_URL names the service, SAMESTORY_TOKEN a token)
set -euo pipefail
url=${SAMESTORY_URL:-http://127.0.0.1:7878}
file=$1
ask() { curl -sS --fail-with-body ${SAMESTORY_TOKEN:+-H "authorization: bearer $SAMESTORY_TOKEN"} "$@"; }

# The key makes a repetition harmless: the same file is added once, and answered alike.
key=$(sha256sum "$file" | cut -c1-32)
ask -H "content-type: application/x-ndjson" -H "idempotency-key: $key" --data-binary "@$file" "$url/v1/articles:batch"
echo
ask "$url/v1/stories?limit=5"
echo
