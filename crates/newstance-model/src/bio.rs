//! From scores of BIO labels to spans of words.

use std::ops::Range;

use crate::{LabelSet, ModelError, Scores};

/// Words that bear one label together.
#[derive(Clone, Debug, PartialEq)]
pub struct BioSpan<'l> {
    /// The label without its `B-` or `I-`.
    pub label: &'l str,
    /// The words; not empty.
    pub words: Range<usize>,
    /// Geometric mean over the words of the probability that they bear the
    /// label, beginning or inside, `0.0..=1.0`.
    pub probability: f32,
}

/// What a label of a BIO set says of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag<'l> {
    /// `O`: the word bears no label.
    Outside,
    /// `B-X`: the word is the first of a span of X.
    Begin(&'l str),
    /// `I-X`: the word goes on with a span of X.
    Inside(&'l str),
}

impl<'l> Tag<'l> {
    /// The label without its `B-` or `I-`; none outside.
    pub fn label(self) -> Option<&'l str> {
        match self {
            Self::Outside => None,
            Self::Begin(label) | Self::Inside(label) => Some(label),
        }
    }
}

/// The spans of the most probable sequence of labels in which every `I-X`
/// follows `B-X` or `I-X` (Viterbi, words taken as independent).
///
/// `scores` is `[words, labels]`, its columns are `labels`: `O`, and `B-X` and
/// `I-X` for each X. Spans are in order and do not overlap. Where two sequences
/// are equally probable the one with the earlier columns is taken.
///
/// # Errors
///
/// [`ModelError::LabelMissing`] where `O`, or the `B-X` of an `I-X`, is not
/// among the labels; [`ModelError::LabelCount`] where scores and labels differ
/// in number.
pub fn decode<'l>(scores: &Scores, labels: &'l LabelSet) -> Result<Vec<BioSpan<'l>>, ModelError> {
    decode_rows(scores.rows(), labels)
}

/// [`decode`], for rows that come from several [`Scores`]: a span may go on
/// from one to the next.
///
/// # Errors
///
/// As [`decode`].
pub fn decode_rows<'s, 'l>(
    rows: impl IntoIterator<Item = &'s [f32]>,
    labels: &'l LabelSet,
) -> Result<Vec<BioSpan<'l>>, ModelError> {
    let tags = read_tags(labels)?;
    let rows = check_rows(rows, labels)?;
    let path = best_path(&rows, &tags, |previous, tag| match tag {
        Tag::Inside(label) if previous.and_then(Tag::label) != Some(label) => f64::INFINITY,
        _ => 0.0,
    });
    Ok(spans_of(&path, &rows, &tags))
}

/// The most probable tag of each row, and the probability that its word bears
/// that tag's label, beginning or inside (or that it bears none).
///
/// An `I-X` may stand anywhere: for labels whose spans have gaps. Where two
/// neighbours bear different labels the path pays `change_cost` (a natural
/// logarithm, `0.0` for none). Ties and errors are those of [`decode`].
///
/// # Errors
///
/// As [`decode`].
pub fn tag_rows<'s, 'l>(
    rows: impl IntoIterator<Item = &'s [f32]>,
    labels: &'l LabelSet,
    change_cost: f64,
) -> Result<Vec<(Tag<'l>, f32)>, ModelError> {
    let tags = read_tags(labels)?;
    let rows = check_rows(rows, labels)?;
    let path = best_path(&rows, &tags, |previous, tag| match previous {
        Some(previous) if previous.label() != tag.label() => change_cost,
        _ => 0.0,
    });
    let chosen = path.iter().map(|&column| tags[column]);
    Ok(chosen.zip(&rows).map(|(tag, row)| (tag, bears(tag.label(), row, &tags))).collect())
}

fn check_rows<'s>(
    rows: impl IntoIterator<Item = &'s [f32]>,
    labels: &LabelSet,
) -> Result<Vec<&'s [f32]>, ModelError> {
    let rows: Vec<&[f32]> = rows.into_iter().collect();
    match rows.iter().find(|row| row.len() != labels.len()) {
        Some(row) => Err(labels.wrong_count(row.len())),
        None => Ok(rows),
    }
}

