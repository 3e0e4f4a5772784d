//! What `annotate` made of each article, kept for `aggregate`.
//!
//! One row an article: the article's fields as plain columns, then each layer
//! as a list of structs. Offsets are bytes and ids are indices, as in
//! [`Annotated`]: layers are internal, and a reader other than newstance
//! should use the tables.

use std::{
    borrow::Cow,
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{Array, RecordBatch, StructArray},
    datatypes::{DataType, Fields, Schema},
};
use newstance_doc::{Actor, Annotated, Mention, Sentence, Stance, Statement};
use serde::{Deserialize, Serialize};

use crate::{
    CellError, LAYERS_FOLDER, PartRecord, TablesError,
    decode::row_of,
    encode::Columns,
    folder::{name_complete, partial_path},
    parquet_file::{Batches, ParquetFile, at},
    parts::{finished_parts, part_path, write_record},
    schema::{fields_of, list_of, struct_of},
};

/// Articles of a row group, whatever the chunks of `annotate`.
const GROUP_ARTICLES: usize = 64;
/// Bytes of text after which a row group ends early.
const GROUP_TEXT_BYTES: usize = 64 << 20;
/// Articles that a reader has in memory at a time.
const READ_ARTICLES: usize = 16;

/// The layers of one article, beside the article.
#[derive(Serialize, Deserialize)]
pub(crate) struct Layers<'a> {
    sentences: Cow<'a, [Sentence]>,
    mentions: Cow<'a, [Mention]>,
    actors: Cow<'a, [Actor]>,
    statements: Cow<'a, [Statement]>,
    stances: Cow<'a, [Stance]>,
}

impl<'a> Layers<'a> {
    /// The layers of an article.
    pub(crate) fn of(annotated: &'a Annotated) -> Self {
        Self {
            sentences: Cow::Borrowed(&annotated.sentences),
            mentions: Cow::Borrowed(&annotated.mentions),
            actors: Cow::Borrowed(&annotated.actors),
            statements: Cow::Borrowed(&annotated.statements),
            stances: Cow::Borrowed(&annotated.stances),
        }
    }
}

/// Appends articles with their layers to one part of a run folder, in corpus order.
///
/// Row groups are of a fixed number of articles, so that the bytes do not
/// depend on how many are given at once. The file gets its name when
/// [`Self::finish`] is called; without it, the run folder has no such part.
pub struct LayerWriter {
    run_folder: PathBuf,
    part_idx: usize,
    path: PathBuf,
    file: ParquetFile,
    articles: Columns,
    layers: Columns,
    n_articles: u64,
}

impl fmt::Debug for LayerWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerWriter")
            .field("path", &self.path)
            .field("n_articles", &self.n_articles)
            .finish_non_exhaustive()
    }
}

impl LayerWriter {
    /// Begins a part of the layers of `run_folder`; an older one stays until [`Self::finish`].
    ///
    /// # Errors
    ///
    /// [`TablesError::Write`] if the folder or file cannot be made.
    pub fn create(run_folder: &Path, part_idx: usize) -> Result<Self, TablesError> {
        let folder = run_folder.join(LAYERS_FOLDER);
        fs::create_dir_all(&folder)
            .map_err(|source| TablesError::Write { path: folder.clone(), source })?;
        let path = part_path(run_folder, part_idx);
        let all: Fields =
            article_fields().iter().chain(layer_fields().iter()).map(Arc::clone).collect();
        let file = ParquetFile::create(&partial_path(&path), Arc::new(Schema::new(all)))?;
        let columns = |fields| Columns::new(&fields).map_err(|source| at(&path, 0, source));
        let (articles, layers) = (columns(article_fields())?, columns(layer_fields())?);
        let run_folder = run_folder.to_owned();
        Ok(Self { run_folder, part_idx, path, file, articles, layers, n_articles: 0 })
    }

    /// Adds one article.
    ///
    /// # Errors
    ///
    /// [`TablesError`] if it cannot be written; the file is then of no use.
    pub fn append(&mut self, annotated: &Annotated) -> Result<(), TablesError> {
        self.n_articles += 1;
        self.push(annotated).map_err(|source| at(&self.path, self.n_articles, source))?;
        let text_bytes = self.articles.text_bytes().saturating_add(self.layers.text_bytes());
        if self.articles.n_rows() == GROUP_ARTICLES || text_bytes >= GROUP_TEXT_BYTES {
            self.end_group()?;
        }
        Ok(())
    }

