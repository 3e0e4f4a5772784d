//! The forms that a table can be written in.

/// How a table is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Parquet: typed, compressed, the default.
    #[default]
    Parquet,
    /// JSON Lines: an object a row, spans as arrays of pairs.
    Jsonl,
    /// CSV with a header: lists as JSON, an absent value as an empty field.
    ///
    /// An empty text and an absent one look the same here; where a column may
    /// be absent, an empty field is read as absent.
    Csv,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Parquet, Self::Jsonl, Self::Csv];

    /// Its name, which is the extension of its files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }
}
