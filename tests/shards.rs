//! Shards that are put together are one run.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::path::{Path, PathBuf};

use harness::{RunFolder, newstance, root};
use tempfile::TempDir;

const N_ARTICLES: usize = 12;
const N_SHARDS: usize = 3;

/// The first articles of the sample in two files, with problems among them.
fn archive() -> TempDir {
    let sample = std::fs::read_to_string(root().join("data/sample/articles.jsonl")).unwrap();
    let lines: Vec<&str> = sample.lines().take(N_ARTICLES).collect();
    let (first, second) = lines.split_at(N_ARTICLES / 2);
    let folder = tempfile::tempdir().unwrap();
    let broken = format!("{{broken\n{}\n[]", first.join("\n"));
    let repeated = format!("{}\n{}", second.join("\n"), first[0]);
    std::fs::write(folder.path().join("a.jsonl"), broken).unwrap();
    std::fs::write(folder.path().join("b.jsonl"), repeated).unwrap();
    std::fs::write(folder.path().join("c.txt"), "").unwrap();
    folder
}

fn annotate_shards(archive: &Path, shards: &Path, flags: &[&str]) -> Vec<PathBuf> {
    (1..=N_SHARDS)
        .map(|index| {
            let folder = shards.join(index.to_string());
            let shard = format!("{index}/{N_SHARDS}");
            let mut command = newstance();
            command.arg("annotate").arg(archive).arg("-o").arg(&folder);
            command.args(["--shard", &shard]).args(flags).assert().success();
            folder
        })
        .collect()
}

fn aggregate(folders: &[PathBuf], out: &Path) -> assert_cmd::assert::Assert {
    let mut command = newstance();
    command.arg("aggregate").args(folders).arg("-o").arg(out).args(["--format", "jsonl"]);
    // What a run holds in memory, this reads back from the disk.
    command.args(["--memory", "0"]);
    command.assert()
}

#[track_caller]
fn check(flags: &[&str]) {
    let archive = archive();
    let one = RunFolder::of(&[archive.path()], flags);
    let shards = tempfile::tempdir().unwrap();
    let mut folders = annotate_shards(archive.path(), shards.path(), flags);
    folders.reverse();
    let out = shards.path().join("out");
    aggregate(&folders, &out).success();
    let tables = one.bytes();
    assert!(tables["stances.jsonl"].len() > 100, "the run found nothing to compare");
    for (table, bytes) in &tables {
        assert!(*bytes == std::fs::read(out.join(table)).unwrap(), "`{table}` differs");
    }
    let counts = |folder: &Path| {
        let record = std::fs::read_to_string(folder.join("run.json")).unwrap();
        let record: serde_json::Value = serde_json::from_str(&record).unwrap();
        (record["counts"].clone(), record["problems"].clone())
    };
    assert_eq!(counts(&out), counts(one.path()));
}

#[test]
fn shards_put_together_are_one_run() {
    check(&[]);
}

#[test]
fn a_limit_is_one_of_the_whole_archive() {
    check(&["--limit", "7"]);
}

#[test]
fn shards_that_are_missing_or_of_other_settings_are_refused() {
    let archive = archive();
    let shards = tempfile::tempdir().unwrap();
    let folders = annotate_shards(archive.path(), shards.path(), &["--limit", "3"]);
    let out = shards.path().join("out");
    let refused = |folders: &[PathBuf], part: &str| {
        let assert = aggregate(folders, &out).code(2);
        let stderr = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(stderr.contains(part), "`{stderr}` does not say `{part}`");
    };
    refused(folders.split_last().unwrap().1, "shards are missing: 3/3");
    let other = shards.path().join("other");
    let mut command = newstance();
    command.arg("annotate").arg(archive.path()).arg("-o").arg(&other);
    command.args(["--shard", "3/3", "--limit", "4"]).assert().success();
    refused(&[folders[0].clone(), folders[1].clone(), other], "another `limit`");
}
