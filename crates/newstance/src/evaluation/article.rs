//! Task `article`: everything that is read from an article, end to end.

use std::collections::BTreeMap;
use std::path::Path;

use newstance_corpus::gold::{GoldPassage, GoldStory, read_passages, read_seesaw};
use newstance_doc::{Annotated, Article, Holder, Position};
use newstance_eval::{Block, Columns, Measure, Tally, Unit, count_probability, matched_contents};
use newstance_pipeline::Annotator;
use rayon::prelude::*;

use super::alignment::{Alignment, by_mentions, by_names};
use super::gold_statements::attributions;
use super::{Evaluation, Prediction, columns};

/// First counts of the blocks of [`measure`].
const STANCES: usize = 0;
const STATEMENTS: usize = 3;
const ACTORS: usize = 6;
const SPEAKERS: usize = 9;
const FORCES: usize = 11;

/// Stances are the score to quote.
fn measure() -> Measure {
    let matches = |name: &str| Block::Matches(name.to_owned());
    let share = |name: &str| Block::Share(name.to_owned());
    Measure::Found {
        blocks: vec![
            matches("stances"),
            matches("statements"),
            matches("actors"),
            share("speakers"),
            share("forces"),
        ],
    }
}

/// Scores passages of the project's own gold, or a folder of SEESAW.
pub(super) fn evaluate(annotator: &Annotator, path: &Path) -> anyhow::Result<Evaluation> {
    let scored: anyhow::Result<Vec<Scored>> = if path.join("annotations").is_dir() {
        read_seesaw(path)?.par_iter().map(|story| score_story(annotator, story)).collect()
    } else {
        read_passages(path)?.par_iter().map(|passage| score_passage(annotator, passage)).collect()
    };
    let (units, predictions): (Vec<Vec<Unit>>, Vec<Vec<Prediction>>) =
        scored?.into_iter().map(|scored| (scored.units, scored.predictions)).unzip();
    let tally = Tally::new("article", measure(), units.concat());
    Ok(Evaluation { tally, predictions: predictions.concat() })
}

struct Scored {
    units: Vec<Unit>,
    predictions: Vec<Prediction>,
}

/// Who stands how to whom; a holder of none is the outlet.
type Triple = (Option<usize>, usize, Position);

fn score_passage(annotator: &Annotator, passage: &GoldPassage) -> anyhow::Result<Scored> {
    let found = annotator.annotate(passage.article())?.layers;
    let alignment = by_mentions(passage, &found);
    let length = columns::length(columns::n_words(&passage.text));
    let of = Document {
        id: &passage.id,
        columns: columns::with(&passage.columns, [length]),
        names: passage.actors.iter().map(|actor| actor.name.as_str()).collect(),
        knows_everyone: true,
    };
    let mut gold: BTreeMap<Triple, String> = BTreeMap::new();
    for stance in &passage.stances {
        let triple = (stance.holder, stance.target, stance.position);
        gold.entry(triple).or_insert_with(|| stance.basis.clone());
    }
    let mut scored = of.stances(&gold, &found, &alignment);
    let mut unit = of.unit(&of.columns);
    count_actors(&mut unit.counts, passage, &found, &alignment);
    count_statements(&mut unit.counts, passage, &found, &alignment);
    scored.units.push(unit);
    Ok(scored)
}

fn score_story(annotator: &Annotator, story: &GoldStory) -> anyhow::Result<Scored> {
    let mut article = Article::plain(story.id.as_str(), story.text.as_str());
    article.title.clone_from(&story.title);
    let found = annotator.annotate(article)?.layers;
    let alignment = by_names(story, &found);
    let length = columns::length(columns::n_words(&story.text));
    let of = Document {
        id: &story.id,
        columns: columns::with(&story.columns, [length]),
        names: story.entities.iter().map(String::as_str).collect(),
        // Its lists hold salient entities only: nothing is known of others.
        knows_everyone: false,
    };
    let gold = story.triples.iter().map(|t| ((t.holder, t.target, t.position), "any".to_owned()));
    Ok(of.stances(&gold.collect(), &found, &alignment))
}

/// A gold document.
struct Document<'g> {
    id: &'g str,
    columns: Columns,
    names: Vec<&'g str>,
    knows_everyone: bool,
}

/// A stance that was found, in gold actors where they are known.
struct FoundStance {
    triple: Option<Triple>,
    name: String,
    basis: &'static str,
    probability: f64,
}

