"""Corpora that are meant to hurt, as JSON Lines on standard output: corpora.py KIND N. Of the kind "numbers" it is a text, of those in PAGES a
page; "decisions" are those of the kind "decided"."""

import itertools
import json
import random
import sys

SYLLABLES = [a + b for a in "b d f g k l m n p r s t v".split() for b in "a e i o u an er is ol um".split()]
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("", "s")]
random.Random(3).shuffle(WORDS)
# As in a language, the word of rank r is used 1 / r as often as the first.
OFTEN = list(itertools.accumulate(1 / r for r in range(1, len(WORDS) + 1)))
PARAGRAPH = "The harbour council of Merrin voted on Tuesday to rebuild the northern pier after the storm. " * 12


def words(n):
    return " ".join(random.choices(WORDS, cum_weights=OFTEN, k=n))


def day(i):
    return f"2025-03-{1 + i % 28:02d}T{i % 24:02d}:00:00Z"


def sentence(i):
    return " ".join(random.Random(i).choices(WORDS, cum_weights=OFTEN, k=9)) + "."


# One article each that is as long as a record may be, but for a little.
LARGE = {
    "long": lambda: {"title": words(8), "text": words(60_000_000 // 5)},
    "outlets": lambda: {"title": words(8) + " - News" * (60_000_000 // 7), "text": words(160)},
    "datelines": lambda: {"title": words(8), "text": "LONDON (Reuters) - " * (60_000_000 // 19) + words(160)},
    "glued": lambda: {"title": words(8), "text": "Read more: about the pier here now. " * (60_000_000 // 36) + words(160)},
    "bylines": lambda: {"title": "!" * 30_000_000, "text": "By Ann Poe\n\n" * (30_000_000 // 14) + words(160)},
}


def many(n, piece):
    return "".join(piece % i for i in range(n))


# Pages that are as long as one may be that is parsed, but for a little.
PAGES = {
    "attributes": lambda: "<p" + many(300_000, " a%d=1") + ">" + PARAGRAPH,
    "bodies": lambda: many(150_000, "<body a%d=1></body>") + PARAGRAPH,
    "deep": lambda: "<div><!--</div>-->" * 200_000 + PARAGRAPH,
    "open": lambda: "<p>" + many(200, "<b id=%d>") + "</p>" + "<p>x" * 900_000 + PARAGRAPH,
}


def decisions(n):
    """Those that part, then those that link, each of which is undone and made again."""
    yield "decision,article_id,other_id,by,reason"
    for i in range(n // 2):
        yield f"cannot-link,a{i},a{i + n // 2},x,"
    for verdict in ["must-link", "undo", "must-link"]:
        for i in range(0, n - 1, 2):
            yield f"{verdict},a{i},a{i + 1},x,"


def article(kind, i, n):
    if kind in ("normal", "decided"):
        return {"title": words(8), "text": words(160), "published": day(i)}
    if kind == "identical":
        return {"title": "Pier to be rebuilt", "text": PARAGRAPH, "published": day(i)}
    if kind == "boilerplate":
        return {"title": words(6), "text": words(30) + "\n" + PARAGRAPH, "source": f"s{i % 9}", "published": day(i)}
    if kind == "one-word":
        return {"title": random.choice(WORDS)}
    if kind == "same-minute":
        return {"title": words(8), "text": words(160), "published": "2025-03-04T10:00:00Z"}
    if kind == "dates":
        year = random.choice(["0001", "9999", "1970", "2025"])
        return {"title": words(8), "text": words(60), "published": f"{year}-01-0{1 + i % 9}T00:00:00Z"}
    if kind == "giant-story":
        if i % 2:
            return {"title": words(8), "text": words(160), "published": day(i)}
        own = " ".join(random.sample(PARAGRAPH.split(), 40))
        return {"title": "Merrin pier to be rebuilt " + words(2), "text": own + " " + words(20), "published": day(i)}
    if kind == "template":
        # Near-copies of one text, each with up to twelve words of its own.
        text = PARAGRAPH.split()[:120]
        for at in random.sample(range(120), random.randrange(13)):
            text[at] = words(1)
        return {"title": "Pier to be rebuilt", "text": " ".join(text), "published": day(i)}
    if kind == "collisions":
        # Texts that share all of their three-word runs but a few, in other orders: bands agree, resemblance does not.
        runs = [PARAGRAPH.split()[k:k + 3] for k in range(0, 90, 3)]
        random.shuffle(runs)
        return {"title": words(6), "text": " ".join(" ".join(run) + " " + words(1) for run in runs), "published": day(i)}
    if kind == "ticker":
        # Each is as like the one before it as any other is.
        second = f"2025-03-{1 + i // 86400 % 28:02d}T{i // 3600 % 24:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z"
        return {"title": "", "text": " ".join(sentence(j) for j in range(i, i + 12)), "published": second}
    raise SystemExit(f"no corpus {kind}")


def main():
    kind, n = sys.argv[1], int(sys.argv[2])
    random.seed(7)
    if kind == "numbers":
        print(*range(n), "Pier to be rebuilt", PARAGRAPH, sep="\n")
        return
    if kind in PAGES:
        print(PAGES[kind]())
        return
    if kind == "decisions":
        print(*decisions(n), sep="\n")
        return
    if kind in LARGE:
        print(json.dumps({"id": kind} | LARGE[kind]()))
        kind = "normal"
    for i in range(n):
        print(json.dumps({"id": f"a{i}"} | article(kind, i, n)))


main()
