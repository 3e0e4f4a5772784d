//! The rows of `pairs` that a page shows.

use std::collections::BTreeMap;

use jiff::civil::Date;
use newstance_doc::rows::PairRow;
use serde::Serialize;

/// All rows of one pair at one level: level, holder, target, rows.
#[derive(Debug, Serialize)]
pub(crate) struct PagePair<'t>(&'t str, &'t str, &'t str, Vec<PageRow<'t>>);

/// Unit, start, outlet, 1 for copies once, supports, neutral, opposes,
/// articles, net, its interval.
type PageRow<'t> = (
    &'t str,
    Option<Date>,
    Option<&'t str>,
    u8,
    Short,
    Short,
    Short,
    u64,
    Short,
    Option<Short>,
    Option<Short>,
);

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

/// The rows of as many pairs as `max_rows` holds, from the most marked, and
/// the number of pairs left out.
pub(crate) fn page_pairs<'t>(
    rows: &'t [PairRow],
    unit: &str,
    max_rows: usize,
) -> (Vec<PagePair<'t>>, usize) {
    let is_shown = |row: &PairRow| match row.period_unit.as_str() {
        "all" => true,
        other => row.wire == "once" && (other == unit || other == "year"),
    };
    let mut pairs: BTreeMap<(&str, &str, &str), Vec<&PairRow>> = BTreeMap::new();
    for row in rows.iter().filter(|row| is_shown(row)) {
        pairs.entry((&row.level, &row.holder_id, &row.target_id)).or_default().push(row);
    }
    let mut ranked: Vec<_> = pairs.into_iter().collect();
    ranked.sort_by(|(a_key, a), (b_key, b)| {
        marked(b).total_cmp(&marked(a)).then_with(|| a_key.cmp(b_key))
    });
    let mut n_rows = 0;
    let n_pairs = ranked.len();
    let kept: Vec<PagePair<'_>> = ranked
        .into_iter()
        .take_while(|(_, rows)| {
            n_rows += rows.len();
            n_rows <= max_rows
        })
        .map(|((level, holder, target), rows)| {
            PagePair(level, holder, target, rows.into_iter().map(page_row).collect())
        })
        .collect();
    let left_out = n_pairs - kept.len();
    (kept, left_out)
}

/// How far support and opposition are apart, in expected stances.
fn marked(rows: &[&PairRow]) -> f64 {
    let is_whole = |row: &&&PairRow| row.period_unit == "all" && row.outlet.is_none();
    let apart = rows.iter().filter(is_whole).map(|row| (row.n_supports - row.n_opposes).abs());
    apart.fold(0.0, f64::max)
}

fn page_row(row: &PairRow) -> PageRow<'_> {
    (
        &row.period_unit,
        row.period_start,
        row.outlet.as_deref(),
        u8::from(row.wire == "once"),
        Short::new(row.n_supports),
        Short::new(row.n_neutral),
        Short::new(row.n_opposes),
        row.n_articles,
        Short::new(row.net),
        row.net_low.map(Short::new),
        row.net_high.map(Short::new),
    )
}
