//! Task `factuality`: what speakers do with what they say.

use std::path::Path;

use newstance_corpus::gold::{GoldPassage, read_passages};
use newstance_doc::{Force, Span};
use newstance_eval::{ClassifiedExample, contents_matched_at, tally_found_classes};
use newstance_pipeline::Annotator;
use rayon::prelude::*;

use super::gold_statements::attributions;
use super::{Evaluation, Prediction, columns};

/// Least overlap of a found content with the gold one whose force it tells.
const LEAST_OVERLAP: f64 = 0.3;

/// Scores the force of each gold statement; one that was not found has none.
pub(super) fn evaluate(annotator: &Annotator, path: &Path) -> anyhow::Result<Evaluation> {
    let passages = read_passages(path)?;
    let scored: anyhow::Result<Vec<Vec<Prediction>>> =
        passages.par_iter().map(|passage| score_passage(annotator, passage)).collect();
    let predictions = scored?.concat();
    let labels = Force::ALL.map(Force::as_str);
    let column = |label: Option<&String>| {
        label.and_then(|label| labels.iter().position(|known| known == label))
    };
    let example = |line: &Prediction| ClassifiedExample {
        document: line.document.clone(),
        columns: line.columns.clone(),
        gold: column(line.gold.as_ref()).unwrap_or(0),
        predicted: column(line.predicted.as_ref()).unwrap_or(labels.len()),
        probability: None,
    };
    let examples: Vec<_> = predictions.iter().map(example).collect();
    Ok(Evaluation { tally: tally_found_classes("factuality", &examples, &labels), predictions })
}

fn score_passage(annotator: &Annotator, passage: &GoldPassage) -> anyhow::Result<Vec<Prediction>> {
    let found = annotator.annotate(passage.article())?.layers;
    let matches = contents_matched_at(&attributions(passage, &found), LEAST_OVERLAP);
    let lines = passage.statements.iter().enumerate().map(|(idx, statement)| {
        let predicted = matches.iter().position(|gold| *gold == Some(idx));
        let predicted = predicted.map(|idx| found.statements[idx].force.as_str().to_owned());
        let gold = statement.force.as_str().to_owned();
        let field = statement.content.first().map(|place| place.field);
        let quote = |spans: Vec<Span>| {
            let text = field.map_or("", |field| found.article.field(field));
            Span::hull_of(&spans).map_or("", |span| span.of(text))
        };
        let content = quote(statement.content.iter().map(|place| place.span).collect());
        let source = quote(statement.source.iter().map(|place| place.span).collect());
        let cue = quote(statement.cue.iter().map(|place| place.span).collect());
        let more = [
            columns::quoted(content),
            columns::source((!source.is_empty()).then_some(source)),
            ("form".to_owned(), statement.form.as_str().to_owned()),
        ];
        Prediction {
            document: passage.id.clone(),
            key: format!("{}:{}", passage.id, statement.id),
            text: format!("{source} | {cue} | {content}"),
            columns: columns::with(&passage.columns, more),
            is_right: predicted.as_ref() == Some(&gold),
            gold: Some(gold),
            predicted,
            probability: None,
        }
    });
    Ok(lines.collect())
}
