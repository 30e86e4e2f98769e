"""The service under load: durable adds while others look things up, on an index of many articles; prints a table.

python3 benches/service.py [--articles N] [--seconds N] [--batch N]   (SAMESTORY names the binary, default target/release/samestory)
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


def add(address, start, seconds, bodies):
    """Adds batches, one after another; how long each took, and how many were refused."""
    start.wait()
    connection, took, refused = http.client.HTTPConnection(address, timeout=60), [], 0
    until = time.monotonic() + seconds
    for body in bodies:
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
    """Each call in a process of its own, all started together; what they gave."""
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


def batches(total, feeder, size, seconds):
    """More batches than a feeder can add in the time, made beforehand."""
    draw, first = random.Random(feeder), total + feeder * 10**7
    return ["\n".join(json.dumps(article(first + i * size + n, draw, total)) for n in range(size)) for i in range(1 + 1000 * seconds // size)]


def settle(address, total):
    """How long after they are accepted single articles, one after the other, stand in their stories."""
    connection, waits = http.client.HTTPConnection(address, timeout=60), []

    def ask(method, path, body=None):
        connection.request(method, path, body, {"content-type": "application/x-ndjson"})
        return json.loads(connection.getresponse().read())

    for number in range(5):
        late = article(total - 5 * number - 2, random.Random(number), total) | {"id": f"late{number}"}
        ask("POST", "/v1/articles:batch", json.dumps(late))
        began = time.monotonic()
        while ask("GET", f"/v1/articles/late{number}")["provisional"]:
            time.sleep(0.05)
        waits.append(time.monotonic() - began)
    return waits


def measure(address, process, options):
    feeders = [(add, (address, options.seconds, batches(options.articles, n, options.batch, options.seconds))) for n in range(3)]
    readers = [(look, (address, options.seconds, 50, options.articles)) for _ in range(4)]
    held = [resident(process)]
    thirds = threading.Thread(target=lambda: [time.sleep(options.seconds / 3) or held.append(resident(process)) for _ in range(3)])
    thirds.start()
    given = at_once(feeders + readers)
    thirds.join()
    took = [time for name, (times, _) in ((n, g) for n, g in given if n == "add") for time in times]
    refused = sum(g[1] for n, g in given if n == "add")
    times = [time for name, g in given if name == "look" for time in g]
    print(f"| durable adds in batches of {options.batch} | {len(took) * options.batch / options.seconds:,.0f} articles a second |")
    print(f"| an add, p50 / p99 | {percentile(took, .5) * 1000:.0f} / {percentile(took, .99) * 1000:.0f} ms |")
    print(f"| batches refused meanwhile | {refused} |")
    print(f"| look-ups | {len(times) / options.seconds:.0f} a second |")
    print(f"| a look-up, p50 / p99 | {percentile(times, .5) * 1000:.1f} / {percentile(times, .99) * 1000:.1f} ms |")
    waits = settle(address, options.articles)
    print(f"| after the load, and then: an article stands in its story after | {', '.join(f'{wait:.1f}' for wait in waits)} s |")
    print(f"| memory before, and after each third | {', '.join(map(str, held))} MB |", flush=True)
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
