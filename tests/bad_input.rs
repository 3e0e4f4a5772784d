//! What cannot be read costs itself only, and is named.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::path::Path;

use harness::{RunFolder, newstance, text};
use tempfile::TempDir;

const GOOD: &str =
    r#"{"id": "good", "text": "Ana Silva said that Brazil would not yield to Argentina."}"#;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// Reads one bad file beside a good one: `expected` are the kinds of problems
/// and a part of each message; the good article must be there.
#[track_caller]
fn check(name: &str, bytes: &[u8], expected: &[(&str, &str)]) -> RunFolder {
    let folder = folder(&[("a-good.jsonl", GOOD.as_bytes()), (name, bytes)]);
    let run = RunFolder::of(&[folder.path()], &[]);
    let problems = run.rows("problems");
    let found: Vec<_> =
        problems.iter().map(|row| (text(row, "kind"), text(row, "message"))).collect();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((kind, message), (expected_kind, part)) in found.iter().zip(expected) {
        assert_eq!(kind, expected_kind, "{message}");
        assert!(message.contains(part), "`{message}` does not say `{part}`");
    }
    for problem in &problems {
        assert!(text(problem, "file").ends_with(name), "{problem}");
    }
    assert!(run.rows("articles").iter().any(|row| text(row, "article_id") == "good"));
    run
}

#[test]
fn an_empty_file_is_a_problem() {
    check("b.txt", b"", &[("empty_file", "")]);
    check("b.jsonl", b"", &[("empty_file", "")]);
}

#[test]
fn a_line_that_is_no_json_costs_that_line() {
    let lines = b"{\"id\": \"x\", \"text\": \"One.\"}\n{\"id\": \"y\", \"text\": \n{\"id\": \"z\", \"text\": \"Three.\"}\n";
    let run = check("b.jsonl", lines, &[("broken_record", "")]);
    assert_eq!(run.rows("problems")[0]["line"], 2);
    assert_eq!(run.rows("articles").len(), 3);
}

#[test]
fn bytes_that_are_no_utf8_cost_their_line() {
    let run = check(
        "b.jsonl",
        b"{\"id\": \"x\", \"text\": \"caf\xe9\"}\n{\"id\": \"z\", \"text\": \"Three.\"}\n",
        &[("invalid_utf8", "")],
    );
    assert_eq!(run.rows("articles").len(), 2);
    check("b.txt", b"caf\xe9", &[("invalid_utf8", "")]);
}

#[test]
fn an_article_without_text_is_a_problem() {
    check("b.jsonl", b"{\"id\": \"x\", \"title\": \"T\"}\n", &[("missing_text", "")]);
    check("b.jsonl", b"{\"id\": \"x\", \"text\": \" \\n\"}\n", &[("missing_text", "")]);
}

#[test]
fn a_repeated_id_loses_no_text() {
    let lines = b"{\"id\": \"x\", \"text\": \"One.\"}\n{\"id\": \"x\", \"text\": \"Two.\"}\n{\"id\": \"x\", \"text\": \"One.\"}\n";
    let run = check("b.jsonl", lines, &[("repeated_article", ""), ("repeated_id", "")]);
    let texts: Vec<_> =
        run.rows("articles").iter().map(|row| text(row, "text").to_owned()).collect();
    assert!(texts.contains(&"One.".to_owned()) && texts.contains(&"Two.".to_owned()), "{texts:?}");
}

#[test]
fn nul_bytes_are_text() {
    let run = check("b.jsonl", b"{\"id\": \"x\", \"text\": \"Ana\\u0000 Silva said no.\"}\n", &[]);
    assert_eq!(run.rows("articles").len(), 2);
}

#[test]
fn a_broken_gzip_keeps_what_came_before() {
    check(
        "b.jsonl.gz",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xffnot deflate",
        &[("broken_compression", "")],
    );
    check("b.jsonl.zst", b"\x28\xb5\x2f\xfdnot zstd at all", &[("broken_compression", "")]);
}

#[test]
fn a_line_of_five_megabytes_is_read() {
    let line = format!("{{\"id\": \"long\", \"text\": \"{}\"}}", "x".repeat(5 << 20));
    let run = check("b.jsonl", line.as_bytes(), &[]);
    assert_eq!(run.rows("articles").len(), 2);
}

#[test]
fn a_limit_on_problems_fails_the_run_after_it_is_done() {
    let folder = folder(&[("a.jsonl", GOOD.as_bytes()), ("b.txt", b"")]);
    let out = tempfile::tempdir().unwrap();
    let run = |max: &str| {
        let mut command = newstance();
        command.arg("run").arg(folder.path()).arg("-o").arg(out.path());
        command.args(["--overwrite", "--max-problems", max]).assert()
    };
    run("1").code(0);
    run("0").code(1);
}

#[track_caller]
fn check_cannot_run(args: &[&str], part: &str) {
    let output = newstance().args(args).assert().code(2);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(stderr.contains(part), "`{stderr}` does not say `{part}`");
}

#[test]
fn what_is_not_there_ends_the_run() {
    check_cannot_run(&["run", "no/such/place", "-o", "/nonexistent"], "no/such/place");
    check_cannot_run(&["explain", "no/such/place"], "hint: name a file, a folder");
    check_cannot_run(&["explain", "data/sample/visit.txt", "--bundle", "no/bundle"], "no/bundle");
    check_cannot_run(&["run", "data/sample"], "--output");
    check_cannot_run(&["explain", "data/sample/visit.txt", "--set", "stance.no_such=1"], "no_such");
}

/// A copy of the default bundle, its weights linked rather than copied.
fn copy_bundle() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&harness::root().join("models/default"), folder.path());
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_model_file_with_one_byte_changed_is_named() {
    let bundle = copy_bundle();
    let weights = bundle.path().join("stance/model.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&weights, bytes).unwrap();
    let path = bundle.path().to_str().unwrap();
    check_cannot_run(&["explain", "data/sample/visit.txt", "--bundle", path], "model.safetensors");
}

#[test]
fn a_backend_that_is_not_in_the_build_is_named_with_those_that_are() {
    let bundle = copy_bundle();
    let manifest = bundle.path().join("bundle.toml");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let text = text.replace("folder = \"stance\"", "folder = \"stance\"\nbackend = \"torch\"");
    std::fs::write(&manifest, text).unwrap();
    let path = bundle.path().to_str().unwrap();
    let args = ["explain", "data/sample/visit.txt", "--bundle", path];
    check_cannot_run(&args, "backend `torch` is not in this build (it has encoder)");
}
