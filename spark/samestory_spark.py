#!/usr/bin/env python3
"""samestory on Apache Spark: the answer of `samestory cluster`, row for row, past one machine.

    samestory_spark.py --binary SAMESTORY --master URL INPUT... -o DIR [-- OPTIONS OF cluster]

Spark moves rows; what is decided is decided by `samestory worker STAGE`, a child process of each task that reads and
writes Arrow. Only DataFrames are used, so that Spark Connect (sc://...), and with it Sail, runs this file too. Every step
that is used twice is written to DIR/work, and nothing depends on partitions, order or numbers that the engine makes.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
from functools import reduce
from typing import NamedTuple

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

UNDATED = -(2**63)
"""The time and the day of a report without a date."""
WHOLE = 16 << 20
"""Files of up to so many bytes are read in one piece, of whatever kind they are."""
BY_ROWS = r"(?i)\.(parquet|(jsonl|ndjson)(\.gz)?)$"
"""The names of files by URL that Spark reads row by row where they are longer."""


# --- the worker -------------------------------------------------------------------------------------------------------


def child(command: list[str]):
    """A function from Arrow batches to Arrow batches that runs a command; Spark calls it once for each partition."""

    def run(batches):
        import os
        import subprocess
        import tempfile
        import threading

        import pyarrow as pa

        first = next(batches, None)
        if first is None:
            return

        def here(path):
            if os.path.exists(path):
                return path
            from pyspark import SparkFiles

            sent = SparkFiles.get(os.path.basename(path))
            return sent if os.path.exists(sent) else path

        def argument(typed):
            name, _, value = typed.partition("=")
            return f"{name}={here(value)}" if os.path.isabs(value) else typed

        binary, arguments = here(command[0]), [argument(typed) for typed in command[1:]]
        # The driver has said what the settings are, whatever this machine would say.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SAMESTORY_")}
        errors = tempfile.TemporaryFile()
        process = subprocess.Popen(
            [binary, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
        )
        broken = []

        def feed():
            try:
                with pa.ipc.new_stream(process.stdin, first.schema) as stream:
                    stream.write_batch(first)
                    for batch in batches:
                        stream.write_batch(batch)
                process.stdin.close()
            except BrokenPipeError:
                pass  # It has ended; its exit code says how.
            except BaseException as error:  # noqa: BLE001, raised again below
                broken.append(error)
                process.kill()

        # From a thread of its own: with both pipes full, one thread would wait for ever.
        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()

        def failure(what):
            errors.seek(0)
            said = errors.read()[-2000:].decode(errors="replace").strip()
            return RuntimeError(f"samestory {' '.join(arguments[:2])}: {what}: {said or 'it said nothing'}")

        try:
            try:
                yield from pa.ipc.open_stream(process.stdout)
            except pa.ArrowInvalid as error:
                code = process.wait()
                raise failure(f"exit code {code}" if code else f"its answer is no Arrow ({error})") from None
            feeder.join()
            code = process.wait()
            if broken:
                raise broken[0]
            if code:
                raise failure(f"exit code {code}")
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
            errors.close()

    return run


class Stage(NamedTuple):
    """What a stage takes and gives: columns with their SQL types."""

    inputs: list[tuple[str, str]]
    output: str
    key: list[str]
    order: list[str]


class Job:
    """A Spark session, the stages of a binary, and a folder for what is computed once."""

    def __init__(self, spark: SparkSession, arguments, flags: list[str]):
        self.spark, self.arguments = spark, arguments
        self.partitions, self.work = arguments.partitions, f"{arguments.output}/work"
        self.sail = bool(arguments.master and arguments.master.startswith("sc://"))
        settled, self.version, constants, *stages = self.ask("--describe", *flags).splitlines()
        # With what the environment and samestory.toml of this machine say.
        self.flags = [*json.loads(settled), f"--config={os.devnull}"]
        self.constants = {name: int(value) for name, value in (pair.split("=") for pair in constants.split(","))}
        self.stages = {}
        for line in stages:
            name, inputs, output, key, order = line.split("\t")
            columns = [tuple(column.split(" ")) for column in inputs.split(",") if column]
            self.stages[name] = Stage(columns, output, *(list(filter(None, c.split(","))) for c in (key, order)))
        if self.sail:
            # Sail lays rows out as it likes, since tables have no order.
            self.flags.append("--sort")

    def ask(self, *arguments: str) -> str:
        command = [self.arguments.binary, "worker", *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr)
            raise SystemExit(done.returncode)
        return done.stdout

    def step(self, name: str, *rows: DataFrame) -> DataFrame:
        """Runs a stage on rows, those of one key together and in order; a column that is missing is null."""
        stage = self.stages[name]
        if stage.inputs:
            rows = [
                table.select(
                    *(F.col(c) if c in table.columns else F.lit(None).cast(t).alias(c) for c, t in stage.inputs)
                )
                for table in rows
            ]
        table = reduce(DataFrame.unionAll, rows)
        if stage.key:
            table = table.repartition(self.partitions, *stage.key).sortWithinPartitions(*stage.order)
        command = [self.arguments.binary, "worker", name, "--expect", self.version, *self.flags]
        return table.mapInArrow(child(command), stage.output)

    def store(self, name: str, rows: DataFrame) -> DataFrame:
        """Writes rows down, so that they are computed once and later steps stand on firm ground."""
        path = f"{self.work}/{name}"
        print(f"{name} ...", file=sys.stderr, flush=True)
        rows.write.mode("overwrite").parquet(path)
        return self.spark.read.schema(rows.schema).parquet(path)

    def table(self, rows: list[tuple], schema: str) -> DataFrame:
        """A small table of the driver's."""
        return self.spark.createDataFrame(rows, schema)


