"""The Python package, as a data person would use it, on `samples/`."""

import csv
import doctest
import os
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
import warnings
from pathlib import Path

import pandas as pd
import pyarrow as pa
import samestory

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples" / "articles"


def expected() -> dict[str, str]:
    with open(ROOT / "samples" / "expected.csv", newline="") as file:
        return {row["article_id"]: row["story"] for row in csv.DictReader(file)}


class Test(unittest.TestCase):
    def test_the_example(self) -> None:
        self.assertEqual(doctest.testmod(samestory).failed, 0)

    def test_files_become_stories(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", samestory.RefusedWarning)
            rows = samestory.cluster(SAMPLES)
        self.assertEqual(rows.num_rows, 84)
        self.assertEqual(len(rows["story_id"].unique()), 32)
        self.assertTrue(pa.types.is_timestamp(rows.schema.field("published").type))
        self.assertIn("file", rows.column_names)

    def test_every_way_to_give_articles_is_the_same(self) -> None:
        table = samestory.read(str(SAMPLES))
        self.assertEqual(table.num_rows, 84)
        of_table = samestory.cluster(table)
        self.assertNotIn("file", of_table.column_names)
        self.assertEqual(of_table, samestory.cluster(table.to_pylist()))
        self.assertEqual(of_table, samestory.cluster(pd.DataFrame(table.to_pandas())))
        of_files = samestory.cluster([SAMPLES]).drop_columns(["file"])
        self.assertEqual(of_table.column_names, of_files.column_names)
        self.assertEqual(of_table["story_id"], of_files["story_id"])

    def test_layouts_and_settings(self) -> None:
        table = samestory.read(SAMPLES)
        self.assertEqual(samestory.cluster(table, "stories").num_rows, 32)
        pairs = samestory.cluster(table, "pairs")
        self.assertIn("resemblance", pairs.column_names)
        copies = samestory.cluster(table, only_duplicates=True)
        self.assertEqual(len(copies["story_id"].unique()), 57)
        with self.assertRaisesRegex(ValueError, "no layout `rows`"):
            samestory.cluster(table, "rows")  # type: ignore[arg-type]
        with self.assertRaisesRegex(TypeError, "no setting widow: there are .*window"):
            samestory.cluster(table, widow=3)  # type: ignore[call-arg]

    def test_a_pair_explained(self) -> None:
        table = samestory.read(SAMPLES)
        a, b = "nw-20250903-0433", "pr-88121"
        found = samestory.explain(table, a, b)
        self.assertEqual([article["id"] for article in found["articles"]], [a, b])
        self.assertEqual(found["verdict"], "story")
        with self.assertRaisesRegex(KeyError, "no article has the id nobody"):
            samestory.explain(table, a, "nobody")
        with self.assertRaisesRegex(ValueError, "one and the same"):
            samestory.explain(table, a, a)

    def test_cleaned(self) -> None:
        page = {"id": "1", "title": "Ship &amp; quay", "text": "<p>The ship came in.</p>\n<p>Share on Facebook</p>"}
        self.assertEqual(
            samestory.clean([page]).to_pylist(),
            [{"id": "1", "title": "Ship & quay", "text": "The ship came in."}],
        )

    def test_agreement(self) -> None:
        rows = samestory.cluster(SAMPLES)
        predicted = dict(zip(rows["article_id"].to_pylist(), rows["story_id"].to_pylist()))
        self.assertEqual(samestory.evaluate(predicted, expected())["bcubed"]["f1"], 1)
        merged = dict.fromkeys(predicted, "all")
        self.assertLess(samestory.evaluate(merged, predicted)["pairwise"]["precision"], 0.5)
        with self.assertRaises(ValueError):
            samestory.evaluate(predicted, {})

    def test_what_cannot_be_used_is_said(self) -> None:
        with self.assertWarnsRegex(samestory.RefusedWarning, "record 2: .*, and 1 more"):
            rows = samestory.cluster([{"id": "1", "title": "Ship"}, {"id": "2"}, {"id": "3"}])
        self.assertEqual(rows.num_rows, 1)
        with self.assertRaisesRegex(OSError, "nowhere: no such file or folder"):
            samestory.read("nowhere")
        self.assertEqual(samestory.cluster([]).num_rows, 0)

    def test_a_column_of_any_kind_harms_no_other(self) -> None:
        mixed = [
            {"id": 5, "title": "Ship", "score": 1.5, "published": pd.Timestamp("2025-03-04T10:00Z"), "text": float("nan")},
            {"id": "a", "title": "Quay", "score": "n/a", "published": pd.NaT, "lang": pd.NA},
        ]
        articles = samestory.read(mixed).to_pylist()
        self.assertEqual([(a["id"], a["text"], a["lang"]) for a in articles], [("5", "", ""), ("a", "", "")])
        self.assertEqual([a["published"] for a in articles], [pd.Timestamp("2025-03-04T10:00Z"), None])
        names = pa.array(["north"], pa.string_view())
        desk = pa.DictionaryArray.from_arrays(pa.array([0], pa.uint32()), names)
        self.assertEqual(samestory.cluster(pa.table({"id": ["a"], "title": ["Ship"], "source": desk}))["source"].to_pylist(), ["north"])

    def test_numbers_out_of_range(self) -> None:
        for settings in ({"min_resemblance": 5.0}, {"window": float("nan")}, {"story_cut": -1e300}):
            with self.assertRaisesRegex(ValueError, "it must be"):
                samestory.cluster([], **settings)  # type: ignore[arg-type]

    def test_ctrl_c_ends_a_call_that_would_not_end(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            never = os.path.join(folder, "never.jsonl")
            os.mkfifo(never)
            threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT]).start()
            with self.assertRaises(KeyboardInterrupt):
                samestory.cluster(never)

    def test_the_command_comes_along(self) -> None:
        command = Path(sys.executable).with_name("samestory")
        done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, f"samestory {samestory.__version__}\n")


if __name__ == "__main__":
    unittest.main()
