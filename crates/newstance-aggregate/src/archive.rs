//! All articles of a run, with the ids of the archive.

use jiff::civil::Date;
use newstance_doc::{Annotated, Statement};

use crate::actors::actor_ids;
use crate::wire::wire_originals;
use crate::{AggregateError, AggregateSettings};

/// The checked layers of every article, in order of article id, and what only
/// the whole archive can tell of them.
#[derive(Debug)]
pub(crate) struct Archive {
    /// Sorted by id; no id twice.
    pub(crate) articles: Vec<Annotated>,
    /// For each article the index of its wire group's original.
    pub(crate) originals: Vec<usize>,
    /// For each article the archive's id of each of its actors.
    pub(crate) actor_ids: Vec<Vec<String>>,
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
    /// Sorts the articles and gives actors and wire groups their ids.
    ///
    /// # Errors
    ///
    /// [`AggregateError::RepeatedArticle`] and [`AggregateError::Layer`].
    pub(crate) fn new(
        mut articles: Vec<Annotated>,
        settings: &AggregateSettings,
    ) -> Result<Self, AggregateError> {
        articles.sort_by(|a, b| a.article.id.cmp(&b.article.id));
        for pair in articles.windows(2) {
            if pair[0].article.id == pair[1].article.id {
                let article_id = pair[0].article.id.clone();
                return Err(AggregateError::RepeatedArticle { article_id });
            }
        }
        for annotated in &articles {
            crate::check::check_layers(annotated)?;
        }
        let originals = wire_originals(&articles, settings);
        let actor_ids = actor_ids(&articles, &originals);
        Ok(Self { articles, originals, actor_ids })
    }

    /// The day of publication of an article.
    pub(crate) fn date(&self, article: usize) -> Option<Date> {
        self.articles[article].article.date
    }

    /// The statement itself.
    pub(crate) fn statement(&self, at: StatementRef) -> &Statement {
        &self.articles[at.article].statements[at.statement]
    }

    /// The statement's id in tables.
    pub(crate) fn statement_id(&self, at: StatementRef) -> String {
        statement_id(&self.articles[at.article].article.id, at.statement)
    }

    /// Archive id of the statement's speaker, where it is known.
    pub(crate) fn speaker_id(&self, at: StatementRef) -> Option<&str> {
        let speaker_idx = self.statement(at).speaker_idx?;
        Some(&self.actor_ids[at.article][speaker_idx])
    }

    /// Archive id of an actor's country, as its article tells it.
    pub(crate) fn country_id(&self, article: usize, actor: usize) -> Option<&str> {
        let country_idx = self.articles[article].actors[actor].country_idx?;
        Some(&self.actor_ids[article][country_idx])
    }

    /// Archive id of what an actor belongs to, as its article tells it.
    pub(crate) fn affiliation_id(&self, article: usize, actor: usize) -> Option<&str> {
        let affiliation_idx = self.articles[article].actors[actor].affiliation_idx?;
        Some(&self.actor_ids[article][affiliation_idx])
    }

    /// Every statement, from the earliest by date, then id; those of articles
    /// without a date come last.
    pub(crate) fn statements_by_age(&self) -> Vec<StatementRef> {
        let mut articles: Vec<usize> = (0..self.articles.len()).collect();
        articles.sort_by_key(|&idx| (self.date(idx).is_none(), self.date(idx), idx));
        articles
            .into_iter()
            .flat_map(|article| {
                (0..self.articles[article].statements.len())
                    .map(move |statement| StatementRef { article, statement })
            })
            .collect()
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
