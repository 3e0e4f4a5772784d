//! Scoring, gating and comparing models, through the program.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop where a test would")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::path::{Path, PathBuf};

use harness::{newstance, root};
use serde_json::Value;
use tempfile::TempDir;

const TARGETS: &str = "tests/fixtures/evaluation/targets.jsonl";
const ENTITIES: &str = "tests/fixtures/evaluation/entities.txt";
const PASSAGES: &str = "tests/fixtures/evaluation/passages";

/// Standard output and exit code.
fn run(args: &[&str]) -> (String, i32) {
    let output = newstance().args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    (text, output.status.code().unwrap())
}

/// A copy of the default bundle whose manifest is changed.
fn bundle(folder: &Path, change: impl Fn(String) -> String) -> String {
    let default = root().join("models/default");
    let mut manifest = std::fs::read_to_string(default.join("bundle.toml")).unwrap();
    for checkpoint in ["tagger", "stance", "embedding"] {
        let place = default.join(checkpoint);
        let place = format!("folder = \"{}\"", place.display());
        manifest = manifest.replace(&format!("folder = \"{checkpoint}\""), &place);
    }
    std::fs::write(folder.join("bundle.toml"), change(manifest)).unwrap();
    folder.display().to_string()
}

/// Writes a baseline of the default bundle and gives its path.
fn baseline(folder: &TempDir, gold: &[&str]) -> String {
    let path = folder.path().join("baseline.jsonl").display().to_string();
    let mut args = vec!["check", "--update", "--baseline", &path];
    for gold in gold {
        args.extend(["--gold", gold]);
    }
    let (text, code) = run(&args);
    assert_eq!(code, 0, "{text}");
    path
}

const STANCE_GOLD: &str = "stance-target=tests/fixtures/evaluation/targets.jsonl";
const ENTITY_GOLD: &str = "ner=tests/fixtures/evaluation/entities.txt";

#[test]
fn another_thread_count_is_not_worse() {
    let folder = tempfile::tempdir().unwrap();
    let baseline = baseline(&folder, &[STANCE_GOLD, ENTITY_GOLD]);
    let (text, code) =
        run(&["check", "--baseline", &baseline, "--threads", "1", "--max-drop", "0"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("## Not worse than the baseline"), "{text}");
    assert!(!text.contains("What the bundle says otherwise"), "{text}");
}

#[test]
fn two_labels_that_were_exchanged_are_caught_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let baseline = baseline(&folder, &[STANCE_GOLD]);
    let spoiled = bundle(folder.path(), |manifest| {
        let labels = r#"labels = ["supports", "neutral", "opposes"]"#;
        assert!(manifest.contains(labels));
        manifest.replace(labels, r#"labels = ["opposes", "neutral", "supports"]"#)
    });
    let reports = folder.path().join("reports");
    let out = reports.display().to_string();
    let (text, code) = run(&["check", "--baseline", &baseline, "--bundle", &spoiled, "-o", &out]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("`supports` and `opposes` look exchanged"), "{text}");
    let fact =
        "`roles.stance.labels`: `supports, neutral, opposes` -> `opposes, neutral, supports`";
    assert!(text.contains(fact), "{text}");
    check_reports(&reports);
}

/// What is written for people, for CI and for programs tells the same.
fn check_reports(folder: &Path) {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(read("check.md").starts_with("## Worse than the baseline"));
    let json: Value = serde_json::from_str(&read("check.json")).unwrap();
    let scores = json["tasks"][0]["scores"].as_array().unwrap();
    let n_worse = scores.iter().filter(|score| score["verdict"] == "worse").count();
    assert!(n_worse > 0);
    assert_eq!(read("check.xml").matches("<failure").count(), n_worse);
}

#[test]
fn a_cased_model_that_is_fed_lower_case_is_caught_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let baseline = folder.path().join("baseline.jsonl").display().to_string();
    let suite = "tests/behaviour/actors.toml";
    let (text, code) = run(&["check", "--update", "--baseline", &baseline, "--behaviour", suite]);
    assert_eq!(code, 0, "{text}");
    let spoiled = bundle(folder.path(), |manifest| {
        manifest.replacen("case_types = true", "case_types = false", 1)
    });
    let (text, code) = run(&["check", "--baseline", &baseline, "--bundle", &spoiled]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("**actors/spokesman-of/"), "{text}");
    assert!(text.contains("`checkpoints.tagger.case_types`: `true` -> `false`"), "{text}");
}

