//! Whom mentions stand for.

use serde::{Deserialize, Serialize};

/// What sort of actor it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A human being.
    Person,
    /// A company, agency, institution.
    Organisation,
    /// A country.
    Country,
    /// A political party.
    Party,
    /// People taken together ("U.S. officials").
    Group,
    /// A place that is no country.
    Place,
    /// Anything else that is named.
    Topic,
}

impl ActorKind {
    /// The word that tables use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organisation => "organisation",
            Self::Country => "country",
            Self::Party => "party",
            Self::Group => "group",
            Self::Place => "place",
            Self::Topic => "topic",
        }
    }
}

/// Someone or something that the mentions of one article stand for.
///
/// Known within its article only: `aggregate` gives actors of the archive
/// their ids. An actor without a mention is there because another one's
/// `country` or `affiliation` needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The fullest name, as the article or the gazetteer has it.
    pub name: String,
    /// What sort of actor it is.
    pub kind: ActorKind,
    /// Its other names in the article, sorted, without `name`.
    pub aliases: Vec<String>,
    /// Wikidata id, where the gazetteer knows the actor.
    pub wikidata: Option<String>,
    /// Index of its country among the article's actors; itself for a country.
    pub country_idx: Option<usize>,
    /// Index of the actor that it belongs to, among the article's actors.
    pub affiliation_idx: Option<usize>,
    /// Its office, as the article words it ("Foreign Ministry spokesman").
    pub role: Option<String>,
}
