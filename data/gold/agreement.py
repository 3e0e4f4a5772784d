"""How far the second annotation of thirty evaluation passages agrees with the first: what scores are to be read against.

    python3 data/gold/agreement.py

Counts as `newstance evaluate --task article` does: contents one to one by their hulls at an overlap of .8 (intersection over
hull), actors one to one by their mentions, speakers and force on matched contents, stances as (holder, target, position).
Intervals are 95 % by bootstrap over passages. Needs Python 3.11 and nothing else.
"""
import random
import re
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
LEAST_OVERLAP, RESAMPLES, SEED = 0.8, 2000, 7


def place(passage, quote):
    """`(field, start, end)` of a quote: `title:` says the title, `#n` the n-th place."""
    field = "title" if quote.startswith("title:") else "text"
    quote = quote.removeprefix("title:")
    numbered = re.fullmatch(r"(.*)#(\d+)", quote, re.DOTALL)
    quote, number = (numbered[1], int(numbered[2])) if numbered else (quote, 1)
    at = -1
    for _ in range(number):
        at = passage[field].find(quote, at + 1)
    return field, at, at + len(quote)


def hull(passage, quotes):
    places = [place(passage, quote) for quote in ([quotes] if isinstance(quotes, str) else quotes or [])]
    return (places[0][0], min(p[1] for p in places), max(p[2] for p in places)) if places else None


def overlap(a, b):
    if a[0] != b[0] or a[1] >= b[2] or b[1] >= a[2]:
        return 0.0
    return (min(a[2], b[2]) - max(a[1], b[1])) / (max(a[2], b[2]) - min(a[1], b[1]))


def one_to_one(shared, least=0.0):
    """`{second: first}`: the pairs that share most, each thing once."""
    taken, out = set(), {}
    for share, first, second in sorted(shared, key=lambda s: (-s[0], s[1], s[2])):
        if share > least and first not in taken and second not in out:
            taken.add(first)
            out[second] = first
    return out


def actors_of(first, second):
    """The first annotator's actor of each of the second's."""
    def mentions(passage):
        return {actor["id"]: [place(passage, quote) for quote in actor["mentions"]] for actor in passage.get("actor", [])}
    a, b = mentions(first), mentions(second)
    return one_to_one([(sum(overlap(p, q) for p in a[i] for q in b[j]), i, j) for i in a for j in b]) | {"outlet": "outlet"}


def compare(first, second):
    """Counts of one passage: `{score: (right, second's, first's)}`."""
    actors = actors_of(first, second)
    said = [{s["id"]: s for s in passage.get("statement", [])} for passage in (first, second)]
    contents = [{i: hull(p, s["content"]) for i, s in of.items()} for p, of in zip((first, second), said)]
    shared = [(overlap(a, b), i, j) for i, a in contents[0].items() for j, b in contents[1].items()]
    matched = [(said[0][i], said[1][j]) for j, i in one_to_one([s for s in shared if s[0] >= LEAST_OVERLAP]).items()]
    nested = [[i for i, s in of.items() if s.get("parent")] for of in said]
    both_nested = [1 for a, b in matched if a.get("parent") and b.get("parent")]
    spoken = [(a, b) for a, b in matched if a.get("speaker")]
    stances = [{(s["holder"], s["target"], s["position"]) for s in p.get("stance", [])} for p in (first, second)]
    translated = {(actors.get(h), actors.get(t), p) for h, t, p in stances[1]}
    return {
        "statements F1": (len(matched), len(said[1]), len(said[0])),
        "nested statements F1": (len(both_nested), len(nested[1]), len(nested[0])),
        "actors F1": (len(actors) - 1, len(second.get("actor", [])), len(first.get("actor", []))),
        "speakers right": (sum(actors.get(b.get("speaker")) == a["speaker"] for a, b in spoken), len(spoken), len(spoken)),
        "force right": (sum(a["force"] == b["force"] for a, b in matched), len(matched), len(matched)),
        "stances F1": (len(stances[0] & translated), len(stances[1]), len(stances[0])),
    }


def score(counts):
    right, found, gold = (sum(column) for column in zip(*counts))
    return 200 * right / (found + gold) if found + gold else 0.0


def main():
    def read(path):
        return tomllib.loads(path.read_text(encoding="utf-8"))
    compared = [compare(read(HERE / "evaluation" / path.name), read(path)) for path in sorted((HERE / "second").glob("*.toml"))]
    rng = random.Random(SEED)
    print(f"{len(compared)} passages, second annotation against the first")
    for name in compared[0]:
        counts = [passage[name] for passage in compared]
        drawn = sorted(score(rng.choices(counts, k=len(counts))) for _ in range(RESAMPLES))
        low, high = drawn[round(0.025 * RESAMPLES)], drawn[round(0.975 * RESAMPLES) - 1]
        print(f"{name:<22} {score(counts):5.1f} [{low:.1f}, {high:.1f}]   {sum(c[0] for c in counts)} of {sum(c[1] for c in counts)} and {sum(c[2] for c in counts)}")


if __name__ == "__main__":
    main()
