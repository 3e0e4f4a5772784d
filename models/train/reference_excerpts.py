"""Writes what `claim_data.excerpt` has of the sample articles, which the program's is tested against.

    python reference_excerpts.py        into tests/fixtures/evaluation/excerpts.jsonl
"""
import json
from pathlib import Path

from claim_data import excerpt, split
from stance_data import rows

ROOT = Path(__file__).parents[2]
EVERY, N = 3, 12  # articles that are taken


def main():
    articles = rows(ROOT / "data/sample/articles.jsonl")[::EVERY][:N]
    headlines = [article["title"] for article in articles]
    out = [{"headline": headline, "body": article["id"], "excerpt": " ".join(excerpt(split(headline), split(article["text"])))}
           for at, article in enumerate(articles) for headline in (headlines[at], headlines[at - 1])]
    path = ROOT / "tests/fixtures/evaluation/excerpts.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in out), encoding="utf-8")


if __name__ == "__main__":
    main()
