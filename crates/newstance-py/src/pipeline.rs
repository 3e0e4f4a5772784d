//! `Pipeline`, as far as it is not Python's.

#![expect(clippy::needless_pass_by_value, reason = "Python hands over values")]

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::pyarrow::PyArrowType;
use newstance_corpus::Row;
use newstance_doc::Problem;
use newstance_pipeline::{Annotation, annotate_rows};
use newstance_settings::Settings;
use newstance_tables::{AnnotatedRow, annotated_batch};
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::error::raised;
use crate::fold::fold;
use crate::loaded::Loaded;
use crate::tables::{NativeTables, as_columns, counts};

/// A loaded bundle with its settings and threads.
#[pyclass(frozen, module = "newstance._native")]
#[derive(Debug)]
pub(crate) struct NativePipeline {
    loaded: Arc<Loaded>,
    pool: ThreadPool,
}

/// The settings of a TOML file, as a JSON object.
#[pyfunction]
pub(crate) fn settings_of_file(path: PathBuf) -> PyResult<String> {
    let settings = Settings::from_path(&path).map_err(|error| raised(&error))?;
    Ok(serde_json::to_string(&settings).expect("settings have names that JSON has"))
}

#[pymethods]
impl NativePipeline {
    /// Loads `bundle`; the settings are a JSON object.
    #[new]
    #[pyo3(signature = (bundle, settings_json, threads=None))]
    fn new(
        py: Python<'_>,
        bundle: PathBuf,
        settings_json: String,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        py.detach(|| {
            let settings = Settings::from_json(&settings_json);
            let loaded = settings.and_then(|settings| Loaded::get(&bundle, settings));
            let loaded = loaded.map_err(|error| raised(&error))?;
            // 0 is one a core.
            let pool = ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
            Ok(Self { loaded, pool: pool.map_err(|error| raised(&error))? })
        })
    }

    /// A number that two pipelines share where they share their models.
    fn models_id(&self) -> usize {
        Arc::as_ptr(&self.loaded).addr()
    }

    /// Annotates the rows of a batch.
    fn annotate_batch(
        &self,
        py: Python<'_>,
        batch: PyArrowType<RecordBatch>,
    ) -> PyResult<PyArrowType<RecordBatch>> {
        py.detach(|| {
            let rows = self.loaded.rows.read_batch(&batch.0).map_err(|error| raised(&error))?;
            self.annotate(rows)
        })
    }

    /// Annotates JSON objects.
    fn annotate_json(
        &self,
        py: Python<'_>,
        objects: Vec<String>,
    ) -> PyResult<PyArrowType<RecordBatch>> {
        py.detach(|| {
            let rows = objects.iter().map(|json| self.loaded.rows.read_json(json)).collect();
            self.annotate(rows)
        })
    }

    /// Makes the tables of layers.
    fn aggregate(
        &self,
        py: Python<'_>,
        layers: Vec<PyArrowType<RecordBatch>>,
    ) -> PyResult<NativeTables> {
        py.detach(|| {
            let layers = layers.into_iter().map(|batch| batch.0);
            let settings = &self.loaded.settings.aggregate;
            let models = self.loaded.claim_models();
            self.pool.install(|| {
                let folded = fold(layers, settings.clone(), models);
                let (found, left_out) = folded.map_err(|error| raised(error.as_ref()))?;
                let counts = counts(&found.ledger, settings).map_err(|error| raised(&error))?;
                let tables = found.all_tables().map_err(|error| raised(&error))?;
                Ok((as_columns(&tables, counts)?, left_out))
            })
        })
    }
}

impl NativePipeline {
    /// One row for each that came in, in their order.
    fn annotate(&self, mut rows: Vec<Row>) -> PyResult<PyArrowType<RecordBatch>> {
        let articles: Vec<_> = rows.iter_mut().map(|row| row.article.take()).collect();
        let annotator = &self.loaded.annotator;
        let annotated = self.pool.install(|| annotate_rows(annotator, articles));
        let rows: Vec<_> =
            rows.into_iter().zip(annotated).map(|(row, found)| row_of(row, found)).collect();
        annotated_batch(&rows).map(PyArrowType).map_err(|error| raised(&error))
    }
}

/// What a row said of itself, with what was found in its article.
fn row_of(row: Row, found: Option<Result<Annotation, Problem>>) -> AnnotatedRow {
    let mut of_row = AnnotatedRow {
        problems: row.problems,
        left_out: row.left_out.map(|reason| reason.as_str().to_owned()),
        ..AnnotatedRow::default()
    };
    match found {
        Some(Ok(annotation)) => {
            of_row.n_pairs_left_out = annotation.n_pairs_left_out as u64;
            of_row.annotated = Some(annotation.layers);
        }
        Some(Err(problem)) => of_row.problems.push(problem),
        None => {}
    }
    of_row
}
