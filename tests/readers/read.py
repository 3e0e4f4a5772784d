"""DuckDB and pandas read the tables of a run folder, and the README's queries run.

    python tests/readers/read.py RUN

Needs duckdb, pandas and pyarrow (requirements.txt). Exits with 1 at the first
thing that is not as it should be.
"""

import json
import os
import re
import sys
from pathlib import Path

import duckdb
import pandas

README = Path(__file__).parents[2] / "README.md"


def check(fact, name):
    if not fact:
        sys.exit(f"FAILED  {name}")
    print(f"ok      {name}")


def main():
    run = Path(sys.argv[1])
    queries = re.findall(r"```sql\n(.*?)```", README.read_text(), re.DOTALL)
    check(len(queries) >= 3, "the README has its queries")
    counts = json.loads((run / "run.json").read_text())["counts"]
    os.chdir(run)

    tables = sorted(Path().glob("*.parquet"))
    check(len(tables) >= 15, "every table is there")
    frames = {path.stem: pandas.read_parquet(path) for path in tables}
    for name, frame in frames.items():
        n_rows = duckdb.sql(f"SELECT count(*) FROM '{name}.parquet'").fetchall()[0][0]
        check(len(frame) == n_rows == counts[f"rows_{name}"], f"{name}: {n_rows} rows in both and in run.json")

    # One figure, computed again from the stances by pandas and by DuckDB.
    stances = frames["stances"].merge(frames["articles"][["article_id", "is_wire_copy"]], on="article_id")
    stances = stances[~stances.is_wire_copy & (stances.holder_id != stances.target_id)]
    sums = stances.groupby(["holder_id", "target_id"])[["p_supports", "p_neutral", "p_opposes"]].sum().astype(float)
    pairs = frames["pairs"]
    whole = pairs[(pairs.level == "actor") & (pairs.period_unit == "all") & pairs.outlet.isna() & (pairs.wire == "once")]
    whole = whole.set_index(["holder_id", "target_id"])
    check(len(whole) == len(sums), "pairs has a row for every pair of stances")
    net = (sums.p_supports - sums.p_opposes) / sums.sum(axis=1)
    check((whole.net - net).abs().max() < 1e-4, "net is what the stances sum to")
    again = duckdb.sql("""
        SELECT max(abs(p.net - s.net)) FROM (
          SELECT holder_id, target_id, (sum(p_supports) - sum(p_opposes)) / sum(p_supports + p_neutral + p_opposes) AS net
          FROM 'stances.parquet' JOIN 'articles.parquet' USING (article_id) WHERE NOT is_wire_copy GROUP BY ALL) s
        JOIN 'pairs.parquet' p USING (holder_id, target_id)
        WHERE p.level = 'actor' AND p.period_unit = 'all' AND p.outlet IS NULL AND p.wire = 'once'""").fetchall()[0][0]
    check(again < 1e-4, "DuckDB says so, too")
    check(str(frames["statements"].content.iloc[0][0].keys()) == "dict_keys(['start_char', 'end_char'])", "spans are structs")

    for query in queries:
        rows = duckdb.sql(query).fetchall()
        check(len(rows) > 0, f"{query.splitlines()[0].lstrip('- ')} {len(rows)} rows")


main()
