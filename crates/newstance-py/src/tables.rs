//! Tables between Python and files.

#![expect(clippy::needless_pass_by_value, reason = "Python hands over values")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use arrow::datatypes::Schema;
use arrow::pyarrow::PyArrowType;
use newstance_aggregate::{AggregateSettings, Ledger};
use newstance_doc::rows::{PairRow, SpeakerRow, Tables};
use newstance_tables::{
    BatchError, CellError, Format, MarkedPairs, ReportLimits, Table, TableColumns, TableSource,
    TableWriter, annotated_schema, rows_of_batches, table_batches, table_rows, tables_of_batches,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::error::raised;
use crate::fold::LeftOutCounts;

/// Every table by name, those of counts last.
pub(crate) type NamedColumns = Vec<(&'static str, PyArrowType<RecordBatch>)>;
/// Tables, and what was left out of them on request.
pub(crate) type NativeTables = (NamedColumns, LeftOutCounts);
/// The batches of each table, as Python hands them over.
type Given = BTreeMap<String, Vec<PyArrowType<RecordBatch>>>;

/// The tables `pairs` and `speakers`.
pub(crate) type Counts = [(&'static str, RecordBatch); 2];

/// What a ledger counts, as Arrow columns.
pub(crate) fn counts(ledger: &Ledger, settings: &AggregateSettings) -> Result<Counts, CellError> {
    let mut pairs = TableColumns::<PairRow>::new()?;
    let mut pushed = Ok(());
    ledger.pair_counts(settings, |rows| {
        if pushed.is_ok() {
            pushed = rows.iter().try_for_each(|row| pairs.push(row));
        }
    });
    pushed?;
    let mut speakers = TableColumns::<SpeakerRow>::new()?;
    let mut pushed = Ok(());
    ledger.speaker_rows(settings, |row| {
        if pushed.is_ok() {
            pushed = speakers.push(&row);
        }
    });
    pushed?;
    Ok([(PairRow::NAME, pairs.finish()?), (SpeakerRow::NAME, speakers.finish()?)])
}

/// Tables as Arrow columns.
pub(crate) fn as_columns(tables: &Tables, counts: Counts) -> PyResult<NamedColumns> {
    let batches = table_batches(tables).map_err(|error| raised(&error))?;
    let batches = batches.into_iter().chain(counts);
    Ok(batches.map(|(name, batch)| (name, PyArrowType(batch))).collect())
}

/// All tables, with the rows of those of counts; each must be there, and no other.
fn from_columns(mut given: Given) -> PyResult<(Tables, Vec<PairRow>, Vec<SpeakerRow>)> {
    let mut missing = None;
    let mut batches_of = |name: &'static str| -> Vec<RecordBatch> {
        let batches = given.remove(name);
        if batches.is_none() {
            missing.get_or_insert(name);
        }
        batches.into_iter().flatten().map(|batch| batch.0).collect()
    };
    let tables = tables_of_batches(&mut batches_of).map_err(|error| raised(&error))?;
    let pairs = rows_of_batches(&batches_of(PairRow::NAME)).map_err(|error| raised(&error))?;
    let speakers =
        rows_of_batches(&batches_of(SpeakerRow::NAME)).map_err(|error| raised(&error))?;
    if let Some(table) = missing {
        return Err(raised(&BatchError::TableMissing { table }));
    }
    if let Some((table, _)) = given.pop_first() {
        return Err(raised(&BatchError::TableUnknown { table }));
    }
    Ok((tables, pairs, speakers))
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
        let given = GivenTables::new(tables)?;
        let limits = ReportLimits::default();
        let told: Vec<_> =
            left_out.into_iter().map(|(name, n)| (name.replace('_', " "), n)).collect();
        let marked = MarkedPairs::of(&given, limits);
        marked
            .and_then(|marked| newstance_tables::write_report(&path, &given, marked, &told, limits))
            .map_err(|error| raised(error.as_ref()))
    })
}

/// Tables as Python hands them over, row by row.
struct GivenTables(BTreeMap<String, Vec<RecordBatch>>);

impl GivenTables {
    /// All must be there, and no other.
    fn new(given: Given) -> PyResult<Self> {
        let of_archive = Tables::default().n_rows().into_iter().map(|(table, _)| table);
        let tables: Vec<_> = of_archive.chain([PairRow::NAME, SpeakerRow::NAME]).collect();
        if let Some(table) = tables.iter().copied().find(|table| !given.contains_key(*table)) {
            return Err(raised(&BatchError::TableMissing { table }));
        }
        if let Some(table) = given.keys().find(|table| !tables.contains(&table.as_str())) {
            return Err(raised(&BatchError::TableUnknown { table: table.clone() }));
        }
        let batches = |of: Vec<PyArrowType<RecordBatch>>| of.into_iter().map(|b| b.0).collect();
        let mut this = Self(given.into_iter().map(|(table, of)| (table, batches(of))).collect());
        this.sort_pairs().map_err(|error| raised(error.as_ref()))?;
        Ok(this)
    }

    /// Rows of a pair must come together; who filters a table may have sorted it.
    fn sort_pairs(&mut self) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut pairs = Vec::<PairRow>::new();
        self.each_row(|row| pairs.push(row))?;
        let ids = |row: &PairRow| (row.level.clone(), row.holder_id.clone(), row.target_id.clone());
        if !pairs.is_sorted_by_key(ids) {
            pairs.sort_by_cached_key(ids);
            let mut columns = TableColumns::<PairRow>::new()?;
            pairs.iter().try_for_each(|row| columns.push(row))?;
            self.0.insert(PairRow::NAME.to_owned(), vec![columns.finish()?]);
        }
        Ok(())
    }
}

impl TableSource for GivenTables {
    type Error = Box<dyn Error + Send + Sync>;

    fn each_row<T: Table>(&self, take: impl FnMut(T)) -> Result<(), Self::Error> {
        let batches = self.0.get(T::NAME).map_or(&[][..], Vec::as_slice);
        rows_of_batches(batches)?.into_iter().for_each(take);
        Ok(())
    }
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
        let (found, pairs, speakers) = from_columns(tables)?;
        newstance_tables::write_tables(&folder, &found, format).map_err(|error| raised(&error))?;
        write_rows(&folder, &pairs, format).and_then(|()| write_rows(&folder, &speakers, format))
    })
}

/// Reads the tables of a run folder.
#[pyfunction]
pub(crate) fn read_tables(py: Python<'_>, folder: PathBuf) -> PyResult<NamedColumns> {
    py.detach(|| {
        let tables = newstance_tables::read_tables(&folder).map_err(|error| raised(&error))?;
        as_columns(&tables, [read_rows::<PairRow>(&folder)?, read_rows::<SpeakerRow>(&folder)?])
    })
}

fn write_rows<T: Table>(folder: &Path, rows: &[T], format: Format) -> PyResult<()> {
    let written = TableWriter::<T>::create(folder, format).and_then(|mut writer| {
        rows.iter().try_for_each(|row| writer.push(row))?;
        writer.finish()
    });
    written.map(drop).map_err(|error| raised(&error))
}

fn read_rows<T: Table>(folder: &Path) -> PyResult<(&'static str, RecordBatch)> {
    let mut columns = TableColumns::<T>::new().map_err(|error| raised(&error))?;
    for row in table_rows::<T>(folder).map_err(|error| raised(&error))? {
        let row = row.map_err(|error| raised(&error))?;
        columns.push(&row).map_err(|error| raised(&error))?;
    }
    Ok((T::NAME, columns.finish().map_err(|error| raised(&error))?))
}
