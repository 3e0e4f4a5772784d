//! The program on libtorch. Built with the feature `torch` only (`.ci/run`).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use harness::{RunFolder, newstance, root, text};
use serde_json::Value;

const IN_F32: [&str; 2] = ["--set", "models.precision=f32"];
const ON_TORCH: [&str; 4] = ["--backend", "torch", "--set", "models.precision=f32"];
/// How far the probabilities of the two backends may be apart.
const TOLERANCE: f64 = 1e-3;

fn run(flags: &[&str]) -> RunFolder {
    let sample = root().join("data/sample/articles.jsonl");
    let flags: Vec<&str> = flags.iter().chain(&["--limit", "4"]).copied().collect();
    RunFolder::of(&[&sample], &flags)
}

#[track_caller]
fn check_near(a: &Value, b: &Value, columns: &[&str]) {
    for column in columns {
        let (a, b) = (a[column].as_f64().unwrap(), b[column].as_f64().unwrap());
        assert!((a - b).abs() <= TOLERANCE, "{column}: {a} and {b}");
    }
}

#[test]
fn a_run_on_libtorch_says_what_a_run_on_our_engine_says() {
    let (torch, encoder) = (run(&ON_TORCH), run(&IN_F32));
    for table in ["mentions", "statements", "stances"] {
        let (torch, encoder) = (torch.rows(table), encoder.rows(table));
        assert!(torch.len() > 20, "`{table}` has {} rows", torch.len());
        assert_eq!(torch.len(), encoder.len(), "`{table}`");
        for (a, b) in torch.iter().zip(&encoder) {
            for column in ["mention_id", "label", "force", "content_text", "position", "holder_id"]
            {
                assert_eq!(text(a, column), text(b, column), "{a}");
            }
            if table == "stances" {
                check_near(a, b, &["p_supports", "p_neutral", "p_opposes"]);
            } else {
                check_near(a, b, &["probability"]);
            }
        }
    }
    let record = std::fs::read_to_string(torch.path().join("run.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    assert!(record["backend"].as_object().unwrap().values().all(|backend| backend == "torch"));
    assert_eq!(text(&record["libtorch"], "device"), "cpu");
    assert!(record["libtorch"]["tolerance"].as_f64().unwrap() > 0.0);
}

#[test]
fn a_device_or_precision_that_is_not_there_is_told() {
    let explain = |flags: &[&str]| {
        let mut command = newstance();
        command.args(["explain", "data/sample/visit.txt", "--backend", "torch"]).args(flags);
        let assert = command.assert().code(2);
        String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
    };
    let far: Vec<&str> = IN_F32.into_iter().chain(["--device", "cuda:99"]).collect();
    let message = explain(&far);
    assert!(message.contains("cuda:99` is not there"), "{message}");
    let message = explain(&["--set", "models.precision=int8"]);
    assert!(message.contains("int8") && message.contains("f32"), "{message}");
}
