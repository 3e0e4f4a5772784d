//! Input that somebody made to break a run, or that a broken machine made.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg(unix)]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use harness::{RunFolder, root, text};
use tempfile::TempDir;

const GOOD: &str =
    r#"{"id": "good", "text": "Ana Silva said that Brazil would not yield to Argentina."}"#;

/// What the program may have of memory, in KiB: less than what is held in the
/// smallest of the bombs.
const MEMORY_KIB: u64 = 1 << 20;

fn folder_with_good() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("z-good.jsonl"), GOOD).unwrap();
    folder
}

/// `corpus inspect` with bounded memory; it must succeed.
#[track_caller]
fn inspect(input: &Path) -> String {
    let shell = format!("ulimit -v {MEMORY_KIB}; exec \"$0\" corpus inspect \"$1\"");
    let Output { status, stdout, stderr } = Command::new("bash")
        .current_dir(root())
        .args(["-c", &shell, env!("CARGO_BIN_EXE_newstance")])
        .arg(input)
        .output()
        .unwrap();
    assert!(status.success(), "{status}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// The good article is read, and so many problems of a kind are told.
#[track_caller]
fn check(folder: &TempDir, problems: &str) {
    let shown = inspect(folder.path());
    assert!(shown.contains(problems), "`{problems}` is not in\n{shown}");
    assert!(shown.contains("Ana Silva"), "{shown}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// Ten megabytes of members, each of which grows to a megabyte of `byte`.
fn bomb(compress: fn(&[u8]) -> Vec<u8>, byte: u8) -> (Vec<u8>, u64) {
    let member = compress(&vec![byte; 1 << 20]);
    let n_members = 10_000_000 / member.len();
    (member.repeat(n_members), (n_members as u64) << 20)
}

#[test]
fn ten_megabytes_that_hold_a_hundred_gigabytes_are_stopped_in_bounded_memory() {
    let folder = folder_with_good();
    // A line that never ends, and lines that are all blank. gzip cannot pack tighter than 1:1032.
    for (name, compress, byte, least) in [
        ("a.jsonl.gz", gzip as fn(&[u8]) -> Vec<u8>, b'x', 9 << 30),
        ("b.warc.bz2", bzip2, b'\n', 100 << 30),
    ] {
        let (bytes, n_bytes) = bomb(compress, byte);
        assert!(n_bytes > least, "{n_bytes} bytes are no bomb");
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    check(&folder, "broken_compression 2");
}

#[test]
fn a_file_of_records_that_hide_one_another_is_read_once() {
    let folder = folder_with_good();
    let write = |name: &str, bytes: &str| fs::write(folder.path().join(name), bytes).unwrap();
    let quotes = format!("title,text\n{}", "x\",y,\"z\n".repeat(50_000));
    write("a.csv", &quotes);
    write("b.warc", &"WARC/1.0\r\nContent-Length: 1000000\r\n\r\n".repeat(30_000));
    write("c.html", &format!("<body>{}text", "<div></x>".repeat(50_000)));
    let formats = |n: usize| format!("<p><b a={n}></p>");
    write("d.html", &(0..50_000).map(formats).collect::<String>());
    check(&folder, "broken_record 80002");
}

#[test]
fn odd_names_and_what_cannot_be_read_cost_themselves() {
    let folder = folder_with_good();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("a")).unwrap();
    fs::write(path("a/two\nlines.txt"), "Bo Lee said no.").unwrap();
    fs::write(path("a/x..y.txt"), "Cy Rus said no.").unwrap();
    std::os::unix::fs::symlink("..", path("a/loop")).unwrap();
    std::os::unix::fs::symlink("self.txt", path("self.txt")).unwrap();
    std::os::unix::fs::symlink("nowhere", path("dangling.txt")).unwrap();
    // Nobody may read these: a file without rights is still read by root.
    std::os::unix::fs::symlink("/proc/self/mem", path("unreadable.txt")).unwrap();
    let through = path("a/../a");
    let run = RunFolder::of(&[&through, folder.path()], &[]);
    let ids: Vec<_> =
        run.rows("articles").iter().map(|row| text(row, "article_id").to_owned()).collect();
    assert_eq!(ids, ["a/two\nlines.txt", "a/x..y.txt", "good", "two\nlines.txt", "x..y.txt"]);
    let problems = run.rows("problems");
    let files: Vec<_> = problems
        .iter()
        .map(|row| (text(row, "kind"), text(row, "file").rsplit('/').next().unwrap()))
        .collect();
    let unreadable = |name| ("unreadable_file", name);
    let expected = ["loop", "loop", "dangling.txt", "self.txt", "unreadable.txt"].map(unreadable);
    assert_eq!(files.len(), expected.len(), "{files:?}");
    for problem in expected {
        assert!(files.contains(&problem), "{problem:?} is not in {files:?}");
    }
}

#[test]
fn of_two_runs_into_one_folder_at_once_one_is_refused() {
    let folder = folder_with_good();
    let out = tempfile::tempdir().unwrap();
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_newstance"))
            .current_dir(root())
            .arg("run")
            .arg(folder.path())
            .arg("-o")
            .arg(out.path().join("out"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let runs = [start(), start()].map(|run| run.wait_with_output().unwrap());
    let mut codes = runs.each_ref().map(|run| run.status.code());
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(2)], "{runs:?}");
    let refused = runs.iter().find(|run| run.status.code() == Some(2)).unwrap();
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert!(stderr.contains("another run is writing") || stderr.contains("holds a"), "{stderr}");
    assert!(out.path().join("out/run.json").exists());
}