def is_empty(rows: DataFrame) -> bool:
    return not rows.limit(1).collect()


def attach(pairs: DataFrame, table: DataFrame, columns: list[str]) -> DataFrame:
    """Adds columns of both articles of each pair, with `a_` and `b_` before their names."""
    for side in ("a", "b"):
        named = [F.col(column).alias(f"{side}_{column}") for column in columns]
        pairs = pairs.join(table.select(F.col("item").alias(side), *named), side)
    return pairs


# --- articles ---------------------------------------------------------------------------------------------------------


PART = "samestory_file string, samestory_path string, samestory_from bigint, samestory_to bigint, samestory_refusal string"


def parts(job: Job, inputs: list[str]) -> DataFrame:
    """The files of inputs on this machine, as `samestory` finds them; long ones in parts, of which it reads the lines."""
    rows = []
    for line in job.ask(*(f"--list={given}" for given in inputs), *job.flags).splitlines():
        found = json.loads(line)
        if "refusal" in found:
            rows.append((found["file"], None, 0, 0, found["refusal"]))
            continue
        starts = range(0, found["size"] or 1, job.arguments.whole)
        ends = [*starts[1:], 2**63 - 1]
        rows += [(found["file"], found["path"], *part, None) for part in zip(starts, ends)]
    return job.table(rows, PART).repartition(job.partitions, "samestory_file", "samestory_from")


def named(path, given: str):
    """What the user calls a file of an input by URL, of which engines spell the beginning as they like."""
    beginning = "^(file:/+|[a-z0-9]+://[^/]*/|/+)"
    path, within = F.regexp_replace(path, beginning, ""), re.sub(beginning, "", given)
    inside = F.concat(F.lit(given), path.substr(len(within) + 1, 1 << 30))
    return F.when(path.startswith(within), inside).otherwise(path).alias("samestory_file")


