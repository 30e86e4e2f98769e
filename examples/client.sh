#!/usr/bin/env bash
# Adds a batch of articles to a running `samestory serve`, waits until they are grouped, and shows the stories, with curl alone.
# examples/client.sh FILE.jsonl   (SAMESTORY_URL names the service, SAMESTORY_TOKEN a token)
set -euo pipefail
url=${SAMESTORY_URL:-http://127.0.0.1:7878}
file=$1
ask() { curl -sS --fail-with-body ${SAMESTORY_TOKEN:+-H "authorization: bearer $SAMESTORY_TOKEN"} "$@"; }

# The key makes a repetition harmless: the same file is added once, and answered alike.
key=$(sha256sum "$file" | cut -c1-32)
added=$(ask -H "content-type: application/x-ndjson" -H "idempotency-key: $key" --data-binary "@$file" "$url/v1/articles:batch")
echo "$added"
# The id of the last article, byte by byte: an address cannot have all that an id can.
last=$(printf %b "$(sed -nE 's/.*"article_id":"(([^"\\]|\\.)*)".*/\1/p' <<< "$added")" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g')
while [[ $last && $(ask "$url/v1/articles/$last") == *'"provisional":true'* ]]; do sleep 0.2; done
ask "$url/v1/stories?limit=5"
echo
