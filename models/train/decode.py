"""Word scores to spans: entities and statements. The rules are written out in README.md."""


def entity_spans(tags):
    """`(start, end, kind)` in words; an I- tag after another kind or O would begin a span."""
    out, start, kind = [], None, None
    for i, tag in enumerate([*tags, "O"]):
        if start is not None and (tag == "O" or tag[0] == "B" or tag[2:] != kind):
            out.append((start, i, kind))
            start = None
        if tag != "O" and start is None:
            start, kind = i, tag[2:]
    return out


def best_path(log_p, labels, change=0.0, strict=False):
    """The labels of the best path over the words of a paragraph.

    Each change of kind between neighbours costs `change` nats; `strict` bars I-X that does not follow B-X or I-X.
    """
    n, never = len(labels), float("inf")

    def cost(a, b):
        if labels[a][2:] == labels[b][2:]:
            return 0.0
        return never if strict and labels[b][0] == "I" else change
    costs = [[cost(a, b) for b in range(n)] for a in range(n)]
    score = [-never if strict and labels[b][0] == "I" else log_p[0][b] for b in range(n)]
    back = []
    for row in log_p[1:]:
        choice = [max(range(n), key=lambda a: (score[a] - costs[a][b], -a)) for b in range(n)]
        score = [score[choice[b]] - costs[choice[b]][b] + row[b] for b in range(n)]
        back.append(choice)
    at = max(range(n), key=lambda b: (score[b], -b))
    path = [at]
    for choice in reversed(back):
        at = choice[at]
        path.append(at)
    return [labels[i] for i in reversed(path)]


def roles(tags, words, gap):
    """Spans of each role in a paragraph, in parts: `{role: [[(start, end), ...], ...]}`.

    B- begins a span, but right behind two words or more of its role, the last no sign, it continues these; I- after a
    gap continues the span of its role before it, if that lies in this paragraph and at most `gap[role]` words back.
    """
    out = {"SOURCE": [], "CUE": [], "CONTENT": []}
    last = None
    for i, tag in enumerate(tags):
        kind = tag[2:]
        if kind:
            spans = out[kind]
            is_open = last == kind and spans[-1][-1][1] - spans[-1][-1][0] > 1
            touches = is_open and any(c.isalnum() for c in words[i - 1])
            if tag[0] == "B" and not touches:
                spans.append([(i, i + 1)])
            elif last == kind:
                spans[-1][-1] = (spans[-1][-1][0], i + 1)
            elif spans and i - spans[-1][-1][1] <= gap[kind]:
                spans[-1].append((i, i + 1))
            else:
                spans.append([(i, i + 1)])
        last = kind
    return out


GAP = {"SOURCE": 0, "CUE": 3, "CONTENT": 30}  # words
CHANGE = 0.9  # nats, on calibrated probabilities
SHORTEST = 2  # words of a content


def statements(tags, words):
    """Statements of a paragraph: `(source, cue, content)`, each a list of parts or None."""
    found = roles(tags, words, GAP)
    out = []
    for content in found["CONTENT"]:
        if sum(end - start for start, end in content) < SHORTEST:
            continue
        cue = nearest(content, found["CUE"])
        source = nearest(cue or content, found["SOURCE"])
        out.append((source, cue, content))
    return out


def nearest(span, others):
    """The other span with the fewest words between its hull and this one's; the earlier of two."""
    if not others:
        return None
    def distance(other):
        return max(other[0][0] - span[-1][1], span[0][0] - other[-1][1])
    return min(others, key=lambda o: (distance(o), o[0][0]))
