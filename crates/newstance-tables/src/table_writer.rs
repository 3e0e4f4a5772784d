//! One table being written, row by row.

use std::{
    fs,
    marker::PhantomData,
    path::{Path, PathBuf},
};

use serde::Serialize;

use crate::{
    Format, Table, TablesError,
    folder::{name_complete, partial_path, table_path},
    parquet_file::ParquetRows,
    text_file::{CsvRows, JsonlRows},
};

/// Writes a table into a folder, however many rows it has.
///
/// The file gets its name when it is complete; files of the table in other
/// formats are removed then.
#[derive(Debug)]
pub struct TableWriter<T> {
    folder: PathBuf,
    format: Format,
    rows: Rows,
    n_rows: u64,
    table: PhantomData<fn(&T)>,
}

#[derive(Debug)]
enum Rows {
    Parquet(Box<ParquetRows>),
    Jsonl(JsonlRows),
    Csv(Box<CsvRows>),
}

impl<T: Table> TableWriter<T> {
    /// Begins the table in `folder`, which must be there.
    ///
    /// # Errors
    ///
    /// [`TablesError`] naming the file that cannot be made.
    pub fn create(folder: &Path, format: Format) -> Result<Self, TablesError> {
        let path = partial_path(&table_path::<T>(folder, format));
        let rows = match format {
            Format::Parquet => Rows::Parquet(Box::new(ParquetRows::create::<T>(&path)?)),
            Format::Jsonl => Rows::Jsonl(JsonlRows::create(&path)?),
            Format::Csv => Rows::Csv(Box::new(CsvRows::create::<T>(&path)?)),
        };
        Ok(Self { folder: folder.to_owned(), format, rows, n_rows: 0, table: PhantomData })
    }

    /// Adds a row: a `T`, or what has the same fields.
    ///
    /// # Errors
    ///
    /// [`TablesError`] naming the file, and in Parquet the row whose fields are
    /// not the columns.
    pub fn push(&mut self, row: &impl Serialize) -> Result<(), TablesError> {
        self.n_rows += 1;
        match &mut self.rows {
            Rows::Parquet(rows) => rows.push(row),
            Rows::Jsonl(rows) => rows.push(row),
            Rows::Csv(rows) => rows.push(row),
        }
    }

    /// Completes the table; gives the number of its rows.
    ///
    /// # Errors
    ///
    /// [`TablesError`] naming the file that cannot be written.
    pub fn finish(self) -> Result<u64, TablesError> {
        match self.rows {
            Rows::Parquet(rows) => rows.finish()?,
            Rows::Jsonl(rows) => rows.finish()?,
            Rows::Csv(rows) => rows.finish()?,
        }
        let path = table_path::<T>(&self.folder, self.format);
        name_complete(&partial_path(&path), &path)?;
        for other in Format::ALL.into_iter().filter(|&other| other != self.format) {
            let path = table_path::<T>(&self.folder, other);
            if path.exists() {
                fs::remove_file(&path).map_err(|source| TablesError::Write { path, source })?;
            }
        }
        Ok(self.n_rows)
    }
}
