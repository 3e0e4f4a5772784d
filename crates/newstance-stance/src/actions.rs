//! Told actions: "X invaded Y", "its invasion of Y", "Y was praised by X".

use std::collections::BTreeMap;

use newstance_doc::{Position, PositionProbabilities};
use newstance_model::{HolderMark, PairInput};
use serde::Deserialize;

use crate::lexicon::fold;

const BUILT_IN: &str = include_str!("../../../data/lexicon/actions.csv");

/// How often a found action is the position of who does it: in 36 of 36 cases
/// on the valid part of DSE, in 14 of 19 on that of SEESAW, nine in ten of both
/// (210 of 221 on the training part of DSE). The words were chosen with sight
/// of DSE's matches.
const PRECISION: f32 = 0.9;

/// Words that may stand between who does it and the action.
const BEFORE: [&str; 20] = [
    "'", "s", ",", "has", "have", "had", "will", "would", "who", "to", "in", "the", "a", "an",
    "its", "his", "her", "their", "also", "then",
];
const TO_BE: [&str; 7] = ["is", "are", "was", "were", "be", "been", "being"];
/// How somebody does it, without a word that takes it back ("nearly").
const MANNERS: [&str; 11] = [
    "again",
    "directly",
    "fiercely",
    "harshly",
    "later",
    "openly",
    "publicly",
    "repeatedly",
    "sharply",
    "strongly",
    "warmly",
];
/// Words that may stand between the action and to whom it is done.
const BEHIND: [&str; 7] = ["the", "a", "an", "of", "on", "against", "by"];
const MAX_WORDS: usize = 8;
/// "praised former Prime Minister", "condemned Sen.".
const MAX_TITLE_WORDS: usize = 3;

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

    /// The probabilities of a pair where an action between holder and target
    /// tells its position and `model` is less sure of that.
    pub(crate) fn overrule(
        &self,
        input: &PairInput<'_>,
        model: PositionProbabilities,
    ) -> Option<PositionProbabilities> {
        let neutral = 1.0 - PRECISION;
        let position = self.told(input).filter(|position| model.of(*position) < PRECISION)?;
        let (supports, opposes) = match position {
            Position::Supports => (PRECISION, 0.0),
            Position::Opposes => (0.0, PRECISION),
            Position::Neutral => return None,
        };
        Some(PositionProbabilities { supports, neutral, opposes })
    }

    /// What the holder does to the target, where all that stands between them
    /// is one action and words that change nothing about it.
    fn told(&self, input: &PairInput<'_>) -> Option<Position> {
        let HolderMark::Words(holder) = &input.holder else { return None };
        if holder.end <= input.target.start {
            self.between(input.words.get(holder.end..input.target.start)?, false)
        } else {
            self.between(input.words.get(input.target.end..holder.start)?, true)
        }
    }

    /// The position that `words` tell of the actor before them to the one
    /// behind them, or the other way round where `is_passive`.
    fn between(&self, words: &[&str], is_passive: bool) -> Option<Position> {
        if words.len() > MAX_WORDS {
            return None;
        }
        let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
        let at = folded.iter().position(|word| self.forms.contains_key(word))?;
        let position = self.forms[&folded[at]];
        let (before, behind) = (&folded[..at], &folded[at + 1..]);
        let is_in = |list: &[&str], word: &String| list.contains(&word.as_str());
        let says_is = before.iter().any(|word| is_in(&TO_BE, word));
        // "was condemned": by whom is not told.
        let is_done_to_it = behind.iter().any(|word| word == "by");
        if is_done_to_it != is_passive || (says_is && !is_passive && !folded[at].ends_with("ing")) {
            return None;
        }
        let n_titles = words[at + 1..]
            .iter()
            .rev()
            .take_while(|word| **word == "." || word.starts_with(char::is_uppercase))
            .count();
        let tells_nothing =
            |word| is_in(&BEFORE, word) || is_in(&TO_BE, word) || is_in(&MANNERS, word);
        let fits = n_titles <= MAX_TITLE_WORDS
            && before.iter().all(tells_nothing)
            && behind[..behind.len() - n_titles].iter().all(|word| is_in(&BEHIND, word));
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
            joined: Vec::new(),
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
        check("H Slams Sen . T", Some(Position::Opposes));
        check("H is openly blaming T", Some(Position::Opposes));
    }

    #[test]
    fn in_the_passive_the_other_one_does_it() {
        check("T was condemned by H", Some(Position::Opposes));
        check("T , criticised by H", Some(Position::Opposes));
        check("H was condemned by T", None);
        check("H , criticised by T", None);
        check("T condemned H", None);
    }

    #[test]
    fn what_turns_an_action_round_leaves_it_to_the_model() {
        check("H did not invade T", None);
        check("H refused to condemn T", None);
        check("H condemned an attack on T", None);
        check("H condemned critics of T", None);
        check("H was condemned , T", None);
        check("H praised , T", None);
        check("H attacked in T", None);
        check("H met T", None);
        check("H T", None);
    }

    #[test]
    fn an_action_counts_where_the_model_is_less_sure_of_it() {
        let input = PairInput {
            words: vec!["H", "attacked", "T"],
            joined: Vec::new(),
            holder: HolderMark::Words(0..1),
            target: 2..3,
        };
        let lexicon = ActionLexicon::built_in();
        let unsure = PositionProbabilities { supports: 0.3, neutral: 0.4, opposes: 0.3 };
        assert_eq!(lexicon.overrule(&input, unsure).unwrap().decide(0.5), Position::Opposes);
        let sure = PositionProbabilities { supports: 0.0, neutral: 0.02, opposes: 0.98 };
        assert_eq!(lexicon.overrule(&input, sure), None);
        let any = PairInput { holder: HolderMark::Any, ..input };
        assert_eq!(lexicon.overrule(&any, unsure), None);
    }
}