    /// Articles that were added.
    pub fn n_articles(&self) -> u64 {
        self.n_articles
    }

    /// Ends the file, gives it its name, and then writes `record`, which makes
    /// the part a whole one. Returns the number of articles.
    ///
    /// # Errors
    ///
    /// [`TablesError`] if something cannot be written or named.
    pub fn finish(mut self, record: &PartRecord) -> Result<u64, TablesError> {
        self.end_group()?;
        self.file.finish()?;
        name_complete(&partial_path(&self.path), &self.path)?;
        write_record(&self.run_folder, self.part_idx, record)?;
        Ok(self.n_articles)
    }

    fn push(&mut self, annotated: &Annotated) -> Result<(), CellError> {
        self.articles.push(&annotated.article)?;
        self.layers.push(&Layers::of(annotated))
    }

    fn end_group(&mut self) -> Result<(), TablesError> {
        if self.articles.n_rows() == 0 {
            return Ok(());
        }
        let batch = self.batch().map_err(|source| at(&self.path, self.n_articles, source))?;
        self.file.write(&batch)?;
        self.file.end_group()
    }

    fn batch(&mut self) -> Result<RecordBatch, CellError> {
        let (articles, layers) = (self.articles.finish()?, self.layers.finish()?);
        let fields: Fields =
            articles.fields().iter().chain(layers.fields().iter()).map(Arc::clone).collect();
        let columns = articles.columns().iter().chain(layers.columns()).map(Arc::clone).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(CellError::new)
    }
}

/// Reads back what [`LayerWriter`] wrote, part after part, in the same order,
/// a few articles at a time.
pub struct LayerReader {
    parts: std::vec::IntoIter<PathBuf>,
    current: Option<OpenPart>,
}

/// A part that is being read.
struct OpenPart {
    path: PathBuf,
    batches: Batches,
    batch: Option<(StructArray, StructArray)>,
    next_row: usize,
    n_read: u64,
}

impl fmt::Debug for LayerReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerReader")
            .field("current", &self.current.as_ref().map(|part| &part.path))
            .field("parts", &self.parts.as_slice())
            .finish()
    }
}

impl LayerReader {
    /// Looks for the layers of `run_folder`, which must be finished.
    ///
    /// # Errors
    ///
    /// [`TablesError`] if there are none, or one cannot be read.
    pub fn open(run_folder: &Path) -> Result<Self, TablesError> {
        let n_parts = finished_parts(run_folder)?.len();
        let parts: Vec<_> = (0..n_parts).map(|idx| part_path(run_folder, idx)).collect();
        Ok(Self { parts: parts.into_iter(), current: None })
    }

    fn next_article(&mut self) -> Result<Option<Annotated>, TablesError> {
        loop {
            if let Some(part) = &mut self.current
                && let Some(annotated) = part.next_row()?
            {
                return Ok(Some(annotated));
            }
            let Some(path) = self.parts.next() else { return Ok(None) };
            let batches = Batches::open(&path, READ_ARTICLES)?;
            self.current = Some(OpenPart { path, batches, batch: None, next_row: 0, n_read: 0 });
        }
    }
}

impl OpenPart {
    fn next_row(&mut self) -> Result<Option<Annotated>, TablesError> {
        loop {
            if let Some((articles, layers)) = &self.batch
                && self.next_row < articles.len()
            {
                let row = self.next_row;
                self.next_row += 1;
                self.n_read += 1;
                let annotated = annotated_of(articles, layers, row);
                return annotated.map(Some).map_err(|source| at(&self.path, self.n_read, source));
            }
            let Some(batch) = self.batches.next() else { return Ok(None) };
            self.batch = Some(split(&batch?));
            self.next_row = 0;
        }
    }
}

impl Iterator for LayerReader {
    type Item = Result<Annotated, TablesError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_article().transpose()
    }
}

