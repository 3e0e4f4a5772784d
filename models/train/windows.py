"""Packs the paragraphs of an article into windows, and windows into batches."""
import torch

from words import BREAK

ENDS = set(".!?")
CLOSERS = set("\"'”’)")


def sentence_ends(words):
    """Indices after which a sentence may end: a simple splitter, used in long paragraphs only."""
    out = []
    for i, word in enumerate(words):
        if word in ENDS:
            end = i + 1
            while end < len(words) and words[end] in CLOSERS:
                end += 1
            if end < len(words) and (words[end][0].isupper() or words[end] in "\"“‘'") and not (
                    word == "." and i and len(words[i - 1]) == 1):
                out.append(end)
    return out + [len(words)]


def units(paragraphs, pieces, limit):
    """Gives `(paragraph, start, end, n_pieces)`: whole paragraphs, or parts of those over `limit` pieces."""
    for p, paragraph in enumerate(paragraphs):
        sizes = [len(pieces.of(w)[0]) for w in paragraph.words]
        if sum(sizes) <= limit:
            yield p, 0, len(sizes), sum(sizes)
            continue
        start = here = 0
        for end in sentence_ends(paragraph.words):
            if here > start and sum(sizes[start:end]) > limit:
                yield p, start, here, sum(sizes[start:here])
                start = here
            here = end
            while sum(sizes[start:end]) > limit:  # one sentence longer than a window
                cut, total = start, 0
                while total + sizes[cut] <= limit:
                    total += sizes[cut]
                    cut += 1
                yield p, start, cut, total
                start = cut
        if start < len(sizes):
            yield p, start, len(sizes), sum(sizes[start:])


def pack(paragraphs, pieces, limit, group=None):
    """Packs greedily into windows of at most `limit` pieces: lists of `(paragraph, start, end)`.

    `group[p]` false says that paragraph `p` follows the one before without a break.
    """
    windows, window, total = [], [], 2
    for p, start, end, size in units(paragraphs, pieces, limit - 2):
        extra = size + (1 if window else 0)
        if window and total + extra > limit:
            windows.append(window)
            window, total = [], 2
            extra = size
        window.append((p, start, end))
        total += extra
    if window:
        windows.append(window)
    return windows


def encode(document, window, pieces, joined=()):
    """Gives ids, types, and `(first piece, paragraph, word, tag)` of each word of a window."""
    ids, types, marks = [pieces.cls], [0], []
    last = None
    for p, start, end in window:
        if last is not None and last != p and p not in joined:
            ids.append(pieces.of(BREAK)[0][0])
            types.append(0)
        last = p
        paragraph = document.paragraphs[p]
        for w in range(start, end):
            of, kind = pieces.of(paragraph.words[w])
            marks.append((len(ids), p, w, paragraph.tags[w]))
            ids += of
            types += [kind] * len(of)
    return ids + [pieces.sep], types + [0], marks


def batches(items, budget, length):
    """Groups items, longest first, so that padded pieces stay under `budget`."""
    out, batch, longest = [], [], 0
    for item in sorted(items, key=length, reverse=True):
        if batch and longest * (len(batch) + 1) > budget:
            out.append(batch)
            batch = []
        longest = length(item) if not batch else longest
        batch.append(item)
    return out + [batch] if batch else out


def pad(rows, value):
    width = max(map(len, rows))
    return torch.tensor([r + [value] * (width - len(r)) for r in rows])
