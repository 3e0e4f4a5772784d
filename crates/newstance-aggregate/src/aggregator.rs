//! From the layers of every article to the tables of a run.

use newstance_doc::rows::Tables;
use newstance_doc::{Annotated, Problem};

use crate::actor_rows::{actor_rows, affiliation_rows};
use crate::archive::Archive;
use crate::claim_rows::claim_rows;
use crate::claims::Claims;
use crate::entries::ledger;
use crate::levels::RollUp;
use crate::omissions::omission_rows;
use crate::rows::{article_rows, mention_rows, sentence_rows, stance_rows, statement_rows};
use crate::turns::turn_rows;
use crate::{AggregateError, AggregateSettings, ClaimModels, Ledger};

/// Takes annotated articles in any order and makes them into tables.
///
/// Holds all of them in memory until [`Self::finish`].
#[derive(Clone, Debug, Default)]
pub struct Aggregator {
    settings: AggregateSettings,
    articles: Vec<Annotated>,
}

impl Aggregator {
    /// An aggregator that has seen nothing.
    pub fn new(settings: AggregateSettings) -> Self {
        Self { settings, articles: Vec::new() }
    }

    /// Takes one article.
    pub fn push(&mut self, annotated: Annotated) {
        self.articles.push(annotated);
    }

    /// Makes the tables, each sorted by its id columns, and the ledger that
    /// gives the rows of `pairs` and `speakers`.
    ///
    /// Contents are grouped into claims by `models`, without any by the content
    /// words that they share. `problems` become the table of that name, sorted.
    ///
    /// # Errors
    ///
    /// [`AggregateError::RepeatedArticle`] where an id was pushed twice,
    /// [`AggregateError::Layer`] where a layer points outside of its article,
    /// [`AggregateError::Embed`], [`AggregateError::EmbedCount`],
    /// [`AggregateError::Compare`] and [`AggregateError::CompareCount`] where a
    /// model fails.
    pub fn finish(
        self,
        models: ClaimModels<'_>,
        mut problems: Vec<Problem>,
    ) -> Result<Aggregated, AggregateError> {
        let settings = &self.settings;
        let archive = Archive::new(self.articles, settings)?;
        let actors = actor_rows(&archive);
        let grouped = Claims::new(&archive, models, settings)?;
        let (claims, positions) = claim_rows(&archive, &grouped);
        let roll_up = RollUp::new(&archive, &actors);
        let ledger = ledger(&archive, &roll_up);
        let stances = stance_rows(&archive);
        problems.sort();
        let tables = Tables {
            articles: article_rows(&archive),
            sentences: sentence_rows(&archive),
            mentions: mention_rows(&archive),
            affiliations: affiliation_rows(&archive),
            statements: statement_rows(&archive),
            changes: ledger.change_rows(settings),
            turns: turn_rows(&archive, &positions, &stances, settings),
            omissions: omission_rows(&archive, &positions, settings),
            stances,
            actors,
            claims,
            positions,
            problems,
        };
        Ok(Aggregated { tables, ledger })
    }
}

/// What an archive comes to.
#[derive(Clone, Debug, Default)]
pub struct Aggregated {
    /// All tables but those of counts.
    pub tables: Tables,
    /// What the tables `pairs` and `speakers` are counted from.
    pub ledger: Ledger,
}

impl Extend<Annotated> for Aggregator {
    fn extend<I: IntoIterator<Item = Annotated>>(&mut self, articles: I) {
        self.articles.extend(articles);
    }
}
