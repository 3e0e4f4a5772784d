#!/usr/bin/env python3
"""Writes tests/fixtures/texts/denial.txt, denial_swapped.txt and no_denial.txt.

    python3 data/build/denial.py

One text with slots, filled twice with different countries and people, and once
without its denying sentences (the lines that begin with `-`). All of it is invented.
"""
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "tests" / "fixtures" / "texts"

TEXT = """
May 11, 2026

{A_adj} officials say {B} is asking {C} for weapons in its war against {D}

{B} has turned to {C} for military help in its war against {D}, according to two {A_adj} officials. The request covers drones and spare parts for helicopters, but it is not clear how much {B_capital} wants or how soon.

One {A_adj} official told reporters on Monday that {B_seat} had sent its list to {C_capital} ten days ago. {B_people} had not expected the campaign to last into the winter, the official said.

A senior defence official said at a briefing in {A_capital} that {D_people} were using small drones more skilfully than their attackers. The army still holds most of its stock, he said, and {A} is talking to partners about sending more.

Five weeks after its invasion of {D}, {B} has advanced far less than its generals had planned. {A_agency} director {A_director} told {A_parliament} last week that he thought {B_adj} President {B_president} would “sit down to lunch in {D_capital} before the month is out.”

It has not turned out that way. Two columns are stuck in the mountains, and the road along the coast was closed again on Friday.

“{A} is inventing stories in order to blacken our name,” {C_adj} Foreign Ministry spokesman {C_spokesman} said in a written reply on Monday. “{C}’s view of the war is well known. We want it to end at a table.”

-{B_president_last}’s spokesman {B_spokesman_misspelt} also denied the report, saying that {B_capital} had everything it needed for its operation in {D} and had not turned to {C} for help.

-Asked by journalists whether it was true that {B} had requested weapons, {B_spokesman_last} said, “No.” “{B} relies on itself, and the operation is going as it was meant to go,” he said.

National Security Adviser {A_adviser} flew to Geneva on Monday to meet {C_envoy}, the senior diplomat of {C}. An official in her party called the talks “five hours without coffee”.

The official gave no details but said that {A_adviser_last} had been open about the deep concern that {A} feels over {C}’s friendship with {B}, and had spelled out what could follow.

{A_seat} spokeswoman {A_spokeswoman} said on Monday that {A} would act together with its allies.

“What the adviser told them today is that if they send weapons, or help to get round the sanctions, they will pay a high price for it,” {A_spokeswoman_last} said.
"""

FIRST = dict(
    A="France", A_adj="French", A_capital="Paris", A_seat="Élysée", A_agency="DGSE", A_parliament="the National Assembly",
    A_director="Luc Ferrandier", A_adviser="Hélène Castaing", A_spokeswoman="Claire Montaudry",
    B="Peru", B_adj="Peruvian", B_people="The Peruvians", B_capital="Lima", B_seat="the Pizarro Palace",
    B_president="Osvaldo Quintarra", B_spokesman="Ernesto Balmora", B_spokesman_misspelt="Ernesto Balmor",
    C="India", C_adj="Indian", C_capital="New Delhi", C_spokesman="Arvind Maheshti", C_envoy="Suresh Valimar",
    D="Ecuador", D_people="Ecuadorians", D_capital="Quito",
)
SECOND = dict(
    A="Japan", A_adj="Japanese", A_capital="Tokyo", A_seat="Kantei", A_agency="PSIA", A_parliament="the Diet",
    A_director="Kenji Morisaka", A_adviser="Naomi Tachikura", A_spokeswoman="Yuko Hanamori",
    B="Chile", B_adj="Chilean", B_people="The Chileans", B_capital="Santiago", B_seat="La Moneda",
    B_president="Rodrigo Valdenegra", B_spokesman="Matías Cordevila", B_spokesman_misspelt="Matías Cordevil",
    C="Turkey", C_adj="Turkish", C_capital="Ankara", C_spokesman="Selim Karadurmaz", C_envoy="Orhan Yeltekin",
    D="Argentina", D_people="Argentines", D_capital="Buenos Aires",
)


def fill(slots, denials):
    slots = dict(slots)
    for key in ("B_president", "B_spokesman", "A_adviser", "A_spokeswoman"):
        slots[key + "_last"] = slots[key].split()[-1]
    paragraphs = TEXT.strip().split("\n\n")
    kept = [p.lstrip("-") for p in paragraphs if denials or not p.startswith("-")]
    return "\n\n".join(kept).format(**slots) + "\n"


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for name, slots, denials in [("denial", FIRST, True), ("denial_swapped", SECOND, True), ("no_denial", FIRST, False)]:
        text = fill(slots, denials)
        (OUT / f"{name}.txt").write_text(text, encoding="utf-8")
        print(name, len(text.split()), "words")
