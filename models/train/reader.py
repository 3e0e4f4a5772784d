"""How often a reader (a large language model, not a person) that had not seen the labels agrees with DSE valid. See LOG.md.

`dse_reader.csv` holds the reader's label for rows of `dse/valid.jsonl`, which were drawn by class (70 neutral, 45 and 35
with the order of the names, 35 and 27 against it); rows are weighed so that classes have the shares of the whole part.
"""
import argparse
import csv
import random
from collections import Counter
from pathlib import Path

from stance_data import DSE_LABELS, rows

ROUNDS = 2000


def scores(pairs, shares):
    """Macro-F1, F1 by class and accuracy, in per cent, of `(label, reader's label)`."""
    drawn, weights = Counter(gold for gold, _ in pairs), Counter()
    for gold, read in pairs:
        weights[gold, read] += shares[gold] / drawn[gold]
    said = {c: sum(weights[g, c] for g in DSE_LABELS) for c in DSE_LABELS}
    by_class = [200 * weights[c, c] / (said[c] + shares[c]) for c in DSE_LABELS]
    right = 100 * sum(weights[c, c] for c in DSE_LABELS) / sum(shares.values())
    return sum(by_class) / len(by_class), by_class, right


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    args = parser.parse_args()
    labels = [row["label"] for row in rows(args.labelled / "dse/valid.jsonl")]
    with open(Path(__file__).with_name("dse_reader.csv"), encoding="utf-8") as file:
        pairs = [(labels[int(row["row"])], row["label"]) for row in csv.DictReader(file)]
    shares, rng = Counter(labels), random.Random(1)
    macro, by_class, right = scores(pairs, shares)
    by_gold = [[pair for pair in pairs if pair[0] == c] for c in DSE_LABELS]
    drawn = sorted(scores([rng.choice(part) for part in by_gold for _ in part], shares)[0] for _ in range(ROUNDS))
    low, high = drawn[round(0.025 * ROUNDS)], drawn[round(0.975 * ROUNDS) - 1]
    print(f"{len(pairs)} rows: macro-F1 {macro:.1f} [{low:.1f}, {high:.1f}] ({' '.join(f'{v:.0f}' for v in by_class)}), "
          f"right {right:.1f} %")


if __name__ == "__main__":
    main()
