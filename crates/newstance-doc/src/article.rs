//! One document of an archive.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The part of an article that a span points into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The headline.
    Title,
    /// The body.
    Text,
}

impl Field {
    /// Both fields, in reading order.
    pub const ALL: [Self; 2] = [Self::Title, Self::Text];

    /// The word that tables use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Text => "text",
        }
    }
}

/// One document, as it was read. Nothing changes it afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Unique within a run.
    pub id: String,
    /// The headline; empty where there is none.
    pub title: String,
    /// The body, never empty, untouched.
    pub text: String,
    /// The day of publication, where the archive's form of it is understood.
    pub date: Option<Date>,
    /// The date as the archive writes it.
    pub date_raw: Option<String>,
    /// Who published it.
    pub outlet: Option<String>,
    /// Who wrote it, in the archive's order.
    pub authors: Vec<String>,
    /// Where it was published.
    pub url: Option<String>,
    /// BCP 47 tag, where the archive says it.
    pub language: Option<String>,
    /// The input's other fields, as one JSON object; none where there are none.
    pub extra: Option<String>,
}

impl Article {
    /// An article of which nothing is known but its id and text.
    pub fn plain(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            title: String::new(),
            text: text.into(),
            date: None,
            date_raw: None,
            outlet: None,
            authors: Vec::new(),
            url: None,
            language: None,
            extra: None,
        }
    }

    /// The text of `field`.
    pub fn field(&self, field: Field) -> &str {
        match field {
            Field::Title => &self.title,
            Field::Text => &self.text,
        }
    }
}
