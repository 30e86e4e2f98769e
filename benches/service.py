"""The service under load: durable adds while others look things up, on an index of many articles; prints a table.

python3 benches/service.py [--articles N] [--seconds N] [--batch N]   (SAMESTORY names the binary, default target/release/samestory)
"""

import argparse
import http.client
import json
import os
import random
import subprocess
import tempfile
import threading
import time

WORDS = [f"{a}{b}{c}" for a in ("bar", "cel", "dor", "fen", "gol", "hal", "jun", "kas", "lor", "mir", "nov", "pel")
         for b in ("a", "e", "i", "o", "u", "au", "ei") for c in ("n", "r", "st", "lk", "mp", "tta", "vik", "zen", "dor", "mar")]
NAMES = [word.capitalize() + end for word in WORDS for end in ("ov", "ins", "sen")]


def article(number, draw, days):
    """A report of one of many events; every fifth is a copy of the one before but for a word."""
    event = random.Random(number // 5)
    topic = [event.choice(WORDS) for _ in range(60)] + [event.choice(NAMES) for _ in range(12)]
    telling = event if number % 5 == 4 else draw
    body = " ".join(telling.choice(topic) if telling.random() < 0.6 else telling.choice(WORDS) for _ in range(180))
    seconds = 1_767_225_600 + (number * days * 86_400) // max(1, TOTAL)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    title = " ".join(event.sample(topic, 7))
    return {"id": f"a{number}", "title": title, "text": body, "source": f"Outlet {number % 40}", "lang": "en", "published": at}


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def resident(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def add(address, numbers, batch, until, done, refused):
    connection, draw = http.client.HTTPConnection(address, timeout=60), random.Random()
    while time.monotonic() < until:
        some = [json.dumps(article(next(numbers), draw, 30)) for _ in range(batch)]
        began = time.monotonic()
        connection.request("POST", "/v1/articles:batch", "\n".join(some), {"content-type": "application/x-ndjson"})
        answer = connection.getresponse()
        answer.read()
        if answer.status == 201:
            done.append((began, time.monotonic() - began))
        else:
            refused.append(answer.status)
            time.sleep(0.1)


def look(address, paths, rate, until, times):
    connection, at = http.client.HTTPConnection(address, timeout=60), time.monotonic()
    while at < until:
        time.sleep(max(0, at - time.monotonic()))
        began = time.monotonic()
        connection.request("GET", random.choice(paths)())
        connection.getresponse().read()
        times.append(time.monotonic() - began)
        at = max(at + 1 / rate, time.monotonic() - 1)


def storm(address, statuses, times, seconds):
    connection, until = http.client.HTTPConnection(address, timeout=60), time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        connection.request("GET", "/v1/stories?limit=200")
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
        if answer.status != 200:
            times.append(time.monotonic() - began)


def main():
    global TOTAL
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=300_000)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--batch", type=int, default=100)
    options = options.parse_args()
    TOTAL = options.articles
    binary = os.environ.get("SAMESTORY", "target/release/samestory")
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = f"{folder}/corpus.jsonl", f"{folder}/news.idx"
        draw = random.Random(1)
        with open(corpus, "w") as out:
            out.writelines(json.dumps(article(n, draw, 30)) + "\n" for n in range(TOTAL))
        began = time.monotonic()
        subprocess.run([binary, "update", "-q", "--index", index, corpus, "-o", "/dev/null"], check=True)
        print(f"| index of {TOTAL:,} articles made | {time.monotonic() - began:.0f} s |", flush=True)
        command = [binary, "serve", "--index", index, "--listen", "127.0.0.1:0", "--rate", "3000"]
        began = time.monotonic()
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        address = process.stderr.readline().strip().removeprefix("listening on http://")
        print(f"| ready after | {time.monotonic() - began:.1f} s |", flush=True)
        until, numbers = time.monotonic() + options.seconds, iter(range(TOTAL, 10**9))
        done, refused, times, before = [], [], [], resident(process)
        paths = [lambda: f"/v1/articles/a{random.randrange(TOTAL)}", lambda: "/v1/stories?limit=20", lambda: "/healthz"]
        lock = threading.Lock()
        shared = iter(lambda: next_number(numbers, lock), None)
        threads = [threading.Thread(target=add, args=(address, shared, options.batch, until, done, refused)) for _ in range(3)]
        threads += [threading.Thread(target=look, args=(address, paths, 50, until, times)) for _ in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(f"| durable adds in batches of {options.batch} | {len(done) * options.batch / options.seconds:,.0f} articles a second |")
        print(f"| an add, p50 / p99 | {percentile([t for _, t in done], .5) * 1000:.0f} / {percentile([t for _, t in done], .99) * 1000:.0f} ms |")
        print(f"| refused meanwhile | {len(refused)} |")
        print(f"| look-ups | {len(times) / options.seconds:.0f} a second |")
        print(f"| a look-up, p50 / p99 | {percentile(times, .5) * 1000:.1f} / {percentile(times, .99) * 1000:.1f} ms |")
        print(f"| memory before / after | {before} / {resident(process)} MB |")
        statuses, waits = [], []
        threads = [threading.Thread(target=storm, args=(address, statuses, waits, 5)) for _ in range(64)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        told = {status: statuses.count(status) for status in sorted(set(statuses))}
        print(f"| 64 at once, as fast as they can | {told} |")
        print(f"| a refusal, p99 | {percentile(waits, .99) * 1000:.0f} ms |")
        time.sleep(3)
        times.clear()
        look(address, paths[:1], 50, time.monotonic() + 3, times)
        print(f"| a look-up afterwards, p99 | {percentile(times, .99) * 1000:.1f} ms |")
        process.terminate()
        process.wait(timeout=60)


def next_number(numbers, lock):
    with lock:
        return next(numbers)


main()
