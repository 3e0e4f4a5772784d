//! The rows of `pairs` that a page shows.

use std::collections::BTreeMap;

use jiff::civil::Date;
use newstance_doc::rows::PairRow;
use serde::Serialize;

use super::numbers::Numbers;

/// All rows of one pair at one level: level, holder, target, rows.
#[derive(Debug, Serialize)]
pub(crate) struct PagePair<'t>(&'t str, &'t str, &'t str, Vec<PageRow>);

/// Period, outlet (none: all), 1 for copies once, supports, neutral, opposes,
/// articles, net, its interval. Period and outlet by number.
type PageRow =
    (u32, Option<u32>, u8, Short, Short, Short, u64, Short, Option<Short>, Option<Short>);
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

/// The rows of the most marked pairs.
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

    /// The rows of as many pairs as `max_rows` holds, with trends by `unit`.
    pub(crate) fn new(
        rows: &'t [PairRow],
        unit: &str,
        max_rows: usize,
        outlets: &Numbers<'_>,
    ) -> Self {
        let is_shown = |row: &PairRow| match row.period_unit.as_str() {
            "all" => true,
            other => row.wire == "once" && (other == unit || other == "year"),
        };
        let mut pairs: BTreeMap<(&str, &str, &str), Vec<&PairRow>> = BTreeMap::new();
        let mut periods = Vec::new();
        for row in rows.iter().filter(|row| is_shown(row)) {
            pairs.entry((&row.level, &row.holder_id, &row.target_id)).or_default().push(row);
            periods.push((row.period_unit.as_str(), row.period_start));
        }
        periods.sort_unstable();
        periods.dedup();
        let mut ranked: Vec<_> = pairs.into_iter().collect();
        ranked.sort_by(|(a_key, a), (b_key, b)| {
            marked(b).total_cmp(&marked(a)).then_with(|| a_key.cmp(b_key))
        });
        let (mut n_rows, n_pairs) = (0, ranked.len());
        let page_row = |row: &&PairRow| page_row(row, &periods, outlets);
        let pairs: Vec<PagePair<'_>> = ranked
            .into_iter()
            .take_while(|(_, rows)| {
                n_rows += rows.len();
                n_rows <= max_rows
            })
            .map(|((level, holder, target), rows)| {
                PagePair(level, holder, target, rows.iter().filter_map(page_row).collect())
            })
            .collect();
        Self { n_left_out: n_pairs - pairs.len(), pairs, periods }
    }
}

/// How far support and opposition are apart, in expected stances.
fn marked(rows: &[&PairRow]) -> f64 {
    let is_whole = |row: &&&PairRow| row.period_unit == "all" && row.outlet.is_none();
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
    ))
}
