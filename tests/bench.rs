//! `newstance bench`, as it is typed. No test here asks how long anything took.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use assert_cmd::Command;
use serde_json::Value;

/// The measurements that `bench` prints, a line each.
fn measurements(arguments: &[&str]) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let done = Command::cargo_bin("newstance")
        .unwrap()
        .current_dir(folder)
        .args(["bench", "--json"])
        .args(arguments)
        .assert()
        .success();
    let text = String::from_utf8(done.get_output().stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn articles_are_counted_alike_with_one_thread_and_with_two() {
    let measured = measurements(&["data/sample", "--limit", "2", "--threads", "2"]);
    let threads: Vec<_> = measured.iter().map(|one| one["threads"].as_u64().unwrap()).collect();
    assert_eq!(threads, [1, 2]);
    for one in &measured {
        assert_eq!(one["articles"], 2);
        for count in ["sentences", "words"] {
            assert_eq!(one[count], measured[0][count]);
        }
        let encoders: Vec<_> = one["encoders"].as_array().unwrap().iter().collect();
        assert!(encoders.iter().any(|encoder| encoder["checkpoint"] == "tagger"));
        for (encoder, same) in encoders.iter().zip(measured[0]["encoders"].as_array().unwrap()) {
            assert_eq!(encoder["pieces"], same["pieces"]);
            assert!(encoder["pieces"].as_u64() >= encoder["passes"].as_u64());
        }
    }
}

#[test]
fn lines_are_read_each_by_itself_and_empty_ones_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lines.txt");
    std::fs::write(&path, "France denies it.\n\nIndia does not.\n").unwrap();
    let path = path.to_str().unwrap();
    let [measured] = measurements(&["--sentences", path, "--threads", "1"]).try_into().unwrap();
    assert_eq!((&measured["sentences"], &measured["articles"]), (&2.into(), &0.into()));
    assert_eq!(measured["encoders"][0]["passes"], 2);
    assert_eq!(measured["aggregate_seconds"], Value::Null);
}

#[test]
fn inputs_are_looked_for_before_models_are_loaded() {
    let output = Command::cargo_bin("newstance")
        .unwrap()
        .args(["bench", "no-such-input", "--bundle", "no-such-bundle"])
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.starts_with("error: cannot find input `no-such-input`"), "{error}");
}
