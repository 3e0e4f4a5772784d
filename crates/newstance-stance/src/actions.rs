//! Told actions: "X invaded Y", "its invasion of Y", "Y was praised by X".

use std::collections::BTreeMap;
use std::ops::Range;

use newstance_doc::{Position, PositionProbabilities};
use newstance_model::{HolderMark, PairInput};
use serde::Deserialize;

use crate::lexicon::fold;

const BUILT_IN: &str = include_str!("../../../data/lexicon/actions.csv");

/// How often a found action is the position of who does it: in 38 of 39 cases
/// on the valid part of DSE, in 13 of 18 on that of SEESAW (210 of 223 on the
/// training part of DSE, which the list of words was looked over with).
const PRECISION: f32 = 0.9;

/// Words that may stand beside the action between who does it and to whom.
const BESIDE: [&str; 45] = [
    "'",
    "s",
    ",",
    "has",
    "have",
    "had",
    "is",
    "are",
    "was",
    "were",
    "be",
    "been",
    "being",
    "will",
    "would",
    "who",
    "also",
    "again",
    "later",
    "then",
    "to",
    "the",
    "a",
    "an",
    "of",
    "on",
    "against",
    "for",
    "in",
    "by",
    "its",
    "his",
    "her",
    "their",
    "openly",
    "harshly",
    "sharply",
    "directly",
    "publicly",
    "strongly",
    "repeatedly",
    "fiercely",
    "warmly",
    "recently",
    "once",
];
const TO_BE: [&str; 7] = ["is", "are", "was", "were", "be", "been", "being"];
const MOST_WORDS: usize = 8;
/// "invaded the former Soviet republic of": capitalised words before a name.
const MOST_TITLE_WORDS: usize = 3;

/// Forms of verbs and nouns that tell how one who does it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActionLexicon {
    forms: BTreeMap<String, Position>,
}

#[derive(Debug, Deserialize)]
struct Row {
    form: String,
    position: Position,
}

impl ActionLexicon {
    /// The lexicon that comes with newstance.
    ///
    /// # Panics
    ///
    /// Never: a test reads it.
    pub fn built_in() -> Self {
        let rows = csv::Reader::from_reader(BUILT_IN.as_bytes()).into_deserialize();
        let forms = rows.map(|row: Result<Row, _>| row.map(|row| (row.form, row.position)));
        Self { forms: forms.collect::<Result<_, _>>().expect("a test reads the built-in lexicon") }
    }

    /// `model`'s probabilities of a pair, raised to what an action between
    /// holder and target tells, where there is one.
    pub(crate) fn apply(
        &self,
        input: &PairInput<'_>,
        model: PositionProbabilities,
    ) -> PositionProbabilities {
        let rest = 1.0 - PRECISION;
        match self.told(input) {
            Some(Position::Supports) if model.supports < PRECISION => {
                PositionProbabilities { supports: PRECISION, neutral: rest, opposes: 0.0 }
            }
            Some(Position::Opposes) if model.opposes < PRECISION => {
                PositionProbabilities { supports: 0.0, neutral: rest, opposes: PRECISION }
            }
            _ => model,
        }
    }

    /// What the holder does to the target, where all that stands between them
    /// is one action and words that change nothing about it.
    fn told(&self, input: &PairInput<'_>) -> Option<Position> {
        let HolderMark::Words(holder) = &input.holder else { return None };
        if holder.end <= input.target.start {
            self.between(input, holder.end..input.target.start, false)
        } else {
            self.between(input, input.target.end..holder.start, true)
        }
    }

    fn between(
        &self,
        input: &PairInput<'_>,
        range: Range<usize>,
        is_passive: bool,
    ) -> Option<Position> {
        let words = input.words.get(range)?;
        if words.is_empty() || words.len() > MOST_WORDS {
            return None;
        }
        let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
        let mut actions = folded
            .iter()
            .enumerate()
            .filter_map(|(at, word)| self.forms.get(word.as_str()).map(|position| (at, *position)));
        let (at, position) = actions.next()?;
        let titles_from = words.len().saturating_sub(MOST_TITLE_WORDS);
        let changes_nothing = |(idx, word): (usize, &String)| {
            let is_title = idx > at
                && idx >= titles_from
                && words[idx..].iter().all(|word| word.starts_with(char::is_uppercase));
            idx == at || is_title || BESIDE.contains(&word.as_str())
        };
        let says_by = folded[at..].iter().any(|word| word == "by");
        let says_is = folded[..at].iter().any(|word| TO_BE.contains(&word.as_str()));
        let fits = actions.next().is_none()
            && folded.iter().enumerate().all(changes_nothing)
            && (says_by && says_is) == is_passive;
        fits.then_some(position)
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::{Position, PositionProbabilities};
    use newstance_model::{HolderMark, PairInput};

    use super::ActionLexicon;

    /// What `H` does to `T`, each one word of `text`.
    #[track_caller]
    fn check(text: &str, expected: Option<Position>) {
        let words: Vec<&str> = text.split(' ').collect();
        let at = |name| words.iter().position(|word| *word == name).unwrap();
        let (holder, target) = (at("H"), at("T"));
        let input = PairInput {
            holder: HolderMark::Words(holder..holder + 1),
            target: target..target + 1,
            words,
        };
        assert_eq!(ActionLexicon::built_in().told(&input), expected, "{text}");
    }

    #[test]
    fn a_verb_or_its_noun_tells_a_position() {
        check("H invaded T", Some(Position::Opposes));
        check("H ' s invasion of T", Some(Position::Opposes));
        check("H has repeatedly praised the T", Some(Position::Supports));
        check("H endorsed Senator T", Some(Position::Supports));
    }

    #[test]
    fn in_the_passive_the_other_one_does_it() {
        check("T was condemned by H", Some(Position::Opposes));
        check("H was condemned by T", None);
        check("T condemned H", None);
    }

    #[test]
    fn what_turns_an_action_round_leaves_it_to_the_model() {
        check("H did not invade T", None);
        check("H refused to condemn T", None);
        check("H condemned an attack on T", None);
        check("H condemned critics of T", None);
        check("H met T", None);
        check("H T", None);
    }

    #[test]
    fn an_action_raises_what_the_model_says_and_lowers_nothing() {
        let input = PairInput {
            words: vec!["H", "attacked", "T"],
            holder: HolderMark::Words(0..1),
            target: 2..3,
        };
        let lexicon = ActionLexicon::built_in();
        let unsure = PositionProbabilities { supports: 0.3, neutral: 0.4, opposes: 0.3 };
        assert_eq!(lexicon.apply(&input, unsure).decide(0.5), Position::Opposes);
        let sure = PositionProbabilities { supports: 0.0, neutral: 0.02, opposes: 0.98 };
        assert_eq!(lexicon.apply(&input, sure), sure);
        let any = PairInput { holder: HolderMark::Any, ..input };
        assert_eq!(lexicon.apply(&any, unsure), unsure);
    }
}
