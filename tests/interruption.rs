//! A run that is killed goes on, and ends as if nothing had happened.
//!
//! `NEWSTANCE_KILLS` says how often it is killed; a few times where it is not set.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use harness::{newstance, root};
use tempfile::TempDir;

const N_ARTICLES: usize = 12;
const DEFAULT_KILLS: usize = 4;

/// The first articles of the sample with a broken line among them.
fn archive() -> TempDir {
    let sample = std::fs::read_to_string(root().join("data/sample/articles.jsonl")).unwrap();
    let mut lines: Vec<&str> = sample.lines().take(N_ARTICLES).collect();
    lines.insert(N_ARTICLES / 2, "{broken");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("articles.jsonl"), lines.join("\n")).unwrap();
    folder
}

fn arguments(archive: &Path, out: &Path) -> Vec<String> {
    let path = |path: &Path| path.to_str().unwrap().to_owned();
    let mut arguments = vec!["run".to_owned(), path(archive), "-o".to_owned(), path(out)];
    let flags = "--format jsonl --checkpoint 3 --chunk 2 --resume";
    arguments.extend(flags.split(' ').map(str::to_owned));
    arguments
}

/// A run that was started, and its end.
struct Started {
    child: Child,
    ended: Receiver<()>,
}

impl Started {
    fn new(archive: &Path, out: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_newstance"))
            .current_dir(root())
            .args(arguments(archive, out))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = child.stderr.take().unwrap();
        let (sender, ended) = channel();
        // Standard error is closed when the process ends, and not before.
        std::thread::spawn(move || {
            for _ in BufReader::new(stderr).lines() {}
            let _ = sender.send(());
        });
        Self { child, ended }
    }

    /// Kills the run after that time; true where it had ended by itself.
    fn kill_after(mut self, time: Duration) -> bool {
        let ended = self.ended.recv_timeout(time) != Err(RecvTimeoutError::Timeout);
        self.child.kill().unwrap();
        let status = self.child.wait().unwrap();
        assert!(!ended || status.success(), "the run failed by itself: {status}");
        ended
    }
}

/// The bytes of all tables and layers, by path; the record has timings in it.
fn bytes_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for folder in [folder.to_owned(), folder.join("layers")] {
        for entry in std::fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let name = entry.path().to_string_lossy().into_owned();
            let name = name.rsplit("/out/").next().unwrap().to_owned();
            if entry.path().is_file() && !name.ends_with("run.json") {
                all.insert(name, std::fs::read(entry.path()).unwrap());
            }
        }
    }
    all
}

#[track_caller]
fn check_same(expected: &Path, found: &Path) {
    let (expected, found) = (bytes_of(expected), bytes_of(found));
    assert_eq!(
        expected.keys().collect::<Vec<_>>(),
        found.keys().collect::<Vec<_>>(),
        "the files differ"
    );
    assert!(expected.keys().any(|name| name.ends_with("part-00003.parquet")));
    for (name, bytes) in &expected {
        assert!(*bytes == found[name], "`{name}` differs");
    }
}

/// A run from beginning to end, and how long it took.
fn whole_run(archive: &Path) -> (TempDir, Duration) {
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    newstance().args(arguments(archive, &folder.path().join("out"))).assert().success();
    (folder, start.elapsed())
}

#[test]
fn a_run_that_is_killed_at_any_moment_ends_with_the_same_bytes() {
    let kills = std::env::var("NEWSTANCE_KILLS").ok().and_then(|n| n.parse().ok());
    let kills: usize = kills.unwrap_or(DEFAULT_KILLS);
    let archive = archive();
    let (expected, took) = whole_run(archive.path());
    let (mut n_killed, mut n_ended) = (0, 0);
    let mut folder = tempfile::tempdir().unwrap();
    while n_killed < kills {
        let out = folder.path().join("out");
        let time = took.mul_f64(fastrand::f64());
        if Started::new(archive.path(), &out).kill_after(time) {
            check_same(&expected.path().join("out"), &out);
            folder = tempfile::tempdir().unwrap();
            n_ended += 1;
        } else {
            n_killed += 1;
        }
    }
    let out = folder.path().join("out");
    newstance().args(arguments(archive.path(), &out)).assert().success();
    check_same(&expected.path().join("out"), &out);
    assert!(n_ended <= kills * 100, "runs hardly ever live long enough to be killed");
}

