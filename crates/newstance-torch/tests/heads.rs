//! Whole models of the architectures that only libtorch runs, as `transformers`
//! saves them, against the probabilities that it gives
//! (`models/train/reference_heads.py`).
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use newstance_model::{Bundle, HeadReference, ModelError, Models};
use newstance_torch::{TorchBackend, set_threads};

/// Loads a fixture for a role that `rest` describes further.
fn load(name: &str, role: &str, rest: &str) -> Result<(Models, HeadReference), ModelError> {
    set_threads(1);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = root.join("tests/fixtures/heads").join(name);
    let reference = HeadReference::read(&source.join("reference.json")).unwrap();
    let tokenizer = root.join("../../tests/fixtures/tokenizers").join(&reference.tokenizer);
    let folder = tempfile::tempdir().unwrap();
    for (from, file) in
        [(&source, "config.json"), (&source, "model.safetensors"), (&tokenizer, "tokenizer.json")]
    {
        std::fs::copy(from.join(file), folder.path().join(file)).unwrap();
    }
    let text = format!(
        "format = 1\nname = \"t\"\nlicence = \"none\"\n[checkpoints.c]\nfolder = \".\"\n\
         text = \"raw\"\nbackend = \"torch\"\n[roles.{role}]\ncheckpoint = \"c\"\n{rest}"
    );
    let bundle = Bundle::from_text(folder.path(), &text)?;
    let models = Models::load_roles(&bundle, &[&TorchBackend::default()], &[role])?;
    Ok((models, reference))
}

const CLAIM: &str = "pooling = [\"first\"]\ntemplate = { second = \"{second}\" }\n\
    label_map = { entailment = \"same\", neutral = \"unrelated\", contradiction = \"opposite\" }";

fn relation(label: &str) -> String {
    let names = [("entailment", "same"), ("neutral", "unrelated"), ("contradiction", "opposite")];
    names.iter().find(|(its, _)| *its == label).unwrap().1.to_owned()
}

#[test]
fn every_architecture_tags_words_as_the_reference_does() {
    for architecture in ["albert", "mobilebert", "deberta", "deberta-v2", "longformer"] {
        let (models, reference) = load(&format!("{architecture}-token"), "ner", "").unwrap();
        let (difference, n_compared) =
            reference.greatest_difference(&models, "ner", str::to_owned).unwrap();
        assert!(n_compared > 50, "{architecture}: {n_compared}");
        assert!(difference < 1e-3, "{architecture}: {difference}");
    }
}

#[test]
fn two_texts_are_judged_as_the_reference_does() {
    for architecture in ["albert", "mobilebert", "deberta", "deberta-v2"] {
        let (models, reference) =
            load(&format!("{architecture}-sequence"), "claim", CLAIM).unwrap();
        let (difference, n_compared) =
            reference.greatest_difference(&models, "claim", relation).unwrap();
        assert_eq!(n_compared, 9, "{architecture}");
        assert!(difference < 1e-3, "{architecture}: {difference}");
    }
    let error = load("longformer-token", "claim", CLAIM).unwrap_err().to_string();
    assert!(error.contains("a Longformer gives that piece global attention"), "{error}");
}