/// The columns of the article and those of its layers.
fn split(batch: &RecordBatch) -> (StructArray, StructArray) {
    let is_layer = |name: &str| layer_fields().find(name).is_some();
    let (layers, articles): (Vec<usize>, Vec<usize>) = (0..batch.num_columns())
        .partition(|&column| is_layer(batch.schema_ref().field(column).name()));
    let of = |columns: &[usize]| batch.project(columns).map(StructArray::from);
    (
        of(&articles).expect("the columns were counted in this batch"),
        of(&layers).expect("the columns were counted in this batch"),
    )
}

pub(crate) fn annotated_of(
    articles: &StructArray,
    layers: &StructArray,
    row: usize,
) -> Result<Annotated, CellError> {
    let layers: Layers<'static> = row_of(layers, row)?;
    Ok(Annotated {
        article: row_of(articles, row)?,
        sentences: layers.sentences.into_owned(),
        mentions: layers.mentions.into_owned(),
        actors: layers.actors.into_owned(),
        statements: layers.statements.into_owned(),
        stances: layers.stances.into_owned(),
    })
}

pub(crate) fn article_fields() -> Fields {
    fields_of([
        ("id", DataType::Utf8, false),
        ("title", DataType::Utf8, false),
        ("text", DataType::Utf8, false),
        ("date", DataType::Date32, true),
        ("date_raw", DataType::Utf8, true),
        ("outlet", DataType::Utf8, true),
        ("authors", list_of(DataType::Utf8), false),
        ("url", DataType::Utf8, true),
        ("language", DataType::Utf8, true),
        ("extra", DataType::Utf8, true),
    ])
}

pub(crate) fn layer_fields() -> Fields {
    fields_of([
        ("sentences", list_of(sentence()), false),
        ("mentions", list_of(mention()), false),
        ("actors", list_of(actor()), false),
        ("statements", list_of(statement()), false),
        ("stances", list_of(stance()), false),
    ])
}

/// Bytes, half open.
fn span() -> DataType {
    struct_of([("start", DataType::Int64, false), ("end", DataType::Int64, false)])
}

/// An enum of which some variants hold an index.
fn word_and_idx() -> DataType {
    struct_of([("word", DataType::Utf8, false), ("idx", DataType::Int64, true)])
}

fn sentence() -> DataType {
    struct_of([
        ("field", DataType::Utf8, false),
        ("span", span(), false),
        ("paragraph", DataType::Int64, false),
        ("words", list_of(span()), false),
    ])
}

fn mention() -> DataType {
    struct_of([
        ("sentence_idx", DataType::Int64, false),
        ("field", DataType::Utf8, false),
        ("span", span(), false),
        ("label", DataType::Utf8, false),
        ("form", DataType::Utf8, false),
        ("probability", DataType::Float32, false),
        ("actor_idx", DataType::Int64, true),
    ])
}

fn actor() -> DataType {
    struct_of([
        ("name", DataType::Utf8, false),
        ("kind", DataType::Utf8, false),
        ("aliases", list_of(DataType::Utf8), false),
        ("wikidata", DataType::Utf8, true),
        ("country_idx", DataType::Int64, true),
        ("affiliation_idx", DataType::Int64, true),
        ("role", DataType::Utf8, true),
    ])
}

fn statement() -> DataType {
    struct_of([
        ("sentence_idx", DataType::Int64, false),
        ("field", DataType::Utf8, false),
        ("form", DataType::Utf8, false),
        ("force", DataType::Utf8, false),
        ("speaker_idx", DataType::Int64, true),
        ("speaker_kind", DataType::Utf8, false),
        ("source", list_of(span()), false),
        ("cue", list_of(span()), false),
        ("content", list_of(span()), false),
        ("parent_idx", DataType::Int64, true),
        ("probability", DataType::Float32, false),
    ])
}

fn stance() -> DataType {
    let probabilities = struct_of([
        ("supports", DataType::Float32, false),
        ("neutral", DataType::Float32, false),
        ("opposes", DataType::Float32, false),
    ]);
    struct_of([
        ("sentence_idx", DataType::Int64, false),
        ("field", DataType::Utf8, false),
        ("span", span(), false),
        ("holder", word_and_idx(), false),
        ("target_idx", DataType::Int64, false),
        ("position", DataType::Utf8, false),
        ("probabilities", probabilities, false),
        ("basis", word_and_idx(), false),
    ])
}
