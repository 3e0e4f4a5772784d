//! What can go wrong when a gazetteer is read.

use std::path::PathBuf;

/// Why a gazetteer could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NerError {
    /// A file of the gazetteer's folder cannot be read.
    #[error("cannot read gazetteer file `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },

    /// A row does not fit the columns of its table.
    #[error("gazetteer table `{table}` has a row that does not fit its columns")]
    Row {
        /// The table's file name.
        table: &'static str,
        /// Line and column, as the CSV reader tells them.
        source: csv::Error,
    },

    /// A row speaks of a country that `countries.csv` lacks.
    #[error(
        "gazetteer table `{table}` names country `{country}` for `{name}`, but `countries.csv` has no such code"
    )]
    CountryMissing {
        /// The table's file name.
        table: &'static str,
        /// The row's name.
        name: String,
        /// The code that is not known.
        country: String,
    },
}
