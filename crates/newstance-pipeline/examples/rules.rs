//! A researcher's own judge of stance: rules in Rust, in the chain of newstance.
//!
//! `cargo run --release -p newstance-pipeline --example rules -- models/default`
//!
//! Names and statements come from the default bundle; who stands how comes from
//! [`Rules`], which knows no model. docs/models.md explains it.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::path::Path;
use std::sync::Arc;

use anyhow::bail;
use newstance_doc::{Article, Holder};
use newstance_encoder::EncoderBackend;
use newstance_model::{
    Bundle, HolderMark, LabelSet, ModelError, Models, PairClassifier, PairInput, Scores,
};
use newstance_ner::Gazetteer;
use newstance_pipeline::{Annotator, AnnotatorSettings};
use newstance_stance::ForceLexicon;

/// Who hosts somebody supports them, who snubs somebody opposes them.
#[derive(Debug)]
struct Rules {
    labels: LabelSet,
}

impl Rules {
    fn new() -> Self {
        let labels = ["opposes", "neutral", "supports"].map(str::to_owned).to_vec();
        Self { labels: LabelSet::new("rules", labels) }
    }

    /// Probabilities in the order of the labels.
    fn judge(input: &PairInput<'_>) -> [f32; 3] {
        let HolderMark::Words(holder) = &input.holder else { return [0.0, 1.0, 0.0] };
        // What stands between a holder and the target behind it.
        let between = input.words.get(holder.end..input.target.start).unwrap_or_default();
        let has = |verbs: &[&str]| between.iter().any(|word| verbs.contains(word));
        match (has(&["praised", "thanked", "hosted"]), has(&["accused", "blamed", "snubbed"])) {
            (true, false) => [0.05, 0.15, 0.8],
            (false, true) => [0.8, 0.15, 0.05],
            _ => [0.05, 0.9, 0.05],
        }
    }
}

impl PairClassifier for Rules {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn score_pairs(&self, batch: &[PairInput<'_>]) -> Result<Scores, ModelError> {
        Ok(Scores::new(3, batch.iter().flat_map(Self::judge).collect()))
    }
}

/// The chain of newstance with [`Rules`] in the place of the stance model of the
/// bundle in `folder`.
fn annotator(folder: &Path) -> anyhow::Result<Annotator> {
    let models = Models::load(&Bundle::open(folder)?, &[&EncoderBackend::default()])?;
    let settings = AnnotatorSettings::default();
    let annotator =
        Annotator::new(&models, Gazetteer::built_in()?, ForceLexicon::built_in(), settings)?;
    Ok(annotator.with_stance(Arc::new(Rules::new())))
}

/// A line for each pair that is judged not neutral.
fn stances(annotator: &Annotator, text: &str) -> anyhow::Result<Vec<String>> {
    let layers = annotator.annotate(Article::plain("example", text))?.layers;
    let name = |idx: usize| layers.actors[idx].name.clone();
    let polar = layers.stances.iter().filter(|stance| stance.position.as_str() != "neutral");
    let line = |stance: &newstance_doc::Stance| {
        let holder = match stance.holder {
            Holder::Actor(idx) => name(idx),
            Holder::Outlet => "outlet".to_owned(),
        };
        format!("{holder} {} {}", stance.position.as_str(), name(stance.target_idx))
    };
    Ok(polar.map(line).collect())
}

fn main() -> anyhow::Result<()> {
    let Some(folder) = std::env::args_os().nth(1) else {
        bail!("there is no bundle\nhint: give its folder, such as `models/default`");
    };
    let annotator = annotator(Path::new(&folder))?;
    let text = "Canada hosted Norway on Monday. Hungary snubbed Belgium in a letter.";
    for line in stances(&annotator, text)? {
        println!("{line}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{annotator, stances};

    #[test]
    fn who_stands_how_is_what_the_rules_say() -> anyhow::Result<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/default");
        let annotator = annotator(&folder)?;
        let found = stances(&annotator, "Canada hosted Norway. Hungary visited Belgium.")?;
        assert_eq!(found, ["Canada supports Norway"]);
        let found = stances(&annotator, "Hungary snubbed Belgium.")?;
        assert_eq!(found, ["Hungary opposes Belgium"]);
        Ok(())
    }
}
