//! The rows of `pairs` that a page shows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Date;
use newstance_doc::rows::{ArticleRow, PairRow};
use serde::Serialize;

use super::ReportLimits;
use super::excerpt::with_date;
use super::numbers::Numbers;
use crate::TableSource;

/// All rows of one pair at one level: level, holder, target, rows.
#[derive(Debug, Serialize)]
pub(crate) struct PagePair<'t>(&'t str, &'t str, &'t str, Vec<PageRow>);

/// Period, outlet (none: all), 1 for copies once, supports, neutral, opposes,
/// articles, net, its interval, the corrected net with its interval. Period and
/// outlet by number.
type PageRow = (
    u32,
    Option<u32>,
    u8,
    Short,
    Short,
    Short,
    u64,
    Short,
    Option<Short>,
    Option<Short>,
    Option<(Short, Option<Short>, Option<Short>)>,
);
/// Unit and first day.
pub(crate) type Period<'t> = (&'t str, Option<Date>);

/// A number to a ten-thousandth.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Short(f64);

impl Short {
    /// The nearest.
    pub(crate) fn new(number: f64) -> Self {
        Self((number * 1e4).round() / 1e4)
    }
}

/// The unit that trends are drawn in: about ten to sixty points.
pub(crate) fn trend_unit(dates: Option<(Date, Date)>) -> &'static str {
    let days = dates.and_then(|(first, last)| last.since(first).ok()).map_or(0, |s| s.get_days());
    match days {
        0..=27 => "day",
        28..=300 => "week",
        301..=2_500 => "month",
        _ => "year",
    }
}

/// The rows of the most marked pairs, as many as a page has room for.
///
/// The rows of the table `pairs` go by in their order; those that a page has no
/// room for are forgotten.
#[derive(Debug)]
pub struct MarkedPairs {
    trend_unit: &'static str,
    max_rows: usize,
    kept: BTreeMap<Rank, Vec<PairRow>>,
    n_kept_rows: usize,
    /// The rows so far of the pair that goes by.
    current: Vec<PairRow>,
    n_pairs: usize,
}

/// The most marked first; a number that is not negative sorts as its bits do.
type Rank = (Reverse<u64>, String, String, String);

impl MarkedPairs {
    /// None yet, for a page of articles from the first to the last of those
    /// days (none where no article has one).
    pub fn new(dates: Option<(Date, Date)>, limits: ReportLimits) -> Self {
        Self {
            trend_unit: trend_unit(dates),
            max_rows: limits.pair_rows,
            kept: BTreeMap::new(),
            n_kept_rows: 0,
            current: Vec::new(),
            n_pairs: 0,
        }
    }

    /// Those of `tables`.
    ///
    /// # Errors
    ///
    /// Those of the source.
    pub fn of<S: TableSource + ?Sized>(tables: &S, limits: ReportLimits) -> Result<Self, S::Error> {
        let mut dates = None;
        tables.each_row(|row: ArticleRow| dates = with_date(dates, row.date))?;
        let mut this = Self::new(dates, limits);
        tables.each_row(|row| this.push(row))?;
        Ok(this)
    }

    /// True where rows of that unit and count of wire copies are of use to a
    /// page; others need not be pushed.
    pub fn shows(&self, period_unit: &str, wire: &str) -> bool {
        match period_unit {
            "all" => true,
            other => wire == "once" && (other == self.trend_unit || other == "year"),
        }
    }

    /// The next row.
    pub fn push(&mut self, row: PairRow) {
        if !self.shows(&row.period_unit, &row.wire) {
            return;
        }
        if self.current.first().is_some_and(|first| ids(first) != ids(&row)) {
            self.end_pair();
        }
        self.current.push(row);
    }

    fn end_pair(&mut self) {
        let rows = std::mem::take(&mut self.current);
        let Some((level, holder, target)) = rows.first().map(ids) else { return };
        let ids = [level, holder, target].map(str::to_owned);
        let [level, holder, target] = ids;
        self.n_pairs += 1;
        self.n_kept_rows += rows.len();
        self.kept.insert((Reverse(marked(&rows).to_bits()), level, holder, target), rows);
        // Once there is no room before a pair, there will never be.
        while let Some(last) = self.kept.last_entry() {
            let n_before = self.n_kept_rows - last.get().len();
            if n_before <= self.max_rows {
                break;
            }
            last.remove();
            self.n_kept_rows = n_before;
        }
    }

    /// What a page shows of them, once all rows have gone by.
    pub(crate) fn shown<'t>(&'t mut self, outlets: &Numbers<'_>) -> PagePairs<'t> {
        self.end_pair();
        let this: &'t Self = self;
        let mut n_rows = 0;
        let pairs = this.kept.values().take_while(|rows| {
            n_rows += rows.len();
            n_rows <= this.max_rows
        });
        let pairs: Vec<&Vec<PairRow>> = pairs.collect();
        let rows = pairs.iter().copied().flatten();
        let mut periods: Vec<Period<'_>> =
            rows.map(|row| (row.period_unit.as_str(), row.period_start)).collect();
        periods.sort_unstable();
        periods.dedup();
        let page_row = |row| page_row(row, &periods, outlets);
        let page_pair = |rows: &&'t Vec<PairRow>| {
            let (level, holder, target) = ids(rows.first()?);
            Some(PagePair(level, holder, target, rows.iter().filter_map(page_row).collect()))
        };
        let pairs: Vec<PagePair<'_>> = pairs.iter().filter_map(page_pair).collect();
        PagePairs { n_left_out: this.n_pairs - pairs.len(), pairs, periods }
    }
}

fn ids(row: &PairRow) -> (&str, &str, &str) {
    (&row.level, &row.holder_id, &row.target_id)
}

/// The pairs of a page.
#[derive(Debug)]
pub(crate) struct PagePairs<'t> {
    /// The pairs, from the most marked.
    pub(crate) pairs: Vec<PagePair<'t>>,
    /// By number.
    pub(crate) periods: Vec<Period<'t>>,
    /// Pairs that there was no room for.
    pub(crate) n_left_out: usize,
}

impl<'t> PagePairs<'t> {
    /// The holders and targets.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &'t str> {
        self.pairs.iter().flat_map(|pair| [pair.1, pair.2])
    }
}

/// How far support and opposition are apart, in expected stances.
fn marked(rows: &[PairRow]) -> f64 {
    let is_whole = |row: &&PairRow| row.period_unit == "all" && row.outlet.is_none();
    let apart = rows.iter().filter(is_whole).map(|row| (row.n_supports - row.n_opposes).abs());
    apart.fold(0.0, f64::max)
}

fn page_row(row: &PairRow, periods: &[Period<'_>], outlets: &Numbers<'_>) -> Option<PageRow> {
    let period = periods.binary_search(&(&row.period_unit, row.period_start)).ok()?;
    Some((
        u32::try_from(period).ok()?,
        row.outlet.as_deref().and_then(|outlet| outlets.number(outlet)),
        u8::from(row.wire == "once"),
        Short::new(row.n_supports),
        Short::new(row.n_neutral),
        Short::new(row.n_opposes),
        row.n_articles,
        Short::new(row.net),
        row.net_low.map(Short::new),
        row.net_high.map(Short::new),
        row.net_corrected.map(|net| {
            let (low, high) = (row.net_corrected_low, row.net_corrected_high);
            (Short::new(net), low.map(Short::new), high.map(Short::new))
        }),
    ))
}
