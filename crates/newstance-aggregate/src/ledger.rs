//! What an archive says, kept so that it can be counted.
//!
//! A [`Ledger`] takes the stances and statements of articles in any order; two
//! ledgers of different articles put together are the ledger of all of them.
//! What is counted from it depends on the set of articles alone.

use jiff::civil::Date;
use newstance_doc::PositionProbabilities;

use crate::bootstrap::Bootstrap;
use crate::names::Names;

/// Where and when something was said.
#[derive(Clone, Copy, Debug)]
pub struct Dateline<'a> {
    /// The article; no id twice in a ledger.
    pub article_id: &'a str,
    /// Id of its wire group.
    pub wire_group: &'a str,
    /// True where another article of the group is the original.
    pub is_copy: bool,
    /// Day of publication.
    pub date: Option<Date>,
    /// Who published it.
    pub outlet: Option<&'a str>,
}

/// Whom an actor is counted for at each level; where it has no id at a level
/// it is left out there.
#[derive(Clone, Copy, Debug)]
pub struct Party<'a> {
    /// At the level of actors.
    pub actor: Option<&'a str>,
    /// At the level of affiliations.
    pub affiliation: Option<&'a str>,
    /// At the level of countries.
    pub country: Option<&'a str>,
}

/// An article in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceRef(u32);

/// A party in a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartyRef(u32);

/// An article, as far as it is counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Hash of the wire group's id.
    pub(crate) group: u64,
    /// Hash of the article's id.
    pub(crate) article: u64,
    /// True for a wire copy.
    pub(crate) is_copy: bool,
    /// Day of publication.
    pub(crate) date: Option<Date>,
    /// Number of the outlet.
    pub(crate) outlet: Option<u32>,
}

/// One stance: 24 bytes, so that ten million take 240 MB.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StanceEntry {
    pub(crate) place: u32,
    pub(crate) holder: u32,
    pub(crate) target: u32,
    pub(crate) probabilities: PositionProbabilities,
}

/// One statement whose speaker is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SpeechEntry {
    pub(crate) place: u32,
    pub(crate) speaker: u32,
}

/// Ids by level: number of the name, or none.
type PartyKey = [Option<u32>; 3];

/// Stances and statements of an archive, or of a part of one.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub(crate) names: Names<String>,
    pub(crate) outlets: Names<String>,
    pub(crate) parties: Names<PartyKey>,
    pub(crate) places: Vec<Place>,
    pub(crate) stances: Vec<StanceEntry>,
    pub(crate) speeches: Vec<SpeechEntry>,
}

impl Ledger {
    /// Adds an article.
    pub fn place(&mut self, line: &Dateline<'_>) -> PlaceRef {
        let outlet = line.outlet.map(|outlet| self.outlets.number(outlet.to_owned()));
        self.push_place(Place {
            group: Bootstrap::group(line.wire_group),
            article: Bootstrap::group(line.article_id),
            is_copy: line.is_copy,
            date: line.date,
            outlet,
        })
    }

    fn push_place(&mut self, place: Place) -> PlaceRef {
        self.places.push(place);
        PlaceRef(number(self.places.len() - 1))
    }

    /// Adds a party, or finds it.
    pub fn party(&mut self, party: &Party<'_>) -> PartyRef {
        let ids = [party.actor, party.affiliation, party.country];
        let key = ids.map(|id| id.map(|id| self.names.number(id.to_owned())));
        PartyRef(self.parties.number(key))
    }

    /// Adds a stance of `holder` toward `target`.
    pub fn add_stance(
        &mut self,
        place: PlaceRef,
        (holder, target): (PartyRef, PartyRef),
        probabilities: PositionProbabilities,
    ) {
        let entry =
            StanceEntry { place: place.0, holder: holder.0, target: target.0, probabilities };
        self.stances.push(entry);
    }

    /// Adds a statement of `speaker`.
    pub fn add_statement(&mut self, place: PlaceRef, speaker: PartyRef) {
        self.speeches.push(SpeechEntry { place: place.0, speaker: speaker.0 });
    }

    /// Takes all that `other` holds; the two must have no article in common.
    pub fn merge(&mut self, other: &Self) {
        let names = other.names.values().iter().map(|name| self.names.number(name.clone()));
        let names: Vec<u32> = names.collect();
        let outlets = other.outlets.values().iter().map(|name| self.outlets.number(name.clone()));
        let outlets: Vec<u32> = outlets.collect();
        let renamed = |key: &PartyKey| key.map(|name| name.map(|name| names[name as usize]));
        let parties = other.parties.values().iter().map(|key| self.parties.number(renamed(key)));
        let parties: Vec<u32> = parties.collect();
        let first = number(self.places.len());
        for place in &other.places {
            let outlet = place.outlet.map(|outlet| outlets[outlet as usize]);
            self.push_place(Place { outlet, ..*place });
        }
        self.stances.extend(other.stances.iter().map(|entry| StanceEntry {
            place: first + entry.place,
            holder: parties[entry.holder as usize],
            target: parties[entry.target as usize],
            probabilities: entry.probabilities,
        }));
        self.speeches.extend(other.speeches.iter().map(|entry| SpeechEntry {
            place: first + entry.place,
            speaker: parties[entry.speaker as usize],
        }));
    }

    /// For each article its place in an order that does not depend on how
    /// they came: by wire group, then article.
    pub(crate) fn place_ranks(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..number(self.places.len())).collect();
        order.sort_unstable_by_key(|place| {
            let place = &self.places[*place as usize];
            (place.group, place.article)
        });
        let mut ranks = vec![0; order.len()];
        for (rank, place) in order.iter().enumerate() {
            ranks[*place as usize] = number(rank);
        }
        ranks
    }

    /// For each party its id's place among the sorted ids of a level, and
    /// those ids.
    pub(crate) fn ids_at(&self, level: usize) -> (Vec<Option<u32>>, Vec<&str>) {
        let (ranks, sorted) = crate::names::ranks(self.names.values().iter());
        let rank = |key: &PartyKey| key[level].map(|name| ranks[name as usize]);
        let ids = self.parties.values().iter().map(rank).collect();
        (ids, sorted.into_iter().map(String::as_str).collect())
    }
}

pub(crate) fn number(idx: usize) -> u32 {
    u32::try_from(idx).expect("a ledger holds under 2^32 entries")
}
