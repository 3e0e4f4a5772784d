#!/usr/bin/env python3
"""Builds data/sample/articles.jsonl from the sample_*.txt files beside it.

    python3 data/build/sample.py

A block begins with `=== id | outlet | date | title`; the text follows. Lines that
begin with `@` are instructions: `@copy ID` takes another article's text,
`@replace A => B`, `@drop N` (last N paragraphs), `@append LINE`, `@credit LINE`
(first paragraph), `@crlf` (line ends), `@combining` (letters with separate marks).
Quotation marks are written straight and set in the manner of each outlet.
"""
import json
import re
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "sample" / "articles.jsonl"
STYLE = {
    "Meridian Press": "straight",
    "Zambezi Star": "straight",
    "Daily Flash": "straight",
    "The Capital Ledger": "curly",
    "The Patriot Standard": "curly",
    "The New Lever": "curly",
    "The Tarn Valley Courier": "single",
    "Radio Continental": "guillemets",
}
MARKS = {"straight": '""\'', "curly": "“”’", "single": "‘’’", "guillemets": "«»’"}
ACCENTS = {"Graca": "Graça", "Aicha": "Aïcha", "Sjolander": "Sjölander"}


def set_quotes(text, style):
    opening, closing, apostrophe = MARKS[style]
    if style == "straight":
        return text
    text = re.sub(r'(^|[\s(])"', lambda m: m.group(1) + opening, text)
    text = text.replace('"', closing)
    text = re.sub(r"(^|[\s(])'(?=\w)", r"\1‘", text)
    text = text.replace("'", apostrophe)
    return text.replace("«", opening).replace("»", closing)


def read_blocks():
    for path in sorted(HERE.glob("sample_*.txt")):
        for block in re.split(r"^=== ", path.read_text("utf-8"), flags=re.M)[1:]:
            head, _, body = block.partition("\n")
            id_, outlet, date, title = (part.strip() for part in head.split("|"))
            commands = [l for l in body.splitlines() if l.startswith("@")]
            text = "\n".join(l for l in body.splitlines() if not l.startswith("@")).strip()
            yield id_, outlet, date, title, commands, text


def main():
    raw, articles = {}, []
    for id_, outlet, date, title, commands, text in read_blocks():
        done = {}
        for command in commands:
            name, _, value = command[1:].partition(" ")
            done[name] = value
            if name == "copy":
                text = raw[value]
            elif name == "replace":
                old, _, new = value.partition(" => ")
                assert text.count(old) == 1, (id_, old, text.count(old))
                text = text.replace(old, new)
            elif name == "drop":
                text = "\n\n".join(text.split("\n\n")[: -int(value)])
            elif name == "append":
                text += "\n\n" + value
            elif name == "credit":
                text = value + "\n\n" + text
            else:
                assert name in ("crlf", "combining"), name
        raw[id_] = text
        if outlet in ("The Capital Ledger", "Radio Continental"):
            for plain, accented in ACCENTS.items():
                text = text.replace(plain, accented)
        text, title = set_quotes(text, STYLE[outlet]), set_quotes(title, STYLE[outlet])
        if "combining" in done:
            text = unicodedata.normalize("NFD", text)
        if "crlf" in done:
            text = text.replace("\n", "\r\n")
        n_words = len(text.split())
        assert 150 <= n_words <= 450, (id_, n_words)
        slug = re.sub(r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower())
        host = outlet.lower().replace(" ", "-").removeprefix("the-") + ".example.org"
        url = f"https://{host}/{date.replace('-', '/')}/{slug.strip('-')[:60].strip('-')}"
        articles.append(dict(id=id_, title=title, date=date, outlet=outlet, url=url, text=text))
    assert len({a["id"] for a in articles}) == len(articles)
    articles.sort(key=lambda a: (a["date"], a["id"]))
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("w", encoding="utf-8", newline="\n") as file:
        for article in articles:
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
    copies = len([1 for b in read_blocks() if any(c.startswith("@copy") for c in b[4])])
    words = sum(len(a["text"].split()) for a in articles)
    print(f"{len(articles)} articles, {copies} wire copies, {words} words")


if __name__ == "__main__":
    main()
