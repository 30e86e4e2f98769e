"""What the Python peers have in common: reading, word 5-grams, groups of what shares a band, writing."""

import csv
import json


def read(path):
    """The ids and texts of JSON Lines."""
    with open(path) as lines:
        rows = [json.loads(line) for line in lines]
    return [row["id"] for row in rows], [row["text"] for row in rows]


def shingles(text, size=5):
    """The set of word 5-grams, in lower case; a text of fewer words is one."""
    words = text.lower().split()
    return {" ".join(words[at : at + size]) for at in range(max(1, len(words) - size + 1))}


def root(parents, at):
    while parents[at] != at:
        parents[at] = parents[parents[at]]
        at = parents[at]
    return at


def join(count, pairs):
    """The smallest connected number of each of `count` numbers."""
    parents = list(range(count))
    for a, b in pairs:
        a, b = root(parents, a), root(parents, b)
        if a != b:
            parents[max(a, b)] = min(a, b)
    return [root(parents, at) for at in range(count)]


def band_pairs(signatures, bands=16):
    """Pairs that connect all rows of a matrix of signatures that are equal in one of the bands."""
    rows = signatures.shape[1] // bands
    for band in range(bands):
        first = {}
        for at, key in enumerate(signatures[:, band * rows : (band + 1) * rows].copy(order="C")):
            there = first.setdefault(key.tobytes(), at)
            if there != at:
                yield there, at


def write(path, ids, clusters):
    with open(path, "w") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(["id", "cluster"])
        table.writerows(zip(ids, clusters))
