"""Adds articles to a running `samestory serve`, waits until they are grouped, and prints the stories; needs nothing but Python.

python3 examples/client.py FILE.jsonl   (SAMESTORY_URL names the service, SAMESTORY_TOKEN a token)
"""

import hashlib
import json
import os
import sys
import time
import urllib.parse
import urllib.request

URL = os.environ.get("SAMESTORY_URL", "http://127.0.0.1:7878")


def ask(path, body=None, **headers):
    """One request; `body` is sent as JSON Lines."""
    if token := os.environ.get("SAMESTORY_TOKEN"):
        headers["authorization"] = f"bearer {token}"
    if body is not None:
        headers["content-type"] = "application/x-ndjson"
    request = urllib.request.Request(URL + path, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def main(file):
    with open(file, "rb") as lines:
        batch = lines.read()
    # The key makes a repetition harmless.
    added = ask("/v1/articles:batch", batch, **{"idempotency-key": hashlib.sha256(batch).hexdigest()})
    print(f"{added['accepted']} accepted, {len(added['refused'])} refused")
    last = added["articles"][-1]["article_id"]
    while ask("/v1/articles/" + urllib.parse.quote(last, safe=""))["provisional"]:
        time.sleep(0.2)
    for story in ask("/v1/stories?limit=5")["items"]:
        print(f"{story['independent_outlets']} outlets, {story['size']} articles: {story['title']}")


main(sys.argv[1])
