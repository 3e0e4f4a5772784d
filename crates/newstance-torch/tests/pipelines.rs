//! Two faults of rust-bert's pipelines (0.23) that this backend must not have.
//! Each check is made of both, on one checkpoint, so that it is seen to find
//! the fault where it is.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fs;
use std::path::Path;

use newstance_model::{Bundle, Models, TextPair, WordText};
use newstance_torch::TorchBackend;
use rust_bert::Config as _;
use rust_bert::bert::{BertConfig, BertForSequenceClassification, BertForTokenClassification};
use rust_bert::pipelines::common::{ModelResource, ModelType};
use rust_bert::pipelines::sequence_classification::{
    SequenceClassificationConfig, SequenceClassificationModel,
};
use rust_bert::pipelines::token_classification::{
    LabelAggregationOption, TokenClassificationConfig, TokenClassificationModel,
};
use rust_bert::resources::LocalResource;
use serde_json::Value;
use tch::Device;
use tch::nn::VarStore;

/// What the pipelines read at once.
const PIPELINE_BATCH: usize = 64;

/// A bundle with the weights that `make` puts into a store, also as rust-bert
/// wants it.
fn bundle(
    manifest: &str,
    make: impl FnOnce(&VarStore, &BertConfig),
) -> (tempfile::TempDir, Models) {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/encoder/bert");
    for file in ["config.json", "tokenizer.json"] {
        fs::copy(example.join(file), folder.path().join(file)).unwrap();
    }
    let config = fs::read_to_string(example.join("config.json")).unwrap();
    let mut config: Value = serde_json::from_str(&config).unwrap();
    config["id2label"] = serde_json::json!({"0": "same", "1": "opposite", "2": "unrelated"});
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();

    let tokenizer = fs::read_to_string(example.join("tokenizer.json")).unwrap();
    let tokenizer: Value = serde_json::from_str(&tokenizer).unwrap();
    let vocabulary = tokenizer["model"]["vocab"].as_object().unwrap();
    let mut pieces: Vec<_> = vocabulary.iter().collect();
    pieces.sort_by_key(|(_, id)| id.as_u64());
    let lines: Vec<&str> = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
    fs::write(folder.path().join("vocab.txt"), lines.join("\n") + "\n").unwrap();

    tch::manual_seed(5);
    let store = VarStore::new(Device::Cpu);
    make(&store, &BertConfig::from_file(folder.path().join("config.json")));
    store.save(folder.path().join("model.safetensors")).unwrap();

    let head = "format = 1\nname = \"test\"\nlicence = \"none\"\n[checkpoints.c]\nfolder = \"\"\n\
                backend = \"torch\"\n";
    fs::write(folder.path().join("bundle.toml"), format!("{head}{manifest}")).unwrap();
    let opened = Bundle::open(folder.path()).unwrap();
    let models = Models::load(&opened, &[&TorchBackend::default()]).unwrap();
    (folder, models)
}

fn resource(folder: &Path, file: &str) -> LocalResource {
    LocalResource::from(folder.join(file))
}

fn weights(folder: &Path) -> ModelResource {
    ModelResource::Torch(Box::new(resource(folder, "model.safetensors")))
}

fn words(text: &str) -> Vec<&str> {
    text.split(' ').collect()
}

/// The first input that got no result or one of another length than it has words.
fn first_mixed_up(texts: &[String], n_told: &[usize]) -> Option<usize> {
    assert_eq!(texts.len(), n_told.len());
    let is_wrong = |(text, n): (&String, &usize)| words(text).len() != *n;
    texts.iter().zip(n_told).position(is_wrong)
}

#[test]
fn inputs_beyond_a_pipelines_batch_get_their_own_results() {
    let (folder, models) = bundle("[roles.ner]\ncheckpoint = \"c\"\n", |store, config| {
        BertForTokenClassification::new(store.root(), config).unwrap();
    });
    let folder = folder.path();
    let texts: Vec<String> =
        (0..PIPELINE_BATCH + 9).map(|n| vec!["war"; 1 + n % 7].join(" ")).collect();

    let tagger = models.token_classifiers_for(&["ner"]).unwrap().remove(0);
    let inputs: Vec<_> = texts
        .iter()
        .map(|text| WordText {
            words: words(text),
            joined: Vec::new(),
            sentence_starts: vec![0],
            paragraph_starts: vec![0],
        })
        .collect();
    let told = tagger.score_words(&inputs).unwrap();
    let n_told: Vec<usize> = told.iter().map(|heads| heads[0].len()).collect();
    assert_eq!(first_mixed_up(&texts, &n_told), None);

    let pipeline = TokenClassificationModel::new(TokenClassificationConfig::new(
        ModelType::Bert,
        weights(folder),
        resource(folder, "config.json"),
        resource(folder, "vocab.txt"),
        None,
        true,
        None,
        None,
        LabelAggregationOption::First,
    ))
    .unwrap();
    let n_told: Vec<usize> = pipeline.predict(&texts, true, false).iter().map(Vec::len).collect();
    assert!(first_mixed_up(&texts, &n_told).is_some(), "the pipeline is sound: {n_told:?}");
}

/// What a long text beside it changes of a short one's highest probability.
fn change_by_company(score: impl Fn(&[&str]) -> Vec<f64>) -> f64 {
    let long = ["the war", "said on trade", "help"].repeat(7).join(" ");
    let (alone, beside) = (score(&["war"]), score(&["war", &long]));
    (alone[0] - beside[0]).abs()
}

#[test]
fn padding_does_not_change_a_texts_class() {
    let manifest = "[roles.claim]\ncheckpoint = \"c\"\npooling = [\"first\"]\n";
    let (folder, models) = bundle(manifest, |store, config| {
        BertForSequenceClassification::new(store.root(), config).unwrap();
    });
    let folder = folder.path();

    let classifier = models.claim().unwrap();
    let ours = |texts: &[&str]| -> Vec<f64> {
        let second = vec!["war"];
        let pairs: Vec<_> = texts
            .iter()
            .map(|text| TextPair { first: words(text), second: second.clone() })
            .collect();
        let scores = classifier.score_text_pairs(&pairs).unwrap();
        scores.rows().map(|row| f64::from(row.iter().copied().fold(0.0, f32::max))).collect()
    };
    let change = change_by_company(ours);
    assert!(change <= 1e-4, "{change}");

    let pipeline = SequenceClassificationModel::new(SequenceClassificationConfig::new(
        ModelType::Bert,
        weights(folder),
        resource(folder, "config.json"),
        resource(folder, "vocab.txt"),
        None,
        true,
        None,
        None,
    ))
    .unwrap();
    let theirs = |texts: &[&str]| -> Vec<f64> {
        pipeline.predict(texts).iter().map(|it| it.score).collect()
    };
    let change = change_by_company(theirs);
    assert!(change > 1e-3, "the pipeline is sound: {change}");
}
