//! All articles of a run, with the ids of the archive.

use newstance_doc::Annotated;

use crate::actors::{ActorIds, actor_ids};
use crate::shelf::{Entry, Shelf, ShelfBuilder};
use crate::wire::wire_originals;
use crate::{AggregateError, AggregateSettings};

/// The articles, and what only the whole archive can tell of them.
#[derive(Debug)]
pub(crate) struct Archive {
    /// The articles, by id.
    pub(crate) shelf: Shelf,
    /// For each article the index of its wire group's original.
    pub(crate) originals: Vec<usize>,
    /// The archive's ids of each article's actors.
    pub(crate) actor_ids: ActorIds,
}

/// A statement of the archive: index of the article, index in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StatementRef {
    /// Index of the article.
    pub(crate) article: usize,
    /// Index in the article.
    pub(crate) statement: usize,
}

impl Archive {
    /// Gives actors and wire groups their ids.
    ///
    /// # Errors
    ///
    /// [`AggregateError::RepeatedArticle`] and [`AggregateError::Scratch`].
    pub(crate) fn new(
        articles: ShelfBuilder,
        settings: &AggregateSettings,
    ) -> Result<Self, AggregateError> {
        let shelf = articles.sorted()?;
        let originals = wire_originals(&shelf, settings)?;
        let actor_ids = actor_ids(&shelf, &originals)?;
        Ok(Self { shelf, originals, actor_ids })
    }

    /// The archive of a few articles.
    #[cfg(test)]
    pub(crate) fn of(
        articles: &[Annotated],
        settings: &AggregateSettings,
    ) -> Result<Self, AggregateError> {
        let mut shelf = ShelfBuilder::new(None);
        articles.iter().try_for_each(|annotated| shelf.push(annotated))?;
        Self::new(shelf, settings)
    }

    /// What is known of an article without reading it.
    pub(crate) fn entry(&self, article: usize) -> &Entry {
        &self.shelf.entries[article]
    }

    /// The article of that index, which was read, as one of the archive.
    pub(crate) fn article<'a>(&'a self, idx: usize, annotated: &'a Annotated) -> InArchive<'a> {
        InArchive { archive: self, idx, annotated }
    }

    /// Lets `take` have what `map` makes of each article, in order of id.
    ///
    /// # Errors
    ///
    /// [`AggregateError::Scratch`].
    pub(crate) fn each<T: Send>(
        &self,
        map: impl Fn(InArchive<'_>) -> T + Sync,
        mut take: impl FnMut(usize, T),
    ) -> Result<(), AggregateError> {
        self.shelf.each(
            |idx, annotated| map(self.article(idx, annotated)),
            |idx, made| {
                take(idx, made);
                Ok(())
            },
        )
    }

    /// The statement's id in tables.
    pub(crate) fn statement_id(&self, at: StatementRef) -> String {
        statement_id(&self.entry(at.article).id, at.statement)
    }
}

/// An article that was read, with what the archive knows of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InArchive<'a> {
    archive: &'a Archive,
    /// Its index.
    pub(crate) idx: usize,
    /// The article and its layers.
    pub(crate) annotated: &'a Annotated,
}

impl<'a> InArchive<'a> {
    /// Archive id of one of its actors.
    pub(crate) fn actor_id(self, actor: usize) -> &'a str {
        self.archive.actor_ids.id(self.idx, actor)
    }

    /// The number of that id.
    pub(crate) fn actor_number(self, actor: usize) -> u32 {
        self.archive.actor_ids.number(self.idx, actor)
    }

    /// Archive id of an actor's country, as the article tells it.
    pub(crate) fn country_id(self, actor: usize) -> Option<&'a str> {
        Some(self.actor_id(self.annotated.actors[actor].country_idx?))
    }

    /// Archive id of what an actor belongs to, as the article tells it.
    pub(crate) fn affiliation_id(self, actor: usize) -> Option<&'a str> {
        Some(self.actor_id(self.annotated.actors[actor].affiliation_idx?))
    }

    /// Archive id of a statement's speaker, where it is known.
    pub(crate) fn speaker_id(self, statement: usize) -> Option<&'a str> {
        Some(self.actor_id(self.annotated.statements[statement].speaker_idx?))
    }

    /// Id of its wire group: that of the group's original.
    pub(crate) fn wire_group(self) -> &'a str {
        &self.archive.entry(self.archive.originals[self.idx]).id
    }

    /// True where it is a copy of another article.
    pub(crate) fn is_copy(self) -> bool {
        self.archive.originals[self.idx] != self.idx
    }
}

/// Id of a mention: article and index, padded so that ids sort as indices do.
pub(crate) fn mention_id(article_id: &str, mention: usize) -> String {
    format!("{article_id}:m{mention:06}")
}

/// Id of a statement: article and index, padded so that ids sort as indices do.
pub(crate) fn statement_id(article_id: &str, statement: usize) -> String {
    format!("{article_id}:s{statement:06}")
}

/// Id of a stance: article and index, padded so that ids sort as indices do.
pub(crate) fn stance_id(article_id: &str, stance: usize) -> String {
    format!("{article_id}:t{stance:06}")
}
