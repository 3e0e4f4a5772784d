//! What a run folder answers: the report page and `top`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use harness::{RunFolder, newstance, root, text};
use serde_json::Value;

const N_ARTICLES: usize = 12;

/// A run over the first articles of the sample.
fn run() -> &'static RunFolder {
    static RUN: OnceLock<RunFolder> = OnceLock::new();
    RUN.get_or_init(|| {
        let sample = root().join("data/sample/articles.jsonl");
        RunFolder::of(&[&sample], &["--limit", &N_ARTICLES.to_string()])
    })
}

fn top(args: &[&str]) -> Vec<Value> {
    let out = newstance().arg("top").arg(run().path()).args(args).arg("--json").output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let lines = String::from_utf8(out.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn page(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn report_writes_the_page_that_run_wrote() {
    let again = tempfile::tempdir().unwrap();
    let path = again.path().join("again.html");
    newstance().arg("report").arg(run().path()).arg("-o").arg(&path).assert().success();
    let written = page(&run().path().join("report.html"));
    assert!(written == page(&path), "the pages differ");
    let text = String::from_utf8(written).unwrap();
    assert!(text.contains("default-src 'none'") && text.contains("\"passages\":["));
}

#[test]
fn top_gives_the_figures_of_the_table_pairs() {
    let key = |row: &Value| (text(row, "holder_id").to_owned(), text(row, "target_id").to_owned());
    let rows = run().rows("pairs");
    let is_whole = |row: &&Value| {
        text(row, "level") == "actor"
            && text(row, "period_unit") == "all"
            && row["outlet"].is_null()
            && text(row, "wire") == "once"
            && text(row, "holder_id") != "outlet"
    };
    let expected: BTreeMap<_, &Value> =
        rows.iter().filter(is_whole).map(|row| (key(row), row)).collect();
    let found = top(&["-n", "100000"]);
    assert_eq!(found.len(), expected.len());
    for row in &found {
        let known = expected[&key(row)];
        for column in ["n_articles", "net_low", "net_high"] {
            assert_eq!(row[column], known[column], "{column}");
        }
        let (net, known) = (row["net"].as_f64().unwrap(), known["net"].as_f64().unwrap());
        assert!((net - known).abs() < 1e-9, "{net} {known}");
    }
}

#[test]
fn top_is_narrowed_by_who_and_when() {
    let all = top(&["-n", "100000"]);
    let of_persons = top(&["-n", "100000", "--holder", "kind:person"]);
    assert!(!of_persons.is_empty() && of_persons.len() < all.len());
    let early = top(&["-n", "100000", "--until", "2026-02"]);
    let late = top(&["-n", "100000", "--since", "2026-03"]);
    let articles =
        |rows: &[Value]| rows.iter().map(|r| r["n_articles"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(articles(&early) + articles(&late), articles(&all));
    assert!(top(&["--since", "2031"]).is_empty());
}

#[test]
fn a_question_about_nobody_is_an_error_with_a_hint() {
    let ask = |args: &[&str]| {
        let out = newstance().arg("top").arg(run().path()).args(args).output().unwrap();
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, told) = ask(&["--holder", "Nobody At All"]);
    assert_eq!(code, Some(2));
    assert!(told.contains("no actor is `Nobody At All`") && told.contains("hint:"), "{told}");
    let (code, told) = ask(&["--since", "yesterday"]);
    assert!(code == Some(2) && told.contains("`yesterday` is no date"), "{told}");
    let missing = newstance().args(["report", "/nonexistent"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
}

/// The drawn sample with the label that the model finds most probable, but
/// every tenth stance with the next one.
fn label(sample: &str) -> String {
    let labels = ["supports", "neutral", "opposes"];
    let labelled = sample.lines().enumerate().map(|(idx, line)| {
        let mut row: Value = serde_json::from_str(line).unwrap();
        assert!(row["label"].is_null() && row["weight"].as_f64().unwrap() >= 1.0);
        assert!(text(&row, "text").contains(text(&row, "evidence").lines().next().unwrap()));
        let of = |label: &str| row[format!("p_{label}")].as_f64().unwrap();
        let likely = (0..3).max_by(|a, b| of(labels[*a]).total_cmp(&of(labels[*b]))).unwrap();
        row["label"] = labels[(likely + usize::from(idx % 10 == 0)) % 3].into();
        row.to_string()
    });
    labelled.collect::<Vec<_>>().join("\n")
}

#[test]
fn labelled_stances_correct_net_stances() {
    let folder = tempfile::tempdir().unwrap();
    let few = ["--set", "aggregate.interval_min_articles=4"];
    let whole = RunFolder::of(&[&root().join("data/sample/articles.jsonl")], &few);
    let [sample, settings] = ["sample.jsonl", "settings.toml"].map(|name| folder.path().join(name));
    newstance()
        .args(["gold", "sample"])
        .arg(whole.path())
        .arg("-o")
        .arg(&sample)
        .assert()
        .success();
    let drawn = std::fs::read_to_string(&sample).unwrap();
    std::fs::write(&sample, label(&drawn)).unwrap();
    let out = newstance().args(["gold", "correction"]).arg(&sample).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    std::fs::write(&settings, &out.stdout).unwrap();
    let rows = whole.rows("pairs");
    assert!(rows.iter().all(|row| row["net_corrected"].is_null()));
    let again = ["--format", "jsonl", few[0], few[1], "--settings"];
    newstance().arg("aggregate").arg(whole.path()).args(again).arg(&settings).assert().success();
    let corrected = whole.rows("pairs");
    assert_eq!(corrected.len(), rows.len());
    for (row, before) in corrected.iter().zip(&rows) {
        assert_eq!(row["net"], before["net"]);
        assert_eq!(row["net_corrected_low"].is_null(), row["net_low"].is_null());
        let (low, net) = (row["net_corrected_low"].as_f64(), row["net_corrected"].as_f64());
        assert!(net.is_some() && low.is_none_or(|low| low <= net.unwrap()), "{row}");
    }
    assert!(
        corrected.iter().any(|row| !row["net_corrected_low"].is_null()),
        "none has an interval"
    );
    let out = newstance().arg("top").arg(whole.path()).output().unwrap();
    assert!(String::from_utf8_lossy(&out.stdout).contains("corrected "));
}

#[test]
fn a_sample_whose_labels_are_wrong_or_too_few_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sample.jsonl");
    newstance().args(["gold", "sample"]).arg(run().path()).arg("-o").arg(&path).assert().success();
    let drawn = std::fs::read_to_string(&path).unwrap();
    // Labels may be in it by now.
    newstance().args(["gold", "sample"]).arg(run().path()).arg("-o").arg(&path).assert().code(2);
    let refused = |content: String, expected: &str| {
        std::fs::write(&path, content).unwrap();
        let out = newstance().args(["gold", "correction"]).arg(&path).output().unwrap();
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.code() == Some(2) && told.contains(expected), "{told}");
    };
    refused(drawn.clone(), "0 of the labelled stances are `supports`, at least 10 must be");
    refused(drawn.replacen(":null}", ":\"agrees\"}", 1), "line 1");
    refused("{}\n".to_owned(), "line 1");
}
