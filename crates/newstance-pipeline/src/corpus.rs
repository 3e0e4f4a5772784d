//! A whole archive: chunks over threads, layers in corpus order, part by part.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use newstance_corpus::ArticleReader;
use newstance_doc::{Article, Problem, ProblemKind};
use newstance_tables::{
    LayerWriter, LayersState, PartRecord, finish_layers, layers_state, read_parts,
};
use rayon::prelude::*;

use crate::source::{Room, Source};
use crate::{Annotation, Annotator, Counts, PipelineError, Shard};

/// What a run takes of its input, and how it goes about it.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// Articles read, analysed and written together; at least 1. Bounds the
    /// memory and changes nothing of what comes out.
    pub chunk_articles: usize,
    /// Articles of a part, after which an interrupted run can go on; at least
    /// 1. Changes the files of the layers, and no table.
    pub part_articles: usize,
    /// Stop after that many articles of the archive; none reads all.
    pub limit: Option<usize>,
    /// The share of the archive that is analysed.
    pub shard: Shard,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self { chunk_articles: 64, part_articles: 256, limit: None, shard: Shard::WHOLE }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What was counted so far, before an interruption, too.
    pub counts: Counts,
    /// What was counted before this run went on.
    pub counts_before: Counts,
    /// Bytes of input read, as stored.
    pub bytes_read: u64,
    /// Bytes of input that were passed over, since they were done before.
    pub bytes_before: u64,
    /// Bytes of input in all, as stored; none where that is not known.
    pub bytes_total: Option<u64>,
}

/// A run that goes on.
struct Run<'a, 'r> {
    annotator: &'a Annotator,
    folder: &'a Path,
    options: RunOptions,
    source: Source<'r>,
    progress: Progress,
    observe: &'a mut dyn FnMut(Progress),
}

/// Annotates every article of `reader` and writes the layers to `folder`, in
/// corpus order, part by part, each with its problems. `observe` is called
/// after each chunk.
///
/// Parts that are whole in `folder` are not done again: the run goes on after
/// them. An article on which a stage fails costs that article only.
///
/// # Errors
///
/// [`PipelineError::Tables`] where the folder cannot be written or read,
/// [`PipelineError::InputChanged`] where parts in `folder` are of other input.
pub fn annotate_corpus(
    annotator: &Annotator,
    reader: &mut ArticleReader,
    folder: &Path,
    options: RunOptions,
    observe: &mut dyn FnMut(Progress),
) -> Result<Counts, PipelineError> {
    let done = read_parts(folder)?;
    let mut counts = Counts::default();
    for record in &done {
        counts += Counts::from_named(&record.counts);
    }
    if layers_state(folder) == LayersState::Finished {
        return Ok(counts);
    }
    let mut source = Source::new(reader, options);
    if let Some(last) = done.last() {
        source.skip_to(last, done.len())?;
    }
    let (bytes_before, bytes_total) = source.progress();
    let progress = Progress {
        counts,
        counts_before: counts,
        bytes_read: bytes_before,
        bytes_before,
        bytes_total,
    };
    let mut run = Run { annotator, folder, options, source, progress, observe };
    let mut n_parts = done.len();
    while run.write_part(n_parts)? {
        n_parts += 1;
    }
    finish_layers(folder, n_parts)?;
    Ok(run.progress.counts)
}

impl Run<'_, '_> {
    /// Reads, annotates and writes one part; false where nothing was left.
    fn write_part(&mut self, part_idx: usize) -> Result<bool, PipelineError> {
        let n_items_before = self.source.n_items();
        let mut room = Room::of_part(self.options);
        let mut problems = Vec::new();
        let mut chunk = self.source.read_chunk(&mut room, &mut problems);
        if self.source.n_items() == n_items_before {
            return Ok(false);
        }
        let counts_before = self.progress.counts;
        let mut counts = Counts::default();
        let mut writer = LayerWriter::create(self.folder, part_idx)?;
        while !chunk.is_empty() {
            for result in annotate_chunk(self.annotator, chunk) {
                match result {
                    Ok(annotation) => {
                        counts.add(&annotation);
                        writer.append(&annotation.layers)?;
                    }
                    Err(problem) => problems.push(problem),
                }
            }
            counts.problems = problems.len() as u64;
            self.tell(counts_before, counts);
            chunk = self.source.read_chunk(&mut room, &mut problems);
        }
        counts.problems = problems.len() as u64;
        counts += self.source.take_left_out();
        let record = PartRecord {
            n_items: self.source.n_items(),
            items_hash: self.source.items_hash(),
            counts: counts.named(),
            problems,
        };
        writer.finish(&record)?;
        self.tell(counts_before, counts);
        Ok(true)
    }

    fn tell(&mut self, before: Counts, of_part: Counts) {
        self.progress.counts = before;
        self.progress.counts += of_part;
        (self.progress.bytes_read, self.progress.bytes_total) = self.source.progress();
        (self.observe)(self.progress);
    }
}

/// Annotates articles that somebody else read, over rayon's threads: a result
/// for each place, in their order, none where there is no article. An article
/// on which a stage fails costs that article only.
pub fn annotate_rows(
    annotator: &Annotator,
    articles: Vec<Option<Article>>,
) -> Vec<Option<Result<Annotation, Problem>>> {
    let annotate = |article: Option<Article>| Some(annotate_guarded(annotator, article?));
    articles.into_par_iter().map(annotate).collect()
}

fn annotate_chunk(annotator: &Annotator, chunk: Vec<Article>) -> Vec<Result<Annotation, Problem>> {
    chunk.into_par_iter().map(|article| annotate_guarded(annotator, article)).collect()
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
