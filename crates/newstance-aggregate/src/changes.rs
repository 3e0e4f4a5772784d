//! Which pairs changed in time: the table `changes`.
//!
//! A series is a pair in one outlet or in all, its wire copies left out. Each
//! month that leaves enough articles on both sides is tried as the month of a
//! change; the statistic is the greatest difference of the net stance after
//! and before, in units of its standard error (Andrews 1993, "Tests for
//! parameter instability and structural change with unknown change point").
//! How great it gets where nothing changed is told by a multiplier bootstrap:
//! the parts of the articles, less what the net stance of the whole series
//! makes of them, are weighted by the bootstrap's Poisson weights less 1, and
//! the greatest difference is taken again. The share of resamples that reach
//! the series' own is its `p_value`. Under `change_p_value` it is flagged, so
//! that of the tested series in which nothing changed, that share is flagged
//! wrongly (`examples/coverage.rs` measures it). All tested series have a row.
//!
//! Drawing ends once a series cannot be flagged any more, whatever is still to
//! come; its `p_value` is then the share of what was drawn (Besag and Clifford
//! 1991, "Sequential Monte Carlo p-values").

use jiff::civil::Date;
use newstance_doc::rows::ChangeRow;

use crate::bootstrap::{Bootstrap, DRAWN_TOGETHER, count};
use crate::calendar::period_start;
use crate::ledger::Ledger;
use crate::pairs::{ArticleCounts, Pair};
use crate::{AggregateSettings, PeriodUnit};

/// A smaller standard error is but rounding: the articles all say the same.
const LEAST_ERROR: f64 = 1e-9;

/// A dated article of a series.
struct Dated {
    month: Date,
    group: u64,
    top: f64,
    bottom: f64,
    /// What the net stance of the whole series leaves of `top`.
    residual: f64,
}

/// A month that a series may have changed in.
struct Split {
    /// First article of the month.
    at: usize,
    before: f64,
    after: f64,
    /// Standard error of the difference.
    error: f64,
    /// What a residual before and one after the change adds to the difference,
    /// in standard errors.
    of_before: f64,
    of_after: f64,
}

impl Split {
    fn size(&self) -> f64 {
        (self.after - self.before).abs() / self.error
    }
}

impl Ledger {
    /// The table `changes`, sorted.
    pub fn change_rows(&self, settings: &AggregateSettings) -> Vec<ChangeRow> {
        let mut rows = Vec::new();
        let take = &mut |more: &mut Vec<ChangeRow>| rows.append(more);
        let push = |(): &mut (), pair: &Pair<'_, '_>, rows: &mut Vec<ChangeRow>| {
            rows.extend(self.changes_of(pair, settings));
        };
        self.each_pair(|| (), push, take);
        rows
    }

    fn changes_of(&self, pair: &Pair<'_, '_>, settings: &AggregateSettings) -> Vec<ChangeRow> {
        let once = || pair.articles.iter().filter(|counts| !counts.place.is_copy);
        let mut outlets: Vec<u32> = once().filter_map(|counts| counts.place.outlet).collect();
        outlets.sort_unstable_by_key(|outlet| self.outlets.value(*outlet));
        outlets.dedup();
        let outlets = outlets.into_iter().filter(|_| settings.by_outlet).map(Some);
        let series = std::iter::once(None).chain(outlets);
        let of = |outlet: Option<u32>| {
            let is_in = |counts: &&ArticleCounts| outlet.is_none() || counts.place.outlet == outlet;
            let name = outlet.map(|outlet| self.outlets.value(outlet).clone());
            change(pair, name, &dated(once().filter(is_in)), settings)
        };
        series.filter_map(of).collect()
    }
}

/// By month, then wire group.
fn dated<'a>(articles: impl Iterator<Item = &'a ArticleCounts>) -> Vec<Dated> {
    let mut dated: Vec<Dated> = articles
        .filter_map(|counts| {
            let part = counts.part();
            let month = period_start(PeriodUnit::Month, counts.place.date?)?;
            let (top, bottom) = (part.top, part.bottom);
            let group = counts.place.group;
            Some(Dated { month, group, top, bottom, residual: 0.0 })
        })
        .collect();
    dated.sort_by_key(|article| (article.month, article.group));
    let all = Sums::default().with_all(&dated);
    let net = if all.bottom > 0.0 { all.top / all.bottom } else { 0.0 };
    for article in &mut dated {
        article.residual = article.top - net * article.bottom;
    }
    dated
}

/// Sums over articles.
#[derive(Clone, Copy, Default)]
struct Sums {
    top: f64,
    bottom: f64,
    squared_residual: f64,
}

impl Sums {
    fn with_all(self, articles: &[Dated]) -> Self {
        articles.iter().fold(self, |sums, article| Self {
            top: sums.top + article.top,
            bottom: sums.bottom + article.bottom,
            squared_residual: sums.squared_residual + article.residual.powi(2),
        })
    }

    /// What `part` leaves.
    fn without(self, part: Self) -> Self {
        Self {
            top: self.top - part.top,
            bottom: self.bottom - part.bottom,
            squared_residual: (self.squared_residual - part.squared_residual).max(0.0),
        }
    }
}

fn change(
    pair: &Pair<'_, '_>,
    outlet: Option<String>,
    series: &[Dated],
    settings: &AggregateSettings,
) -> Option<ChangeRow> {
    let splits = splits(series, settings.change_min_articles);
    let greatest = splits.iter().max_by(|a, b| a.size().total_cmp(&b.size()))?;
    let p_value = p_value(series, &splits, greatest.size(), settings);
    Some(ChangeRow {
        level: pair.level.as_str().to_owned(),
        holder_id: pair.holder_id.to_owned(),
        target_id: pair.target_id.to_owned(),
        outlet,
        period_unit: PeriodUnit::Month.as_str().to_owned(),
        period_start: series[greatest.at].month,
        n_before: greatest.at as u64,
        n_after: (series.len() - greatest.at) as u64,
        net_before: greatest.before,
        net_after: greatest.after,
        p_value,
        is_flagged: p_value <= settings.change_p_value,
    })
}

