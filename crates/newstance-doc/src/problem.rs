//! What could not be read or done.

use serde::{Deserialize, Serialize};

/// Why something is missing from a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// The file cannot be opened or read.
    UnreadableFile,
    /// The file's compression is broken.
    BrokenCompression,
    /// The record is not what its format says.
    BrokenRecord,
    /// The file is not what its format says.
    BrokenFile,
    /// The record holds something other than an article, such as an image or
    /// an error page.
    NotAnArticle,
    /// The bytes are not UTF-8.
    InvalidUtf8,
    /// The file holds nothing.
    EmptyFile,
    /// The article is longer than the settings allow.
    TooLong,
    /// The article has no text.
    MissingText,
    /// The id was seen before, with the same text.
    RepeatedArticle,
    /// The id was seen before, with another text: this article got a suffix.
    RepeatedId,
    /// The date is there but not understood.
    UnknownDate,
    /// The article was read, but a stage failed on it.
    Analysis,
}

impl ProblemKind {
    /// The word that tables use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnreadableFile => "unreadable_file",
            Self::BrokenCompression => "broken_compression",
            Self::BrokenRecord => "broken_record",
            Self::BrokenFile => "broken_file",
            Self::NotAnArticle => "not_an_article",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::EmptyFile => "empty_file",
            Self::TooLong => "too_long",
            Self::MissingText => "missing_text",
            Self::RepeatedArticle => "repeated_article",
            Self::RepeatedId => "repeated_id",
            Self::UnknownDate => "unknown_date",
            Self::Analysis => "analysis",
        }
    }
}

/// One thing that went wrong, where, and why. A row of the table `problems`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Problem {
    /// The article it concerns, where one was read.
    pub article_id: Option<String>,
    /// The input file, as the user named it.
    pub file: Option<String>,
    /// The line in that file, from 1.
    pub line: Option<u64>,
    /// What sort of problem.
    pub kind: ProblemKind,
    /// What a person needs to know to mend it.
    pub message: String,
}