def by_url(job: Job, given: str) -> list[DataFrame]:
    """The files of an input by URL: whole, but for long tables and JSON Lines, which Spark reads row by row."""
    files = job.spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(given)
    if job.sail:
        # It gives a file of some megabytes as a whole for each part that it would read of it.
        files = files.dropDuplicates(["path"])
    found = [tuple(row) for row in files.select("path", "length").collect()]
    if not found:
        print(f"error: {given}: no files in this folder", file=sys.stderr)
        raise SystemExit(2)
    long = [path for path, size in found if size > job.arguments.whole and re.search(BY_ROWS, path) and not job.sail]
    whole = files if not long else files.where((F.col("length") <= job.arguments.whole) | ~F.col("path").rlike(BY_ROWS))
    frames = [whole.select(named(F.col("path"), given), F.col("content").alias("samestory_content"))]
    # What is a glob to Spark is only a name here.
    long = [re.sub(r"([\\{}\[\]*?])", r"\\\1", path) for path in long]
    tables, name = {}, F.expr("url_decode(replace(input_file_name(), '+', '%2B'))")
    for path in (path for path in long if path.lower().endswith(".parquet")):
        tables.setdefault(job.spark.read.parquet(path).schema.json(), []).append(path)
    for alike in tables.values():
        rows = job.spark.read.parquet(*alike)
        rows = rows.drop(*(column for column in rows.columns if column.startswith("samestory_")))
        frames.append(rows.withColumn("samestory_file", named(name, given)))
    lines = [path for path in long if not path.lower().endswith(".parquet")]
    if lines:
        # As bytes: a line need not be text, and if it is not, that is a refusal and not the end.
        rows = job.spark.read.option("lineSep", "\n").text(lines)
        frames.append(rows.select(named(name, given), F.col("value").cast("binary").alias("samestory_line")))
    return [frame.repartition(job.partitions) for frame in frames]


def read_cards(job: Job) -> DataFrame:
    """The card of every article: all that is kept of it, computed once."""
    frames, here = [], []
    for given in job.arguments.inputs:
        if "://" in given:
            frames += by_url(job, given)
        else:
            here.append(given)
    if here:
        frames.append(parts(job, here))
    return job.store("cards", reduce(DataFrame.unionAll, [job.step("prepare", frame) for frame in frames]))


