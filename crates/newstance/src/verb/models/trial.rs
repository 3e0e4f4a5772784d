//! A sentence on which a model that is added is tried.

use std::fmt::Write as _;

use newstance_model::{HolderMark, Models, PairInput, TextPair, WordText};

const SENTENCE: [&str; 8] =
    ["Merkel", "sharply", "criticised", "Russia", ",", "officials", "said", "."];

/// What the model of a role says of a sentence, as lines for a person.
pub(super) fn answers(models: &Models, role: &str) -> anyhow::Result<String> {
    let mut text = format!("  try         {}\n", SENTENCE.join(" "));
    match role {
        "stance" => {
            let input = PairInput {
                words: SENTENCE.to_vec(),
                joined: Vec::new(),
                holder: HolderMark::Words(0..1),
                target: 3..4,
            };
            let model = models.stance()?;
            let scores = model.score_pairs(std::slice::from_ref(&input))?;
            write!(text, "              Merkel -> Russia: ")?;
            let shown = model.labels().iter().map(|(label, name)| (name, scores.get(0, label)));
            text.push_str(&probabilities(shown));
        }
        "claim" => {
            let first = SENTENCE.to_vec();
            let second = vec!["Russia", "was", "criticised", "by", "Merkel", "."];
            write!(text, "              to \"{}\": ", second.join(" "))?;
            let model = models.text_pair_classifier(role)?;
            let scores = model.score_text_pairs(&[TextPair { first, second }])?;
            let shown = model.labels().iter().map(|(label, name)| (name, scores.get(0, label)));
            text.push_str(&probabilities(shown));
        }
        "embedding" => {
            let model = models.embedding()?;
            let vectors = model.embed(&[SENTENCE.to_vec()])?;
            write!(text, "              a vector of {} values", vectors[0].len())?;
        }
        _ => text.push_str(&tags(models, role)?),
    }
    Ok(text)
}

fn tags(models: &Models, role: &str) -> anyhow::Result<String> {
    let words = WordText {
        words: SENTENCE.to_vec(),
        sentence_starts: vec![0],
        paragraph_starts: vec![0],
        ..WordText::default()
    };
    let taggers = models.token_classifiers_for(&[role])?;
    let scores = taggers[0].score_words(std::slice::from_ref(&words))?;
    let labels = &taggers[0].heads()[0].labels;
    let best = |row: &[f32]| {
        let best = labels.iter().max_by(|a, b| row[a.0.column()].total_cmp(&row[b.0.column()]));
        best.map_or("O", |(_, name)| name)
    };
    let shown: Vec<String> = SENTENCE
        .iter()
        .zip(scores[0][0].rows())
        .map(|(word, row)| format!("{word}/{}", best(row)))
        .collect();
    Ok(format!("              {}", shown.join(" ")))
}

fn probabilities<'n>(shown: impl Iterator<Item = (&'n str, f32)>) -> String {
    shown.map(|(name, p)| format!("{name} {p:.2}")).collect::<Vec<_>>().join(", ")
}
