#!/usr/bin/env python3
"""Spark's answer is that of one machine: the rows of both, sorted, byte for byte.

check.py --binary SAMESTORY --spark PYTHON --sail PYTHON [--full]

The Pythons are those with pyspark, and with pysail and pyspark-client. Without --full the samples only: on Sail, with
limits so low that each is met, and in one process on Spark.
"""

import argparse
import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

import pyarrow
from pyarrow import parquet

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
JOB, LOOPBACK = f"{ROOT}/spark/samestory_spark.py", f"{ROOT}/spark/loopback.sh"
HARD = ["--finish", "0", "--giant", "10", "--block", "7", "--whole", "100"]
"""Rounds to the end, giants, blocks of few and files by lines, though there are few articles."""
SAIL = """
import sys, threading
from pysail.spark import SparkConnectServer
server = SparkConnectServer("127.0.0.1", 0)
server.start(background=True)
print(server.listening_address[1], flush=True)
sys.stdin.read()
"""

options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
options.add_argument("--binary", required=True)
options.add_argument("--spark", required=True)
options.add_argument("--sail", required=True)
options.add_argument("--full", action="store_true")
ARGUMENTS = options.parse_args()
WORK = tempfile.TemporaryDirectory()


def rows(path):
    """The sorted lines of a file, or of all parts in a folder."""
    parts = [path]
    if os.path.isdir(path):
        parts = [f"{path}/{name}" for name in os.listdir(path) if name.endswith(".txt")]
    return sorted(line for part in parts for line in open(part, "rb"))


def expected(inputs, *flags):
    """The rows and the refusals of one machine."""
    out, refused = f"{WORK.name}/expected.csv", f"{WORK.name}/refused.csv"
    command = [ARGUMENTS.binary, "cluster", "-q", *inputs, *flags, "-o", out, "--refusals", refused]
    subprocess.run([*command, "--max-refused", "100%"], cwd=ROOT, check=True)
    with open(refused, newline="") as refusals:
        return rows(out), sorted(tuple(row) for row in list(csv.reader(refusals))[1:])


def refusals(folder):
    """The refusals of an answer, as a table has them; of no rows Sail writes none."""
    if not os.path.exists(folder):
        return []
    table = parquet.read_table(folder)
    return sorted((file, str(record or ""), reason) for file, record, reason in zip(*table.to_pydict().values()))


def spark(command, inputs, *more, binary=ARGUMENTS.binary, watch=None, environment=None):
    """Runs the job; gives its exit code, its rows and refusals, and what it said."""
    out = f"{WORK.name}/answer"
    subprocess.run(["rm", "-rf", out], check=True)
    environment = {**os.environ, "SAMESTORY": binary, **(environment or {})}
    with tempfile.TemporaryFile("w+") as said:
        job = subprocess.Popen([*command, *inputs, "-o", out, *more], cwd=ROOT, env=environment, stderr=said)
        if watch:
            threading.Thread(target=watch, args=(f"{out}/work",), daemon=True).start()
        code = job.wait(timeout=3600)
        said.seek(0)
        answer = (rows(f"{out}/articles.csv"), refusals(f"{out}/refusals.parquet")) if code == 0 else ([], [])
        return code, answer, said.read()


def check(name, want, done):
    code, got, said = done
    if code or got != want:
        counts = "{} rows and {} refusals".format
        there, wanted = (counts(*map(len, answer)) for answer in (got, want))
        print(f"{name}: exit code {code}, {there} where {wanted} are wanted", said[-4000:], sep="\n")
        sys.exit(1)
    print(f"{name}: the same {len(want[0]) - 1} rows and {len(want[1])} refusals", flush=True)


def one_process(python, master, binary=ARGUMENTS.binary):
    os.environ["PYSPARK_PYTHON"] = python
    return [python, JOB, "--binary", binary, "--master", master]


