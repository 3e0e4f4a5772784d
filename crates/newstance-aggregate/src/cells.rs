//! The parts of an archive that counts are given for.

use jiff::civil::Date;

use crate::calendar::period_start;
use crate::ledger::Place;
use crate::{AggregateSettings, PeriodUnit};

/// A period of one outlet or of all. Sorts as tables do: by the word for the
/// unit, first day (none comes first), and name of the outlet (none comes first).
///
/// One number holds it, since hundreds of millions are sorted: from the lowest
/// bit 33 bits for the outlet, 25 for the first day, the rest for the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cell(u64);

const OUTLET_BITS: u32 = 33;
const START_BITS: u32 = 25;
/// Makes years positive.
const YEAR_ZERO: i32 = 10_000;
/// The units in the order of their words.
const UNITS: [PeriodUnit; 5] =
    [PeriodUnit::All, PeriodUnit::Day, PeriodUnit::Month, PeriodUnit::Week, PeriodUnit::Year];

impl Cell {
    fn new(unit: PeriodUnit, start: Option<Date>, outlet: Option<u32>) -> Self {
        let unit = UNITS.iter().position(|known| *known == unit).unwrap_or_default() as u64;
        Self(unit << (START_BITS + OUTLET_BITS) | packed_day(start) << OUTLET_BITS)
            .in_outlet(outlet)
    }

    /// The same period of one outlet or of all.
    fn in_outlet(self, outlet: Option<u32>) -> Self {
        let period = self.0 >> OUTLET_BITS << OUTLET_BITS;
        Self(period | outlet.map_or(0, |outlet| u64::from(outlet) + 1))
    }

    /// The number that holds it.
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// The cell that a number holds.
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// As in the tables.
    pub(crate) fn unit(self) -> &'static str {
        let unit = usize::try_from(self.0 >> (START_BITS + OUTLET_BITS));
        unit.ok().and_then(|unit| UNITS.get(unit)).map_or("", |unit| unit.as_str())
    }

    /// First day; none for the whole archive.
    pub(crate) fn start(self) -> Option<Date> {
        day(self.0 >> OUTLET_BITS & ((1 << START_BITS) - 1))
    }

    /// Place of its name among the outlets; none for all.
    pub(crate) fn outlet(self) -> Option<u32> {
        let outlet = self.0 & ((1 << OUTLET_BITS) - 1);
        outlet.checked_sub(1).and_then(|outlet| u32::try_from(outlet).ok())
    }
}

/// A day as a number that grows with it; 0 for none.
fn packed_day(day: Option<Date>) -> u64 {
    let Some(day) = day else { return 0 };
    let year = u64::try_from(i32::from(day.year()) + YEAR_ZERO).unwrap_or_default();
    let month = u64::try_from(day.month()).unwrap_or_default();
    let day = u64::try_from(day.day()).unwrap_or_default();
    year << 9 | month << 5 | day
}

fn day(packed: u64) -> Option<Date> {
    let year = i32::try_from(packed >> 9).ok()? - YEAR_ZERO;
    let (month, day) = (i8::try_from(packed >> 5 & 0xf).ok()?, i8::try_from(packed & 0x1f).ok()?);
    Date::new(i16::try_from(year).ok()?, month, day).ok()
}

/// How an archive is cut: the periods, and outlets or not.
#[derive(Clone, Debug)]
pub(crate) struct Cut<'a> {
    /// Of each article its cells over all outlets, as many as there are units.
    periods: Vec<Option<Cell>>,
    n_units: usize,
    by_outlet: bool,
    outlet_ranks: Vec<u32>,
    /// The names of the outlets, sorted.
    outlets: Vec<&'a String>,
}

impl<'a> Cut<'a> {
    /// A cut of the articles of `places` from these `outlets`.
    pub(crate) fn new(
        settings: &AggregateSettings,
        outlets: &'a [String],
        places: &[Place],
    ) -> Self {
        let (outlet_ranks, outlets) = crate::names::ranks(outlets.iter());
        let mut units = settings.period_units.clone();
        units.sort();
        units.dedup();
        let periods = places.iter().flat_map(|place| units.iter().map(|unit| period(*unit, place)));
        let (periods, by_outlet) = (periods.collect(), settings.by_outlet);
        Self { periods, n_units: units.len(), by_outlet, outlet_ranks, outlets }
    }

    /// Pushes every cell that the article `place_idx` is in. Articles without a
    /// date are in those of the whole archive only.
    pub(crate) fn push_cells(&self, place_idx: u32, place: &Place, mut push: impl FnMut(Cell)) {
        let outlet = place.outlet.filter(|_| self.by_outlet);
        let outlet = outlet.map(|outlet| self.outlet_ranks[outlet as usize]);
        let first = place_idx as usize * self.n_units;
        for period in self.periods[first..first + self.n_units].iter().flatten() {
            push(*period);
            if outlet.is_some() {
                push(period.in_outlet(outlet));
            }
        }
    }

    /// The outlet of a cell; none for all.
    pub(crate) fn outlet(&self, cell: Cell) -> Option<&'a String> {
        cell.outlet().map(|rank| self.outlets[rank as usize])
    }
}

fn period(unit: PeriodUnit, place: &Place) -> Option<Cell> {
    let start = place.date.and_then(|date| period_start(unit, date));
    (unit == PeriodUnit::All || start.is_some()).then(|| Cell::new(unit, start, None))
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, date};
    use proptest::prelude::*;

    use super::{AggregateSettings, Cell, Cut, PeriodUnit, Place, UNITS};

    fn any_day() -> impl Strategy<Value = Option<Date>> {
        let day = (-9999_i16..=9999, 1_i8..=12, 1_i8..=28);
        proptest::option::of(day.prop_map(|(year, month, day)| date(year, month, day)))
    }

    type Parts = (usize, Option<Date>, Option<u32>);

    fn any_parts() -> impl Strategy<Value = Parts> {
        (0..UNITS.len(), any_day(), proptest::option::of(any::<u32>()))
    }

    #[test]
    fn a_unit_that_is_named_twice_counts_once() {
        let (period_units, by_outlet) = (vec![PeriodUnit::Day, PeriodUnit::Day], false);
        let settings =
            AggregateSettings { period_units, by_outlet, ..AggregateSettings::default() };
        let date = Some(date(2026, 1, 2));
        let place = Place { group: 0, article: 0, is_copy: false, date, outlet: None };
        let cut = Cut::new(&settings, &[], &[place]);
        let mut units = Vec::new();
        cut.push_cells(0, &place, |cell| units.push(cell.unit()));
        assert_eq!(units, ["day"]);
    }

    proptest! {
        #[test]
        fn a_cell_sorts_as_its_parts_and_gives_them_back(a in any_parts(), b in any_parts()) {
            let cell = |(unit, start, outlet): Parts| Cell::new(UNITS[unit], start, outlet);
            let words = |(unit, start, outlet): Parts| (UNITS[unit].as_str(), start, outlet);
            prop_assert_eq!(cell(a).cmp(&cell(b)), words(a).cmp(&words(b)));
            prop_assert_eq!((cell(a).unit(), cell(a).start(), cell(a).outlet()), words(a));
        }
    }
}
