//! Rows that are in nobody's file: Arrow batches.

use std::marker::PhantomData;

use arrow::{
    array::{Array, RecordBatch, StructArray},
    datatypes::{DataType, Fields},
};
use serde::Serialize;

use crate::{BatchError, CellError, Table, decode::row_of, encode::Columns};

/// Rows of one table becoming Arrow columns.
#[derive(Debug)]
pub struct TableColumns<T> {
    columns: Columns,
    table: PhantomData<fn(&T)>,
}

impl<T: Table> TableColumns<T> {
    /// Columns without rows.
    ///
    /// # Errors
    ///
    /// [`CellError`] where a column has no builder.
    pub fn new() -> Result<Self, CellError> {
        Ok(Self { columns: Columns::new(T::schema().fields())?, table: PhantomData })
    }

    /// Adds a row: a `T`, or what has the same fields.
    ///
    /// # Errors
    ///
    /// [`CellError`] where a value does not fit its column.
    pub fn push(&mut self, row: &impl Serialize) -> Result<(), CellError> {
        self.columns.push(row)
    }

    /// The columns of the rows so far.
    ///
    /// # Errors
    ///
    /// [`CellError`] where they are not of one length.
    pub fn finish(mut self) -> Result<RecordBatch, CellError> {
        self.columns.finish().map(RecordBatch::from)
    }
}

/// The columns of `rows`.
pub(crate) fn batch_of<T: Table>(rows: &[T]) -> Result<RecordBatch, CellError> {
    let mut columns = TableColumns::<T>::new()?;
    rows.iter().try_for_each(|row| columns.push(row))?;
    columns.finish()
}

/// The rows of several batches of one table, in their order.
///
/// # Errors
///
/// [`BatchError`] naming the column that is not there or the row that cannot
/// be read.
pub fn rows_of_batches<T: Table>(batches: &[RecordBatch]) -> Result<Vec<T>, BatchError> {
    let mut rows = Vec::new();
    for batch in batches {
        let batch = StructArray::from(columns_of(batch, T::schema().fields(), T::NAME)?);
        for row in 0..batch.len() {
            let number = rows.len() as u64 + 1;
            let read = row_of(&batch, row);
            rows.push(read.map_err(|source| BatchError::Row {
                table: T::NAME,
                row: number,
                source,
            })?);
        }
    }
    Ok(rows)
}

/// The columns of `batch` that are named in `fields`, in that order.
///
/// Who reads Arrow from elsewhere may have lost what is never absent, and the
/// names of items: these do not count.
pub(crate) fn columns_of(
    batch: &RecordBatch,
    fields: &Fields,
    table: &'static str,
) -> Result<RecordBatch, BatchError> {
    let mut places = Vec::with_capacity(fields.len());
    for field in fields {
        let column = || field.name().clone();
        let found = batch.schema_ref().column_with_name(field.name());
        let (place, found) =
            found.ok_or_else(|| BatchError::ColumnMissing { table, column: column() })?;
        if !is_alike(found.data_type(), field.data_type()) {
            return Err(BatchError::ColumnType {
                table,
                column: column(),
                found: Box::new(found.data_type().clone()),
                expected: Box::new(field.data_type().clone()),
            });
        }
        places.push(place);
    }
    Ok(batch.project(&places).expect("the columns were found in this batch"))
}

/// True where the two hold the same, whatever may be absent in them.
fn is_alike(found: &DataType, expected: &DataType) -> bool {
    match (found, expected) {
        (DataType::List(found), DataType::List(expected)) => {
            is_alike(found.data_type(), expected.data_type())
        }
        (DataType::Struct(found), DataType::Struct(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| {
                    found.name() == expected.name()
                        && is_alike(found.data_type(), expected.data_type())
                })
        }
        _ => found == expected,
    }
}
