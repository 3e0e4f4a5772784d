//! Output is a function of articles, settings and model files.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::path::{Path, PathBuf};

use harness::{RunFolder, root};
use tempfile::TempDir;

const N_ARTICLES: usize = 10;

/// The first articles of the sample, one a file, in a folder of their own.
struct Archive {
    folder: TempDir,
    files: Vec<PathBuf>,
}

impl Archive {
    fn new() -> Self {
        let sample = std::fs::read_to_string(root().join("data/sample/articles.jsonl")).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let write = |(idx, line): (usize, &str)| {
            let path = folder.path().join(format!("{idx:02}.jsonl"));
            std::fs::write(&path, line).unwrap();
            path
        };
        let files = sample.lines().take(N_ARTICLES).enumerate().map(write).collect();
        Self { folder, files }
    }

    fn run(&self, flags: &[&str]) -> RunFolder {
        RunFolder::of(&[self.folder.path()], flags)
    }
}

#[track_caller]
fn check_same(a: &RunFolder, b: &RunFolder) {
    let (a, b) = (a.bytes(), b.bytes());
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    assert!(a["stances.jsonl"].len() > 100, "the run found nothing to compare");
    for (table, bytes) in &a {
        assert!(bytes == &b[table], "`{table}` differs");
    }
}

#[test]
fn threads_and_chunks_do_not_change_the_tables() {
    let archive = Archive::new();
    let first = archive.run(&["--threads", "1", "--chunk", "64"]);
    check_same(&first, &archive.run(&["--threads", "2", "--chunk", "7"]));
    check_same(&first, &archive.run(&["--threads", "2", "--chunk", "1"]));
}

#[test]
fn the_order_of_the_input_does_not_change_the_tables() {
    let archive = Archive::new();
    let forward: Vec<&Path> = archive.files.iter().map(PathBuf::as_path).collect();
    let backward: Vec<&Path> = forward.iter().rev().copied().collect();
    check_same(&RunFolder::of(&forward, &[]), &RunFolder::of(&backward, &[]));
}

#[test]
fn annotate_then_aggregate_is_run() {
    let archive = Archive::new();
    let folder = tempfile::tempdir().unwrap();
    let annotate = ["annotate", "-o"];
    harness::newstance()
        .args(annotate)
        .arg(folder.path())
        .arg(archive.folder.path())
        .assert()
        .success();
    let tables = tempfile::tempdir().unwrap();
    harness::newstance()
        .arg("aggregate")
        .arg(folder.path())
        .arg("-o")
        .arg(tables.path())
        .args(["--format", "jsonl"])
        .assert()
        .success();
    for (table, bytes) in archive.run(&[]).bytes() {
        assert!(bytes == std::fs::read(tables.path().join(&table)).unwrap(), "`{table}` differs");
    }
}
