"""Which news articles tell the same story: near-duplicate copies and independent reports of one event.

>>> import samestory
>>> articles = [
...     {"id": "a", "title": "Volcano Mount Sarrel erupts, airport of Quellara closed"},
...     {"id": "b", "title": "Quellara airport shut as Sarrel volcano erupts"},
...     {"id": "c", "title": "Library lends seeds"},
... ]
>>> rows = samestory.cluster(articles).select(["article_id", "story_size"]).to_pylist()
>>> [(row["article_id"], row["story_size"]) for row in rows]
[('a', 2), ('b', 2), ('c', 1)]

Articles are given as files and folders of any kind that the command reads, as an Arrow table or a data frame
(anything with ``__arrow_c_stream__``, as of pyarrow, pandas, polars and duckdb), or as a list of dictionaries. Columns are
understood by their usual names: ``id``, ``title``, ``text``, ``published``, ``source``, ``lang``, ``url`` and more. Records that cannot be
used are left out with a `RefusedWarning`.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Literal, TypedDict, Union, Unpack

import pyarrow as pa
import pyarrow.parquet as pq

from . import _native
from ._native import __version__

__all__ = [
    "Articles",
    "RefusedWarning",
    "Settings",
    "__version__",
    "clean",
    "cluster",
    "evaluate",
    "explain",
    "read",
]

Articles = Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]], Iterable[Mapping[str, Any]], Any]
"""Paths, an Arrow table or data frame, or dictionaries."""


class RefusedWarning(UserWarning):
    """Some records could not be used; the message names the first of them."""


class Settings(TypedDict, total=False):
    """What can change an answer; what is left out is as in the command.

    ``only_duplicates`` stops at near-duplicates, each group its own story. ``ignore_dates`` treats all articles as undated.
    ``window`` is how many days apart two matched reports may be. The thresholds are shares of 1; raising one splits. A number out of its
    range is a `ValueError`.
    """

    only_duplicates: bool
    ignore_dates: bool
    window: float
    min_resemblance: float
    min_containment: float
    min_similarity: float
    story_cut: float


_TEXT = pa.string()
_TIME = pa.timestamp("us", "UTC")
_CLEANED: dict[str, pa.DataType] = {"id": _TEXT, "title": _TEXT, "text": _TEXT}
_ARTICLE: dict[str, pa.DataType] = {**_CLEANED, "published": _TIME, "seen": _TIME, "source": _TEXT, "lang": _TEXT, "url": _TEXT}


def read(articles: Articles) -> pa.Table:
    """The articles of files and folders as a table of ``id``, ``title``, ``text``, ``published``, ``seen``, ``source``, ``lang`` and ``url``.

    What is not given is an empty string; an unknown time is null.
    """
    with _paths(articles) as (paths, _):
        rows, refusals = _native.articles(paths)
    _warn(refusals)
    return _table(rows, _ARTICLE)


def clean(articles: Articles) -> pa.Table:
    """What is left of each article as it is compared, without markup, menus, bylines: ``id``, ``title``, ``text``."""
    with _paths(articles) as (paths, _):
        rows, refusals = _native.cleaned(paths)
    _warn(refusals)
    return _table(rows, _CLEANED)


def cluster(
    articles: Articles,
    layout: Literal["articles", "stories", "pairs"] = "articles",
    **settings: Unpack[Settings],
) -> pa.Table:
    """Groups articles into near-duplicates and stories.

    ``layout`` says what a row is: an article, a story, or a match with every number measured. Columns are those of the
    command; no articles are no rows.
    """
    with _paths(articles) as (paths, named):
        rows, refusals = _native.cluster(paths, layout, _settings(settings))
    _warn(refusals)
    table = pq.read_table(pa.BufferReader(rows))
    # The name of a file that was made for the occasion says nothing.
    return table if named or "file" not in table.column_names else table.drop_columns(["file"])


def explain(articles: Articles, a: str, b: str, **settings: Unpack[Settings]) -> dict[str, Any]:
    """Every number that decides whether the articles with the ids ``a`` and ``b`` belong together, and what they share.

    Raises `KeyError` where no article has an id, `ValueError` where the two are one.
    """
    with _paths(articles) as (paths, _):
        explanation: dict[str, Any] = json.loads(_native.explain(paths, a, b, _settings(settings)))
    return explanation


def evaluate(predicted: Mapping[Any, object], gold: Mapping[Any, object]) -> dict[str, Any]:
    """How well clusters agree with labels: B-cubed, pairwise, V-measure, adjusted Rand index.

    Both map the id of an article to its cluster; articles that only one has do not count. Raises `ValueError` where there
    are none in common.
    """
    common = sorted(predicted.keys() & gold.keys())
    if not common:
        raise ValueError("the clusters and the labels have no article id in common")
    figures: dict[str, Any] = json.loads(_native.evaluate(_numbered(predicted, common), _numbered(gold, common)))
    return figures


def main() -> int:
    """The ``samestory`` command."""
    return _native.command(["samestory", *sys.argv[1:]])


def _settings(settings: Settings) -> dict[str, Any]:
    defaults = _native.defaults()
    unknown = settings.keys() - defaults.keys()
    if unknown:
        raise TypeError(f"no setting {', '.join(sorted(unknown))}: there are {', '.join(defaults)}")
    return {**defaults, **settings}


def _numbered(clusters: Mapping[Any, object], ids: list[Any]) -> list[int]:
    numbers: dict[object, int] = {}
    return [numbers.setdefault(clusters[id], len(numbers)) for id in ids]


@contextmanager
def _paths(articles: Articles) -> Iterator[tuple[list[str], bool]]:
    """The articles as files, and whether the caller named them."""
    if isinstance(articles, (str, os.PathLike)):
        articles = [articles]
    if hasattr(articles, "__arrow_c_stream__"):
        stream: Any = articles
        table = pa.table(stream)
    else:
        given = list(articles)
        if given and all(isinstance(one, (str, os.PathLike)) for one in given):
            yield [os.fspath(one) for one in given], True
            return
        if given:
            with _file("articles.jsonl") as path:
                with open(path, "w", encoding="ascii") as file:
                    file.writelines(json.dumps(_known(one), default=_spelled) + "\n" for one in given)
                yield [path], False
            return
        # A file without a record would be refused.
        table = pa.table({name: pa.array([], _TEXT) for name in ("id", "title", "text")})
    with _file("articles.parquet") as path:
        pq.write_table(_plain(table), path, compression="none")
        yield [path], False


@contextmanager
def _file(name: str) -> Iterator[str]:
    """The path of a file that lasts as long as it is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        yield os.path.join(folder, name)


