//! From force to position.
//!
//! A speaker affirms what it affirms and denies the opposite of; it denies
//! what it denies and affirms the opposite of. Two habits of news are read as
//! they are meant. In "denied the allegations, saying that Moscow had not
//! asked", what follows "saying" is affirmed, whatever force the whole
//! statement has. And a negated content under a denying cue ("denied it:
//! Moscow never asked") is what the denier says, unless the cue governs it
//! ("denied that Moscow had not asked").

use newstance_doc::Force;

/// A position on a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stand {
    /// It is so.
    Affirms,
    /// It is not so.
    Denies,
    /// Is it so?
    Questions,
}

impl Stand {
    /// The word that tables use.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Affirms => "affirms",
            Self::Denies => "denies",
            Self::Questions => "questions",
        }
    }
}

/// How a clause stands under its cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClauseState {
    /// The clause is negated.
    pub(crate) is_negated: bool,
    /// It follows a word like "saying".
    pub(crate) is_said: bool,
    /// The content begins with "that", right after the cue.
    pub(crate) is_governed: bool,
}

/// What the speaker does with one clause, where the statement has `force`.
pub(crate) fn clause_force(force: Force, clause: ClauseState) -> Force {
    let is_own_word = clause.is_said || clause.is_negated && !clause.is_governed;
    if force == Force::Denies && is_own_word { Force::Affirms } else { force }
}

/// The position on a claim of a speaker who does `force` with the same (or
/// the opposite) of it; none for demands and promises.
pub(crate) fn stand(force: Force, is_same: bool) -> Option<Stand> {
    match (force, is_same) {
        (Force::Affirms | Force::Predicts, true) | (Force::Denies, false) => Some(Stand::Affirms),
        (Force::Affirms | Force::Predicts, false) | (Force::Denies, true) => Some(Stand::Denies),
        (Force::Questions, _) => Some(Stand::Questions),
        (Force::Demands | Force::Promises, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::Force;

    use super::{ClauseState, Stand, clause_force, stand};

    /// The position on an affirmative claim.
    #[track_caller]
    fn check(
        force: Force,
        is_negated: bool,
        is_said: bool,
        is_governed: bool,
        expected: Option<Stand>,
    ) {
        let force = clause_force(force, ClauseState { is_negated, is_said, is_governed });
        assert_eq!(stand(force, !is_negated), expected);
    }

    #[test]
    fn force_and_negation_give_the_position() {
        check(Force::Affirms, false, false, true, Some(Stand::Affirms));
        check(Force::Affirms, true, false, true, Some(Stand::Denies));
        check(Force::Denies, false, false, true, Some(Stand::Denies));
        check(Force::Denies, true, false, true, Some(Stand::Affirms));
        check(Force::Questions, true, false, false, Some(Stand::Questions));
        check(Force::Predicts, false, false, false, Some(Stand::Affirms));
        check(Force::Demands, false, false, false, None);
        check(Force::Promises, true, false, false, None);
    }

    #[test]
    fn a_denier_who_says_not_denies() {
        check(Force::Denies, true, false, false, Some(Stand::Denies));
        check(Force::Denies, true, true, true, Some(Stand::Denies));
        check(Force::Denies, false, true, true, Some(Stand::Affirms));
    }
}
