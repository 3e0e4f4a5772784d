//! A whole archive: chunks over threads, layers in corpus order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use newstance_corpus::ArticleReader;
use newstance_doc::{Article, Problem, ProblemKind};
use newstance_tables::{LayerWriter, write_problems};
use rayon::prelude::*;
use serde::Serialize;

use crate::{Annotation, Annotator, PipelineError};

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
    /// Pairs that the caps of the settings left unjudged.
    pub pairs_left_out: u64,
    /// Problems.
    pub problems: u64,
}

impl Counts {
    fn add(&mut self, annotation: &Annotation) {
        let annotated = &annotation.layers;
        self.articles += 1;
        self.words += annotated.sentences.iter().map(|s| s.words.len() as u64).sum::<u64>();
        self.sentences += annotated.sentences.len() as u64;
        self.mentions += annotated.mentions.len() as u64;
        self.statements += annotated.statements.len() as u64;
        self.stances += annotated.stances.len() as u64;
        self.pairs_left_out += annotation.n_pairs_left_out as u64;
    }

    /// Every count with its name.
    pub fn named(self) -> [(&'static str, u64); 8] {
        [
            ("articles", self.articles),
            ("words", self.words),
            ("sentences", self.sentences),
            ("mentions", self.mentions),
            ("statements", self.statements),
            ("stances", self.stances),
            ("pairs_left_out", self.pairs_left_out),
            ("problems", self.problems),
        ]
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
    let mut problems = Vec::new();
    let mut left = options.limit.unwrap_or(usize::MAX);
    loop {
        let chunk = read_chunk(reader, options.chunk_articles.max(1).min(left), &mut problems);
        if chunk.is_empty() {
            break;
        }
        left -= chunk.len();
        let done: Vec<Result<Annotation, Problem>> =
            chunk.into_par_iter().map(|article| annotate_guarded(annotator, article)).collect();
        for result in done {
            match result {
                Ok(annotation) => {
                    counts.add(&annotation);
                    writer.append(&annotation.layers)?;
                }
                Err(problem) => problems.push(problem),
            }
        }
        counts.problems = problems.len() as u64;
        let (bytes_read, bytes_total) = reader.progress();
        observe(Progress { counts, bytes_read, bytes_total });
    }
    counts.problems = problems.len() as u64;
    writer.finish()?;
    write_problems(folder, &problems)?;
    Ok(counts)
}

/// The next `n` articles; problems on the way are put with the others.
fn read_chunk(reader: &mut ArticleReader, n: usize, problems: &mut Vec<Problem>) -> Vec<Article> {
    let mut articles = Vec::new();
    while articles.len() < n {
        match reader.next() {
            Some(Ok(article)) => articles.push(article),
            Some(Err(problem)) => problems.push(problem),
            None => break,
        }
    }
    articles
}

/// Annotates one article; what goes wrong in it, a broken invariant of ours
/// included, is a problem of this article.
fn annotate_guarded(annotator: &Annotator, article: Article) -> Result<Annotation, Problem> {
    let id = article.id.clone();
    let problem = |message: String| Problem {
        article_id: Some(id),
        file: None,
        line: None,
        kind: ProblemKind::Analysis,
        message,
    };
    match catch_unwind(AssertUnwindSafe(|| annotator.annotate(article))) {
        Ok(Ok(annotation)) => Ok(annotation),
        Ok(Err(error)) => Err(problem(causes(&error))),
        Err(_) => {
            Err(problem("the analysis of this article broke off: a fault of newstance".into()))
        }
    }
}

fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