def one_of_each(job: Job, cards: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Cards of which no two have one id, and the refusals."""
    refused, cards = cards.where("refusal is not null"), cards.where("refusal is null")
    counts = cards.groupBy("item").agg(F.count("*").alias("n"))
    twice = job.store("twice", counts.where("n > 1").select("item"))
    if is_empty(twice):
        return cards, refused
    sealed = job.store("sealed", job.step("seal", cards.join(twice, "item", "left_semi")))
    once = cards.join(twice, "item", "left_anti").select(*cards.columns)
    return (
        once.unionAll(sealed.where("refusal is null").select(*cards.columns)),
        refused.unionAll(sealed.where("refusal is not null").select(*cards.columns)),
    )


# --- near-duplicates --------------------------------------------------------------------------------------------------


def pairs_of(job: Job, keys: DataFrame) -> DataFrame:
    """The pairs that share buckets, by the bucket rule: each article with the earliest ones, and with the next few.

    A bucket of a giant is salted: its hubs are found in parts, then joined with all of it. Which buckets are treated so
    is guessed from a sample, for both ways give the same pairs.
    """
    giant, bucket = job.arguments.giant, ["bucket_table", "bucket"]
    share = min(1.0, 1000 / giant)
    counts = keys.sample(fraction=share, seed=1).groupBy(*bucket).agg(F.count("*").alias("n"))
    crowded = [(row[0], row[1]) for row in counts.where(f"n >= {giant * share}").collect()]
    if not crowded:
        found = job.step("pairs", keys)
    else:
        table = F.broadcast(job.table(crowded, "bucket_table bigint, bucket bigint"))
        small = job.step("pairs", keys.join(table, bucket, "left_anti"))
        found = small.unionAll(pairs_of_giants(job, keys.join(table, bucket, "left_semi"), bucket))
    weights = found.groupBy("a", "b").agg(F.sum("weight").alias("weight"))
    return weights.where(f"weight >= {job.constants['shared']}").select("a", "b")


def pairs_of_giants(job: Job, keys: DataFrame, bucket: list[str]) -> DataFrame:
    hubs, near, lead = job.constants["hubs"], job.constants["near"], job.constants["lead"]
    earliest = keys.withColumn("salt", F.expr("pmod(item, 61)"))
    for part in ("bucket_table, bucket, salt", "bucket_table, bucket"):
        rank = F.expr(f"row_number() over (partition by {part} order by time, item)")
        earliest = earliest.withColumn("rank", rank).where(f"rank <= {hubs}").drop("rank")
    hub = earliest.select(*bucket, F.col("time").alias("a_time"), F.col("item").alias("a"))
    pairs = keys.join(F.broadcast(hub), bucket).where("a_time < time or (a_time = time and a < item)")
    pairs = pairs.select(*bucket, "a", F.col("item").alias("b"))
    # What is paired with a hub is not met again.
    row = "row_number() over (partition by bucket_table, bucket order by time, item)"
    later = "collect_list(item) over (partition by bucket_table, bucket order by time, item"
    next_ = keys.withColumn("rank", F.expr(row))
    next_ = next_.withColumn("later", F.expr(f"{later} rows between 1 following and {near} following)"))
    next_ = next_.where(f"rank > {hubs}").withColumn("other", F.explode("later"))
    next_ = next_.selectExpr(*bucket, "item as a", "other as b")
    weight = f"cast(if(bucket_table = {lead}, 1, {job.constants['shared']}) as bigint) as weight"
    return pairs.unionAll(next_).selectExpr("a", "b", weight)


COPY = ["shingles", "details", "title_words", "published", "content", "time"]
"""What the exact check looks at."""


def find_copies(job: Job, cards: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Near-duplicates: each article with the first of its text and the label of its group, and the matches."""
    folded = job.store("folded", job.step("fold", cards.where("content != 0")))
    kept = cards.join(folded.select("item"), "item", "left_anti").where("sketch is not null")
    keys = job.store("keys", job.step("keys", kept))
    pairs = attach(pairs_of(job, keys), cards, ["sketch", "n_shingles"])
    candidates = job.store("candidates", job.step("sift", pairs))

    # Only articles in pairs are joined with pairs.
    ends = candidates.select(F.explode(F.array("a", "b")).alias("item")).distinct()
    copies = job.store("copies", cards.select("item", *COPY).join(ends, "item", "left_semi"))
    examined = job.store("examined", job.step("verify", attach(candidates, copies, COPY)))

    # The ends of a chain are compared because its middle matches both, and they are middles to others.
    for number in range(job.constants["rounds"]):
        matches = examined.where("matches")
        ways = matches.selectExpr("a as bucket", "b_time as time", "b as item")
        ways = ways.unionAll(matches.selectExpr("b as bucket", "a_time as time", "a as item"))
        ways = ways.withColumn("bucket_table", F.lit(0).cast("bigint"))
        more = pairs_of(job, ways).join(examined.select("a", "b"), ["a", "b"], "left_anti")
        more = job.store(f"examined-{number}", job.step("verify", attach(more, copies, COPY)))
        if is_empty(more):
            break
        examined = examined.unionAll(more)

    known = {"size": 1, "penalty": 0}
    ends = [f"cast({n} as bigint) as {side}_{name}" for side in ("a", "b") for name, n in known.items()]
    ends += ["a_time", "b_time"]
    labels = linkage(job, "copies", examined.selectExpr("a", "b", "sum", "cast(1 as bigint) as examined", *ends))
    firsts = cards.select("item", "published", "id").join(folded, "item", "left")
    firsts = firsts.withColumn("first_item", F.coalesce("first_item", "item"))
    roots = labels.selectExpr("item as first_item", "root")
    members = firsts.join(roots, "first_item", "left")
    members = members.withColumn("near_group", F.coalesce("root", "first_item"))
    members = job.store("members", members.select("item", "first_item", "near_group", "published", "id"))
    return members, examined.where("matches").select("a", "b", "resemblance", "containment")


# --- linkage ----------------------------------------------------------------------------------------------------------

EDGE = ["a", "b", "a_time", "b_time", "a_size", "b_size", "a_penalty", "b_penalty", "sum", "examined"]


def linkage(job: Job, name: str, edges: DataFrame) -> DataFrame:
    """Average linkage: each item that became part of the group of another, and the lowest item of that group.

    Each round merges the groups that are each other's nearest. What is left of the edges once they are few is finished
    in one place, with the same answer.
    """
    merged = []
    while True:
        edges = job.store(f"{name}-{len(merged)}", edges.select(*EDGE))
        if edges.count() <= job.arguments.finish:
            break
        ends = edges.withColumn("end_item", F.explode(F.array("a", "b")))
        nearest = job.step(f"{name}-nearest", ends).groupBy(*EDGE)
        nearest = nearest.agg(F.expr("bool_and(near)").alias("mutual"), F.expr("bool_and(alive)").alias("alive"))
        nearest = job.store(f"{name}-{len(merged)}-nearest", nearest.where("alive"))
        mutual = nearest.where("mutual")
        if is_empty(mutual):
            edges = edges.limit(0)
            break
        size = ["a_time as time", "a_size + b_size as size", "a_penalty + b_penalty as penalty"]
        moved = mutual.selectExpr("a as node", "a as root", *size)
        moved = moved.unionAll(mutual.selectExpr("b as node", "a as root", *size))
        merged.append(mutual.selectExpr("b as item", "a as root"))
        edges = contracted(nearest.where("not mutual"), moved)
    finished = job.step(f"{name}-finish", edges.repartition(1)).where("item != root")
    labels = job.store(f"{name}-labels-0", reduce(DataFrame.unionAll, merged, finished))
    # What a group became part of may have become part of another.
    for turn in range(1, 1 + math.ceil(math.log2(len(merged) + 1))):
        further = labels.selectExpr("item as root", "root as further")
        labels = labels.join(further, "root", "left").select("item", F.coalesce("further", "root").alias("root"))
        labels = job.store(f"{name}-labels-{turn}", labels)
    return labels


def contracted(edges: DataFrame, moved: DataFrame) -> DataFrame:
    """Moves edges to the groups that their ends became part of, adding up those that now join the same two."""
    for side in ("a", "b"):
        new = moved.selectExpr(f"node as {side}", "root", "time as new_time", "size as new_size", "penalty as new_penalty")
        edges = edges.join(new, side, "left")
        for column in ("time", "size", "penalty"):
            edges = edges.withColumn(f"{side}_{column}", F.coalesce(f"new_{column}", f"{side}_{column}"))
        edges = edges.withColumn(side, F.coalesce("root", side)).select(*EDGE)
    swapped = "a_time > b_time or (a_time = b_time and a > b)"
    ends = []
    for column in ("{}", "{}_time", "{}_size", "{}_penalty"):
        a, b = column.format("a"), column.format("b")
        ends += [f"if({swapped}, {b}, {a}) as {a}", f"if({swapped}, {a}, {b}) as {b}"]
    edges = edges.where("a != b").selectExpr(*ends, "sum", "examined")
    return edges.groupBy(*EDGE[:8]).agg(F.sum("sum").alias("sum"), F.sum("examined").alias("examined"))


# --- stories ----------------------------------------------------------------------------------------------------------


def find_reports(job: Job, cards: DataFrame, canonical: DataFrame) -> DataFrame:
    """The member of each group that takes part at the story level, with its day."""
    day = F.coalesce(F.floor(F.col("time") / 86400).cast("bigint"), F.lit(UNDATED))
    reports = cards.join(canonical.select("item"), "item", "left_semi")
    stamped = F.col("published").isNull().alias("stamped")
    return job.store("reports", reports.select("item", "time", stamped, "content", "terms", day.alias("day")))


def find_posts(job: Job, reports: DataFrame) -> DataFrame:
    """What each report posts to the index, whether it has a past, and which of its postings are found."""
    dated = reports.where("time is not null")
    calendar = job.store("calendar", job.step("calendar", dated))
    first, last = job.constants["past_from"], job.constants["past_to"]
    past = calendar.select(F.explode(F.expr(f"sequence(day + {first}, day + {last})")).alias("day"), "times")
    past = past.withColumn("role", F.lit(0).cast("bigint"))
    posts = job.store("posts", job.step("post", past, reports.withColumn("role", F.lit(1).cast("bigint"))))
    sizes = F.broadcast(posts.groupBy("day").agg(F.count("*").alias("reports")))
    closed = job.step("close", job.step("postings", posts).join(sizes, "day"))
    closed = closed.groupBy("item").agg(F.sum("bit").alias("closed"))
    return job.store("posts-closed", posts.join(closed, "item", "left"))


def find_near(job: Job, posts: DataFrame, name: str) -> DataFrame:
    """Candidates: each block of the index is asked by all reports that can find something in it.

    With `local_terms` they ask for matches, without for their neighbourhoods.
    """
    counts = posts.groupBy("day").agg(F.count("*").alias("n")).collect()
    blocks = [(row["day"], math.ceil(row["n"] / job.arguments.block)) for row in counts]
    if not blocks:
        blocks = [(UNDATED, 1)]
    table = F.broadcast(job.table(blocks, "block_day bigint, shards bigint"))
    role = lambda n: F.lit(n).cast("bigint").alias("role")  # noqa: E731
    members = posts.withColumn("block_day", F.col("day")).join(table, "block_day")
    members = members.select("*", F.expr("pmod(item, shards)").alias("block_shard"), role(0))
    dated = posts.where(f"day != {UNDATED}")
    first, last = job.constants["past_to"], job.constants["past_from"]
    days = f"explode(sequence(day - {first}, if(history, day, day + {last})))"
    asked = [dated.withColumn("block_day", F.expr(days)).join(table, "block_day")]
    if any(day == UNDATED for day, _ in blocks):
        everything = posts.where(f"day = {UNDATED}").crossJoin(table)
        undated = dated.where("not history").withColumn("block_day", F.lit(UNDATED)).join(table, "block_day")
        asked += [everything.select(*asked[0].columns), undated.select(*asked[0].columns)]
    queries = reduce(DataFrame.unionAll, asked)
    queries = queries.select("*", F.explode(F.expr("sequence(cast(0 as bigint), shards - 1)")).alias("block_shard"), role(1))
    members = members.drop("local_terms")
    return job.store(f"{name}-chosen", job.step("choose", job.store(name, job.step("near", members, queries))))


def star(job: Job, stage: str, pairs: DataFrame, table: DataFrame, name: str) -> DataFrame:
    """Each report in the middle of those that it is compared with."""
    own = table.withColumn("query", F.col("item")).withColumn("role", F.lit(0).cast("bigint"))
    others = pairs.withColumnRenamed("other", "item").join(table, "item")
    others = others.withColumn("role", F.lit(1).cast("bigint")).withColumn("other", F.col("item"))
    return job.store(name, job.step(stage, own, others))


def find_stories(job: Job, cards: DataFrame, canonical: DataFrame) -> tuple[DataFrame, DataFrame]:
    """The story of each group, and the pairs of similar reports with all their numbers."""
    reports = find_reports(job, cards, canonical)
    posts = find_posts(job, reports)
    around = star(job, "compare", find_near(job, posts, "around"), reports, "weighed")
    local = around.where("other is null").selectExpr("query as item", "local_terms")
    near = find_near(job, posts.join(local, "item"), "near")
    matches = star(job, "compare", near, reports, "compared")
    compared = around.unionAll(matches).where("other is not null").drop("local_terms")
    scored = star(job, "crowd", compared, local, "scored")
    penalties = scored.where("other is null").selectExpr("query as item", "penalty")
    query = "query_time < other_time or (query_time = other_time and query < other)"
    ends = [f"if({query}, query, other) as a", f"if({query}, other, query) as b"]
    ends += [f"if({query}, query_time, other_time) as a_time", f"if({query}, other_time, query_time) as b_time"]
    similar = scored.where("score is not null").selectExpr(*ends, "cosine", "factor", "score")
    similar = job.store("similar", attach(similar, penalties, ["penalty"]))
    labels = linkage(job, "stories", supported(job, similar))
    stories = canonical.join(labels, "item", "left")
    stories = stories.select("near_group", F.coalesce("root", "item").alias("story"))
    similar = similar.select("a", "b", "cosine", "factor", "score", "a_penalty", "b_penalty")
    return job.store("stories", stories), similar


def supported(job: Job, similar: DataFrame) -> DataFrame:
    """The pairs of similar reports by what both sides say of them, and those that are close to either."""
    ends = []
    for own, other in ("ab", "ba"):
        columns = [f"{own} as item", f"{other} as other", f"{other}_time as other_time", "score"]
        ends.append(similar.selectExpr(*columns, f"{own}_penalty as penalty", f"{other}_penalty as other_penalty"))
    ends = reduce(DataFrame.unionAll, ends)
    told = job.store("support", job.step("support", ends))
    said = told.where("other is not null").select("item", "other", "said")
    # Who speaks for a report says of its other pairs what its own scores are.
    voices = told.where("share > 0").selectExpr("item", "other as voice", "share")
    spoken = voices.join(ends.selectExpr("item as voice", "other", "score"), "voice").where("item != other")
    said = said.unionAll(spoken.selectExpr("item", "other", "share * score as said"))
    pair = ["least(item, other) as low", "greatest(item, other) as high", "said"]
    # The average of two sides, each in 1 / 65,536 of a score.
    said = said.selectExpr(*pair).groupBy("low", "high").agg(F.expr("shiftright(sum(said), 17)").alias("sum"))
    edges = similar.drop("a_penalty", "b_penalty").selectExpr("*", "least(a, b) as low", "greatest(a, b) as high")
    edges = edges.join(said, ["low", "high"])
    edges = attach(edges, told.where("other is null").select("item", "penalty"), ["penalty"])
    one = "cast(1 as bigint)"
    return edges.selectExpr("*", f"{one} as a_size", f"{one} as b_size", f"{one} as examined")


# --- the answer -------------------------------------------------------------------------------------------------------


def place(job: Job, cards, members, stories, matches, similar) -> DataFrame:
    """Puts each story's articles in their places, with reasons."""
    placed = job.store("story-of", members.select("item", "first_item", "near_group").join(stories, "near_group"))
    of = placed.select("item", "story")

    def within(pairs, role):
        both = attach(pairs, of, ["story"]).where("a_story = b_story")
        return both.withColumn("story", F.col("a_story")).withColumn("role", F.lit(role).cast("bigint"))

    articles = cards.join(placed, "item").withColumn("role", F.lit(0).cast("bigint"))
    told = [within(similar, 2)] if similar is not None else []
    return job.store("placed", job.step("place", articles, within(matches, 1), *told))


def write(job: Job, placed: DataFrame, refused: DataFrame) -> None:
    output = job.arguments.output
    placed.drop("samestory_row").write.mode("overwrite").parquet(f"{output}/articles.parquet")
    # The first part is the header: `cat articles.csv/*` is one table.
    header = job.table([(job.ask("--header", *job.flags).rstrip("\n"),)], "samestory_row string").coalesce(1)
    header.unionAll(placed.select("samestory_row")).write.mode("overwrite").text(f"{output}/articles.csv")
    refused.select("file", "record", "refusal").write.mode("overwrite").parquet(f"{output}/refusals.parquet")


def run(job: Job) -> None:
    cards, refused = one_of_each(job, read_cards(job))
    members, matches = find_copies(job, cards)
    canonical = job.store("canonical", job.step("canonical", members))
    if any(flag.startswith("--only=") for flag in job.flags):
        stories, similar = canonical.select("near_group", F.col("item").alias("story")), None
    else:
        stories, similar = find_stories(job, cards, canonical)
    placed = place(job, cards, members, stories, matches, similar)
    write(job, placed, refused)
    found = placed.agg(F.count("*"), F.countDistinct("story_id"), F.countDistinct("duplicate_group_id")).first()
    print("{} articles, {} stories, {} near-duplicate groups, {} refused".format(*found, refused.count()), file=sys.stderr)


def session(master: str | None) -> SparkSession:
    builder = SparkSession.builder.appName("samestory")
    if master and master.startswith("sc://"):
        return builder.remote(master).getOrCreate()
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.caseSensitive": "true",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
        "spark.ui.enabled": "false",
    }
    builder = builder.master(master) if master else builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def main() -> None:
    own, flags = sys.argv[1:], []
    if "--" in own:
        own, flags = own[: own.index("--")], own[own.index("--") + 1 :]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="files and folders, of this machine or by URL")
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="a folder that all machines reach")
    parser.add_argument("--binary", required=True, help="samestory, at this path on all machines or sent with --files")
    parser.add_argument("--master", help="local[2], spark://..., sc://...; none with spark-submit")
    parser.add_argument("--partitions", type=int, default=8, help="parts of every table")
    parser.add_argument("--giant", type=int, default=200_000, help="articles from which on a bucket is salted")
    parser.add_argument("--block", type=int, default=200_000, help="most reports in a block of the index")
    parser.add_argument("--finish", type=int, default=5_000_000, help="edges that one place can group")
    parser.add_argument("--whole", type=int, default=WHOLE, help="longer files of JSON Lines are read in parts")
    arguments = parser.parse_args(own)
    # An engine has a folder of its own.
    arguments.binary = os.path.abspath(arguments.binary)
    if "://" not in arguments.output:
        arguments.output = os.path.abspath(arguments.output)
    spark = session(arguments.master)
    try:
        run(Job(spark, arguments, flags))
    finally:
        spark.stop()


if __name__ == "__main__":
    main()
