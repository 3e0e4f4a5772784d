//! The optional role `claim`, through the program.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop where a test would")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::path::Path;

use harness::{RunFolder, newstance, root};
use serde_json::{Value, json};

const ROLE: &str = r#"
[roles.claim]
checkpoint = "embedding"
labels = ["same", "opposite", "unrelated"]
pooling = ["first"]
"#;

/// Standard output and error, and the exit code.
fn run(args: &[&str]) -> (String, i32) {
    let output = newstance().args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    (text, output.status.code().unwrap())
}

/// The default bundle without the role, or with it, on a head without
/// sense where the bundle brings none.
fn bundle(folder: &Path, with_role: bool) -> String {
    let default = root().join("models/default");
    let manifest = std::fs::read_to_string(default.join("bundle.toml")).unwrap();
    let mut manifest = without(&without(&manifest, "checkpoints.embedding.files"), "roles.claim");
    for checkpoint in ["tagger", "stance"] {
        let place = format!("folder = \"{}\"", default.join(checkpoint).display());
        manifest = manifest.replace(&format!("folder = \"{checkpoint}\""), &place);
    }
    copy_with_head(&default.join("embedding"), &folder.join("embedding"));
    manifest.push_str(if with_role { ROLE } else { "" });
    std::fs::write(folder.join("bundle.toml"), manifest).unwrap();
    folder.display().to_string()
}

/// A manifest without one of its tables.
fn without(manifest: &str, table: &str) -> String {
    let is_kept = |part: &&str| !part.starts_with(&format!("{table}]"));
    let parts: Vec<&str> = manifest.split("\n[").filter(is_kept).collect();
    parts.join("\n[")
}

/// Copies a checkpoint and gives it `heads.claim`, where it has none.
fn copy_with_head(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["config.json", "tokenizer.json"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
    let bytes = std::fs::read(from.join("model.safetensors")).unwrap();
    let (length, rest) = bytes.split_at(8);
    let length = usize::try_from(u64::from_le_bytes(length.try_into().unwrap())).unwrap();
    let (header, data) = rest.split_at(length);
    let mut header: serde_json::Map<String, Value> = serde_json::from_slice(header).unwrap();
    if header.contains_key("heads.claim.weight") {
        return std::fs::write(to.join("model.safetensors"), bytes).unwrap();
    }
    let mut data = data.to_vec();
    let heads = [("dense.weight", vec![8, 384]), ("dense.bias", vec![8])];
    for (name, shape) in heads.into_iter().chain([("weight", vec![3, 8]), ("bias", vec![3])]) {
        let start = data.len();
        for n in 0..shape.iter().product::<usize>() {
            let value = [0.5_f32, -0.75, 0.25, 1.0, -0.5, 0.75, -1.0][n % 7];
            data.extend(value.to_le_bytes());
        }
        let tensor = json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]});
        header.insert(format!("heads.claim.{name}"), tensor);
    }
    let mut header = serde_json::to_vec(&header).unwrap();
    header.resize(header.len().next_multiple_of(8), b' ');
    let length = u64::try_from(header.len()).unwrap().to_le_bytes();
    std::fs::write(to.join("model.safetensors"), [&length[..], &header, &data].concat()).unwrap();
}

#[test]
fn pairs_of_contents_are_scored_by_the_role() {
    let folder = tempfile::tempdir().unwrap();
    let gold = folder.path().join("pairs.jsonl");
    let row =
        |label: &str| json!({"a": "the gates were open", "b": "they were shut", "label": label});
    let rows: Vec<String> =
        ["same", "opposite", "unrelated"].iter().map(|label| row(label).to_string()).collect();
    std::fs::write(&gold, rows.join("\n")).unwrap();
    let gold = gold.display().to_string();
    let args = ["evaluate", "--task", "claim-pair", "--gold", &gold, "--json", "--bundle"];
    let with_role = bundle(folder.path(), true);
    let (text, code) = run(&[&args[..], &[with_role.as_str()]].concat());
    assert_eq!(code, 0, "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&report["n_documents"], &report["n_examples"]), (&json!(3), &json!(3)), "{text}");
    std::fs::write(&gold, "{\"a\": \"x\", \"b\": \"y\", \"label\": \"alike\"}\n").unwrap();
    let (text, code) = run(&[&args[..], &[with_role.as_str()]].concat());
    assert_eq!(
        (code, text.contains("pairs.jsonl` line 1: row 1: label `alike`")),
        (2, true),
        "{text}"
    );
    let without_role = bundle(folder.path(), false);
    let (text, code) = run(&[&args[..], &[without_role.as_str()]].concat());
    assert_eq!((code, text.contains("has no role `claim`")), (2, true), "{text}");
}

#[test]
fn claims_of_the_role_do_not_depend_on_threads() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = bundle(folder.path(), true);
    let sample = std::fs::read_to_string(root().join("data/sample/articles.jsonl")).unwrap();
    let few: Vec<&str> = sample.lines().take(12).collect();
    let input = folder.path().join("few.jsonl");
    std::fs::write(&input, few.join("\n")).unwrap();
    let run = |threads| RunFolder::of(&[&input], &["--bundle", &bundle, "--threads", threads]);
    let (one, many) = (run("1"), run("4"));
    assert_eq!(one.bytes(), many.bytes());
    assert!(one.rows("claims").iter().any(|claim| claim["n_statements"].as_u64() > Some(1)));
}
