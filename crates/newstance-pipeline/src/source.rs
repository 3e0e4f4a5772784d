//! What a run takes of an archive, and how it finds its place again.

use newstance_corpus::ArticleReader;
use newstance_doc::{Article, Problem};
use newstance_tables::PartRecord;

use crate::{Counts, PipelineError, RunOptions};

/// Bytes of text after which a chunk ends early, so that one huge article is
/// not held together with many.
const CHUNK_TEXT_BYTES: usize = 8 << 20;
/// A part ends after that many items for each article that it may have, so
/// that an archive of problems is written in parts, too.
const ITEMS_PER_ARTICLE: usize = 16;

/// The items of an archive that fall to a run, with a hash of all it has seen.
pub(crate) struct Source<'r> {
    reader: &'r mut ArticleReader,
    options: RunOptions,
    hasher: blake3::Hasher,
    n_items: u64,
    n_articles: usize,
    left_out: Counts,
}

/// How much more a part may take.
#[derive(Debug)]
pub(crate) struct Room {
    articles: usize,
    items: usize,
}

impl Room {
    /// That of an empty part.
    pub(crate) fn of_part(options: RunOptions) -> Self {
        let articles = options.part_articles.max(1);
        Self { articles, items: articles.saturating_mul(ITEMS_PER_ARTICLE) }
    }

    fn is_left(&self) -> bool {
        self.articles > 0 && self.items > 0
    }
}

impl<'r> Source<'r> {
    pub(crate) fn new(reader: &'r mut ArticleReader, options: RunOptions) -> Self {
        let hasher = blake3::Hasher::new();
        let left_out = Counts::default();
        Self { reader, options, hasher, n_items: 0, n_articles: 0, left_out }
    }

    /// Items seen so far, those of other shards, too.
    pub(crate) fn n_items(&self) -> u64 {
        self.n_items
    }

    /// A hash of all items seen so far.
    pub(crate) fn items_hash(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }

    /// What was left out on request since this was asked last.
    pub(crate) fn take_left_out(&mut self) -> Counts {
        std::mem::take(&mut self.left_out)
    }

    /// Bytes read so far and in all, as stored.
    pub(crate) fn progress(&self) -> (u64, Option<u64>) {
        self.reader.progress()
    }

    /// Passes over what the parts up to `record` hold.
    ///
    /// # Errors
    ///
    /// [`PipelineError::InputChanged`] where it is not what it was then.
    pub(crate) fn skip_to(
        &mut self,
        record: &PartRecord,
        n_parts: usize,
    ) -> Result<(), PipelineError> {
        while self.n_items < record.n_items && self.next_item().is_some() {}
        if self.n_items != record.n_items || self.items_hash() != record.items_hash {
            return Err(PipelineError::InputChanged { n_parts });
        }
        // What was left out on the way was counted by the parts.
        self.take_left_out();
        Ok(())
    }

    /// The next articles of a part, at most a chunk; problems on the way are
    /// put with the others. Empty where the part is full or the archive ends.
    pub(crate) fn read_chunk(
        &mut self,
        room: &mut Room,
        problems: &mut Vec<Problem>,
    ) -> Vec<Article> {
        let (mut articles, mut text_bytes) = (Vec::new(), 0);
        let chunk_articles = self.options.chunk_articles.max(1);
        while articles.len() < chunk_articles && text_bytes < CHUNK_TEXT_BYTES && room.is_left() {
            let Some(item) = self.next_item() else { break };
            room.items -= 1;
            match item {
                Ok(article) => {
                    room.articles -= 1;
                    text_bytes += article.text.len();
                    articles.push(article);
                }
                Err(problem) => problems.push(problem),
            }
        }
        articles
    }

    /// The next item that falls to this run.
    fn next_item(&mut self) -> Option<Result<Article, Problem>> {
        while self.options.limit.is_none_or(|limit| self.n_articles < limit) {
            let item = self.reader.next()?;
            self.n_items += 1;
            self.note(&item);
            let falls_here = match &item {
                Ok(article) => self.options.shard.has_article(article),
                Err(problem) => self.options.shard.has_problem(problem),
            };
            let reason =
                item.as_ref().ok().and_then(|a| self.reader.article_filter().leaves_out(a));
            self.n_articles += usize::from(item.is_ok() && reason.is_none());
            match reason {
                Some(reason) if falls_here => self.left_out.leave_out(reason),
                None if falls_here => return Some(item),
                _ => {}
            }
        }
        None
    }

    /// Takes an item into the hash. Names of files are left out: the same
    /// archive may lie elsewhere when a run goes on.
    fn note(&mut self, item: &Result<Article, Problem>) {
        let parts: [&str; 4] = match item {
            Ok(article) => ["article", &article.id, &article.title, &article.text],
            Err(problem) => {
                let id = problem.article_id.as_deref().unwrap_or_default();
                ["problem", id, problem.kind.as_str(), &problem.message]
            }
        };
        for part in parts {
            self.hasher.update(&(part.len() as u64).to_le_bytes());
            self.hasher.update(part.as_bytes());
        }
    }
}
