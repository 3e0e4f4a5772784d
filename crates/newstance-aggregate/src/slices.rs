//! The parts of an archive that counts are given for.

use std::collections::BTreeMap;

use jiff::civil::Date;
use newstance_doc::rows::ActorRow;

use crate::archive::Archive;
use crate::{AggregateSettings, PeriodUnit};

/// A period, an outlet or all, with wire copies or without.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slice {
    /// As in the tables.
    pub(crate) period_unit: &'static str,
    /// First day; none for the whole archive.
    pub(crate) period_start: Option<Date>,
    /// None for all.
    pub(crate) outlet: Option<String>,
    /// `every` or `once`.
    pub(crate) wire: &'static str,
}

/// All slices, and which of them each article is in.
#[derive(Debug)]
pub(crate) struct Slices {
    /// Sorted.
    pub(crate) all: Vec<Slice>,
    /// For each article indices into `all`.
    pub(crate) of_article: Vec<Vec<usize>>,
}

impl Slices {
    /// Cuts the archive as the settings ask. Articles without a date are in
    /// the slices of the whole archive only, wire copies in those of `every`.
    pub(crate) fn new(archive: &Archive, settings: &AggregateSettings) -> Self {
        let cut = |article: usize| slices_of(archive, settings, article);
        let per_article: Vec<Vec<Slice>> = (0..archive.articles.len()).map(cut).collect();
        let mut index: BTreeMap<Slice, usize> =
            per_article.iter().flatten().map(|slice| (slice.clone(), 0)).collect();
        for (n, at) in index.values_mut().enumerate() {
            *at = n;
        }
        let of_article =
            per_article.iter().map(|slices| slices.iter().map(|s| index[s]).collect()).collect();
        Self { all: index.into_keys().collect(), of_article }
    }
}

fn slices_of(archive: &Archive, settings: &AggregateSettings, article: usize) -> Vec<Slice> {
    let is_copy = archive.originals[article] != article;
    let outlet = archive.articles[article].article.outlet.as_ref();
    let mut outlets = vec![None];
    outlets.extend(outlet.filter(|_| settings.by_outlet).map(|name| Some(name.clone())));
    let mut slices = Vec::new();
    for unit in &settings.period_units {
        let start = archive.date(article).and_then(|date| period_start(*unit, date));
        if *unit != PeriodUnit::All && start.is_none() {
            continue;
        }
        for outlet in &outlets {
            for wire in if is_copy { &["every"][..] } else { &["every", "once"] } {
                slices.push(Slice {
                    period_unit: unit.as_str(),
                    period_start: start,
                    outlet: outlet.clone(),
                    wire,
                });
            }
        }
    }
    slices.sort();
    slices.dedup();
    slices
}

/// The first day of the period that `date` lies in; none for the whole archive
/// and for a week that begins before the calendar does.
fn period_start(unit: PeriodUnit, date: Date) -> Option<Date> {
    match unit {
        PeriodUnit::All => None,
        PeriodUnit::Year => Date::new(date.year(), 1, 1).ok(),
        PeriodUnit::Month => Some(date.first_of_month()),
        PeriodUnit::Week => {
            let days = i64::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(jiff::Span::new().days(days)).ok()
        }
        PeriodUnit::Day => Some(date),
    }
}

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
pub(crate) struct RollUp<'a> {
    archive: &'a Archive,
    rows: BTreeMap<&'a str, &'a ActorRow>,
}

impl<'a> RollUp<'a> {
    /// Reads what the archive knows of its actors.
    pub(crate) fn new(archive: &'a Archive, rows: &'a [ActorRow]) -> Self {
        let rows = rows.iter().map(|row| (row.actor_id.as_str(), row)).collect();
        Self { archive, rows }
    }

    /// Id of whom an article's actor counts for; none where it is left out.
    pub(crate) fn id(&self, level: Level, article: usize, actor: usize) -> Option<&'a str> {
        let archive = self.archive;
        let id = archive.actor_ids[article][actor].as_str();
        let row = self.rows.get(id).copied();
        match level {
            Level::Actor => Some(id),
            Level::Affiliation => {
                let told = archive.affiliation_id(article, actor);
                let known = told.or_else(|| row.and_then(|row| row.affiliation.as_deref()));
                let is_person = row.is_some_and(|row| row.kind == "person");
                known.or((!is_person).then_some(id))
            }
            Level::Country => archive
                .country_id(article, actor)
                .or_else(|| row.and_then(|row| row.country.as_deref())),
        }
    }
}

/// For each article the rank of its wire group's id, and those ids by rank.
pub(crate) fn wire_ranks(archive: &Archive) -> (Vec<usize>, Vec<&str>) {
    let mut ranks: BTreeMap<usize, usize> = archive.originals.iter().map(|o| (*o, 0)).collect();
    for (n, rank) in ranks.values_mut().enumerate() {
        *rank = n;
    }
    let ids = ranks.keys().map(|o| archive.articles[*o].article.id.as_str()).collect();
    (archive.originals.iter().map(|o| ranks[o]).collect(), ids)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::period_start;
    use crate::PeriodUnit;

    #[test]
    fn a_week_begins_on_monday() {
        let start = |unit| period_start(unit, date(2026, 11, 22));
        assert_eq!(start(PeriodUnit::Week), Some(date(2026, 11, 16)));
        assert_eq!(start(PeriodUnit::Month), Some(date(2026, 11, 1)));
        assert_eq!(start(PeriodUnit::Year), Some(date(2026, 1, 1)));
        assert_eq!(start(PeriodUnit::Day), Some(date(2026, 11, 22)));
        assert_eq!(start(PeriodUnit::All), None);
    }
}
