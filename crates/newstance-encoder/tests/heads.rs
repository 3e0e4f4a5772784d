//! Whole models of each architecture, as `transformers` saves them, against the
//! probabilities that it gives (`models/train/reference_heads.py`).
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use newstance_encoder::EncoderBackend;
use newstance_model::{Bundle, HeadReference, HolderMark, ModelError, Models, PairInput, Scores};
use safetensors::{SafeTensors, tensor::TensorView};
use tempfile::TempDir;

const ARCHITECTURES: [&str; 7] =
    ["bert", "distilbert", "electra", "roberta", "xlm-roberta", "camembert", "mpnet"];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures")
}

/// A fixture put together with its tokenizer.
fn checkpoint(name: &str) -> (TempDir, HeadReference) {
    let source = fixtures().join("heads").join(name);
    let reference = HeadReference::read(&source.join("reference.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(source.join(file), folder.path().join(file)).unwrap();
    }
    let tokenizer = fixtures().join("tokenizers").join(&reference.tokenizer).join("tokenizer.json");
    std::fs::copy(tokenizer, folder.path().join("tokenizer.json")).unwrap();
    (folder, reference)
}

/// Loads the checkpoint in `folder` for a role that `rest` describes further.
fn load(folder: &Path, role: &str, rest: &str) -> Result<Models, ModelError> {
    let text = format!(
        "format = 1\nname = \"t\"\nlicence = \"none\"\n[checkpoints.c]\nfolder = {:?}\n\
         text = \"raw\"\n[roles.{role}]\ncheckpoint = \"c\"\n{rest}",
        folder.display().to_string()
    );
    let bundle = Bundle::from_text(folder, &text)?;
    Models::load_roles(&bundle, &[&EncoderBackend::default()], &[role])
}

const CLAIM: &str = "pooling = [\"first\"]\ntemplate = { second = \"{second}\" }\n\
    label_map = { entailment = \"same\", neutral = \"unrelated\", contradiction = \"opposite\" }";

fn relation(label: &str) -> String {
    let names = [("entailment", "same"), ("neutral", "unrelated"), ("contradiction", "opposite")];
    names.iter().find(|(its, _)| *its == label).unwrap().1.to_owned()
}

#[test]
fn every_architecture_tags_words_as_the_reference_does() {
    for architecture in ARCHITECTURES {
        let (folder, reference) = checkpoint(&format!("{architecture}-token"));
        let models = load(folder.path(), "ner", "").unwrap();
        let (difference, n_compared) =
            reference.greatest_difference(&models, "ner", str::to_owned).unwrap();
        assert!(n_compared > 50, "{architecture}: {n_compared}");
        assert!(difference < 1e-3, "{architecture}: {difference}");
    }
}

#[test]
fn every_architecture_judges_two_texts_as_the_reference_does() {
    for architecture in ARCHITECTURES {
        let (folder, reference) = checkpoint(&format!("{architecture}-sequence"));
        let models = load(folder.path(), "claim", CLAIM).unwrap();
        let (difference, n_compared) =
            reference.greatest_difference(&models, "claim", relation).unwrap();
        assert_eq!(n_compared, 9, "{architecture}");
        assert!(difference < 1e-3, "{architecture}: {difference}");
    }
}

const STANCE: &str = "pooling = [\"first\"]\ntemplate = { second = \"{target}\" }\n\
    label_map = { entailment = \"supports\", neutral = \"neutral\", contradiction = \"opposes\" }";

fn stances(models: &Models) -> Vec<[f32; 3]> {
    let words = ["China", "denied", "it", "in", "Moscow", "."];
    let input =
        |holder, target| PairInput { words: words.to_vec(), joined: Vec::new(), holder, target };
    let batch = [input(HolderMark::Words(0..1), 4..5), input(HolderMark::Outlet, 0..1)];
    let model = models.stance().unwrap();
    let scores: Scores = model.score_pairs(&batch).unwrap();
    let column = |name: &str| model.labels().require(name).unwrap();
    let names = ["supports", "neutral", "opposes"].map(column);
    (0..batch.len()).map(|idx| names.map(|label| scores.get(idx, label))).collect()
}

/// Writes the checkpoint anew with its labels, and the rows of its head, in another order.
fn permute(folder: &Path, order: [usize; 3]) {
    let path = folder.join("model.safetensors");
    let bytes = std::fs::read(&path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let permuted: BTreeMap<String, (TensorView<'_>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, view)| {
            let data = view.data();
            let row_bytes = data.len() / view.shape()[0];
            let data = if name.starts_with("classifier.") && view.shape()[0] == order.len() {
                order
                    .iter()
                    .flat_map(|row| &data[row * row_bytes..(row + 1) * row_bytes])
                    .copied()
                    .collect()
            } else {
                data.to_vec()
            };
            (name.to_owned(), (view, data))
        })
        .collect();
    let views = permuted.iter().map(|(name, (view, data))| {
        (name.as_str(), TensorView::new(view.dtype(), view.shape().to_vec(), data).unwrap())
    });
    let views: BTreeMap<_, _> = views.collect();
    safetensors::serialize_to_file(views, None, &path).unwrap();
    let config = std::fs::read_to_string(folder.join("config.json")).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&config).unwrap();
    let labels = order.map(|row| config["id2label"][row.to_string()].clone());
    for (id, label) in labels.into_iter().enumerate() {
        config["id2label"][id.to_string()] = label;
    }
    std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
}

#[test]
fn the_order_of_a_models_columns_changes_no_stance() {
    let (folder, _) = checkpoint("bert-sequence");
    let expected = stances(&load(folder.path(), "stance", STANCE).unwrap());
    let before = std::fs::read(folder.path().join("model.safetensors")).unwrap();
    permute(folder.path(), [2, 0, 1]);
    assert_ne!(std::fs::read(folder.path().join("model.safetensors")).unwrap(), before);
    let got = stances(&load(folder.path(), "stance", STANCE).unwrap());
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().flatten().zip(expected.iter().flatten()) {
        // Sums over labels run in the order of the columns.
        assert!((got - expected).abs() < 1e-6, "{got} {expected}");
    }
    assert!((expected[0][0] - expected[0][2]).abs() > 0.1, "its columns are told apart");
}

#[test]
fn a_label_that_the_model_does_not_have_is_refused() {
    let (folder, _) = checkpoint("bert-sequence");
    let refused = |old: &str, new: &str| {
        load(folder.path(), "stance", &STANCE.replace(old, new)).unwrap_err().to_string()
    };
    assert!(refused("contradiction", "contra").contains("has no label `contra`"));
    assert!(
        refused(", contradiction = \"opposes\"", "").contains("`contradiction` stands for none")
    );
    assert!(refused("\"opposes\"", "\"neutral\"").contains("has no label `opposes`"));
}

#[test]
fn an_architecture_of_another_backend_is_refused_with_its_name() {
    let (folder, _) = checkpoint("bert-sequence");
    let config = std::fs::read_to_string(folder.path().join("config.json")).unwrap();
    let config = config.replace("\"model_type\": \"bert\"", "\"model_type\": \"deberta-v2\"");
    std::fs::write(folder.path().join("config.json"), config).unwrap();
    let error = load(folder.path(), "stance", STANCE).unwrap_err().to_string();
    assert!(error.contains("cannot run architecture `deberta-v2`"), "{error}");
    assert!(error.contains("backend `torch` runs it"), "{error}");
}
