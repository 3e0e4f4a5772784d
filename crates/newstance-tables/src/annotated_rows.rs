//! What `annotate` made of rows, as Arrow batches that travel between processes.
//!
//! The columns are those of the files of layers, and after them what such a
//! file has in its record: `problems`, `left_out` and `pairs_left_out`. There
//! is one row for every row that came in. Where it gave no article the text is
//! empty, which that of an article never is.

use std::sync::Arc;

use arrow::{
    array::{Array, RecordBatch, StructArray},
    datatypes::{DataType, Fields, Schema, SchemaRef},
};
use newstance_doc::{Annotated, Article, Problem};
use serde::{Deserialize, Serialize};

use crate::{
    BatchError, CellError,
    batch::columns_of,
    decode::row_of,
    encode::Columns,
    layers::{Layers, annotated_of, article_fields, layer_fields},
    schema::{fields_of, list_of, struct_of},
};

const NAME: &str = "layers";

/// What one row gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnnotatedRow {
    /// The article with its layers, where there is one.
    pub annotated: Option<Annotated>,
    /// What went wrong.
    pub problems: Vec<Problem>,
    /// Why the article was left out on request, in a word.
    pub left_out: Option<String>,
    /// Pairs that the caps of the settings left unjudged.
    pub n_pairs_left_out: u64,
}

/// What stands beside the layers.
#[derive(Serialize, Deserialize)]
struct Beside {
    problems: Vec<Problem>,
    left_out: Option<String>,
    pairs_left_out: u64,
}

/// The columns of [`annotated_batch`].
pub fn annotated_schema() -> SchemaRef {
    let (articles, layers, beside) = (article_fields(), layer_fields(), beside_fields());
    let fields = articles.iter().chain(layers.iter()).chain(beside.iter()).map(Arc::clone);
    Arc::new(Schema::new(fields.collect::<Fields>()))
}

/// The columns of `rows`.
///
/// # Errors
///
/// [`CellError`] where a value does not fit its column.
pub fn annotated_batch(rows: &[AnnotatedRow]) -> Result<RecordBatch, CellError> {
    let mut articles = Columns::new(&article_fields())?;
    let mut layers = Columns::new(&layer_fields())?;
    let mut beside = Columns::new(&beside_fields())?;
    let nothing = nothing();
    for row in rows {
        let annotated = row.annotated.as_ref().unwrap_or(&nothing);
        articles.push(&annotated.article)?;
        layers.push(&Layers::of(annotated))?;
        beside.push(&Beside {
            problems: row.problems.clone(),
            left_out: row.left_out.clone(),
            pairs_left_out: row.n_pairs_left_out,
        })?;
    }
    let parts = [articles.finish()?, layers.finish()?, beside.finish()?];
    let columns = parts.iter().flat_map(StructArray::columns).map(Arc::clone).collect();
    RecordBatch::try_new(annotated_schema(), columns).map_err(CellError::new)
}

/// The rows of [`annotated_batch`].
///
/// # Errors
///
/// [`BatchError`] naming the column that is not there or the row that cannot
/// be read.
pub fn annotated_rows(batch: &RecordBatch) -> Result<Vec<AnnotatedRow>, BatchError> {
    let part = |fields: Fields| columns_of(batch, &fields, NAME).map(StructArray::from);
    let (articles, layers) = (part(article_fields())?, part(layer_fields())?);
    let beside = part(beside_fields())?;
    let read = |row: usize| -> Result<AnnotatedRow, CellError> {
        let Beside { problems, left_out, pairs_left_out } = row_of(&beside, row)?;
        let annotated = annotated_of(&articles, &layers, row)?;
        Ok(AnnotatedRow {
            annotated: (!annotated.article.text.is_empty()).then_some(annotated),
            problems,
            left_out,
            n_pairs_left_out: pairs_left_out,
        })
    };
    let number = |row: usize| row as u64 + 1;
    (0..beside.len())
        .map(|row| {
            read(row).map_err(|source| BatchError::Row { table: NAME, row: number(row), source })
        })
        .collect()
}

/// What stands where there is no article.
fn nothing() -> Annotated {
    Annotated {
        article: Article::plain("", ""),
        sentences: Vec::new(),
        mentions: Vec::new(),
        actors: Vec::new(),
        statements: Vec::new(),
        stances: Vec::new(),
    }
}

fn beside_fields() -> Fields {
    let problem = struct_of([
        ("article_id", DataType::Utf8, true),
        ("file", DataType::Utf8, true),
        ("line", DataType::Int64, true),
        ("kind", DataType::Utf8, false),
        ("message", DataType::Utf8, false),
    ]);
    fields_of([
        ("problems", list_of(problem), false),
        ("left_out", DataType::Utf8, true),
        ("pairs_left_out", DataType::Int64, false),
    ])
}
