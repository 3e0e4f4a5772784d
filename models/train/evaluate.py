"""Dev scores of a checkpoint, computed as shared/bench/score.py and the gates do."""
import random
from collections import Counter

import torch

import decode
import stance_data
import tagger_data as data
import windows

GATED = ("PER", "ORG", "LOC", "NORP")
LINE_ROWS = 1000  # of each set of stances, for a line of a log


@torch.no_grad()
def score_words(net, documents, head, pieces, limit=192, budget=4000):
    """Log-probabilities `[words, labels]` of every paragraph of every document."""
    items, out = [], []
    for d, document in enumerate(documents):
        out.append([[None] * len(p.words) for p in document.paragraphs])
        for window in windows.pack(document.paragraphs, pieces, limit):
            items.append((d, *windows.encode(document, window, pieces)))
    for batch in windows.batches(items, budget, lambda item: len(item[1])):
        ids, types = windows.pad([b[1] for b in batch], 0), windows.pad([b[2] for b in batch], 0)
        mask = windows.pad([[1] * len(b[1]) for b in batch], 0)
        log_p = net.heads[head](net.hidden(ids, types, mask)).log_softmax(-1).tolist()
        for row, (d, _, _, marks) in zip(log_p, batch):
            for at, p, w, _ in marks:
                out[d][p][w] = row[at]
    return out


def f1(right, predicted, gold):
    return 200 * right / max(1, predicted + gold)


def interval(counts, score=f1, rounds=1000):
    """95 % bootstrap interval over documents; `counts` are tuples that `score` takes summed."""
    rng, values = random.Random(1), []
    for _ in range(rounds):
        drawn = rng.choices(counts, k=len(counts))
        values.append(score(*map(sum, zip(*drawn))))
    values.sort()
    return values[int(0.025 * rounds)], values[int(0.975 * rounds)]


def entities(scores, documents, kinds=GATED):
    """Per document `(right, predicted, gold)`, and per kind over all."""
    counts, by_kind = [], {k: [0, 0, 0] for k in data.KIND.values()}
    for paragraphs, document in zip(scores, documents):
        total = [0, 0, 0]
        for rows, paragraph in zip(paragraphs, document.paragraphs):
            tags = decode.best_path(rows, data.NER, strict=True)
            found = set(decode.entity_spans(tags))
            gold = set(decode.entity_spans([data.NER[t] for t in paragraph.tags]))
            for spans, column in ((found & gold, 0), (found, 1), (gold, 2)):
                for span in spans:
                    by_kind[span[2]][column] += 1
                    total[column] += span[2] in kinds
        counts.append(tuple(total))
    return counts, by_kind


def overlap(a, b):
    inside = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return inside / ((max(a[1], b[1]) - min(a[0], b[0])) or 1)


def hull(parts):
    return min(p[0] for p in parts), max(p[1] for p in parts)


def gold_statements(document):
    """`(content, source or None)` of each attribution, as hulls in characters."""
    out = []
    for event in document.events:
        content = [part for span in event["Content"] for part in span]
        source = [part for span in event["Source"] for part in span]
        if content:
            out.append((hull(content), hull(source) if source else None))
    return out


def found_statements(tags, document):
    out = []
    for paragraph_tags, paragraph in zip(tags, document.paragraphs):
        def characters(parts):
            return hull([(paragraph.starts[a], paragraph.ends[b - 1]) for a, b in parts])
        for source, _, content in decode.statements(paragraph_tags, paragraph.words):
            out.append((characters(content), characters(source) if source else None))
    return out


def match_statements(found, gold, threshold=0.8):
    """`(right, predicted, gold, sources right, sources asked)`: one to one, in text order."""
    used, right, asked, sources = set(), 0, 0, 0
    for content, source in sorted(found, key=lambda f: f[0]):
        best, i = max(((overlap(content, g[0]), -i) for i, g in enumerate(gold) if i not in used), default=(0, 0))
        if best >= threshold:
            used.add(-i)
            right += 1
            if gold[-i][1]:
                asked += 1
                sources += bool(source and overlap(source, gold[-i][1]) >= 0.5)
    return right, len(found), len(gold), sources, asked


def contents(scores, documents, change=None, threshold=0.8):
    change = decode.CHANGE if change is None else change
    counts = []
    for paragraphs, document in zip(scores, documents):
        tags = [decode.best_path(rows, data.ATTRIBUTION, change) for rows in paragraphs]
        counts.append(match_statements(found_statements(tags, document), gold_statements(document), threshold))
    return counts


def tagger_line(net, dev, pieces):
    """One line of figures for the log of a training."""
    counts, kinds = entities(score_words(net, dev["ner"], "ner", pieces), dev["ner"])
    ner = f1(*map(sum, zip(*counts)))
    scores = score_words(net, dev["attribution"], "attribution", pieces)
    content = [sum(c) for c in zip(*contents(scores, dev["attribution"]))]
    by_kind = " ".join(f"{k} {f1(*c):.1f}" for k, c in kinds.items())
    return (f"dev entities F1 {ner:.2f} ({by_kind}); contents F1 {f1(*content[:3]):.2f} "
            f"(found {content[1]}, gold {content[2]}), sources {100 * content[3] / max(1, content[4]):.1f}")


