//! Task `attribution`: contents with their sources.

use std::path::Path;

use newstance_corpus::gold::{self, GoldAttributions};
use newstance_doc::rows::CharSpan;
use newstance_doc::{Article, CharOffsets, Span};
use newstance_eval::{
    AttributionDocument, AttributionExample, AttributionSpans, Columns, matched_contents,
    tally_attributions,
};
use newstance_pipeline::Annotator;
use rayon::prelude::*;

use super::{Evaluation, Prediction, columns};

/// Scores what the attribution head and its rules find.
pub(super) fn evaluate(annotator: &Annotator, path: &Path) -> anyhow::Result<Evaluation> {
    let documents = gold::read_attributions(path)?;
    let scored: anyhow::Result<Vec<AttributionDocument>> =
        documents.par_iter().map(|document| score_document(annotator, document)).collect();
    let scored = scored?;
    let predictions = documents.iter().zip(&scored);
    let predictions =
        predictions.flat_map(|(gold, scored)| predictions_of(&gold.text, scored)).collect();
    Ok(Evaluation { tally: tally_attributions(&scored), predictions })
}

fn score_document(
    annotator: &Annotator,
    document: &GoldAttributions,
) -> anyhow::Result<AttributionDocument> {
    let text = &document.text;
    let article = Article::plain(document.id.as_str(), text);
    let words = annotator.tag(&article)?;
    let statements = annotator.statements(&article, &words)?;
    let offsets = CharOffsets::new(text);
    let example = |content: &[Span], source: &[Span], probability: Option<f64>| {
        let columns = example_columns(text, content, source);
        let spans = spans(&offsets, content, source)?;
        Some(AttributionExample { spans, columns, probability })
    };
    let gold = document.attributions.iter().filter_map(|a| example(&a.content, &a.source, None));
    let predicted = statements
        .iter()
        .filter_map(|s| example(&s.content, &s.source, Some(f64::from(s.probability))));
    let more = [columns::length(columns::n_words(text)), columns::wire(text)];
    Ok(AttributionDocument {
        id: document.id.clone(),
        columns: columns::with(&document.columns, more),
        gold: gold.collect(),
        predicted: predicted.collect(),
    })
}

/// The hulls of content and source, in characters.
pub(super) fn spans(
    offsets: &CharOffsets<'_>,
    content: &[Span],
    source: &[Span],
) -> Option<AttributionSpans> {
    let chars = |spans: &[Span]| {
        let (start, end) = offsets.span(Span::hull_of(spans)?);
        Some(CharSpan { start_char: start as u64, end_char: end as u64 })
    };
    Some(AttributionSpans { content: chars(content)?, source: chars(source) })
}

/// Whether the content holds or touches quotation marks, and what its source is.
pub(super) fn example_columns(text: &str, content: &[Span], source: &[Span]) -> Columns {
    let hull = |spans: &[Span]| Span::hull_of(spans).map(|span| span.of(text));
    let content = hull(content).unwrap_or_default();
    Columns::from([columns::quoted(content), columns::source(hull(source))])
}

/// Gold contents with what was found there, then what else was found.
fn predictions_of(text: &str, document: &AttributionDocument) -> Vec<Prediction> {
    let chars: Vec<char> = text.chars().collect();
    let quote = |span: CharSpan| -> String {
        let range = |n: u64| usize::try_from(n).unwrap_or(usize::MAX).min(chars.len());
        chars[range(span.start_char)..range(span.end_char)].iter().collect()
    };
    let matches = matched_contents(document);
    let shown = |example: &AttributionExample| {
        let source = example.spans.source.map_or("nobody".to_owned(), quote);
        format!("{source}: {}", quote(example.spans.content))
    };
    let line = |gold: Option<&AttributionExample>, found: Option<&AttributionExample>| {
        let of = gold.or(found);
        let content = of.map_or(CharSpan { start_char: 0, end_char: 0 }, |e| e.spans.content);
        Prediction {
            document: document.id.clone(),
            key: format!("{}:{}-{}", document.id, content.start_char, content.end_char),
            text: quote(content),
            columns: of
                .map(|e| columns::with(&document.columns, e.columns.clone()))
                .unwrap_or_default(),
            gold: gold.map(shown),
            predicted: found.map(shown),
            probability: found.and_then(|found| found.probability),
            is_right: gold.is_some() && found.is_some(),
        }
    };
    let found = |idx: usize| matches.iter().position(|gold| *gold == Some(idx));
    let of_gold = document.gold.iter().enumerate();
    let of_gold =
        of_gold.map(|(idx, gold)| line(Some(gold), found(idx).map(|f| &document.predicted[f])));
    let extra = document.predicted.iter().zip(&matches).filter(|(_, gold)| gold.is_none());
    of_gold.chain(extra.map(|(found, _)| line(None, Some(found)))).collect()
}
