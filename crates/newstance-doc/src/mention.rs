//! Spans that name someone.

use serde::{Deserialize, Serialize};

use crate::{Field, Span};

/// What sort of name a mention is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MentionLabel {
    /// A person.
    Per,
    /// An organisation.
    Org,
    /// A country or city, as an actor.
    Gpe,
    /// Another place.
    Loc,
    /// Nationals, parties, religions.
    Norp,
    /// Another name.
    Misc,
}

impl MentionLabel {
    /// The word that tables and label lists use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Per => "PER",
            Self::Org => "ORG",
            Self::Gpe => "GPE",
            Self::Loc => "LOC",
            Self::Norp => "NORP",
            Self::Misc => "MISC",
        }
    }

    /// The label of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Per, Self::Org, Self::Gpe, Self::Loc, Self::Norp, Self::Misc]
            .into_iter()
            .find(|label| label.as_str() == name)
    }
}

/// How a mention stands for its actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MentionForm {
    /// By a name.
    Name,
    /// By a common noun ("the minister").
    Nominal,
    /// By a pronoun.
    Pronoun,
}

/// A span that names someone, or stands for one.
///
/// Mentions of an article are in reading order and do not overlap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Index of the sentence that it lies in.
    pub sentence_idx: usize,
    /// The field that the span points into.
    pub field: Field,
    /// Its characters.
    pub span: Span,
    /// What sort of name it is.
    pub label: MentionLabel,
    /// How it stands for its actor.
    pub form: MentionForm,
    /// That the span is such a mention, `0.0..=1.0`.
    pub probability: f32,
    /// Index of the article's actor that it stands for, where that is known.
    pub actor_idx: Option<usize>,
}
