//! Task `claim`: whether two contents say the same, the opposite, or neither.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use newstance_aggregate::{Aggregator, ClaimModels};
use newstance_corpus::gold::{GoldPassage, read_passages};
use newstance_doc::Span;
use newstance_doc::rows::ClaimPositionRow;
use newstance_eval::{ClassifiedExample, tally_classes};
use rayon::prelude::*;

use super::gold_statements::as_found;
use super::{Evaluation, Prediction};
use crate::session::Session;

const LABELS: [&str; 3] = ["unrelated", "same", "opposite"];

/// A statement: the index of its passage, and its own in the passage.
type Place = (usize, usize);

/// Scores what `aggregate` makes of the gold statements: every pair of one
/// passage or one story.
pub(super) fn evaluate(session: &Session, path: &Path) -> anyhow::Result<Evaluation> {
    let passages = read_passages(path)?;
    let found = positions(session, &passages)?;
    let mut predictions = Vec::new();
    for (first, second) in pairs(&passages) {
        let gold = gold_relation(&passages, first, second);
        let predicted = relation(&found, first, second);
        predictions.push(prediction(&passages, (first, second), (gold, predicted)));
    }
    let column = |label: Option<&String>| {
        let known = label.and_then(|label| LABELS.iter().position(|known| known == label));
        known.unwrap_or(0)
    };
    let example = |line: &Prediction| ClassifiedExample {
        document: line.document.clone(),
        columns: line.columns.clone(),
        gold: column(line.gold.as_ref()),
        predicted: column(line.predicted.as_ref()),
        probability: None,
    };
    let examples: Vec<_> = predictions.iter().map(example).collect();
    Ok(Evaluation { tally: tally_classes("claim", &examples, &LABELS), predictions })
}

/// The positions that each statement takes, by claim.
fn positions(
    session: &Session,
    passages: &[GoldPassage],
) -> anyhow::Result<BTreeMap<Place, BTreeMap<String, String>>> {
    let annotated: anyhow::Result<Vec<_>> = passages
        .par_iter()
        .map(|passage| {
            let mut found = session.annotator.annotate(passage.article())?.layers;
            let (order, statements): (Vec<usize>, Vec<_>) =
                as_found(passage, &found).into_iter().unzip();
            // Stances name statements that are no longer there.
            found.stances.clear();
            found.statements = statements;
            Ok((found, order))
        })
        .collect();
    let mut aggregator = Aggregator::new(session.settings.aggregate.clone());
    let mut places: BTreeMap<(String, usize), Place> = BTreeMap::new();
    for (idx, (found, order)) in annotated?.into_iter().enumerate() {
        for (statement, gold) in order.into_iter().enumerate() {
            places.insert((found.article.id.clone(), statement), (idx, gold));
        }
        aggregator.push(&found)?;
    }
    let (embedding, claim) = (session.models.embedding()?, session.models.claim());
    let models = ClaimModels { embedder: Some(embedding.as_ref()), relations: claim.as_deref() };
    let tables = aggregator.finish(models, Vec::new())?.tables;
    let mut positions: BTreeMap<Place, BTreeMap<String, String>> = BTreeMap::new();
    for ClaimPositionRow { claim_id, statement_id, article_id, position, .. } in tables.positions {
        let number = statement_id.rsplit_once(":s").and_then(|(_, number)| number.parse().ok());
        let place = number.and_then(|number| places.get(&(article_id, number)));
        if let Some(place) = place {
            positions.entry(*place).or_default().insert(claim_id, position);
        }
    }
    Ok(positions)
}

/// Every pair of statements of one passage or story, each once.
fn pairs(passages: &[GoldPassage]) -> Vec<(Place, Place)> {
    let mut groups: BTreeMap<&str, Vec<Place>> = BTreeMap::new();
    for (idx, passage) in passages.iter().enumerate() {
        let places = groups.entry(group(passage)).or_default();
        places.extend((0..passage.statements.len()).map(|statement| (idx, statement)));
    }
    let of_group = |places: Vec<Place>| {
        let pairs = |idx: usize| places[idx + 1..].iter().map(move |other| (idx, *other));
        let all: Vec<(usize, Place)> = (0..places.len()).flat_map(pairs).collect();
        all.into_iter().map(|(idx, other)| (places[idx], other)).collect::<Vec<_>>()
    };
    groups.into_values().flat_map(of_group).collect()
}

fn group(passage: &GoldPassage) -> &str {
    passage.story.as_deref().unwrap_or(&passage.id)
}

fn gold_relation(passages: &[GoldPassage], first: Place, second: Place) -> usize {
    let sides = |(passage, statement): Place| -> BTreeMap<&str, bool> {
        let side = |claim: &'_ newstance_corpus::gold::GoldClaim| {
            let is_same = claim.same.contains(&statement);
            (is_same || claim.opposite.contains(&statement)).then_some(is_same)
        };
        let claims = passages[passage].claims.iter();
        claims.filter_map(|claim| Some((claim.id.as_str(), side(claim)?))).collect()
    };
    let (first, second) = (sides(first), sides(second));
    let shared = first.iter().find_map(|(claim, side)| Some(*side == *second.get(claim)?));
    match shared {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    }
}

/// The relation that the first shared claim tells.
fn relation(
    positions: &BTreeMap<Place, BTreeMap<String, String>>,
    first: Place,
    second: Place,
) -> usize {
    let (Some(first), Some(second)) = (positions.get(&first), positions.get(&second)) else {
        return 0;
    };
    let shared = first.iter().find_map(|(claim, position)| Some((position, second.get(claim)?)));
    match shared {
        None => 0,
        Some((one, other)) if one == other => 1,
        Some((one, other)) => {
            let ends: BTreeSet<&str> = BTreeSet::from([one.as_str(), other.as_str()]);
            if ends == BTreeSet::from(["affirms", "denies"]) { 2 } else { 0 }
        }
    }
}

fn prediction(
    passages: &[GoldPassage],
    (first, second): (Place, Place),
    (gold, predicted): (usize, usize),
) -> Prediction {
    let name = |(passage, statement): Place| {
        format!("{}:{}", passages[passage].id, passages[passage].statements[statement].id)
    };
    let text = |(passage, statement): Place| {
        let passage = &passages[passage];
        let hull = passage.statements[statement].content_hull();
        let field = |field| match field {
            newstance_doc::Field::Title => &passage.title,
            newstance_doc::Field::Text => &passage.text,
        };
        hull.map_or(String::new(), |hull| {
            let span: Span = hull.span;
            span.of(field(hull.field)).to_owned()
        })
    };
    let mut columns = passages[first.0].columns.clone();
    let across = if first.0 == second.0 { "passage" } else { "story" };
    columns.insert("across".to_owned(), across.to_owned());
    Prediction {
        document: group(&passages[first.0]).to_owned(),
        key: format!("{} ~ {}", name(first), name(second)),
        text: format!("{} ~ {}", text(first), text(second)),
        columns,
        gold: Some(LABELS[gold].to_owned()),
        predicted: Some(LABELS[predicted].to_owned()),
        probability: None,
        is_right: gold == predicted,
    }
}
