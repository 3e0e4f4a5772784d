//! What can go wrong with layers and tables.

use std::{fmt, io, path::PathBuf};

use arrow::datatypes::DataType;
use parquet::errors::ParquetError;
use serde::{de, ser};

/// Why layers or tables could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TablesError {
    /// The file cannot be made or written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// The file or folder cannot be opened or read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },

    /// The file cannot be written or read as Parquet.
    #[error("cannot use `{}` as Parquet", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What the parquet crate says.
        source: ParquetError,
    },

    /// A row of a Parquet file is not what it should be.
    #[error("cannot use row {row} of `{}`", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// The row, from 1; in a file being written, the row that was given.
        row: u64,
        /// What is wrong with it.
        source: CellError,
    },

    /// A row of a JSON Lines file is not what it should be.
    #[error("cannot use line {line} of `{}`", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The line, from 1 (CSV: the row, from 1).
        line: u64,
        /// What the JSON crate says.
        source: serde_json::Error,
    },

    /// The file cannot be written or read as CSV.
    #[error("cannot use `{}` as CSV", path.display())]
    Csv {
        /// The file.
        path: PathBuf,
        /// What the csv crate says.
        source: csv::Error,
    },

    /// The columns of a CSV file are not those of its table.
    #[error("`{}` has the columns {found:?}, but the table's are {expected:?}", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
        /// What its header names.
        found: Vec<String>,
        /// What it must name.
        expected: Vec<&'static str>,
    },

    /// No file of that table is in the folder.
    #[error("`{}` holds no table `{table}`\nhint: is it the folder of a finished run?", folder.display())]
    Missing {
        /// The run folder.
        folder: PathBuf,
        /// The table.
        table: &'static str,
    },

    /// Another process is writing to the folder.
    #[error("another run is writing to `{}`\nhint: wait for it, or name another folder", folder.display())]
    Locked {
        /// The run folder.
        folder: PathBuf,
    },

    /// The folder holds no layers.
    #[error("`{}` holds no layers\nhint: `newstance annotate` makes them", folder.display())]
    NoLayers {
        /// The run folder.
        folder: PathBuf,
    },

    /// The layers in the folder were begun, but not finished.
    #[error("the layers in `{}` are not finished\nhint: go on with `--resume`", folder.display())]
    Unfinished {
        /// The run folder.
        folder: PathBuf,
    },

    /// A part of finished layers is gone.
    #[error("`{}` is missing of {n_parts} parts\nhint: make the layers again with `--overwrite`", path.display())]
    PartMissing {
        /// Where it should be.
        path: PathBuf,
        /// Parts there must be.
        n_parts: usize,
    },

    /// The folder holds the table in several formats, which may differ.
    #[error("`{}` holds table `{table}` as {}\nhint: remove all but one", folder.display(), formats.join(" and "))]
    Several {
        /// The run folder.
        folder: PathBuf,
        /// The table.
        table: &'static str,
        /// The formats that are there.
        formats: Vec<&'static str>,
    },
}

/// Why Arrow batches are not those of layers or tables.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// A table is not there.
    #[error("there is no table `{table}`")]
    TableMissing {
        /// Its name.
        table: &'static str,
    },

    /// A table of that name is not known.
    #[error("a run has no table `{table}`")]
    TableUnknown {
        /// Its name.
        table: String,
    },

    /// A column is not there.
    #[error("`{table}` has no column `{column}`")]
    ColumnMissing {
        /// The table, or `layers`.
        table: &'static str,
        /// The column.
        column: String,
    },

    /// A column holds something else.
    #[error("column `{column}` of `{table}` is {found}, not {expected}")]
    ColumnType {
        /// The table, or `layers`.
        table: &'static str,
        /// The column.
        column: String,
        /// What it holds.
        found: Box<DataType>,
        /// What it must hold.
        expected: Box<DataType>,
    },

    /// A row is not what it should be.
    #[error("cannot use row {row} of `{table}`")]
    Row {
        /// The table, or `layers`.
        table: &'static str,
        /// The row, from 1.
        row: u64,
        /// What is wrong with it.
        source: CellError,
    },
}

/// Why a value does not fit its column, or a column its value.
#[derive(Debug)]
pub struct CellError(String);

impl CellError {
    pub(crate) fn new(message: impl fmt::Display) -> Self {
        Self(message.to_string())
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CellError {}

impl ser::Error for CellError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}

impl de::Error for CellError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message)
    }
}
