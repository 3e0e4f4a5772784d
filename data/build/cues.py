#!/usr/bin/env python3
"""Builds data/lexicon/cues.csv and predicates.csv from cues.txt and predicates.txt beside it.

    python3 data/build/cues.py
"""
import csv
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "lexicon" / "cues.csv"
# base: (past, participle) where they are not formed with -ed, and other odd forms
IRREGULAR = {
    "say": ("said", "said"), "tell": ("told", "told"), "think": ("thought", "thought"), "feel": ("felt", "felt"),
    "know": ("knew", "known"), "understand": ("understood", "understood"), "see": ("saw", "seen"), "hold": ("held", "held"),
    "find": ("found", "found"), "swear": ("swore", "sworn"), "show": ("showed", "shown"), "write": ("wrote", "written"),
    "read": ("read", "read"), "spell": ("spelt", "spelled"), "set": ("set", "set"), "lay": ("laid", "laid"), "make": ("made", "made"),
    "put": ("put", "put"), "let": ("let", "let"), "come": ("came", "come"), "stand": ("stood", "stood"), "go": ("went", "gone"),
    "bear": ("bore", "borne"), "mean": ("meant", "meant"), "shoot": ("shot", "shot"), "throw": ("threw", "thrown"), "prove": ("proved", "proven"),
    "take": ("took", "taken"), "withdraw": ("withdrew", "withdrawn"), "give": ("gave", "given"), "hit": ("hit", "hit"), "bring": ("brought", "brought"),
    "cast": ("cast", "cast"), "leave": ("left", "left"), "seek": ("sought", "sought"), "forbid": ("forbade", "forbidden"), "beseech": ("besought", "beseeched"),
    "forecast": ("forecast", "forecasted"), "foresee": ("foresaw", "foreseen"), "foretell": ("foretold", "foretold"), "bet": ("bet", "bet"),
    "undertake": ("undertook", "undertaken"), "broadcast": ("broadcast", "broadcast"), "speak": ("spoke", "spoken"), "cling": ("clung", "clung"),
    "foreknow": ("foreknew", "foreknown"), "plead": ("pleaded", "pled"), "bind": ("bound", "bound"), "disprove": ("disproved", "disproven"),
    "gainsay": ("gainsaid", "gainsaid"), "quip": ("quipped", "quipped"), "admit": ("admitted", "admitted"), "write off": ("wrote off", "written off"),
    "quiz": ("quizzed", "quizzed"), "uphold": ("upheld", "upheld"), "cry": ("cried", "cried"),
}
DOUBLED = {"admit", "beg", "commit", "plan", "brag", "slam", "dub", "rebut", "ban", "bat", "swat", "snap", "tip", "stop", "quip", "compel", "infer", "refer", "hit",
           "let", "put", "set", "bet", "forbid", "sum", "chat", "blog", "quiz", "rub", "quit", "regret", "concur", "shrug", "sidestep", "fret"}

BRITISH = {"label": "labell", "signal": "signall", "counsel": "counsell", "marvel": "marvell", "quarrel": "quarrell"}

def inflect(verb):
    head, _, rest = verb.partition(" ")
    if head == "neither":
        return {"neither confirm nor deny", "neither confirmed nor denied", "neither confirms nor denies"}
    stem = head + head[-1] if head in DOUBLED else head
    vowel_y = head.endswith(("ay", "ey", "oy", "uy"))
    if head.endswith("y") and not vowel_y:
        third, past = head[:-1] + "ies", head[:-1] + "ied"
    else:
        third = head + "es" if head.endswith(("s", "sh", "ch", "x", "z", "o")) else head + "s"
        past = stem + "d" if head.endswith("e") else stem + "ed"
    third = "quizzes" if head == "quiz" else third
    if head.endswith("e") and not head.endswith(("ee", "oe", "ye")):
        ing = head[:-1] + "ing"
    else:
        ing = stem + "ing"
    ing = "belying" if head == "belie" else ing
    forms = {head, third, ing, *IRREGULAR.get(head, (past,))}
    if head == "spell":
        forms.add("spelled")
    if head in BRITISH:
        forms |= {BRITISH[head] + "ed", BRITISH[head] + "ing"}
    return {f"{form} {rest}" if rest else form for form in forms}

def write_predicates():
    rows = []
    for line in (HERE / "predicates.txt").read_text("utf-8").splitlines():
        position, _, predicates = line.partition(": ")
        rows += [(predicate, position) for predicate in predicates.split("|")]
    assert len({predicate for predicate, _ in rows}) == len(rows)
    with OUT.with_name("predicates.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["predicate", "position"])
        writer.writerows(sorted(rows))
    print(f"predicates.csv: {len(rows)} rows")


def main():
    rows = {}
    def add(cue, force, fixed):
        known = rows.get(cue)
        assert known is None or known[0] == force or known[1] or fixed, (cue, known, force)
        if known is None or (fixed and not known[1]):
            rows[cue] = (force, fixed)
        assert rows[cue][0] == force or rows[cue][1], (cue, rows[cue], force)
    for line in (HERE / "cues.txt").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        word = line.split()[0]
        fixed = not word.endswith(":")
        force, _, cues = line.partition(" = " if fixed else ": ")
        for cue in cues.split("|"):
            for form in {cue} if fixed else inflect(cue):
                add(form, force, fixed)
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["cue", "force"])
        writer.writerows(sorted((cue, force) for cue, (force, _) in rows.items()))
    print(f"cues.csv: {len(rows)} rows")
    write_predicates()

if __name__ == "__main__":
    main()