impl Document<'_> {
    fn unit(&self, columns: &Columns) -> Unit {
        let counts = vec![0.0; measure().width()];
        Unit { document: self.id.to_owned(), columns: columns.clone(), counts }
    }

    /// Counts each stance once, however often it is shown.
    fn stances(
        &self,
        gold: &BTreeMap<Triple, String>,
        found: &Annotated,
        alignment: &Alignment,
    ) -> Scored {
        let found = self.found_stances(found, alignment);
        let mut scored = Scored { units: Vec::new(), predictions: Vec::new() };
        for (triple, basis) in gold {
            let hit = found.iter().find(|stance| stance.triple == Some(*triple));
            self.push(&mut scored, basis, (Some(self.name(*triple)), hit));
        }
        let is_extra =
            |stance: &&FoundStance| stance.triple.is_none_or(|triple| !gold.contains_key(&triple));
        for stance in found.iter().filter(is_extra) {
            self.push(&mut scored, stance.basis, (None, Some(stance)));
        }
        scored
    }

    fn push(
        &self,
        scored: &mut Scored,
        basis: &str,
        (gold, found): (Option<String>, Option<&FoundStance>),
    ) {
        let columns = columns::with(&self.columns, [("basis".to_owned(), basis.to_owned())]);
        let mut unit = self.unit(&columns);
        let flag = |is: bool| f64::from(u8::from(is));
        unit.counts[STANCES] = flag(gold.is_some() && found.is_some());
        unit.counts[STANCES + 1] = flag(found.is_some());
        unit.counts[STANCES + 2] = flag(gold.is_some());
        if let Some(stance) = found {
            count_probability(&measure(), &mut unit.counts, stance.probability, gold.is_some());
        }
        let predicted = found.map(|stance| stance.name.clone());
        let text = gold.clone().or_else(|| predicted.clone()).unwrap_or_default();
        scored.predictions.push(Prediction {
            document: self.id.to_owned(),
            key: format!("{}: {text}", self.id),
            text,
            columns,
            is_right: gold.is_some() && found.is_some(),
            gold,
            predicted,
            probability: found.map(|stance| stance.probability),
        });
        scored.units.push(unit);
    }

    fn name(&self, (holder, target, position): Triple) -> String {
        let holder = holder.map_or("outlet", |holder| self.names[holder]);
        format!("{holder} {} {}", position.as_str(), self.names[target])
    }

    /// The stances that are not neutral, each pair and position once, with the
    /// greatest probability that it was given.
    fn found_stances(&self, found: &Annotated, alignment: &Alignment) -> Vec<FoundStance> {
        let mut stances: BTreeMap<(Option<usize>, usize, Position), FoundStance> = BTreeMap::new();
        for stance in found.stances.iter().filter(|s| s.position != Position::Neutral) {
            let holder = match stance.holder {
                Holder::Actor(holder) => Some(holder),
                Holder::Outlet => None,
            };
            let gold_holder = match holder {
                Some(holder) => alignment[holder].map(Some),
                None => Some(None),
            };
            let ends = gold_holder.zip(alignment[stance.target_idx]);
            if ends.is_none() && !self.knows_everyone {
                continue;
            }
            let name_of = |actor: usize| found.actors[actor].name.as_str();
            let name = || {
                let holder = holder.map_or("outlet", name_of);
                format!("{holder} {} {}", stance.position.as_str(), name_of(stance.target_idx))
            };
            let triple = ends.map(|(holder, target)| (holder, target, stance.position));
            let probability = f64::from(stance.probabilities.of(stance.position));
            let known =
                stances.entry((holder, stance.target_idx, stance.position)).or_insert_with(|| {
                    FoundStance {
                        name: triple.map_or_else(name, |triple| self.name(triple)),
                        triple,
                        basis: stance.basis.as_str(),
                        probability,
                    }
                });
            known.probability = known.probability.max(probability);
        }
        stances.into_values().collect()
    }
}

fn count_actors(
    counts: &mut [f64],
    passage: &GoldPassage,
    found: &Annotated,
    alignment: &Alignment,
) {
    let is_mentioned = |actor: usize| found.mentions.iter().any(|m| m.actor_idx == Some(actor));
    counts[ACTORS] = count(alignment.iter().flatten());
    counts[ACTORS + 1] = count((0..found.actors.len()).filter(|&actor| is_mentioned(actor)));
    counts[ACTORS + 2] = count(passage.actors.iter().filter(|actor| !actor.mentions.is_empty()));
}

fn count_statements(
    counts: &mut [f64],
    passage: &GoldPassage,
    found: &Annotated,
    alignment: &Alignment,
) {
    let document = attributions(passage, found);
    let matches = matched_contents(&document);
    counts[STATEMENTS] = count(matches.iter().flatten());
    counts[STATEMENTS + 1] = count(&document.predicted);
    counts[STATEMENTS + 2] = count(&document.gold);
    for (statement, gold) in found.statements.iter().zip(matches) {
        let Some(gold) = gold.map(|idx| &passage.statements[idx]) else { continue };
        counts[FORCES] += f64::from(u8::from(statement.force == gold.force));
        counts[FORCES + 1] += 1.0;
        let Some(speaker) = gold.speaker else { continue };
        let is_right = statement.speaker_idx.and_then(|idx| alignment[idx]) == Some(speaker);
        counts[SPEAKERS] += f64::from(u8::from(is_right));
        counts[SPEAKERS + 1] += 1.0;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of one article")]
fn count(items: impl IntoIterator) -> f64 {
    items.into_iter().count() as f64
}