@torch.no_grad()
def score_stances(net, examples, pieces, budget=4000):
    """Log-probabilities `[examples, labels]`, each of its example's head."""
    out = [None] * len(examples)
    items = list(stance_data.readings(examples, pieces, stance_data.marker_ids(pieces)))
    for batch in windows.batches(items, budget, lambda item: len(item.ids)):
        numbers = [number for item in batch for number in item.numbers]
        for at, scores in stance_scores(net, batch):
            for i, log_p in zip(at, scores.log_softmax(-1).tolist()):
                out[numbers[i]] = log_p
    return out


def stance_scores(net, batch, dropout=lambda states: states):
    """Pairs `(which examples, scores)`, one for each head, of the examples of a batch of `stance_data.Reading`s."""
    ids, types, positions = (windows.pad([getattr(item, name) for item in batch], 0) for name in ("ids", "types", "positions"))
    owners = windows.pad([item.owners for item in batch], -1)
    mask = (owners[:, None, :] == 0) | (owners[:, None, :] == owners[:, :, None])
    rows = torch.tensor([row for row, item in enumerate(batch) for _ in item.examples])
    places = torch.tensor([at for item in batch for at in item.places])
    features = net.features(dropout(net.hidden(ids, types, mask, positions)), rows, places)
    heads = [example.head for item in batch for example in item.examples]
    for head in sorted(set(heads)):
        at = [i for i, its in enumerate(heads) if its == head]
        yield at, net.pooled(head, features[at])


def greatest(row):
    return max(range(len(row)), key=lambda i: (row[i], -i))


def class_f1s(gold, found, labels):
    pairs = Counter(zip(gold, found))
    said, true = Counter(found), Counter(gold)
    return [f1(pairs[c, c], said[c], true[c]) for c in labels]


def macro(gold, found, labels):
    values = class_f1s(gold, found, labels)
    return sum(values) / len(values)


def macro_interval(gold, found, labels, groups=None, rounds=1000):
    """95 % bootstrap interval of macro-F1 over rows, or over groups of rows."""
    rng, values, by_group = random.Random(1), [], {}
    for i, row in enumerate(zip(gold, found)):
        by_group.setdefault(groups[i] if groups else i, []).append(row)
    units = list(by_group.values())
    for _ in range(rounds):
        drawn = [row for unit in rng.choices(units, k=len(units)) for row in unit]
        values.append(macro(*zip(*drawn), labels))
    values.sort()
    return values[int(0.025 * rounds)], values[int(0.975 * rounds)]


def score_pairs(net, pairs, pieces):
    """Scores `[pairs, PAIR_LABELS]`; a network without the head `pair` is asked for each direction."""
    if "pair" in net.heads:
        return score_stances(net, pairs, pieces)
    scores = score_stances(net, [direction for p in pairs for direction in stance_data.directions(p)], pieces)
    s, n, o = range(3)
    return [[a[n] + b[n], a[s] + b[n], a[n] + b[s], a[o] + b[n], a[n] + b[o]] for a, b in zip(scores[::2], scores[1::2])]


def dse(net, rows, pieces):
    """Gold and found labels of `stance_data.read_dse`'s rows; rows whose spans overlap are neutral."""
    scores = iter(score_pairs(net, [e for e, _ in rows if e], pieces))
    found = [stance_data.DSE_LABELS[greatest(next(scores))] if e else "neutral" for e, _ in rows]
    return [label for _, label in rows], found


def targets(net, examples, pieces):
    """Gold and found labels of examples of one head."""
    is_pair = examples[0].head == "pair"
    labels = stance_data.PAIR_LABELS if is_pair else stance_data.LABELS
    found = [labels[greatest(row)] for row in (score_pairs if is_pair else score_stances)(net, examples, pieces)]
    return [labels[e.label] for e in examples], found


def stance_line(net, dev, pieces):
    """One line of figures for the log of a training."""
    parts = [("DSE", stance_data.DSE_LABELS, dse(net, dev["dse"], pieces))]
    for name in ("newsmtsc", "newsmtsc_mt", "seesaw_pair", "seesaw_outlet", "written_pair", "written_outlet", "judged_pair", "judged_outlet"):
        labels = stance_data.PAIR_LABELS if name.endswith("_pair") else stance_data.LABELS
        parts.append((name, labels, targets(net, dev[name][:LINE_ROWS], pieces)))
    return "; ".join(f"{name} {macro(gold, found, labels):.2f} "
                     f"({' '.join(f'{v:.1f}' for v in class_f1s(gold, found, labels))})"
                     for name, labels, (gold, found) in parts)
