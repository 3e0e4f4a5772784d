//! Rows to JSON Lines and CSV files and back.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Column, ColumnType, TablesError, schema::Table};

/// Rows of a table on their way to a JSON Lines file.
#[derive(Debug)]
pub(crate) struct JsonlRows {
    path: PathBuf,
    file: BufWriter<File>,
}

impl JsonlRows {
    /// Makes the file, or empties it.
    pub(crate) fn create(path: &Path) -> Result<Self, TablesError> {
        let file = File::create(path).map_err(|source| write_error(path, source))?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    /// Adds a row, an object on a line.
    pub(crate) fn push(&mut self, row: &impl Serialize) -> Result<(), TablesError> {
        let written = serde_json::to_writer(&mut self.file, row).map_err(std::io::Error::from);
        let ended = written.and_then(|()| self.file.write_all(b"\n"));
        ended.map_err(|source| write_error(&self.path, source))
    }

    /// Ends the file and gives it to the disk.
    pub(crate) fn finish(self) -> Result<(), TablesError> {
        let Self { path, file } = self;
        let file = file.into_inner().map_err(std::io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).map_err(|source| write_error(&path, source))
    }
}

/// Reads the objects of `path`, one a line.
pub(crate) fn read_jsonl<T: Table>(
    path: PathBuf,
) -> Result<impl Iterator<Item = Result<T, TablesError>>, TablesError> {
    let read_error = |path: &Path, source| TablesError::Read { path: path.to_owned(), source };
    let file = File::open(&path).map_err(|source| read_error(&path, source))?;
    Ok(BufReader::new(file).lines().zip(1..).map(move |(line, number)| {
        let line = line.map_err(|source| read_error(&path, source))?;
        serde_json::from_str(&line).map_err(|source| json_error(&path, number, source))
    }))
}

/// Rows of a table on their way to a CSV file with a header.
#[derive(Debug)]
pub(crate) struct CsvRows {
    path: PathBuf,
    file: csv::Writer<File>,
    columns: &'static [Column],
    n_rows: u64,
}

impl CsvRows {
    /// Makes the file, or empties it.
    pub(crate) fn create<T: Table>(path: &Path) -> Result<Self, TablesError> {
        let file = File::create(path).map_err(|source| write_error(path, source))?;
        let mut file = csv::Writer::from_writer(file);
        let path = path.to_owned();
        if let Err(source) = file.write_record(names::<T>()) {
            return Err(TablesError::Csv { path, source });
        }
        Ok(Self { path, file, columns: T::COLUMNS, n_rows: 0 })
    }

    /// Adds a record.
    pub(crate) fn push(&mut self, row: &impl Serialize) -> Result<(), TablesError> {
        self.n_rows += 1;
        let value = serde_json::to_value(row);
        let value = value.map_err(|source| json_error(&self.path, self.n_rows, source))?;
        let record = self.columns.iter().map(|column| {
            value
                .get(column.name)
                .map_or_else(String::new, |cell| written(column.column_type, cell))
        });
        let csv_error = |source| TablesError::Csv { path: self.path.clone(), source };
        self.file.write_record(record).map_err(csv_error)
    }

    /// Ends the file and gives it to the disk.
    pub(crate) fn finish(self) -> Result<(), TablesError> {
        let Self { path, file, .. } = self;
        let file = file.into_inner().map_err(csv::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).map_err(|source| write_error(&path, source))
    }
}

/// Reads `path`, whose header must name the table's columns in their order.
pub(crate) fn read_csv<T: Table>(
    path: PathBuf,
) -> Result<impl Iterator<Item = Result<T, TablesError>>, TablesError> {
    let csv_error = |path: &Path, source| TablesError::Csv { path: path.to_owned(), source };
    let mut file = csv::Reader::from_path(&path).map_err(|source| csv_error(&path, source))?;
    let header = file.headers().map_err(|source| csv_error(&path, source))?;
    if !header.iter().eq(names::<T>()) {
        let found = header.iter().map(str::to_owned).collect();
        let expected = names::<T>().collect();
        return Err(TablesError::Columns { path, found, expected });
    }
    Ok(file.into_records().zip(1..).map(move |(record, number)| {
        let record = record.map_err(|source| csv_error(&path, source))?;
        record_row(&record).map_err(|source| json_error(&path, number, source))
    }))
}

fn record_row<T: Table>(record: &csv::StringRecord) -> Result<T, serde_json::Error> {
    let cell = |(column, cell): (&Column, &str)| {
        let value = if column.nullable && cell.is_empty() {
            Value::Null
        } else {
            read(column.column_type, cell)?
        };
        Ok((column.name.to_owned(), value))
    };
    let row: Result<Map<_, _>, _> = T::COLUMNS.iter().zip(record.iter()).map(cell).collect();
    serde_json::from_value(Value::Object(row?))
}

fn write_error(path: &Path, source: std::io::Error) -> TablesError {
    TablesError::Write { path: path.to_owned(), source }
}

fn names<T: Table>() -> impl Iterator<Item = &'static str> {
    T::COLUMNS.iter().map(|column| column.name)
}

fn json_error(path: &Path, line: u64, source: serde_json::Error) -> TablesError {
    TablesError::Json { path: path.to_owned(), line, source }
}

/// The field of a CSV record for `cell`.
#[expect(clippy::cast_possible_truncation, reason = "the column's numbers were of 32 bits")]
fn written(column_type: ColumnType, cell: &Value) -> String {
    match cell {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        // A JSON value keeps 64 bits, which print with digits that were never there.
        Value::Number(number) if column_type == ColumnType::Probability => {
            number.as_f64().map_or_else(|| number.to_string(), |number| (number as f32).to_string())
        }
        other => other.to_string(),
    }
}

/// The value of a field of a CSV record.
fn read(column_type: ColumnType, cell: &str) -> Result<Value, serde_json::Error> {
    match column_type {
        ColumnType::Text | ColumnType::Day => Ok(Value::String(cell.to_owned())),
        _ => serde_json::from_str(cell),
    }
}
