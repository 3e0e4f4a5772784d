//! From label probabilities to the best lawful sequence of tags.

use std::ops::Range;

use newstance_doc::MentionLabel;
use newstance_model::{LabelSet, Scores};

/// What one score column says of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Outside,
    Begins(MentionLabel),
    Continues(MentionLabel),
}

/// A run of words under one label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Decoded {
    pub(crate) words: Range<usize>,
    pub(crate) label: MentionLabel,
    /// Mean over the words of the probability that they belong to the label.
    pub(crate) probability: f32,
}

/// The tags of the columns of `labels`, found by name.
///
/// `O` and names without text are outside; `B-`, `S-` and `U-` begin, `I-`, `E-`
/// and `L-` continue. `GPE`, `FAC` and `PERSON` are understood; other names are MISC.
#[derive(Debug)]
pub(crate) struct Tags {
    tags: Vec<Tag>,
}

impl Tags {
    pub(crate) fn of(labels: &LabelSet) -> Self {
        Self { tags: labels.iter().map(|(_, name)| tag(name)).collect() }
    }

    /// The most probable sequence in which a mention continues only what it began.
    pub(crate) fn decode(&self, scores: &Scores) -> Vec<Decoded> {
        let best = self.best_columns(scores);
        let mut found: Vec<Decoded> = Vec::new();
        for (word, column) in best.into_iter().enumerate() {
            match self.tags[column] {
                Tag::Outside => {}
                Tag::Begins(label) => {
                    found.push(Decoded { words: word..word + 1, label, probability: 0.0 });
                }
                Tag::Continues(_) => {
                    if let Some(open) = found.last_mut() {
                        open.words.end = word + 1;
                    }
                }
            }
        }
        for mention in &mut found {
            mention.probability = self.belonging(scores, mention);
        }
        found
    }

    /// The probability that a word is in no name.
    pub(crate) fn outside(&self, scores: &Scores, word: usize) -> f32 {
        let row = scores.row(word).iter().zip(&self.tags);
        row.filter(|(_, tag)| **tag == Tag::Outside).map(|(p, _)| *p).sum()
    }

    /// Viterbi (1967) over the rows, with tag order as the only transition rule.
    fn best_columns(&self, scores: &Scores) -> Vec<usize> {
        let mut totals: Vec<f64> = Vec::new();
        let mut origins: Vec<Vec<usize>> = Vec::new();
        for row in scores.rows() {
            let mut next = Vec::with_capacity(row.len());
            let mut origin = Vec::with_capacity(row.len());
            for (column, &probability) in row.iter().enumerate() {
                let (from, total) = self.best_before(&totals, column);
                next.push(total + f64::from(probability.max(1e-9)).ln());
                origin.push(from);
            }
            totals = next;
            origins.push(origin);
        }
        let mut columns = vec![0; origins.len()];
        let mut column = argmax(&totals);
        for (word, origin) in origins.iter().enumerate().rev() {
            columns[word] = column;
            column = origin[column];
        }
        columns
    }

    fn best_before(&self, totals: &[f64], column: usize) -> (usize, f64) {
        if totals.is_empty() {
            let is_start = !matches!(self.tags[column], Tag::Continues(_));
            return (0, if is_start { 0.0 } else { f64::NEG_INFINITY });
        }
        let mut best = (0, f64::NEG_INFINITY);
        for (from, &total) in totals.iter().enumerate() {
            if self.may_follow(from, column) && total > best.1 {
                best = (from, total);
            }
        }
        best
    }

    fn may_follow(&self, from: usize, column: usize) -> bool {
        match (self.tags[from], self.tags[column]) {
            (Tag::Begins(before) | Tag::Continues(before), Tag::Continues(label)) => {
                before == label
            }
            (_, Tag::Continues(_)) => false,
            _ => true,
        }
    }

    fn belonging(&self, scores: &Scores, mention: &Decoded) -> f32 {
        let belongs = |tag: &Tag| matches!(tag, Tag::Begins(label) | Tag::Continues(label) if *label == mention.label);
        let of_word = |word: usize| -> f32 {
            let row = scores.row(word).iter().zip(&self.tags);
            row.filter(|(_, tag)| belongs(tag)).map(|(p, _)| *p).sum()
        };
        let mut n_words = 0.0;
        let mut sum = 0.0;
        for word in mention.words.clone() {
            sum += of_word(word);
            n_words += 1.0;
        }
        if n_words == 0.0 { 0.0 } else { (sum / n_words).min(1.0) }
    }
}

fn argmax(totals: &[f64]) -> usize {
    let mut best = 0;
    for (idx, total) in totals.iter().enumerate() {
        if *total > totals[best] {
            best = idx;
        }
    }
    best
}

fn tag(name: &str) -> Tag {
    let (prefix, kind) = name.split_once('-').unwrap_or(("", name));
    if kind.is_empty() || (prefix.is_empty() && kind == "O") {
        return Tag::Outside;
    }
    let label = match kind {
        "PERSON" => MentionLabel::Per,
        "FAC" | "LOCATION" => MentionLabel::Loc,
        "ORGANIZATION" | "ORGANISATION" => MentionLabel::Org,
        _ => MentionLabel::from_name(kind).unwrap_or(MentionLabel::Misc),
    };
    if matches!(prefix, "I" | "E" | "L") { Tag::Continues(label) } else { Tag::Begins(label) }
}

#[cfg(test)]
mod tests {
    use newstance_model::{LabelSet, Scores};

    use super::Tags;

    /// `rows` give the probabilities of O, B-PER, I-PER, B-ORG, I-ORG.
    #[track_caller]
    fn check(rows: &[[f32; 5]], expected: &str) {
        let names = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"].map(str::to_owned).to_vec();
        let tags = Tags::of(&LabelSet::new("ner", names));
        let scores = Scores::new(5, rows.concat());
        let found: Vec<String> = tags
            .decode(&scores)
            .iter()
            .map(|m| {
                format!(
                    "{}..{} {} {:.2}",
                    m.words.start,
                    m.words.end,
                    m.label.as_str(),
                    m.probability
                )
            })
            .collect();
        assert_eq!(found.join(" | "), expected);
    }

    #[test]
    fn a_mention_continues_only_what_it_began() {
        check(&[[0.1, 0.8, 0.1, 0., 0.], [0.1, 0.1, 0.8, 0., 0.]], "0..2 PER 0.90");
        check(&[[0.1, 0.3, 0.6, 0., 0.], [0.9, 0.1, 0., 0., 0.]], "0..1 PER 0.90");
        check(&[[0.0, 0.9, 0.1, 0., 0.], [0.0, 0., 0.45, 0., 0.55]], "0..2 PER 0.73");
    }

    #[test]
    fn neighbours_that_begin_stay_apart() {
        check(&[[0., 1., 0., 0., 0.], [0., 1., 0., 0., 0.]], "0..1 PER 1.00 | 1..2 PER 1.00");
    }

    #[test]
    fn no_words_give_no_mentions() {
        check(&[], "");
    }
}
