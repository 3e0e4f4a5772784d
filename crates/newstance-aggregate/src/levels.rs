//! Whom an actor is counted for.

use std::collections::BTreeMap;

use newstance_doc::rows::ActorRow;

use crate::archive::InArchive;

/// Whom an actor is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Itself.
    Actor,
    /// What it belongs to, as its article tells it, else as the archive most
    /// often does. Who belongs to nothing counts for itself, but persons are
    /// left out.
    Affiliation,
    /// Its country, as its article tells it, else as the archive most often
    /// does. Who has none is left out.
    Country,
}

impl Level {
    /// All levels, sorted as their words are.
    pub(crate) const ALL: [Self; 3] = [Self::Actor, Self::Affiliation, Self::Country];

    /// The word that tables use.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Affiliation => "affiliation",
            Self::Country => "country",
        }
    }
}

/// Rolls actors up.
#[derive(Debug)]
pub(crate) struct RollUp<'a>(BTreeMap<&'a str, &'a ActorRow>);

impl<'a> RollUp<'a> {
    /// Reads what the archive knows of its actors.
    pub(crate) fn new(rows: &'a [ActorRow]) -> Self {
        Self(rows.iter().map(|row| (row.actor_id.as_str(), row)).collect())
    }

    /// Id of whom an article's actor counts for; none where it is left out.
    pub(crate) fn id<'b>(
        &'b self,
        level: Level,
        article: InArchive<'b>,
        actor: usize,
    ) -> Option<&'b str> {
        let id = article.actor_id(actor);
        let row = self.0.get(id).copied();
        match level {
            Level::Actor => Some(id),
            Level::Affiliation => {
                let told = article.affiliation_id(actor);
                let known = told.or_else(|| row.and_then(|row| row.affiliation.as_deref()));
                let is_person = row.is_some_and(|row| row.kind == "person");
                known.or((!is_person).then_some(id))
            }
            Level::Country => {
                article.country_id(actor).or_else(|| row.and_then(|row| row.country.as_deref()))
            }
        }
    }
}