#[test]
fn weights_that_were_rounded_too_coarsely_are_caught() {
    let folder = tempfile::tempdir().unwrap();
    let baseline = baseline(&folder, &[STANCE_GOLD]);
    let coarse = folder.path().join("coarse");
    copy_with_coarse_weights(&root().join("models/default/stance"), &coarse);
    let spoiled = bundle(folder.path(), |manifest| {
        let (before, after) = manifest.split_once("[checkpoints.stance]").unwrap();
        let (_, after) = after.split_once("[checkpoints.stance.files]").unwrap();
        let (_, after) = after.split_once("[checkpoints.embedding]").unwrap();
        format!(
            "{before}[checkpoints.stance]\nfolder = \"{}\"\nmax_pieces = 256\ncase_types = true\n\
             precision = \"int8\"\n[checkpoints.embedding]{after}",
            coarse.display()
        )
    });
    let (text, code) = run(&["check", "--baseline", &baseline, "--bundle", &spoiled]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("**stance-target** on"), "{text}");
    assert!(text.contains("`checkpoints.stance.files.model.safetensors`"), "{text}");
}

/// Copies a checkpoint; of each 16-bit weight only sign and exponent stay.
fn copy_with_coarse_weights(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["config.json", "tokenizer.json"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
    let mut bytes = std::fs::read(from.join("model.safetensors")).unwrap();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    let start = 8 + usize::try_from(header).unwrap();
    for weight in bytes[start..].chunks_exact_mut(2) {
        let value = u16::from_le_bytes([weight[0], weight[1]]) & 0xFC00;
        weight.copy_from_slice(&value.to_le_bytes());
    }
    std::fs::write(to.join("model.safetensors"), bytes).unwrap();
}

#[test]
fn a_case_that_passed_and_fails_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let suite = folder.path().join("suite.toml");
    let text =
        std::fs::read_to_string(root().join("tests/fixtures/evaluation/suite.toml")).unwrap();
    std::fs::write(&suite, &text).unwrap();
    let baseline = folder.path().join("baseline.jsonl").display().to_string();
    let suite_path = suite.display().to_string();
    let (told, code) =
        run(&["check", "--update", "--baseline", &baseline, "--behaviour", &suite_path]);
    assert_eq!((code, told.contains("4 of 4 behaviour cases pass")), (0, true), "{told}");
    std::fs::write(&suite, text.replace("force = \"denies\"", "force = \"promises\"")).unwrap();
    let (told, code) = run(&["check", "--baseline", &baseline]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("**fixture/denied/1**: Ana Koroma denied that the bridge was unsafe."));
    assert!(told.contains("force promises") && told.contains("denies [denied]"), "{told}");
}

#[test]
fn a_baseline_that_cannot_be_read_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baseline.jsonl");
    std::fs::write(&path, "{\"baseline\":{\"format\":1,\"facts\":{},\"suites\":[]}}\nnonsense\n")
        .unwrap();
    let (text, code) = run(&["check", "--baseline", &path.display().to_string()]);
    assert_eq!((code, text.contains("line 2 of the baseline")), (2, true), "{text}");
}

#[test]
fn every_example_is_written_with_what_came() {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("predictions.jsonl");
    let predictions = path.display().to_string();
    let args = ["evaluate", "--task", "stance-target", "--gold", TARGETS, "--json"];
    let (first, code) = run(&[&args[..], &["--predictions", &predictions]].concat());
    assert_eq!(code, 0, "{first}");
    let lines = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), lines[0]["key"].as_str()), (60, Some("supports-1")));
    let n_right = lines.iter().filter(|line| line["is_right"] == true).count();
    let report: Value = serde_json::from_str(&first).unwrap();
    let accuracy = report["scores"][1]["value"].as_f64().unwrap();
    assert!((accuracy - 100.0 * f64::from(u32::try_from(n_right).unwrap()) / 60.0).abs() < 1e-9);
    // The bootstrap is seeded: the same figures on every run.
    assert_eq!(first, run(&args).0);
}

