"""Runs samestory and its peers in turn on one core, and prints one table.

compare.py WORK SAMESTORY GAOYA: WORK holds articles.jsonl, truth.csv and a log of each installation.
"""

import argparse
import collections
import csv
import datetime
import importlib.metadata
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ["RAYON", "OMP", "OPENBLAS", "MKL"]}
ONE_THREAD |= {"POLARS_MAX_THREADS": "1", "HF_HUB_OFFLINE": "1"}


def tools(options):
    """(name, package, command, settings) of each tool; `{}` is where the output goes."""
    articles = f"{options.work}/articles.jsonl"
    samestory = [options.samestory, "cluster", articles, "--only", "duplicates", "--threads", "1", "-q", "-o", "{}"]
    yield "samestory", "samestory", samestory, "defaults"
    shingled = "word 5-grams, 128 hashes, 16 bands of 8"
    for method, settings in [("minhash", f"{shingled}, estimated Jaccard from .7"), ("simhash", "64 bits, 3 differ")]:
        yield f"gaoya, {method}", "gaoya", [options.gaoya, method, articles, "{}"], settings
    for package in ["daft", "rensa", "datasketch", "text-dedup"]:
        script = f"{HERE}/peer_{package.replace('-', '')}.py"
        yield package, package, [sys.executable, script, articles, "{}"], shingled


def version(package, options):
    """The version of a tool, or None if it is not installed."""
    try:
        if package == "samestory":
            return subprocess.check_output([options.samestory, "--version"], text=True).split()[-1]
        if package == "gaoya":
            lock = open(f"{HERE}/gaoya/Cargo.lock").read()
            return re.search(r'name = "gaoya"\nversion = "(.*)"', lock)[1] if os.path.exists(options.gaoya) else None
        return importlib.metadata.version(package)
    except (OSError, importlib.metadata.PackageNotFoundError):
        return None


def last_line(path):
    """What a log says at its end."""
    lines = [line.strip() for line in open(path) if line.strip()] if os.path.exists(path) else []
    return lines[-1] if lines else "no reason given"


def measure(command, log):
    """CPU seconds of the process and all it waited for, and peak megabytes of the largest of them."""
    pinned, environment = ["taskset", "-c", "0", *command], os.environ | ONE_THREAD
    with open(log, "w") as out:
        process = subprocess.Popen(pinned, env=environment, stdout=out, stderr=out)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def groups(path):
    """The cluster of each id; samestory's columns have longer names."""
    with open(path) as rows:
        rows = csv.DictReader(rows)
        names = ("id", "cluster") if "id" in rows.fieldnames else ("article_id", "duplicate_group_id")
        return {row[names[0]]: row[names[1]] for row in rows}


def pairs(clusters):
    return sum(size * (size - 1) // 2 for size in collections.Counter(clusters).values())


def score(found, truth):
    """Pairwise precision, recall and F1."""
    assert found.keys() == truth.keys(), "the output does not have the articles of the input"
    both = pairs((cluster, truth[name]) for name, cluster in found.items())
    precision, recall = both / max(1, pairs(found.values())), both / max(1, pairs(truth.values()))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def processor():
    facts = dict(line.split(":", 1) for line in open("/proc/cpuinfo") if ":" in line)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    return f"{facts.get('model name')}, family {facts.get('cpu family')}, model {facts.get('model')}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ["work", "samestory", "gaoya"]:
        parser.add_argument(name)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", required=True, help="of the corpus, for the caption")
    options = parser.parse_args()

    left_out, present = {}, []
    for tool in tools(options):
        found = version(tool[1], options)
        if found:
            present.append((*tool, found))
        else:
            left_out[tool[0]] = last_line(f"{options.work}/{tool[1]}.log")
    best = {}
    # In rounds, so that a busy minute of the machine does not fall on one tool alone. Nothing large may be in memory
    # here: what a process had before it became the tool counts as its peak.
    for _ in range(options.rounds):
        for name, package, command, _, _ in present:
            log, out = f"{options.work}/{name}.run.log", f"{options.work}/{name}.csv"
            code, seconds, megabytes = measure([part.replace("{}", out) for part in command], log)
            if code != 0:
                left_out[name] = f"exit code {code}: {last_line(log)}"
                continue
            old = best.get(name, (seconds, megabytes))
            best[name] = min(old[0], seconds), max(old[1], megabytes)

    if "samestory" in left_out:
        sys.exit(f"samestory does not run: {left_out['samestory']}")
    truth = groups(f"{options.work}/truth.csv")
    size = os.path.getsize(f"{options.work}/articles.jsonl") / 1e6
    print(f"{processor()}; {datetime.date.today()}; n = {len(truth):,} ({size:.0f} MB), seed {options.seed};", end=" ")
    print(f"one core, one thread, least CPU time of {options.rounds} rounds\n")
    print("| tool | version | CPU s | articles / CPU-s | ratio | peak MB | precision | recall | F1 | settings |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, _, _, settings, found in present:
        if name in left_out:
            continue
        seconds, megabytes = best[name]
        ratio = best["samestory"][0] / seconds
        quality = " | ".join(f"{value:.3f}" for value in score(groups(f"{options.work}/{name}.csv"), truth))
        speed = f"{seconds:.2f} | {len(truth) / seconds:,.0f} | {ratio:.2f} | {megabytes:,.0f}"
        print(f"| {name} | {found} | {speed} | {quality} | {settings} |")
    for name, reason in left_out.items():
        print(f"\nLeft out: {name}: {reason}")


if __name__ == "__main__":
    main()
