//! Stances of a run for a person to label, and what the labels say of the
//! models' errors.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use fastrand::Rng;
use newstance_aggregate::{Correction, LabelledStance};
use newstance_doc::rows::{ActorRow, ArticleRow, SentenceRow, StanceRow};
use newstance_doc::{Position, PositionProbabilities};
use newstance_tables::read_table;
use serde::{Deserialize, Serialize};

/// Id of the outlet's own voice.
const OUTLET: &str = "outlet";

/// A drawn stance, as a person sees and labels it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SampledStance {
    stance_id: String,
    article_id: String,
    outlet: Option<String>,
    holder: String,
    target: String,
    /// The sentence.
    text: String,
    /// The words that were judged.
    evidence: String,
    basis: String,
    p_supports: f32,
    p_neutral: f32,
    p_opposes: f32,
    /// How many stances of the run it stands for.
    weight: f64,
    /// `supports`, `neutral`, `opposes`; null until it is labelled.
    label: Option<String>,
}

/// Draws about `n` stances of the run in `folder`, a third of each position (or
/// all there are), in the order of their ids, and gives a line of JSON of each.
pub(crate) fn draw(folder: &Path, n: usize, seed: u64) -> anyhow::Result<Vec<String>> {
    let stances: Vec<StanceRow> = read_table(folder)?;
    let texts = Texts::read(folder)?;
    let mut rng = Rng::with_seed(seed);
    let mut drawn: Vec<(&StanceRow, f64)> = Vec::new();
    for position in Position::ALL {
        let of_position: Vec<&StanceRow> =
            stances.iter().filter(|stance| stance.position == position.as_str()).collect();
        let chosen = rng.choose_multiple(&of_position, n.div_ceil(Position::ALL.len()));
        let weight = count(of_position.len()) / count(chosen.len().max(1));
        drawn.extend(chosen.into_iter().map(|stance| (*stance, weight)));
    }
    if drawn.is_empty() {
        bail!("`{}` holds no stances", folder.display());
    }
    drawn.sort_by(|a, b| a.0.stance_id.cmp(&b.0.stance_id));
    let line = |(stance, weight): (&StanceRow, f64)| -> anyhow::Result<String> {
        Ok(serde_json::to_string(&texts.sampled(stance, weight)?)?)
    };
    drawn.into_iter().map(line).collect()
}

/// What the tables say beside the stances.
struct Texts {
    names: BTreeMap<String, String>,
    articles: BTreeMap<String, ArticleRow>,
    sentences: BTreeMap<(String, u64), SentenceRow>,
}

impl Texts {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let actors: Vec<ActorRow> = read_table(folder)?;
        let articles: Vec<ArticleRow> = read_table(folder)?;
        let sentences: Vec<SentenceRow> = read_table(folder)?;
        Ok(Self {
            names: actors.into_iter().map(|actor| (actor.actor_id, actor.name)).collect(),
            articles: articles.into_iter().map(|row| (row.article_id.clone(), row)).collect(),
            sentences: sentences
                .into_iter()
                .map(|row| ((row.article_id.clone(), row.sentence), row))
                .collect(),
        })
    }

    fn sampled(&self, stance: &StanceRow, weight: f64) -> anyhow::Result<SampledStance> {
        let missing = || anyhow!("stance `{}` points to nothing", stance.stance_id);
        let article = self.articles.get(&stance.article_id).ok_or_else(missing)?;
        let key = (stance.article_id.clone(), stance.sentence);
        let sentence = self.sentences.get(&key).ok_or_else(missing)?;
        let field = if stance.field == "title" { &article.title } else { &article.text };
        let name = |id: &String| self.names.get(id).unwrap_or(id).clone();
        Ok(SampledStance {
            stance_id: stance.stance_id.clone(),
            article_id: stance.article_id.clone(),
            outlet: article.outlet.clone(),
            holder: if stance.holder_id == OUTLET {
                OUTLET.to_owned()
            } else {
                name(&stance.holder_id)
            },
            target: name(&stance.target_id),
            text: characters(field, sentence.start_char, sentence.end_char),
            evidence: characters(field, stance.start_char, stance.end_char),
            basis: stance.basis.clone(),
            p_supports: stance.p_supports,
            p_neutral: stance.p_neutral,
            p_opposes: stance.p_opposes,
            weight,
            label: None,
        })
    }
}

/// Characters `start..end` of a text, or as many of them as there are.
fn characters(text: &str, start: u64, end: u64) -> String {
    let start_idx = usize::try_from(start).unwrap_or(usize::MAX);
    let n = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
    text.chars().skip(start_idx).take(n).collect()
}

/// What the labels of a sample say, and how many of its stances have none.
pub(crate) fn correction(path: &Path) -> anyhow::Result<(Correction, usize)> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read `{}`", path.display()))?;
    let (mut sample, mut n_open) = (Vec::new(), 0);
    for (idx, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = || format!("`{}` line {}", path.display(), idx + 1);
        match labelled(line).with_context(place)? {
            Some(stance) => sample.push(stance),
            None => n_open += 1,
        }
    }
    let correction = Correction::estimate(&sample)
        .with_context(|| format!("cannot learn from `{}`", path.display()))?;
    Ok((correction, n_open))
}

fn labelled(line: &str) -> anyhow::Result<Option<LabelledStance>> {
    let stance: SampledStance = serde_json::from_str(line)?;
    let Some(typed) = stance.label.as_deref().map(str::trim).filter(|typed| !typed.is_empty())
    else {
        return Ok(None);
    };
    let label = Position::ALL.into_iter().find(|position| position.as_str() == typed);
    let label =
        label.ok_or_else(|| anyhow!("label `{typed}` is not one of supports, neutral, opposes"))?;
    if !(stance.weight > 0.0 && stance.weight.is_finite()) {
        bail!("weight {} is not a positive number", stance.weight);
    }
    Ok(Some(LabelledStance {
        article_id: stance.article_id,
        weight: stance.weight,
        probabilities: PositionProbabilities {
            supports: stance.p_supports,
            neutral: stance.p_neutral,
            opposes: stance.p_opposes,
        },
        label,
    }))
}

/// The correction as `newstance.toml` takes it.
pub(crate) fn as_settings(correction: &Correction) -> String {
    let Correction { supports, neutral, opposes, covariance } = correction;
    let mut text = format!(
        "[aggregate.correction]\nsupports = {supports:?}\nneutral = {neutral:?}\nopposes = {opposes:?}\ncovariance = [\n"
    );
    for [a, b, c] in covariance {
        writeln!(text, "    [{a:?}, {b:?}, {c:?}],").expect("a string takes all that is written");
    }
    text.push_str("]\n");
    text
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 stances")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use newstance_aggregate::{AggregateSettings, Correction};

    use super::{as_settings, characters};

    #[test]
    fn settings_read_back_what_is_printed() {
        let correction = Correction {
            supports: 1.75,
            neutral: -0.125,
            opposes: -2.0,
            covariance: [[0.01, 0.0, 1e-7], [0.0, 0.02, 0.0], [1e-7, 0.0, 0.03]],
        };
        let table: toml::Table = as_settings(&correction).parse().unwrap();
        let settings: AggregateSettings = table["aggregate"].clone().try_into().unwrap();
        assert_eq!(settings.correction, Some(correction));
    }

    #[test]
    fn spans_count_characters() {
        assert_eq!(characters("“Né” hit Bo", 1, 3), "Né");
        assert_eq!(characters("Bo", 1, 99), "o");
    }
}
