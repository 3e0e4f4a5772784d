//! Who stands how to whom.

use serde::{Deserialize, Serialize};

use crate::{Field, Span};

/// How a holder stands to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// For it.
    Supports,
    /// Neither.
    Neutral,
    /// Against it.
    Opposes,
}

impl Position {
    /// All positions, in the order of the probability columns.
    pub const ALL: [Self; 3] = [Self::Supports, Self::Neutral, Self::Opposes];

    /// The word that tables and label lists use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Supports => "supports",
            Self::Neutral => "neutral",
            Self::Opposes => "opposes",
        }
    }

    /// The position of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|position| position.as_str() == name)
    }
}

/// Calibrated probabilities of the three positions; they sum to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PositionProbabilities {
    /// Of [`Position::Supports`].
    pub supports: f32,
    /// Of [`Position::Neutral`].
    pub neutral: f32,
    /// Of [`Position::Opposes`].
    pub opposes: f32,
}

impl PositionProbabilities {
    /// The most probable position and its probability; neutral where the best
    /// other one stays under `threshold` (`0.0..=1.0`).
    pub fn decide(self, threshold: f32) -> Position {
        let (best, probability) = if self.supports >= self.opposes {
            (Position::Supports, self.supports)
        } else {
            (Position::Opposes, self.opposes)
        };
        if probability > self.neutral && probability >= threshold {
            best
        } else {
            Position::Neutral
        }
    }

    /// The probability of `position`.
    pub fn of(self, position: Position) -> f32 {
        match position {
            Position::Supports => self.supports,
            Position::Neutral => self.neutral,
            Position::Opposes => self.opposes,
        }
    }
}

/// Who holds a stance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The article's actor of that index.
    Actor(usize),
    /// The outlet's own voice.
    Outlet,
}

/// What a stance was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// What the holder says: the article's statement of that index.
    Statement(usize),
    /// What a sentence tells of the holder.
    Told,
    /// The outlet's own words.
    Outlet,
}

impl Basis {
    /// The word that tables use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Statement(_) => "statement",
            Self::Told => "told",
            Self::Outlet => "outlet",
        }
    }
}

/// One judged pair: how a holder stands to a target, on the evidence of one
/// sentence. Neutral pairs are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stance {
    /// Index of the sentence that was judged.
    pub sentence_idx: usize,
    /// The field that the span points into.
    pub field: Field,
    /// The evidence.
    pub span: Span,
    /// Who stands.
    pub holder: Holder,
    /// Index of the article's actor toward whom.
    pub target_idx: usize,
    /// The decision, by the threshold of the settings.
    pub position: Position,
    /// What the decision rests on.
    pub probabilities: PositionProbabilities,
    /// What it was read from.
    pub basis: Basis,
}

#[cfg(test)]
mod tests {
    use super::{Position, PositionProbabilities};

    #[track_caller]
    fn check(supports: f32, neutral: f32, opposes: f32, expected: Position) {
        let probabilities = PositionProbabilities { supports, neutral, opposes };
        assert_eq!(probabilities.decide(0.5), expected);
    }

    #[test]
    fn a_position_under_the_threshold_is_neutral() {
        check(0.6, 0.3, 0.1, Position::Supports);
        check(0.1, 0.3, 0.6, Position::Opposes);
        check(0.1, 0.45, 0.45, Position::Neutral);
        check(0.3, 0.25, 0.45, Position::Neutral);
    }
}