#[test]
#[cfg(unix)]
fn a_run_whose_disk_is_full_goes_on_when_there_is_room() {
    let archive = archive();
    let (expected, _) = whole_run(archive.path());
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    // Files may have 16 KiB at most: layers fit, tables do not.
    let shell = "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\"";
    let limited = Command::new("bash")
        .current_dir(root())
        .args(["-c", shell, env!("CARGO_BIN_EXE_newstance")])
        .args(arguments(archive.path(), &out))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&limited.stderr);
    assert_eq!(limited.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("cannot write") || stderr.contains("cannot use"), "{stderr}");
    assert!(!out.join("run.json").exists());
    newstance().args(arguments(archive.path(), &out)).assert().success();
    check_same(&expected.path().join("out"), &out);
}

/// Runs over `input` into `out`; gives the exit code and standard error.
fn run(input: &Path, out: &Path, flags: &[&str]) -> (Option<i32>, String) {
    let assert = newstance().arg("run").arg(input).arg("-o").arg(out).args(flags).assert();
    let output = assert.get_output();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

const ONE: &str = r#"{"id": "a", "text": "Ana Silva said that Brazil would not yield."}"#;

#[test]
fn a_finished_folder_is_refused_or_left_as_it_is_or_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in.jsonl"), folder.path().join("out"));
    std::fs::write(&input, ONE).unwrap();
    assert_eq!(run(&input, &out, &[]).0, Some(0));
    let made = std::fs::metadata(out.join("articles.parquet")).unwrap().modified().unwrap();
    let (code, stderr) = run(&input, &out, &[]);
    assert!(code == Some(2) && stderr.contains("holds a finished run"), "{stderr}");
    let (code, stderr) = run(&input, &out, &["--resume"]);
    assert!(code == Some(0) && stderr.contains("nothing to do"), "{stderr}");
    let now = std::fs::metadata(out.join("articles.parquet")).unwrap().modified().unwrap();
    assert_eq!(made, now);
    let (code, stderr) = run(&input, &out, &["--resume", "--set", "stance.threshold=0.7"]);
    assert!(code == Some(2) && stderr.contains("settings.stance.threshold"), "{stderr}");
    assert_eq!(run(&input, &out, &["--overwrite", "--set", "stance.threshold=0.7"]).0, Some(0));
}

#[test]
fn an_unfinished_run_wants_its_own_input_back() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in.jsonl"), folder.path().join("out"));
    std::fs::write(&input, ONE).unwrap();
    assert_eq!(run(&input, &out, &[]).0, Some(0));
    // As a run leaves it that is killed between its last part and its end.
    std::fs::remove_file(out.join("run.json")).unwrap();
    std::fs::remove_file(out.join("layers/finished.json")).unwrap();
    let (code, stderr) = run(&input, &out, &[]);
    assert!(code == Some(2) && stderr.contains("holds an unfinished run"), "{stderr}");
    std::fs::write(&input, ONE.replace("Brazil", "Chile")).unwrap();
    let (code, stderr) = run(&input, &out, &["--resume"]);
    assert!(code == Some(2) && stderr.contains("the input is not what it was"), "{stderr}");
    std::fs::write(&input, ONE).unwrap();
    assert_eq!(run(&input, &out, &["--resume"]).0, Some(0));
}

#[test]
fn two_runs_into_one_folder_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("in.jsonl"), folder.path().join("out"));
    std::fs::write(&input, ONE).unwrap();
    std::fs::create_dir(&out).unwrap();
    let held = std::fs::File::create(out.join(".lock")).unwrap();
    held.lock().unwrap();
    for flags in [&[][..], &["--resume"], &["--overwrite"]] {
        let (code, stderr) = run(&input, &out, flags);
        assert!(code == Some(2) && stderr.contains("another run is writing"), "{stderr}");
    }
    drop(held);
    assert_eq!(run(&input, &out, &[]).0, Some(0));
}
