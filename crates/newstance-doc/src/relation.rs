//! What one content is to another.

use serde::{Deserialize, Serialize};

/// Whether two contents say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Whoever affirms one affirms the other.
    Same,
    /// Whoever affirms one denies the other.
    Opposite,
    /// Neither.
    Unrelated,
}

impl Relation {
    /// All relations.
    pub const ALL: [Self; 3] = [Self::Same, Self::Opposite, Self::Unrelated];

    /// The word that label lists and labelled data use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Opposite => "opposite",
            Self::Unrelated => "unrelated",
        }
    }
}