/// The months that leave `min_articles` on both sides.
fn splits(series: &[Dated], min_articles: usize) -> Vec<Split> {
    let min_articles = min_articles.max(2);
    if series.len() < 2 * min_articles {
        return Vec::new();
    }
    let months = series.windows(2).enumerate();
    let starts = months.filter(|(_, pair)| pair[0].month != pair[1].month).map(|(idx, _)| idx + 1);
    let enough = |at: &usize| *at >= min_articles && series.len() - at >= min_articles;
    let all = Sums::default().with_all(series);
    let (mut before, mut end) = (Sums::default(), 0);
    let mut splits = Vec::new();
    for at in starts.filter(enough) {
        before = before.with_all(&series[end..at]);
        end = at;
        splits.extend(split(at, before, all.without(before)));
    }
    splits
}

/// The change from what is summed up in `earlier` to what is in `later`.
fn split(at: usize, earlier: Sums, later: Sums) -> Option<Split> {
    let variance = |sums: Sums| sums.squared_residual / sums.bottom.powi(2);
    let error = (variance(earlier) + variance(later)).sqrt();
    (error > LEAST_ERROR && error.is_finite()).then(|| Split {
        at,
        before: earlier.top / earlier.bottom,
        after: later.top / later.bottom,
        error,
        of_before: 1.0 / (earlier.bottom * error),
        of_after: 1.0 / (later.bottom * error),
    })
}

/// How often the greatest difference is at least `size` where nothing changed.
///
/// Resamples are drawn some at a time, until all are, or so many have reached
/// the size that the series cannot be flagged any more.
fn p_value(series: &[Dated], splits: &[Split], size: f64, settings: &AggregateSettings) -> f64 {
    let n_resamples = settings.change_resamples;
    let mut states: Vec<u64> =
        series.iter().map(|article| settings.bootstrap_seed ^ article.group).collect();
    let (mut reached, mut drawn) = (0, 0);
    while drawn < n_resamples {
        let n = DRAWN_TOGETHER.min(n_resamples - drawn);
        let greatest = greatest_differences(series, splits, &mut states);
        reached += greatest[..n].iter().filter(|greatest| **greatest >= size).count();
        drawn += n;
        if count(reached + 1) / count(n_resamples + 1) > settings.change_p_value {
            break;
        }
    }
    count(reached + 1) / count(drawn + 1)
}

/// The greatest difference of each of the next resamples, in standard errors.
fn greatest_differences(
    series: &[Dated],
    splits: &[Split],
    states: &mut [u64],
) -> [f64; DRAWN_TOGETHER] {
    let mut before = [0.0; DRAWN_TOGETHER];
    let mut upto = Vec::with_capacity(splits.len());
    let mut next = 0;
    for end in splits.iter().map(|split| split.at).chain([series.len()]) {
        for (article, state) in series[next..end].iter().zip(&mut states[next..end]) {
            for (sum, weight) in before.iter_mut().zip(Bootstrap::next_weights(state)) {
                *sum += article.residual * (f64::from(weight) - 1.0);
            }
        }
        next = end;
        upto.push(before);
    }
    let total = before;
    let mut greatest = [0.0_f64; DRAWN_TOGETHER];
    for (split, before) in splits.iter().zip(&upto) {
        for ((total, before), greatest) in total.iter().zip(before).zip(&mut greatest) {
            let difference = (total - before) * split.of_after - before * split.of_before;
            *greatest = greatest.max(difference.abs());
        }
    }
    greatest
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use newstance_doc::PositionProbabilities;

    use crate::{AggregateSettings, Dateline, Ledger, Party};

    /// The table of forty articles, one every fifth day, that oppose as told.
    fn changes(opposes: impl Fn(usize) -> f32) -> Vec<(String, bool)> {
        let mut ledger = Ledger::default();
        for n in 0..40 {
            let id = format!("a{n}");
            let day = date(2023, 1, 1).checked_add(jiff::Span::new().days(5 * i64::from(n)));
            let place = ledger.place(&Dateline {
                article_id: &id,
                wire_group: &id,
                is_copy: false,
                date: Some(day.unwrap()),
                outlet: None,
            });
            let party = |name, ledger: &mut Ledger| {
                ledger.party(&Party { actor: Some(name), affiliation: None, country: None })
            };
            let both = (party("a", &mut ledger), party("b", &mut ledger));
            let (supports, opposes) = (0.05, opposes(usize::try_from(n).unwrap()));
            let neutral = 1.0 - supports - opposes;
            // One to three stances an article.
            for _ in 0..=n % 3 {
                let probabilities = PositionProbabilities { supports, neutral, opposes };
                ledger.add_stance(place, both, probabilities);
            }
        }
        let rows = ledger.change_rows(&AggregateSettings::default()).into_iter();
        rows.map(|row| (row.period_start.to_string(), row.is_flagged)).collect()
    }

    #[test]
    fn a_turn_is_flagged_and_articles_that_all_say_the_same_are_not_tested() {
        let turned = changes(|n| if n < 18 { 0.1 } else { 0.8 } + [0.0, 0.01, 0.02][n % 3]);
        assert_eq!(turned, [("2023-04-01".to_owned(), true)]);
        // Whether something is left of equal articles hangs on how the numbers round.
        for percent in 1..90_u8 {
            assert_eq!(changes(|_| f32::from(percent) / 100.0), [], "{percent} %");
        }
    }
}