fn read_tags(labels: &LabelSet) -> Result<Vec<Tag<'_>>, ModelError> {
    labels.require("O")?;
    let mut tags = Vec::with_capacity(labels.len());
    for (_, name) in labels.iter() {
        tags.push(match name.split_once('-') {
            Some(("B", label)) => Tag::Begin(label),
            Some(("I", label)) => {
                labels.require(&format!("B-{label}"))?;
                Tag::Inside(label)
            }
            // A name that is no BIO tag marks nothing.
            _ => Tag::Outside,
        });
    }
    Ok(tags)
}

/// The column of each word; `cost` of a tag after the one before it (none
/// before the first) is infinite where it may not stand there.
fn best_path<'l>(
    rows: &[&[f32]],
    tags: &[Tag<'l>],
    cost: impl Fn(Option<Tag<'l>>, Tag<'l>) -> f64,
) -> Vec<usize> {
    let n_tags = tags.len();
    let Some((first, rest)) = rows.split_first() else { return Vec::new() };
    let start =
        |(tag, &probability): (&Tag<'l>, &f32)| log_probability(probability) - cost(None, *tag);
    let mut totals: Vec<f64> = tags.iter().zip(*first).map(start).collect();
    let mut came_from = Vec::with_capacity(rest.len() * n_tags);
    for row in rest {
        let mut next = Vec::with_capacity(n_tags);
        for (&tag, &probability) in tags.iter().zip(*row) {
            let reach = |previous: usize| totals[previous] - cost(Some(tags[previous]), tag);
            let best = first_best(n_tags, reach);
            came_from.push(best);
            next.push(reach(best) + log_probability(probability));
        }
        totals = next;
    }
    let mut column = first_best(n_tags, |column| totals[column]);
    let mut path = vec![column; rows.len()];
    for word_idx in (0..rest.len()).rev() {
        column = came_from[word_idx * n_tags + column];
        path[word_idx] = column;
    }
    path
}

/// The smallest of the indices below `n` with the highest value.
fn first_best(n: usize, value: impl Fn(usize) -> f64) -> usize {
    (1..n).fold(0, |best, idx| if value(idx) > value(best) { idx } else { best })
}

/// Finite, so that a word whose every allowed label has probability 0 does not
/// make all sequences alike.
fn log_probability(probability: f32) -> f64 {
    f64::from(probability).max(1e-12).ln()
}

fn spans_of<'l>(path: &[usize], rows: &[&[f32]], tags: &[Tag<'l>]) -> Vec<BioSpan<'l>> {
    let mut spans: Vec<BioSpan<'l>> = Vec::new();
    for (word_idx, &column) in path.iter().enumerate() {
        match tags[column] {
            Tag::Outside => {}
            Tag::Begin(label) => {
                spans.push(BioSpan { label, words: word_idx..word_idx + 1, probability: 0.0 });
            }
            Tag::Inside(_) => {
                if let Some(span) = spans.last_mut() {
                    span.words.end = word_idx + 1;
                }
            }
        }
    }
    for span in &mut spans {
        span.probability = label_probability(span, rows, tags);
    }
    spans
}

fn label_probability(span: &BioSpan<'_>, rows: &[&[f32]], tags: &[Tag<'_>]) -> f32 {
    let words = rows[span.words.clone()].iter();
    mean_probability(words.map(|row| bears(Some(span.label), row, tags)))
}

/// Geometric mean; 1 of none.
pub fn mean_probability(probabilities: impl IntoIterator<Item = f32>) -> f32 {
    let (mut total, mut n) = (0.0, 0.0);
    for probability in probabilities {
        total += log_probability(probability);
        n += 1.0;
    }
    #[expect(clippy::cast_possible_truncation, reason = "a probability; f32 is its precision")]
    let mean = if n > 0.0 { (total / n).exp() as f32 } else { 1.0 };
    mean.min(1.0)
}

