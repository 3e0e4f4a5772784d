//! From the layers of every article to the tables of a run.

use jiff::civil::Date;
use newstance_doc::rows::{ArchiveTables, ArticleTables, Tables};
use newstance_doc::{Annotated, Problem};

use crate::actor_rows::{actor_rows, affiliation_rows};
use crate::archive::{Archive, InArchive};
use crate::claim_rows::claim_rows;
use crate::claims::Claims;
use crate::entries::ledger;
use crate::levels::RollUp;
use crate::omissions::omission_rows;
use crate::rows::{article_rows, mention_rows, stance_rows, statement_rows};
use crate::shelf::ShelfBuilder;
use crate::turns::turn_rows;
use crate::{AggregateError, AggregateSettings, ClaimModels, Ledger, Scratch};

/// Takes annotated articles in any order and makes them into tables.
///
/// The articles and their layers are in memory or, where a [`Scratch`] says so,
/// on a disk, until the [`Aggregated`] is dropped.
#[derive(Debug)]
pub struct Aggregator {
    settings: AggregateSettings,
    articles: ShelfBuilder,
}

impl Aggregator {
    /// An aggregator that has seen nothing, and holds in memory what it will see.
    pub fn new(settings: AggregateSettings) -> Self {
        Self { settings, articles: ShelfBuilder::new(None) }
    }

    /// As [`Self::new`], with a place for what is too much for memory.
    pub fn with_scratch(settings: AggregateSettings, scratch: Scratch) -> Self {
        Self { settings, articles: ShelfBuilder::new(Some(scratch)) }
    }

    /// Takes one article.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Layer`] where a layer points outside of its article,
    /// [`AggregateError::Scratch`] where the disk is full.
    pub fn push(&mut self, annotated: &Annotated) -> Result<(), AggregateError> {
        self.articles.push(annotated)
    }

    /// Makes what is in the tables.
    ///
    /// Contents are grouped into claims by `models`, without any by the content
    /// words that they share. `problems` become the table of that name, sorted.
    ///
    /// # Errors
    ///
    /// [`AggregateError::RepeatedArticle`] where an id was pushed twice,
    /// [`AggregateError::Scratch`] where the disk fails,
    /// [`AggregateError::Embed`], [`AggregateError::EmbedCount`] and
    /// [`AggregateError::Compare`] where a model fails.
    pub fn finish(
        self,
        models: ClaimModels<'_>,
        mut problems: Vec<Problem>,
    ) -> Result<Aggregated, AggregateError> {
        let settings = &self.settings;
        let archive = Archive::new(self.articles, settings)?;
        let actors = actor_rows(&archive)?;
        let (claims, positions) = claim_rows(&archive, &Claims::new(&archive, models, settings)?)?;
        let ledger = ledger(&archive, &RollUp::new(&actors))?;
        problems.sort();
        let tables = ArchiveTables {
            affiliations: affiliation_rows(&archive)?,
            changes: ledger.change_rows(settings),
            turns: turn_rows(&archive, &positions, settings)?,
            omissions: omission_rows(&archive, &positions, settings),
            actors,
            claims,
            positions,
            problems,
        };
        Ok(Aggregated { tables, ledger, archive })
    }
}

/// Makes rows of an article.
type RowsOf = fn(InArchive<'_>) -> ArticleTables;

/// What an archive comes to.
#[derive(Debug)]
pub struct Aggregated {
    /// The tables that only the whole archive can tell, each sorted by its id
    /// columns.
    pub tables: ArchiveTables,
    /// What the tables `pairs` and `speakers` are counted from.
    pub ledger: Ledger,
    archive: Archive,
}

impl Aggregated {
    /// The number of articles.
    pub fn n_articles(&self) -> usize {
        self.archive.shelf.entries.len()
    }

    /// The first and the last day of the articles; none where none has one.
    pub fn dates(&self) -> Option<(Date, Date)> {
        let dates = || self.archive.shelf.entries.iter().filter_map(|entry| entry.date);
        dates().min().zip(dates().max())
    }

    /// Lets `take` have the rows of the tables of articles, those of a table in
    /// the order of its id columns. The rows of a few articles are in memory at
    /// a time.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Scratch`], and what `take` says.
    pub fn article_tables<E: From<AggregateError>>(
        &self,
        mut take: impl FnMut(ArticleTables) -> Result<(), E>,
    ) -> Result<(), E> {
        let Archive { shelf: articles, .. } = &self.archive;
        let of_article = |idx, read: &Annotated| article_rows(self.archive.article(idx, read));
        articles.each(of_article, |_, rows| take(rows))?;
        let tables: [(&[u8], RowsOf); 3] =
            [(b":m", mention_rows), (b":s", statement_rows), (b":t", stance_rows)];
        for (begins, rows) in tables {
            // Such an id is that of the article, and more: articles need not
            // sort as these do.
            let mut order: Vec<usize> = (0..self.n_articles()).collect();
            let id = |idx: usize| self.archive.entry(idx).id.bytes().chain(begins.iter().copied());
            order.sort_by(|a, b| id(*a).cmp(id(*b)));
            let of_layer = |idx, read: &Annotated| rows(self.archive.article(idx, read));
            articles.each_of(&order, of_layer, |_, rows| take(rows))?;
        }
        Ok(())
    }

    /// All tables but those of counts, in memory.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Scratch`].
    pub fn all_tables(&self) -> Result<Tables, AggregateError> {
        let mut of_articles = ArticleTables::default();
        self.article_tables(|rows| {
            of_articles.append(rows);
            Ok::<(), AggregateError>(())
        })?;
        Ok(Tables::new(of_articles, self.tables.clone()))
    }
}