def _known(article: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of an article: a missing value of pandas (NaN, NaT) is none."""
    return {name: value for name, value in article.items() if not (isinstance(value, (float, date)) and value != value)}


def _spelled(value: Any) -> Any:
    """A value as JSON has it: times by ISO 8601, numbers of NumPy as what they stand for, the missing value of pandas as none."""
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    return None if type(value).__name__ == "NAType" else str(value)


def _plain(table: pa.Table) -> pa.Table:
    """The table with categories as what they stand for: Parquet has none of some kinds."""
    for i, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            column: Any = table.column(i)
            kind = _TEXT if field.type.value_type == pa.string_view() else field.type.value_type
            chunks = [chunk.dictionary.cast(kind).take(chunk.indices) for chunk in column.chunks]
            table = table.set_column(i, field.name, pa.chunked_array(chunks, kind))
    return table


def _table(rows: list[tuple[Any, ...]], types: Mapping[str, pa.DataType]) -> pa.Table:
    columns = zip(*rows) if rows else [()] * len(types)
    return pa.table({name: pa.array(column, kind) for column, (name, kind) in zip(columns, types.items())})


def _warn(refusals: list[tuple[str, int, str]]) -> None:
    if refusals:
        file, record, reason = refusals[0]
        more = f", and {len(refusals) - 1} more" if len(refusals) > 1 else ""
        warnings.warn(f"{file}, record {record}: {reason}{more}", RefusedWarning, stacklevel=3)
