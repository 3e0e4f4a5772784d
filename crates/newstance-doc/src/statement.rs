//! Who said what.

use serde::{Deserialize, Serialize};

use crate::{Field, Span};

/// How the words of a content stand in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementForm {
    /// All in quotation marks.
    Direct,
    /// Partly in quotation marks.
    Mixed,
    /// None in quotation marks.
    Indirect,
}

impl StatementForm {
    /// The word that tables use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Mixed => "mixed",
            Self::Indirect => "indirect",
        }
    }
}

/// What the speaker does with the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Force {
    /// Says that it is so.
    Affirms,
    /// Says that it is not so.
    Denies,
    /// Asks or doubts whether it is so.
    Questions,
    /// Wants it done.
    Demands,
    /// Undertakes to do it.
    Promises,
    /// Says that it will be so.
    Predicts,
}

impl Force {
    /// All forces, in the order of design.
    pub const ALL: [Self; 6] = [
        Self::Affirms,
        Self::Denies,
        Self::Questions,
        Self::Demands,
        Self::Promises,
        Self::Predicts,
    ];

    /// The word that tables use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Affirms => "affirms",
            Self::Denies => "denies",
            Self::Questions => "questions",
            Self::Demands => "demands",
            Self::Promises => "promises",
            Self::Predicts => "predicts",
        }
    }

    /// The force of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|force| force.as_str() == name)
    }
}

/// How the text names the speaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeakerKind {
    /// By a name.
    Name,
    /// By a common noun ("officials").
    Nominal,
    /// By a pronoun.
    Pronoun,
    /// Not at all ("it was reported").
    None,
}

impl SpeakerKind {
    /// The word that tables use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Nominal => "nominal",
            Self::Pronoun => "pronoun",
            Self::None => "none",
        }
    }
}

/// One attribution: a source, a cue and a content, each of them possibly in
/// several spans of the same field.
///
/// Statements of an article are in order of their content's start. A content
/// has at least one span; source and cue may have none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Index of the sentence where the content begins.
    pub sentence_idx: usize,
    /// The field that the spans point into.
    pub field: Field,
    /// How the content's words stand in the text.
    pub form: StatementForm,
    /// What the speaker does with the content.
    pub force: Force,
    /// Index of the article's actor that speaks, where it is known.
    pub speaker_idx: Option<usize>,
    /// How the text names the speaker.
    pub speaker_kind: SpeakerKind,
    /// Who, in order.
    pub source: Vec<Span>,
    /// The words that attribute ("said", "according to"), in order.
    pub cue: Vec<Span>,
    /// What, in order.
    pub content: Vec<Span>,
    /// Index of the statement whose content holds this one.
    pub parent_idx: Option<usize>,
    /// That this is a statement with this content, `0.0..=1.0`.
    pub probability: f32,
}
