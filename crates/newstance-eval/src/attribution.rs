//! Attributions: contents matched one to one by overlap.

use newstance_doc::rows::CharSpan;

use crate::calibration;
use crate::measure::{Block, Measure};
use crate::tally::{Columns, Tally, Unit};

/// The stretch of a content and of its source, from first to last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributionSpans {
    /// The content.
    pub content: CharSpan,
    /// The source, where there is one.
    pub source: Option<CharSpan>,
}

/// An attribution, as it should be found or was.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributionExample {
    /// Where it stands.
    pub spans: AttributionSpans,
    /// What it can be sliced by, beside the columns of its document.
    pub columns: Columns,
    /// That it is right, `0.0..=1.0`, where the model says so.
    pub probability: Option<f64>,
}

/// One document's attributions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AttributionDocument {
    /// What the bootstrap draws.
    pub id: String,
    /// What the document can be sliced by.
    pub columns: Columns,
    /// What should be found.
    pub gold: Vec<AttributionExample>,
    /// What was found.
    pub predicted: Vec<AttributionExample>,
}

/// Least overlap of a match, and what its scores are called.
const LEVELS: [(f64, &str); 3] = [(0.8, "80"), (0.3, "30"), (0.999, "exact")];
const SOURCE_OVERLAP: f64 = 0.5;
/// Matched, predicted, gold, of matched with a gold source the source right, and how many these are.
const N_COUNTS: usize = 5;

/// F1 of contents at an overlap of at least .8 (the one to quote), .3 and
/// exactly, and how often the source of a matched content is right.
///
/// Overlap is the intersection over the hull of both. Predictions are taken in
/// text order; each is matched with the free gold content that it overlaps
/// most, the earlier of equals. A source is right where it overlaps the gold
/// one by at least .5. A matched prediction counts in the slices of its gold
/// content, another one in its own.
pub fn tally_attributions(documents: &[AttributionDocument]) -> Tally {
    let blocks = LEVELS.iter().flat_map(|(_, level)| {
        [Block::Matches((*level).to_owned()), Block::Share(format!("source_{level}"))]
    });
    let measure = Measure::Found { blocks: blocks.collect() };
    let units = documents.iter().flat_map(|document| units(document, &measure));
    Tally::new("attribution", measure.clone(), units)
}

fn units(document: &AttributionDocument, measure: &Measure) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut add = |example: &AttributionExample, fill: &dyn Fn(&mut [f64])| {
        let mut columns = document.columns.clone();
        columns.extend(example.columns.clone());
        let mut counts = vec![0.0; measure.width()];
        fill(&mut counts);
        units.push(Unit { document: document.id.clone(), columns, counts });
    };
    for (idx, (least, _)) in LEVELS.into_iter().enumerate() {
        let start = N_COUNTS * idx;
        let matches = contents_matched_at(document, least);
        for gold in &document.gold {
            add(gold, &|counts| counts[start + 2] = 1.0);
        }
        for (predicted, gold) in document.predicted.iter().zip(&matches) {
            let found = gold.map(|idx| &document.gold[idx]);
            add(found.unwrap_or(predicted), &|counts| {
                count_match(&mut counts[start..start + N_COUNTS], predicted, found);
            });
        }
        if idx == 0 {
            count_probabilities(document, &matches, measure, &mut add);
        }
    }
    units
}

fn count_match(
    counts: &mut [f64],
    predicted: &AttributionExample,
    gold: Option<&AttributionExample>,
) {
    counts[1] = 1.0;
    let Some(gold) = gold else { return };
    counts[0] = 1.0;
    if let Some(source) = gold.spans.source {
        let is_right =
            predicted.spans.source.is_some_and(|found| overlap(found, source) >= SOURCE_OVERLAP);
        counts[3] = f64::from(u8::from(is_right));
        counts[4] = 1.0;
    }
}

fn count_probabilities(
    document: &AttributionDocument,
    matches: &[Option<usize>],
    measure: &Measure,
    add: &mut impl FnMut(&AttributionExample, &dyn Fn(&mut [f64])),
) {
    let start = measure.calibration_start();
    for (predicted, gold) in document.predicted.iter().zip(matches) {
        let Some(probability) = predicted.probability else { continue };
        let of = gold.map_or(predicted, |idx| &document.gold[idx]);
        add(of, &|counts| calibration::count(&mut counts[start..], probability, gold.is_some()));
    }
}

/// The gold content of each prediction at an overlap of at least .8.
pub fn matched_contents(document: &AttributionDocument) -> Vec<Option<usize>> {
    contents_matched_at(document, LEVELS[0].0)
}

