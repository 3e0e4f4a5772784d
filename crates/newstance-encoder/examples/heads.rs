//! Compares whole models with the probabilities of the reference:
//! `cargo run --release -p newstance-encoder --example heads -- FOLDER...`, each
//! a checkpoint that `models/train/reference_heads.py --base` made.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::Path;

use newstance_encoder::EncoderBackend;
use newstance_model::{Bundle, HeadReference, ModelError, Models};

fn main() -> Result<(), ModelError> {
    for folder in std::env::args().skip(1) {
        let folder = Path::new(&folder);
        let reference = HeadReference::read(&folder.join("reference.json"))?;
        let (role, rest) = if reference.pair.is_empty() {
            ("ner", "")
        } else {
            (
                "claim",
                "pooling = ['first']\ntemplate = { second = '{second}' }\n\
                 label_map = { entailment = 'same', neutral = 'unrelated', contradiction = 'opposite' }",
            )
        };
        let name = |label: &str| match label {
            "entailment" => "same".to_owned(),
            "neutral" => "unrelated".to_owned(),
            "contradiction" => "opposite".to_owned(),
            other => other.to_owned(),
        };
        let text = format!(
            "format = 1\nname = 'x'\nlicence = 'none'\n[checkpoints.c]\nfolder = '.'\n\
             text = 'raw'\n[roles.{role}]\ncheckpoint = 'c'\n{rest}"
        );
        let bundle = Bundle::from_text(folder, &text)?;
        let models = Models::load_roles(&bundle, &[&EncoderBackend::default()], &[role])?;
        let (greatest, n_compared) = reference.greatest_difference(&models, role, name)?;
        println!("{}: {greatest:.1e} at most, {n_compared} probabilities", folder.display());
    }
    Ok(())
}
