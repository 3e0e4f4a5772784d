//! Archives of many forms through the program: what is read, what is left out,
//! what `corpus inspect` says.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::path::Path;

use harness::{RunFolder, newstance, text};
use tempfile::TempDir;

const CSV: &str = "id,headline,body,date,publisher\n\
    c1,Talks,\"Ana Silva said on Monday that Brazil would not yield to Argentina, whatever it took.\",2020-02-01,The Post\n\
    c2,Broken,\"never closes,2020-02-01,The Post\n\
    c3,Gespräche,\"Der Minister sagte am Montag, dass die Gespräche mit den Gewerkschaften weitergehen würden.\",2020-02-02,Die Zeitung\n\
    c4,Old,\"The minister said on Monday that the talks with the unions would go on, whatever it took.\",1999-01-01,The Post\n";

const PAGE: &str = "<html lang=\"en\"><head><title>Talks go on</title>\
    <meta property=\"article:published_time\" content=\"2020-03-01T10:00:00Z\"></head><body><article>\
    <p>The minister said on Monday that the talks with the unions would go on, whatever it took.</p>\
    <p>The unions, who have been on strike for three weeks, denied that any talks were planned.</p>\
    <p>A spokesman of the ministry said that nobody had been asked, and that nobody would be.</p>\
    </article></body></html>";

/// An archive of several formats, some of it broken.
fn archive() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("a.csv", CSV);
    write("b.html", PAGE);
    write(
        "c.json",
        "[\n{\"id\": \"j1\", \"text\": \"No date here.\", \"topic\": \"war\"},\n{\"id\": \"j2\"}\n]",
    );
    write("d.parquet", "PAR1 and no more");
    folder
}

fn ids(run: &RunFolder) -> Vec<String> {
    run.rows("articles").iter().map(|row| text(row, "article_id").to_owned()).collect()
}

fn counts(folder: &Path) -> serde_json::Value {
    let record = std::fs::read_to_string(folder.join("run.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&record).unwrap()["counts"].clone()
}

#[test]
fn every_record_is_an_article_a_problem_or_left_out_and_counted() {
    let archive = archive();
    let run = RunFolder::of(&[archive.path()], &["--set", "corpus.filter.from=2000-01-01"]);
    assert_eq!(ids(&run), ["b.html", "c1", "j1"]);
    let problems = run.rows("problems");
    let kinds: Vec<&str> = problems.iter().map(|row| text(row, "kind")).collect();
    assert_eq!(kinds, ["broken_record", "broken_file", "missing_text"]);
    let counts = counts(run.path());
    assert_eq!(counts["articles_by_date_left_out"], 1, "{counts}");
    assert_eq!(counts["articles_by_language_left_out"], 1, "{counts}");
    assert_eq!(counts["articles"], 3, "{counts}");
}

#[test]
fn inspect_shows_what_was_understood() {
    let archive = archive();
    let assert = newstance().args(["corpus", "inspect"]).arg(archive.path()).assert().success();
    let shown = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    for part in [
        "articles     5",
        "left out     language 1",
        "dates        1999-01-01 to 2020-03-01",
        "The Post 2",
        "en 3, ",
        "from body 3, text 1",
        "kept in `extra`: topic 1",
        "Talks go on",
        "Problems: broken_file 1, broken_record 1, missing_text 1",
        "a.csv:3: ",
    ] {
        assert!(shown.contains(part), "`{part}` is not in\n{shown}");
    }
}

#[test]
fn json_progress_ends_with_all_that_was_read() {
    let archive = archive();
    let out = tempfile::tempdir().unwrap();
    let mut command = newstance();
    command.arg("run").arg(archive.path()).arg("-o").arg(out.path()).args(["--progress", "json"]);
    let assert = command.assert().success();
    let stderr = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    let last = stderr.lines().rfind(|line| line.starts_with('{')).unwrap();
    let report: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!((&report["articles"], &report["problems"]), (&4.into(), &3.into()), "{report}");
    assert_eq!(report["share_done"], 1.0, "{report}");
}
