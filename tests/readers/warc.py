"""A web archive that the standard tool wrote reads to the same articles as its pages.

    python tests/readers/warc.py PROGRAM PAGES

Needs duckdb and warcio (requirements.txt). PAGES is a folder of `.html.gz`
files. Exits with 1 where an article differs.
"""

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


def write_archive(pages, path):
    """Writes each page as the answer of a server; the addresses say nothing of the article."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=path.suffix == ".gz")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "warcio"}))
        for number, page in enumerate(pages):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            with gzip.open(page) as payload:
                writer.write_record(
                    writer.create_warc_record(
                        f"https://example.org/{number}", "response", payload=payload, http_headers=head
                    )
                )


def articles(program, source, run):
    """What a reader of articles makes of `source`, without what comes from an address."""
    subprocess.run([program, "annotate", source, "-o", run, "--progress", "none"], check=True, stdout=subprocess.DEVNULL)
    rows = duckdb.sql(f"SELECT title, text, CAST(date AS VARCHAR), authors FROM '{run}/layers/*.parquet'").fetchall()
    return sorted((title, text, date, tuple(authors)) for title, text, date, authors in rows)


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    pages = sorted(folder.rglob("*.html.gz"))
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        expected = articles(program, f"{folder}/**/*.html.gz", scratch / "pages")
        if not pages or len(expected) < 0.9 * len(pages):
            sys.exit(f"FAILED  {len(expected)} articles of {len(pages)} pages")
        for name in ["pages.warc.gz", "pages.warc"]:
            write_archive(pages, scratch / name)
            found = articles(program, scratch / name, scratch / f"{name}.out")
            different = [row[0] for row in found if row not in expected] + [row[0] for row in expected if row not in found]
            if len(found) != len(expected) or different:
                sys.exit(f"FAILED  {name}: {len(found)} articles of {len(expected)}, different: {different}")
            print(f"ok      {name}: the {len(found)} articles of {len(pages)} pages")


main()
