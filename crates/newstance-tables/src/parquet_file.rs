//! Rows to Parquet files and back.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use arrow::{
    array::{Array, RecordBatch, StructArray},
    datatypes::SchemaRef,
};
use parquet::{
    arrow::{
        ArrowWriter,
        arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder},
    },
    basic::Compression,
    errors::ParquetError,
    file::properties::WriterProperties,
};

use crate::{CellError, TablesError, decode::row_of, encode::Columns, schema::Table};

/// Rows of a batch, at most. It is part of what makes the bytes.
const BATCH_ROWS: usize = 1024;
/// Bytes of text after which a batch ends early.
const BATCH_TEXT_BYTES: usize = 64 << 20;
/// Rows of a row group of a table.
const GROUP_ROWS: usize = 64 * 1024;

/// A Parquet file being written.
///
/// Its bytes depend on the batches only: the writer is named without its
/// version, and nothing of the clock or the system is written.
pub(crate) struct ParquetFile {
    path: PathBuf,
    writer: ArrowWriter<File>,
}

impl ParquetFile {
    /// Makes the file, or empties it.
    pub(crate) fn create(path: &Path, schema: SchemaRef) -> Result<Self, TablesError> {
        let file = File::create(path)
            .map_err(|source| TablesError::Write { path: path.to_owned(), source })?;
        let properties = WriterProperties::builder()
            .set_created_by("newstance".to_owned())
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let writer = ArrowWriter::try_new(file, schema, Some(properties))
            .map_err(|source| TablesError::Parquet { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), writer })
    }

    /// Adds a batch to the row group.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<(), TablesError> {
        let written = self.writer.write(batch);
        written.map_err(|source| self.error(source))
    }

    /// Ends the row group.
    pub(crate) fn end_group(&mut self) -> Result<(), TablesError> {
        let flushed = self.writer.flush();
        flushed.map_err(|source| self.error(source))
    }

    /// Ends the file and gives it to the disk.
    pub(crate) fn finish(self) -> Result<(), TablesError> {
        let Self { path, writer } = self;
        let file = match writer.into_inner() {
            Ok(file) => file,
            Err(source) => return Err(TablesError::Parquet { path, source }),
        };
        file.sync_all().map_err(|source| TablesError::Write { path, source })
    }

    fn error(&self, source: ParquetError) -> TablesError {
        TablesError::Parquet { path: self.path.clone(), source }
    }
}

/// Writes `rows` to `path`.
pub(crate) fn write_rows<T: Table>(path: &Path, rows: &[T]) -> Result<(), TablesError> {
    let schema = T::schema();
    let mut file = ParquetFile::create(path, schema.clone())?;
    let mut columns = Columns::new(schema.fields()).map_err(|source| at(path, 0, source))?;
    for (row, number) in rows.iter().zip(1..) {
        columns.push(row).map_err(|source| at(path, number, source))?;
        if columns.n_rows() == BATCH_ROWS || columns.text_bytes() >= BATCH_TEXT_BYTES {
            file.write(&batch(&mut columns).map_err(|source| at(path, number, source))?)?;
        }
    }
    if columns.n_rows() > 0 {
        file.write(&batch(&mut columns).map_err(|source| at(path, 0, source))?)?;
    }
    file.finish()
}

fn batch(columns: &mut Columns) -> Result<RecordBatch, CellError> {
    columns.finish().map(RecordBatch::from)
}

/// Reads all rows of `path`.
pub(crate) fn read_rows<T: Table>(path: &Path) -> Result<Vec<T>, TablesError> {
    let mut rows = Vec::new();
    for batch in Batches::open(path, BATCH_ROWS)? {
        let batch = StructArray::from(batch?);
        for row in 0..batch.len() {
            let number = rows.len() as u64 + 1;
            rows.push(row_of(&batch, row).map_err(|source| at(path, number, source))?);
        }
    }
    Ok(rows)
}

/// The error of row `row` of `path`.
pub(crate) fn at(path: &Path, row: u64, source: CellError) -> TablesError {
    TablesError::Row { path: path.to_owned(), row, source }
}

/// The batches of a Parquet file, one in memory at a time.
pub(crate) struct Batches {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
}

impl Batches {
    /// Opens `path`, to be read in batches of `n_rows` at most.
    pub(crate) fn open(path: &Path, n_rows: usize) -> Result<Self, TablesError> {
        let file = File::open(path)
            .map_err(|source| TablesError::Read { path: path.to_owned(), source })?;
        let open =
            || ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(n_rows).build();
        let reader =
            open().map_err(|source| TablesError::Parquet { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), reader })
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, TablesError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.reader.next()?;
        Some(batch.map_err(|error| TablesError::Parquet {
            path: self.path.clone(),
            source: error.into(),
        }))
    }
}
