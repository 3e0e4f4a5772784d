//! The parts of an archive that counts are given for.

use jiff::civil::Date;

use crate::calendar::period_start;
use crate::ledger::Place;
use crate::{AggregateSettings, PeriodUnit};

/// A period of one outlet or of all. Sorts as tables do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell {
    /// As in the tables.
    pub(crate) unit: &'static str,
    /// First day; none for the whole archive.
    pub(crate) start: Option<Date>,
    /// Place of its name among the outlets; none for all.
    pub(crate) outlet: Option<u32>,
}

/// How an archive is cut: the periods, and outlets or not.
#[derive(Clone, Debug)]
pub(crate) struct Cut<'a> {
    units: Vec<PeriodUnit>,
    by_outlet: bool,
    outlet_ranks: Vec<u32>,
    /// The names of the outlets, sorted.
    pub(crate) outlets: Vec<&'a String>,
}

impl<'a> Cut<'a> {
    /// A cut of articles from these `outlets`.
    pub(crate) fn new(settings: &AggregateSettings, outlets: &'a [String]) -> Self {
        let (outlet_ranks, outlets) = crate::names::ranks(outlets.iter());
        let (units, by_outlet) = (settings.period_units.clone(), settings.by_outlet);
        Self { units, by_outlet, outlet_ranks, outlets }
    }

    /// Pushes every cell that an article of `place` is in. Articles without a
    /// date are in those of the whole archive only.
    pub(crate) fn push_cells(&self, place: &Place, mut push: impl FnMut(Cell)) {
        let outlet = place.outlet.filter(|_| self.by_outlet);
        let outlet = outlet.map(|outlet| self.outlet_ranks[outlet as usize]);
        for unit in &self.units {
            let start = place.date.and_then(|date| period_start(*unit, date));
            if *unit != PeriodUnit::All && start.is_none() {
                continue;
            }
            push(Cell { unit: unit.as_str(), start, outlet: None });
            if outlet.is_some() {
                push(Cell { unit: unit.as_str(), start, outlet });
            }
        }
    }
}