def children(pid):
    """The processes that a process started, and those that these started."""
    listed = subprocess.run(["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    return [child for found in map(int, listed) for child in (found, *children(found))]


def kill_at(step, pids, whole_worker, killed):
    """Kills an executor with SIGKILL as soon as a step has been written, or a worker for good; notes whom in `killed`."""

    def watch(work):
        while not os.path.exists(f"{work}/{step}"):
            time.sleep(0.1)
        numbers = dict(line.split() for line in open(pids))
        worker = int(numbers["worker-1"])
        for pid in [*([worker] if whole_worker else []), *children(worker)]:
            try:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            except ProcessLookupError:
                pass

    return watch


def faults(inputs, want):
    """Executors killed while they map, join, verify and group; a worker lost for good."""
    pids = f"{WORK.name}/pids"
    # What has been written when the named stage is under way.
    stages = {"map": "twice", "join": "keys", "verify": "copies", "group": "copies-0", "stories": "posts"}
    for stage, step in stages.items():
        for name in [pids, f"{WORK.name}/answer"]:
            subprocess.run(["rm", "-rf", name], check=True)
        open(pids, "w").close()
        whole, killed = stage == "stories", []
        watch = kill_at(step, pids, whole, killed)
        done = spark(["bash", LOOPBACK], inputs, watch=watch, environment={"SAMESTORY_SPARK_PIDS": pids})
        name = f"{'a worker lost' if whole else 'an executor killed'} in the stage {stage}"
        check(name, want, done)
        if not killed:
            sys.exit(f"{name}: it had no process to kill")


def broken_workers(inputs, want):
    """A worker that dies or answers rubbish fails its task with a message; once only, and the task is done again."""
    flag = f"{WORK.name}/flag"
    for name, fault, message in [
        ("dies", "kill -9 $$", "exit code -9"),
        ("answers rubbish", "cat >/dev/null; echo rubbish; exit 0", "its answer is no Arrow"),
    ]:
        script = f"{WORK.name}/broken"
        for once in (True, False):
            condition = f'[ ! -e {flag} ] && touch {flag}' if once else "true"
            with open(script, "w") as out:
                out.write(f'#!/bin/sh\nif [ "$2" = verify ] && {condition}; then {fault}; fi\nexec {ARGUMENTS.binary} "$@"\n')
            os.chmod(script, 0o755)
            subprocess.run(["rm", "-f", flag], check=True)
            # Of four tries in one process, as on a cluster.
            done = spark(one_process(ARGUMENTS.spark, "local[2,4]", script), inputs, binary=script)
            if once:
                check(f"a worker that {name} once", want, done)
            elif done[0] == 0 or message not in done[2]:
                sys.exit(f"a worker that {name}: exit code {done[0]}, not said: {message}\n{done[2][-3000:]}")
            else:
                print(f"a worker that {name} always: the job fails, and says so", flush=True)


def with_refusals():
    """Two files of some megabytes, each with records that cannot be used, and an id that comes twice."""
    files = []
    for name in ("one", "two"):
        files.append(f"{WORK.name}/{name}.jsonl")
        with open(files[-1], "w") as out:
            for n in (1, 2, 2):
                article = {"id": f"{name}-{n}", "title": f"Ferry {n} runs aground off Pellin", "text": f"Line {out.tell()}."}
                print(json.dumps({**article, "more": " " * (2 << 20)}), "no JSON", sep="\n", file=out)
    return files


def article(n, text="The ferry ran aground off Pellin on Monday, and nobody was hurt.", **more):
    return {"id": f"a-{n}", "title": f"Ferry {n} runs aground off Pellin", "text": text, **more}


def lines(path, *articles):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.writelines(json.dumps(article) + "\n" for article in articles)


def table(path, **columns):
    parquet.write_table(pyarrow.table(columns), path)


def plain_folder(folder):
    """Names that are patterns to an engine, and tables of unlike columns."""
    lines(f"{folder}/a[1].jsonl", article(1), article(2, section="sea"))
    lines(f"{folder}/b {{x}}.jsonl", article(3), article(4))
    lines(f"{folder}/c%20d+e?.jsonl", article(5))
    lines(f"{folder}/x.jsonl.d/f*.ndjson", article(6))
    with open(f"{folder}/x.jsonl.d/g.csv", "w") as out:
        out.write("id,title,text,section\n" + "a-7,Ferry 7 aground,Line seven of many and more.,sea\n" * 3)
    ids = {"id": ["t-1"], "title": ["Storm over Oruk"], "text": ["Storm hits the coast of Oruk, two killed."]}
    table(f"{folder}/1.parquet", **ids, source=["Post"])
    table(f"{folder}/2.parquet", source=["Times"], text=["Metro strike begins in Pell."], title=["Strike"], id=["t-2"])
    table(f"{folder}/[3].parquet", **{**ids, "id": [3]}, published=["2025-09-01"], samestory_content=["x"], ID=["other"])


def odd_folder(folder):
    """The same, and what an engine cannot read or does not see; one article twice, with other kept columns."""
    plain_folder(folder)
    lines(f"{folder}/_h.jsonl", article(8), article(9))
    lines(f"{folder}/_i/j.jsonl", article(10))
    lines(f"{folder}/.hidden.jsonl", article(11))
    for section in ("world", "art"):
        lines(f"{folder}/{section}.jsonl", article(12, section=section))
    with open(f"{folder}/k.jsonl", "wb") as out:
        out.write(b'{"id": "k-1", "title": "Caf\xe9 \xff of Pell"}\n{"id": "k-2", "title": "' + b"Long " * 99 + b'"}\n')
    with open(f"{folder}/l.txt", "w") as out:
        out.write("Court rules on Pell\n\nThe court has ruled on the waters of Pell.\n")
    with open(f"{folder}/m.parquet", "wb") as out:
        out.write(b"PAR1 and no more")
    moment = pyarrow.array([1756729805123456789], pyarrow.timestamp("ns", tz="America/New_York"))
    table(f"{folder}/n.parquet", title=["Oruk votes"], text=["Oruk votes on Sunday."], published=moment, samestory_line=["x"])


def same_rows(python, master):
    """Inputs that engines read in another way than `samestory` does, with settings of the environment."""
    where = f"on {'Sail' if master.startswith('sc') else 'Spark'}"
    command, folder, plain = one_process(python, master), f"{WORK.name}/odd", f"{WORK.name}/plain"
    odd_folder(f"{folder}/one")
    lines(f"{folder}/one more/a.jsonl", article(20))
    inputs = [f"{folder}/one/", f"{folder}/one/_i/j.jsonl", f"{folder}/one more"]
    settings = {"SAMESTORY_ONLY": "duplicates", "SAMESTORY_KEEP": "section,meta.author,line,a b"}
    flags = ["--only", "duplicates", "--keep", settings["SAMESTORY_KEEP"]]
    want, small = expected(inputs, *flags), ["--partitions", "2", "--whole", "100"]
    check(f"odd files in parts {where}", want, spark(command, inputs, *small, environment=settings))
    if where == "on Sail":
        check(f"odd files {where}", want, spark(command, inputs, "--partitions", "2", environment=settings))

    plain_folder(plain)
    url, (rows, refused) = f"file://{plain}", expected([plain], *flags)
    code, (got, got_refused), said = spark(command, [url], *small, "--", *flags)
    got = sorted(row.replace(url.encode(), plain.encode()) for row in got)
    check(f"files by URL {where}", (rows, refused), (code, (got, got_refused), said))


def refused_before(python, master):
    """What `cluster` refuses before anything is done, and what an engine could not write."""
    command, empty = one_process(python, master), f"{WORK.name}/empty"
    os.makedirs(empty, exist_ok=True)
    for given, flags, message in [
        (f"{WORK.name}/missing", [], "no such file or folder"),
        (f"file://{empty}", [], "no files in this folder"),
        ("-", [], "standard input can be read by one machine only"),
        ("samples/articles", ["--keep", "Title"], "differs in case only"),
    ]:
        code, _, said = spark(command, ["samples/articles", given], "--", *flags)
        if code != 2 or message not in said:
            sys.exit(f"{given} {flags}: exit code {code}, not said: {message}\n{said[-3000:]}")
    print("what cannot be read: refused before anything is done", flush=True)


def main():
    samples = ["samples/articles"]
    want = expected(samples)
    some = with_refusals()
    sail = subprocess.Popen([ARGUMENTS.sail, "-c", SAIL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        on_sail = one_process(ARGUMENTS.sail, f"sc://127.0.0.1:{sail.stdout.readline().strip()}")
        check("samples on Sail, low limits", want, spark(on_sail, samples, "--partitions", "3", *HARD))
        check("two files with refusals on Sail", expected(some), spark(on_sail, some, "--partitions", "2"))
        check("one file with refusals on Sail", expected(some[:1]), spark(on_sail, some[:1], "--partitions", "2"))
        same_rows(ARGUMENTS.sail, on_sail[-1])
        refused_before(ARGUMENTS.sail, on_sail[-1])
        on_spark = one_process(ARGUMENTS.spark, "local[1]")
        check("samples on Spark", want, spark(on_spark, samples, "--partitions", "1"))
        same_rows(ARGUMENTS.spark, "local[1]")
        if not ARGUMENTS.full:
            return
        corpus = f"{WORK.name}/corpus"
        generator = f"{ROOT}/benches/peers/corpus.py"
        subprocess.run([sys.executable, generator, "--n", "20000", "--out", corpus], check=True)
        many = [f"{corpus}/articles.jsonl"]
        wanted = expected(many)
        for parts in ("1", "2", "7"):
            check(f"samples on Sail, {parts} parts", want, spark(on_sail, samples, "--partitions", parts))
            check(f"20,000 articles on Sail, {parts} parts", wanted, spark(on_sail, many, "--partitions", parts))
            cluster = ["bash", LOOPBACK]
            check(f"samples on two workers, {parts} parts", want, spark(cluster, samples, "--partitions", parts))
            check(f"20,000 on two workers, {parts} parts", wanted, spark(cluster, many, "--partitions", parts))
        check("samples on Spark, low limits", want, spark(["bash", LOOPBACK], samples, "--partitions", "2", *HARD))
        faults(many, wanted)
        broken_workers(samples, want)
    finally:
        sail.kill()
        sail.wait()


main()
