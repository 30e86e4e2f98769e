"""The service under load: durable adds while others look things up, on an index of many articles; prints a table.

python3 benches/service.py [--articles N] [--seconds N] [--batch N] [--rate N]   (SAMESTORY names the binary, default target/release/samestory)
"""

import argparse
import http.client
import json
import multiprocessing
import os
import random
import subprocess
import tempfile
import threading
import time

WORDS = [f"{a}{b}{c}" for a in ("bar", "cel", "dor", "fen", "gol", "hal", "jun", "kas", "lor", "mir", "nov", "pel")
         for b in ("a", "e", "i", "o", "u", "au", "ei") for c in ("n", "r", "st", "lk", "mp", "tta", "vik", "zen", "dor", "mar")]
NAMES = [word.capitalize() + end for word in WORDS for end in ("ov", "ins", "sen")]


def article(number, draw, total):
    """A report of one of many events of thirty days; every fifth is a copy of the one before but for a word."""
    event = random.Random(number // 5)
    topic = [event.choice(WORDS) for _ in range(60)] + [event.choice(NAMES) for _ in range(12)]
    telling = event if number % 5 == 4 else draw
    body = " ".join(telling.choice(topic) if telling.random() < 0.6 else telling.choice(WORDS) for _ in range(180))
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_767_225_600 + number * 30 * 86_400 // total))
    title = " ".join(event.sample(topic, 7))
    return {"id": f"a{number}", "title": title, "text": body, "source": f"Outlet {number % 40}", "lang": "en", "published": at}


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def resident(process):
    with open(f"/proc/{process.pid}/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def add(address, start, seconds, every, bodies):
    """Adds batches, one after another, and one every so many seconds at most; how long each took, and how many were refused."""
    start.wait()
    connection, took, refused = http.client.HTTPConnection(address, timeout=60), [], 0
    at = time.monotonic()
    until = at + seconds
    for body in bodies:
        time.sleep(max(0, at - time.monotonic()))
        at += every
        began = time.monotonic()
        if began > until:
            break
        connection.request("POST", "/v1/articles:batch", body, {"content-type": "application/x-ndjson"})
        answer = connection.getresponse()
        answer.read()
        if answer.status == 201:
            took.append(time.monotonic() - began)
        else:
            refused += 1
            time.sleep(0.1)
    return took, refused


def look(address, start, seconds, rate, total):
    """Looks things up, so many a second; how long each took."""
    start.wait()
    paths = [lambda: f"/v1/articles/a{random.randrange(total)}", lambda: "/v1/stories?limit=20", lambda: "/healthz"]
    connection, times = http.client.HTTPConnection(address, timeout=60), []
    at = time.monotonic()
    until = at + seconds
    while at < until:
        time.sleep(max(0, at - time.monotonic()))
        began = time.monotonic()
        connection.request("GET", random.choice(paths)())
        connection.getresponse().read()
        times.append(time.monotonic() - began)
        at = max(at + 1 / rate, time.monotonic() - 1)
    return times


def storm(address, start, seconds, total):
    """Looks things up as fast as can be; what was answered, and how long a refusal took."""
    start.wait()
    connection, until = http.client.HTTPConnection(address, timeout=60), time.monotonic() + seconds
    statuses, waits = [], []
    while time.monotonic() < until:
        began = time.monotonic()
        connection.request("GET", f"/v1/articles/a{random.randrange(total)}")
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
        if answer.status != 200:
            waits.append(time.monotonic() - began)
    return statuses, waits


def at_once(calls):
    """Each call in a process of its own, all started together; what they gave, each with its name."""
    start = multiprocessing.Event()
    results = multiprocessing.Queue()
    run = lambda function, args: results.put((function.__name__, function(args[0], start, *args[1:])))
    workers = [multiprocessing.Process(target=run, args=call) for call in calls]
    [worker.start() for worker in workers]
    time.sleep(1)
    start.set()
    given = [results.get() for _ in workers]
    [worker.join() for worker in workers]
    return given


def batches(first, size, count, total):
    """Batches of articles numbered from `first` on, made beforehand."""
    draw = random.Random(first)
    return ["\n".join(json.dumps(article(first + i * size + n, draw, total)) for n in range(size)) for i in range(count)]


def follow(address, start, seconds, total, name):
    """How long after they are accepted single articles, one after the other, stand in their stories."""
    start.wait()
    connection, waits, until = http.client.HTTPConnection(address, timeout=60), [], time.monotonic() + seconds

    def ask(method, path, body=None):
        connection.request(method, path, body, {"content-type": "application/x-ndjson"})
        return json.loads(connection.getresponse().read())

    while time.monotonic() < until or not waits:
        number = len(waits)
        late = article(total - 5 * number - 2, random.Random(number), total) | {"id": f"{name}{number}"}
        ask("POST", "/v1/articles:batch", json.dumps(late))
        began = time.monotonic()
        while ask("GET", f"/v1/articles/{name}{number}")["provisional"]:
            time.sleep(0.1)
        waits.append(time.monotonic() - began)
    return waits


def load(address, process, options, name, rate):
    """Three feeders that offer so many articles a second, or all they can, beside four readers and one who waits for stories."""
    seconds, total, size = options.seconds, options.articles, options.batch
    count = (rate or 4000) * seconds // (3 * size) + 1
    first = total + (0 if rate else 10**8)
    every = 3 * size / rate if rate else 0
    calls = [(add, (address, seconds, every, batches(first + n * 10**7, size, count, total))) for n in range(3)]
    calls += [(look, (address, seconds, 50, total))] * 4 + [(follow, (address, seconds, total, name))]
    held = [resident(process)]
    thirds = threading.Thread(target=lambda: [time.sleep(seconds / 3) or held.append(resident(process)) for _ in range(3)])
    thirds.start()
    given = at_once(calls)
    thirds.join()
    took = [wait for kind, g in given if kind == "add" for wait in g[0]]
    refused = sum(g[1] for kind, g in given if kind == "add")
    times = [wait for kind, g in given if kind == "look" for wait in g]
    waits = [wait for kind, g in given if kind == "follow" for wait in g]
    print(f"| {name}: durable adds in batches of {size} | {len(took) * size / seconds:,.0f} articles a second, {refused} batches refused |")
    print(f"| an add, p50 / p99 | {percentile(took, .5) * 1000:.0f} / {percentile(took, .99) * 1000:.0f} ms |")
    print(f"| look-ups meanwhile | {len(times) / seconds:.0f} a second |")
    print(f"| a look-up, p50 / p99 | {percentile(times, .5) * 1000:.1f} / {percentile(times, .99) * 1000:.1f} ms |")
    print(f"| an article stands in its story after, p50 / longest | {percentile(waits, .5):.1f} / {max(waits):.1f} s |")
    print(f"| memory before, and after each third | {', '.join(map(str, held))} MB |", flush=True)


def measure(address, process, options):
    load(address, process, options, "steady", options.rate)
    time.sleep(5)
    load(address, process, options, "flood", 0)
    [(_, waits)] = at_once([(follow, (address, 5, options.articles, "alone"))])
    print(f"| an article alone stands in its story after, p50 / longest | {percentile(waits, .5):.1f} / {max(waits):.1f} s |")
    given = [g for _, g in at_once([(storm, (address, 5, options.articles))] * 64)]
    statuses = [status for g in given for status in g[0]]
    print(f"| 64 at once, as fast as they can | { {status: statuses.count(status) for status in sorted(set(statuses))} } |")
    print(f"| a refusal, p99 | {percentile([wait for g in given for wait in g[1]], .99) * 1000:.0f} ms |")
    time.sleep(3)
    [(_, times)] = at_once([(look, (address, 3, 50, options.articles))])
    print(f"| a look-up afterwards, p99 | {percentile(times, .99) * 1000:.1f} ms |", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--articles", type=int, default=300_000)
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--batch", type=int, default=100)
    options.add_argument("--rate", type=int, default=1_000)
    options = options.parse_args()
    binary = os.environ.get("SAMESTORY", "target/release/samestory")
    with tempfile.TemporaryDirectory() as folder:
        corpus, index = f"{folder}/corpus.jsonl", f"{folder}/news.idx"
        draw = random.Random(1)
        with open(corpus, "w") as out:
            out.writelines(json.dumps(article(n, draw, options.articles)) + "\n" for n in range(options.articles))
        began = time.monotonic()
        subprocess.run([binary, "update", "-q", "--index", index, corpus, "-o", "/dev/null"], check=True)
        print(f"| index of {options.articles:,} articles made | {time.monotonic() - began:.0f} s |", flush=True)
        command = [binary, "serve", "--index", index, "--listen", "127.0.0.1:0", "--rate", "400"]
        began = time.monotonic()
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        address = process.stderr.readline().strip().removeprefix("listening on http://")
        print(f"| ready after | {time.monotonic() - began:.1f} s |", flush=True)
        try:
            measure(address, process, options)
        finally:
            process.terminate()
            process.wait(timeout=60)


main()