fn bears(label: Option<&str>, row: &[f32], tags: &[Tag<'_>]) -> f32 {
    let columns = tags.iter().zip(row).filter(|(tag, _)| tag.label() == label);
    columns.map(|(_, probability)| probability).sum::<f32>().min(1.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Tag, decode, decode_rows, tag_rows};
    use crate::{LabelSet, Scores};

    fn labels() -> LabelSet {
        let names = ["I-CUE", "O", "B-SOURCE", "I-SOURCE", "B-CUE"];
        LabelSet::new("attribution", names.map(str::to_owned).to_vec())
    }

    /// Each word's most probable label, with .6; the rest is shared evenly.
    fn scores(best: &[&str]) -> Scores {
        let labels = labels();
        let mut values = Vec::new();
        for name in best {
            values.extend(labels.names().iter().map(|n| if n == name { 0.6 } else { 0.1 }));
        }
        Scores::new(labels.len(), values)
    }

    #[track_caller]
    fn check(best: &[&str], expected: &str) {
        let labels = labels();
        let spans = decode(&scores(best), &labels).unwrap();
        let shown: Vec<String> = spans
            .iter()
            .map(|span| format!("{}:{}..{}", span.label, span.words.start, span.words.end))
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn a_span_goes_from_its_b_to_its_last_i() {
        check(&[], "");
        check(&["O", "O"], "");
        check(&["B-SOURCE", "I-SOURCE", "O", "B-CUE"], "SOURCE:0..2 CUE:3..4");
    }

    #[test]
    fn a_b_ends_the_span_before_it() {
        check(&["B-CUE", "B-CUE", "I-CUE"], "CUE:0..1 CUE:1..3");
    }

    #[test]
    fn an_i_never_begins_a_span() {
        // Columns I-CUE, O, B-SOURCE, I-SOURCE, B-CUE: O, I-CUE, I-CUE, O, I-SOURCE are best.
        let labels = labels();
        let rows = [
            [0.01, 0.96, 0.01, 0.01, 0.01],
            [0.90, 0.01, 0.01, 0.01, 0.07],
            [0.90, 0.01, 0.01, 0.01, 0.07],
            [0.01, 0.96, 0.01, 0.01, 0.01],
            [0.01, 0.01, 0.07, 0.90, 0.01],
        ];
        let spans = decode_rows(rows.iter().map(|row| &row[..]), &labels).unwrap();
        let words: Vec<_> = spans.iter().map(|s| (s.label, s.words.clone())).collect();
        assert_eq!(words, [("CUE", 1..3), ("SOURCE", 4..5)]);
    }

    #[test]
    fn tags_for_gapped_spans_may_be_orphans() {
        let labels = labels();
        let scores = scores(&["O", "I-CUE", "O"]);
        let tags = tag_rows(scores.rows(), &labels, 0.0).unwrap();
        assert_eq!(tags[1].0, Tag::Inside("CUE"));
        assert!((tags[1].1 - 0.7).abs() < 1e-6);
        let smooth = tag_rows(scores.rows(), &labels, 5.0).unwrap();
        assert_eq!(smooth[1].0, Tag::Outside);
    }

    #[test]
    fn the_probability_counts_both_tags_of_the_label() {
        let labels = labels();
        let spans = decode(&scores(&["B-CUE", "I-CUE"]), &labels).unwrap();
        assert!((spans[0].probability - 0.7).abs() < 1e-6);
    }

    #[test]
    fn spans_cross_from_one_sentence_into_the_next() {
        let labels = labels();
        let (first, second) = (scores(&["O", "B-CUE"]), scores(&["I-CUE", "O"]));
        let spans = decode_rows(first.rows().chain(second.rows()), &labels).unwrap();
        assert_eq!(spans.len(), 1);
        assert_eq!(spans[0].words, 1..3);
    }

    #[test]
    fn labels_without_o_or_without_a_beginning_are_an_error() {
        for names in [&["B-CUE", "I-CUE"][..], &["O", "I-CUE"]] {
            let labels = LabelSet::new("x", names.iter().map(|&n| n.to_owned()).collect());
            assert!(decode(&Scores::new(2, vec![0.5; 4]), &labels).is_err());
        }
        assert!(decode(&Scores::new(2, vec![0.5; 4]), &labels()).is_err());
    }

    proptest! {
        #[test]
        fn spans_are_in_order_and_within_the_text(values in prop::collection::vec(0.0_f32..1.0, 0..60)) {
            let n_rows = values.len() / 5;
            let labels = labels();
            let scores = Scores::new(5, values[..n_rows * 5].to_vec());
            let mut end = 0;
            for span in decode(&scores, &labels).unwrap() {
                prop_assert!(span.words.start >= end && span.words.end > span.words.start);
                prop_assert!((0.0..=1.0).contains(&span.probability));
                end = span.words.end;
            }
            prop_assert!(end <= n_rows);
        }
    }
}
