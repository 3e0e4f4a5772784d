"""The floor for DSE: tf-idf of the words before, between and after a pair, and logistic regression. See README.md."""
import argparse
import random
from pathlib import Path

from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

import evaluate
import stance_data

SEED = 7
STRENGTHS = (1, 10, 100)  # inverse strengths of the regularisation


def around(example):
    """The words before, between and after the two marked spans, each as a text."""
    (start, end), (next_start, next_end) = example.holder, example.target
    words = example.words
    return [" ".join(part) for part in (words[:start], words[end:next_start], words[next_end:])]


class Features:
    """One row of tf-idf values an example, of 1- and 2-grams; the same word counts apart in each of the three places."""

    def __init__(self, examples):
        self.places = [TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit(texts)
                       for texts in zip(*map(around, examples))]

    def of(self, examples):
        return hstack([place.transform(texts) for place, texts in zip(self.places, zip(*map(around, examples)))])


def report(name, train, dev):
    """One line of figures for each strength, of a model trained on `train`, over `dev`."""
    features = Features(train)
    train_rows, dev_rows = features.of(train), features.of(dev)
    gold = [e.label for e in dev]
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=1000, class_weight="balanced", random_state=SEED)
        found = model.fit(train_rows, [e.label for e in train]).predict(dev_rows).tolist()
        labels = range(len(stance_data.PAIR_LABELS))
        right = 100 * sum(g == f for g, f in zip(gold, found)) / len(gold)
        by_class = " ".join(f"{v:.0f}" for v in evaluate.class_f1s(gold, found, labels))
        print(f"{name}, C {strength}: macro-F1 {evaluate.macro(gold, found, labels):.1f} ({by_class}), right {right:.1f} %",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    args = parser.parse_args()
    train, valid = ([example for example, _ in stance_data.read_dse(args.labelled / f"dse/{part}.jsonl") if example]
                    for part in ("train", "valid"))
    report("valid", train, valid)
    random.Random(SEED).shuffle(train)
    tenth = len(train) // 10
    report("a tenth of train held out", train[tenth:], train[:tenth])


if __name__ == "__main__":
    main()
