//! Rows to Parquet files and back.

use std::{
    fs::File,
    panic::{AssertUnwindSafe, catch_unwind},
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
use serde::Serialize;

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
#[derive(Debug)]
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

/// Rows of a table on their way to a Parquet file.
#[derive(Debug)]
pub(crate) struct ParquetRows {
    file: ParquetFile,
    columns: Columns,
    n_rows: u64,
}

impl ParquetRows {
    /// Makes the file, or empties it.
    pub(crate) fn create<T: Table>(path: &Path) -> Result<Self, TablesError> {
        let schema = T::schema();
        let file = ParquetFile::create(path, schema.clone())?;
        let columns = Columns::new(schema.fields()).map_err(|source| at(path, 0, source))?;
        Ok(Self { file, columns, n_rows: 0 })
    }

    /// Adds a row whose fields are the columns.
    pub(crate) fn push(&mut self, row: &impl Serialize) -> Result<(), TablesError> {
        self.n_rows += 1;
        self.columns.push(row).map_err(|source| at(&self.file.path, self.n_rows, source))?;
        if self.columns.n_rows() == BATCH_ROWS || self.columns.text_bytes() >= BATCH_TEXT_BYTES {
            self.write_batch()?;
        }
        Ok(())
    }

    fn write_batch(&mut self) -> Result<(), TablesError> {
        let batch = batch(&mut self.columns);
        self.file.write(&batch.map_err(|source| at(&self.file.path, self.n_rows, source))?)
    }

    /// Ends the file and gives it to the disk.
    pub(crate) fn finish(mut self) -> Result<(), TablesError> {
        if self.columns.n_rows() > 0 {
            self.write_batch()?;
        }
        self.file.finish()
    }
}

fn batch(columns: &mut Columns) -> Result<RecordBatch, CellError> {
    columns.finish().map(RecordBatch::from)
}

/// Reads the rows of `path`, a batch in memory at a time.
pub(crate) fn read_rows<T: Table>(
    path: PathBuf,
) -> Result<impl Iterator<Item = Result<T, TablesError>>, TablesError> {
    let mut number = 0;
    Ok(Batches::open(&path, BATCH_ROWS)?.flat_map(move |batch| {
        let rows_of = |batch| {
            let batch = StructArray::from(batch);
            let row = |row| {
                number += 1;
                row_of(&batch, row).map_err(|source| at(&path, number, source))
            };
            (0..batch.len()).map(row).collect()
        };
        batch.map_or_else(|error| vec![Err(error)], rows_of)
    }))
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
        let reader = guarded(open)
            .map_err(|source| TablesError::Parquet { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), reader })
    }
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, TablesError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = guarded(|| Ok(self.reader.next().transpose()?));
        let of_file = |source| TablesError::Parquet { path: self.path.clone(), source };
        next.map_err(of_file).transpose()
    }
}

/// What `read` gives; a panic on a file that is not what was written is an
/// error of that file, too.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(ParquetError::General("its pages contradict one another".to_owned()))
    })
}