/// The gold content of each prediction at an overlap of at least `least`
/// (`0.0..=1.0`), one to one.
pub fn contents_matched_at(document: &AttributionDocument, least: f64) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..document.predicted.len()).collect();
    order.sort_by_key(|&idx| document.predicted[idx].spans.content);
    let mut is_free = vec![true; document.gold.len()];
    let mut matches = vec![None; document.predicted.len()];
    for predicted in order {
        let content = document.predicted[predicted].spans.content;
        let mut best: Option<(f64, usize)> = None;
        for (idx, gold) in document.gold.iter().enumerate().filter(|(idx, _)| is_free[*idx]) {
            let overlap = overlap(content, gold.spans.content);
            if best.is_none_or(|(most, _)| overlap > most) {
                best = Some((overlap, idx));
            }
        }
        let Some((_, idx)) = best.filter(|(most, _)| *most >= least) else { continue };
        is_free[idx] = false;
        matches[predicted] = Some(idx);
    }
    matches
}

/// Intersection over hull, `0.0..=1.0`.
#[expect(clippy::cast_precision_loss, reason = "lengths of texts")]
fn overlap(a: CharSpan, b: CharSpan) -> f64 {
    let both = a.end_char.min(b.end_char).saturating_sub(a.start_char.max(b.start_char));
    let hull = a.end_char.max(b.end_char) - a.start_char.min(b.start_char);
    both as f64 / hull.max(1) as f64
}

#[cfg(test)]
mod tests {
    use newstance_doc::rows::CharSpan;

    use super::{AttributionDocument, AttributionExample, AttributionSpans, tally_attributions};
    use crate::{Columns, Report};

    fn examples(of: &[(u64, u64)]) -> Vec<AttributionExample> {
        let example = |&(start_char, end_char): &(u64, u64)| AttributionExample {
            spans: AttributionSpans {
                content: CharSpan { start_char, end_char },
                source: Some(CharSpan { start_char: end_char, end_char: end_char + 10 }),
            },
            columns: Columns::new(),
            probability: None,
        };
        of.iter().map(example).collect()
    }

    fn document(gold: &[(u64, u64)], predicted: &[(u64, u64)]) -> AttributionDocument {
        let (gold, predicted) = (examples(gold), examples(predicted));
        AttributionDocument { gold, predicted, ..AttributionDocument::default() }
    }

    fn report(document: &AttributionDocument) -> Report {
        tally_attributions(std::slice::from_ref(document)).report()
    }

    #[track_caller]
    fn check(gold: &[(u64, u64)], predicted: &[(u64, u64)], expected: [f64; 3]) {
        let report = report(&document(gold, predicted));
        let f1 = |name: &str| report.score(name).unwrap().value;
        let found = [f1("f1_80"), f1("f1_30"), f1("f1_exact")];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 0.05, "{found} is not {expected}");
        }
    }

    #[test]
    fn a_content_counts_by_its_overlap() {
        check(&[(0, 100)], &[(0, 100)], [100.0, 100.0, 100.0]);
        check(&[(0, 100)], &[(0, 85)], [100.0, 100.0, 0.0]);
        check(&[(0, 100)], &[(0, 40)], [0.0, 100.0, 0.0]);
        check(&[(0, 100)], &[(60, 140)], [0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_gold_content_is_matched_once() {
        check(&[(0, 100)], &[(0, 100), (0, 99)], [66.7, 66.7, 66.7]);
        check(&[(0, 100), (0, 100)], &[(0, 100)], [66.7, 66.7, 66.7]);
    }

    #[test]
    fn a_source_is_right_by_half_of_it() {
        let mut document = document(&[(0, 100)], &[(0, 100)]);
        assert!((report(&document).score("source_80").unwrap().value - 100.0).abs() < 1e-9);
        document.predicted[0].spans.source = None;
        assert!(report(&document).score("source_80").unwrap().value.abs() < 1e-9);
    }

    #[test]
    fn a_match_counts_in_the_slice_of_its_gold_content() {
        let mut document = document(&[(0, 100), (200, 300)], &[(0, 100), (150, 160)]);
        for (example, form) in document.gold.iter_mut().zip(["direct", "indirect"]) {
            example.columns = Columns::from([("form".to_owned(), form.to_owned())]);
        }
        for example in &mut document.predicted {
            example.columns = Columns::from([("form".to_owned(), "indirect".to_owned())]);
        }
        let slices = report(&document).slices;
        let f1: Vec<(&str, f64)> =
            slices.iter().map(|slice| (slice.slice.value.as_str(), slice.score.value)).collect();
        assert_eq!(f1.iter().map(|(value, _)| *value).collect::<Vec<_>>(), ["indirect", "direct"]);
        assert!(f1[0].1.abs() < 1e-9 && (f1[1].1 - 100.0).abs() < 1e-9, "{f1:?}");
    }
}
