//! Rows to JSON Lines and CSV files and back.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    path::Path,
};

use serde_json::{Map, Value};

use crate::{ColumnType, TablesError, schema::Table};

/// Writes `rows` to `path`, an object a line.
pub(crate) fn write_jsonl<T: Table>(path: &Path, rows: &[T]) -> Result<(), TablesError> {
    let write_error = |source| TablesError::Write { path: path.to_owned(), source };
    let mut file = BufWriter::new(File::create(path).map_err(write_error)?);
    for row in rows {
        serde_json::to_writer(&mut file, row).map_err(|error| write_error(error.into()))?;
        file.write_all(b"\n").map_err(write_error)?;
    }
    let file = file.into_inner().map_err(|error| write_error(error.into_error()))?;
    file.sync_all().map_err(write_error)
}

/// Reads the objects of `path`, one a line.
pub(crate) fn read_jsonl<T: Table>(path: &Path) -> Result<Vec<T>, TablesError> {
    let read_error = |source| TablesError::Read { path: path.to_owned(), source };
    let file = BufReader::new(File::open(path).map_err(read_error)?);
    let mut rows = Vec::new();
    for (line, number) in file.lines().zip(1..) {
        let row = serde_json::from_str(&line.map_err(read_error)?);
        rows.push(row.map_err(|source| json_error(path, number, source))?);
    }
    Ok(rows)
}

/// Writes `rows` to `path` with a header.
pub(crate) fn write_csv<T: Table>(path: &Path, rows: &[T]) -> Result<(), TablesError> {
    let csv_error = |source| TablesError::Csv { path: path.to_owned(), source };
    let write_error = |source| TablesError::Write { path: path.to_owned(), source };
    let file = File::create(path).map_err(write_error)?;
    let mut file = csv::Writer::from_writer(file);
    file.write_record(names::<T>()).map_err(csv_error)?;
    for (row, number) in rows.iter().zip(1..) {
        let value = serde_json::to_value(row);
        let value = value.map_err(|source| json_error(path, number, source))?;
        let record = T::COLUMNS.iter().map(|column| {
            value
                .get(column.name)
                .map_or_else(String::new, |cell| written(column.column_type, cell))
        });
        file.write_record(record).map_err(csv_error)?;
    }
    let file = file.into_inner().map_err(|error| write_error(error.into_error()))?;
    file.sync_all().map_err(write_error)
}

/// Reads `path`, whose header must name the table's columns in their order.
pub(crate) fn read_csv<T: Table>(path: &Path) -> Result<Vec<T>, TablesError> {
    let csv_error = |source| TablesError::Csv { path: path.to_owned(), source };
    let mut file = csv::Reader::from_path(path).map_err(csv_error)?;
    let header = file.headers().map_err(csv_error)?;
    if !header.iter().eq(names::<T>()) {
        let found = header.iter().map(str::to_owned).collect();
        let expected = names::<T>().collect();
        return Err(TablesError::Columns { path: path.to_owned(), found, expected });
    }
    let mut rows = Vec::new();
    for (record, number) in file.records().zip(1..) {
        let record = record.map_err(csv_error)?;
        let row = T::COLUMNS
            .iter()
            .zip(record.iter())
            .map(|(column, cell)| {
                let value = if column.nullable && cell.is_empty() {
                    Value::Null
                } else {
                    read(column.column_type, cell)?
                };
                Ok((column.name.to_owned(), value))
            })
            .collect::<Result<Map<_, _>, _>>()
            .and_then(|row| serde_json::from_value(Value::Object(row)));
        rows.push(row.map_err(|source| json_error(path, number, source))?);
    }
    Ok(rows)
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
