//! A whole archive: chunks over threads, layers in corpus order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use newstance_corpus::ArticleReader;
use newstance_doc::{Annotated, Article, Problem, ProblemKind};
use newstance_tables::LayerWriter;
use rayon::prelude::*;
use serde::Serialize;

use crate::{Annotator, PipelineError};

/// What changes how a run goes, and nothing of what comes out.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// Articles read, analysed and written together; at least 1. Bounds the memory.
    pub chunk_articles: usize,
    /// Stop after that many articles; none reads all.
    pub limit: Option<usize>,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { chunk_articles: 64, limit: None }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What was counted so far.
    pub counts: Counts,
    /// Bytes of input read, as stored.
    pub bytes_read: u64,
    /// Bytes of input in all, as stored; none where that is not known.
    pub bytes_total: Option<u64>,
}

/// What a run counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Articles annotated.
    pub articles: u64,
    /// Words in them.
    pub words: u64,
    /// Sentences.
    pub sentences: u64,
    /// Mentions.
    pub mentions: u64,
    /// Statements.
    pub statements: u64,
    /// Judged pairs.
    pub stances: u64,
    /// Problems.
    pub problems: u64,
}

impl Counts {
    fn add(&mut self, annotated: &Annotated) {
        self.articles += 1;
        self.words += annotated.sentences.iter().map(|s| s.words.len() as u64).sum::<u64>();
        self.sentences += annotated.sentences.len() as u64;
        self.mentions += annotated.mentions.len() as u64;
        self.statements += annotated.statements.len() as u64;
        self.stances += annotated.stances.len() as u64;
    }
}

/// Annotates every article of `reader` and writes the layers to `folder`, in
/// corpus order, with the problems beside them. `observe` is called after each
/// chunk.
///
/// An article on which a stage fails costs that article only.
///
/// # Errors
///
/// [`PipelineError::Tables`] where the folder cannot be written.
pub fn annotate_corpus(
    annotator: &Annotator,
    reader: &mut ArticleReader,
    folder: &Path,
    options: RunOptions,
    observe: &mut dyn FnMut(Progress),
) -> Result<Counts, PipelineError> {
    let mut writer = LayerWriter::create(folder)?;
    let mut counts = Counts::default();
    let mut left = options.limit.unwrap_or(usize::MAX);
    loop {
        let chunk = read_chunk(reader, options.chunk_articles.max(1).min(left), &mut |problem| {
            counts.problems += 1;
            writer.problem(problem)
        })?;
        if chunk.is_empty() {
            break;
        }
        left -= chunk.len();
        let done: Vec<_> =
            chunk.into_par_iter().map(|article| annotate_guarded(annotator, article)).collect();
        for result in done {
            match result {
                Ok(annotated) => {
                    counts.add(&annotated);
                    writer.article(&annotated)?;
                }
                Err(problem) => {
                    counts.problems += 1;
                    writer.problem(&problem)?;
                }
            }
        }
        let (bytes_read, bytes_total) = reader.progress();
        observe(Progress { counts, bytes_read, bytes_total });
    }
    writer.finish()?;
    Ok(counts)
}
