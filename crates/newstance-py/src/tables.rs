//! Tables between Python and files.

#![expect(clippy::needless_pass_by_value, reason = "Python hands over values")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::pyarrow::PyArrowType;
use newstance_doc::rows::Tables;
use newstance_tables::{Format, ReportLimits, annotated_schema, table_batches, tables_of_batches};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::raised;
use crate::fold::LeftOutCounts;

/// Every table by name, in the order of the contract.
pub(crate) type TableColumns = Vec<(&'static str, PyArrowType<RecordBatch>)>;
/// Tables, and what was left out of them on request.
pub(crate) type NativeTables = (TableColumns, LeftOutCounts);
/// The batches of each table, as Python hands them over.
type Given = BTreeMap<String, Vec<PyArrowType<RecordBatch>>>;

/// Tables as Arrow columns.
pub(crate) fn as_columns(tables: &Tables) -> PyResult<TableColumns> {
    let batches = table_batches(tables).map_err(|error| raised(&error))?;
    Ok(batches.into_iter().map(|(name, batch)| (name, PyArrowType(batch))).collect())
}

fn from_columns(mut given: Given) -> PyResult<Tables> {
    let tables = tables_of_batches(|name| {
        given.remove(name).unwrap_or_default().into_iter().map(|batch| batch.0).collect()
    });
    tables.map_err(|error| raised(&error))
}

/// The columns of what `annotate` gives.
#[pyfunction]
pub(crate) fn layers_schema() -> PyArrowType<Schema> {
    PyArrowType(annotated_schema().as_ref().clone())
}

/// Writes the report page of tables.
#[pyfunction]
pub(crate) fn write_report(
    py: Python<'_>,
    tables: Given,
    path: PathBuf,
    left_out: LeftOutCounts,
) -> PyResult<()> {
    py.detach(|| {
        let tables = from_columns(tables)?;
        let told: Vec<_> =
            left_out.into_iter().map(|(name, n)| (name.replace('_', " "), n)).collect();
        newstance_tables::write_report(&path, &tables, &told, ReportLimits::default())
            .map_err(|error| raised(&error))
    })
}

/// Writes one file a table, as the program does.
#[pyfunction]
pub(crate) fn write_tables(
    py: Python<'_>,
    tables: Given,
    folder: PathBuf,
    format: &str,
) -> PyResult<()> {
    let names = || Format::ALL.map(Format::as_str).join(", ");
    let format = Format::from_name(format).ok_or_else(|| {
        PyValueError::new_err(format!("there is no format `{format}` (there are {})", names()))
    })?;
    py.detach(|| {
        let tables = from_columns(tables)?;
        newstance_tables::write_tables(&folder, &tables, format).map_err(|error| raised(&error))
    })
}

/// Reads the tables of a run folder.
#[pyfunction]
pub(crate) fn read_tables(py: Python<'_>, folder: PathBuf) -> PyResult<TableColumns> {
    py.detach(|| {
        let tables = newstance_tables::read_tables(&folder).map_err(|error| raised(&error))?;
        as_columns(&tables)
    })
}