#[test]
fn gold_that_is_broken_is_an_error_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let check = |task: &str, name: &str, content: String, expected: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let (text, code) =
            run(&["evaluate", "--task", task, "--gold", &path.display().to_string()]);
        assert_eq!(code, 2, "{text}");
        assert!(text.contains(name) && text.contains(expected), "{text}");
    };
    let passage = root().join(PASSAGES).join("001-strike.toml");
    let passage = std::fs::read_to_string(passage).unwrap();
    let broken = passage.replace("\"Koroma#2\"", "\"Koroma#9\"");
    check("article", "001-strike.toml", broken, "line 19: there is no `Koroma#9`");
    check("ner", "a.txt", "A B-PER\nb\n".to_owned(), "line 2: `b` is not a token");
    check("ner", "a.json", "[{\"text\": \"A\"}]".to_owned(), "line 1: entry 1");
}

#[test]
fn passages_are_scored_end_to_end() {
    for task in ["article", "factuality", "claim"] {
        let (text, code) = run(&["evaluate", "--task", task, "--gold", PASSAGES, "--json"]);
        assert_eq!(code, 0, "{text}");
        let report: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(report["n_documents"], 2, "{text}");
    }
    let (text, _) = run(&["evaluate", "--task", "article", "--gold", PASSAGES]);
    assert!(text.contains("f1_stances") && text.contains("worst slices"), "{text}");
}

#[test]
fn two_bundles_are_compared_with_what_changed() {
    let folder = tempfile::tempdir().unwrap();
    let spoiled = bundle(folder.path(), |manifest| {
        manifest.replace(
            r#"labels = ["supports", "neutral", "opposes"]"#,
            r#"labels = ["opposes", "neutral", "supports"]"#,
        )
    });
    let compare = |other: &str| {
        let args =
            ["compare", "models/default", other, "--task", "stance-target", "--gold", TARGETS];
        run(&args)
    };
    let (text, code) = compare(&spoiled);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("A is better: macro_f1") && text.contains("right with A only"), "{text}");
    assert!(text.contains("gold supports; A supports; B opposes"), "{text}");
    let (text, _) = compare("models/default");
    assert!(text.contains("no difference beyond chance"), "{text}");
    assert!(text.contains("0 right with B only"), "{text}");
}

#[test]
fn what_is_written_for_annotators_comes_back_as_gold() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (mine, article) = (path("mine"), "data/sample/visit.txt");
    let (text, code) = run(&["gold", "init", article, "-o", &mine]);
    assert_eq!(code, 0, "{text}");
    assert!(folder.path().join("mine/brat/annotation.conf").exists());
    let tasks =
        std::fs::read_to_string(folder.path().join("mine/label-studio/tasks.json")).unwrap();
    let mut tasks: Value = serde_json::from_str(&tasks).unwrap();
    // What Label Studio exports: the corrected predictions as annotations.
    let result = tasks[0]["predictions"][0]["result"].clone();
    tasks[0]["annotations"] = serde_json::json!([{ "result": result, "was_cancelled": false }]);
    let export = path("export.json");
    std::fs::write(&export, tasks.to_string()).unwrap();
    for (source, gold) in [(path("mine/brat"), path("from_brat")), (export, path("from_studio"))] {
        let (text, code) = run(&["gold", "import", &source, "-o", &gold]);
        assert_eq!(code, 0, "{text}");
        // Nothing was corrected: the models find again what they found.
        let attribution = format!("{gold}/attribution");
        let args = ["evaluate", "--task", "attribution", "--gold", &attribution, "--json"];
        let report: Value = serde_json::from_str(&run(&args).0).unwrap();
        assert!(report["scores"][0]["value"].as_f64().unwrap() > 90.0, "{report}");
        let pairs = format!("{gold}/stance-pair.jsonl");
        let (text, code) = run(&["evaluate", "--task", "stance-pair", "--gold", &pairs]);
        assert_eq!(code, 0, "{text}");
    }
    let from = |name: &str| std::fs::read_to_string(path(name)).unwrap();
    // For brat an article is a file, whose name has no ending.
    let from_studio = from("from_studio/stance-pair.jsonl").replace("visit.txt", "visit");
    assert_eq!(from("from_brat/stance-pair.jsonl"), from_studio);
}

#[test]
fn entities_are_read_from_columns_and_spans_alike() {
    let (text, code) = run(&["evaluate", "--task", "ner", "--gold", ENTITIES]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("f1_nervaluate_partial") && text.contains("gold \\ predicted"), "{text}");
}
