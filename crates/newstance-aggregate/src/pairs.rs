//! Who stands how to whom, over time: the table `pairs`.
//!
//! Counts are expected ones: sums of the stances' calibrated probabilities.
//! Pairs that are one party after rolling up (two Russians in the country
//! view) are left out. The outlet's own voice holds stances at the level of
//! actors only.

use jiff::civil::Date;
use newstance_doc::rows::PairRow;
use rayon::prelude::*;

use crate::AggregateSettings;
use crate::bootstrap::Part;
use crate::cells::Cut;
use crate::correction::Correction;
use crate::ledger::{Ledger, Place, number};
use crate::levels::Level;
use crate::pair_rows::PairRows;

/// Bounds of `net`.
pub(crate) const NET_BOUNDS: (f64, f64) = (-1.0, 1.0);
/// Stances worked on together; changes no result.
const CHUNK_STANCES: usize = 1 << 14;

/// Expected counts of one article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArticleCounts {
    /// The article.
    pub(crate) place: Place,
    /// Its number in the ledger.
    pub(crate) place_idx: u32,
    pub(crate) supports: f64,
    pub(crate) neutral: f64,
    pub(crate) opposes: f64,
}

impl ArticleCounts {
    /// What the article adds to `net`.
    pub(crate) fn part(&self) -> Part {
        let bottom = self.supports + self.neutral + self.opposes;
        Part { top: self.supports - self.opposes, bottom }
    }

    /// What it adds to the corrected `net`.
    pub(crate) fn corrected_part(&self, correction: &Correction) -> Part {
        let top = correction.value([self.supports, self.neutral, self.opposes]);
        Part { top, ..self.part() }
    }
}

/// All that an archive says of one pair.
#[derive(Debug)]
pub(crate) struct Pair<'a> {
    pub(crate) level: Level,
    pub(crate) holder_id: &'a str,
    pub(crate) target_id: &'a str,
    /// By wire group, then article.
    pub(crate) articles: Vec<ArticleCounts>,
}

/// A stance by what it is sorted by: holder, target, article, order in the
/// article. One number, since tens of millions are sorted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key(u128);

impl Key {
    fn new(holder: u32, target: u32, place: u32, entry: u32) -> Self {
        let parts = [holder, target, place, entry];
        Self(parts.into_iter().fold(0, |sum, part| sum << 32 | u128::from(part)))
    }

    /// Holder and target.
    fn pair(self) -> (usize, usize) {
        (self.part(3) as usize, self.part(2) as usize)
    }

    fn place(self) -> u32 {
        self.part(1)
    }

    fn entry(self) -> usize {
        self.part(0) as usize
    }

    fn part(self, place: u32) -> u32 {
        u32::try_from(self.0 >> (32 * place) & u128::from(u32::MAX)).expect("32 bits are kept")
    }
}

/// A row of the table `pairs` that borrows its names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairCount<'a> {
    /// actor, affiliation, country.
    pub level: &'static str,
    /// Who stands.
    pub holder_id: &'a str,
    /// Toward whom.
    pub target_id: &'a str,
    /// all, year, month, week, day.
    pub period_unit: &'static str,
    /// First day of the period; none for `all`.
    pub period_start: Option<Date>,
    /// The outlet; none for all.
    pub outlet: Option<&'a str>,
    /// every, once.
    pub wire: &'static str,
    /// Expected number of stances that support.
    pub n_supports: f64,
    /// Expected number of neutral stances.
    pub n_neutral: f64,
    /// Expected number of stances that oppose.
    pub n_opposes: f64,
    /// Articles with such stances.
    pub n_articles: u64,
    /// (supports - opposes) / (supports + neutral + opposes).
    pub net: f64,
    /// Its 95 % interval; none where the wire groups are too few.
    pub interval: Option<(f64, f64)>,
    /// `net` and its interval corrected for the model's errors, where the
    /// settings have a correction.
    pub corrected: Option<(f64, Option<(f64, f64)>)>,
}

impl From<PairCount<'_>> for PairRow {
    fn from(count: PairCount<'_>) -> Self {
        Self {
            level: count.level.to_owned(),
            holder_id: count.holder_id.to_owned(),
            target_id: count.target_id.to_owned(),
            period_unit: count.period_unit.to_owned(),
            period_start: count.period_start,
            outlet: count.outlet.map(str::to_owned),
            wire: count.wire.to_owned(),
            n_supports: count.n_supports,
            n_neutral: count.n_neutral,
            n_opposes: count.n_opposes,
            n_articles: count.n_articles,
            net: count.net,
            net_low: count.interval.map(|(low, _)| low),
            net_high: count.interval.map(|(_, high)| high),
            net_corrected: count.corrected.map(|(net, _)| net),
            net_corrected_low: count.corrected.and_then(|(_, ends)| ends).map(|(low, _)| low),
            net_corrected_high: count.corrected.and_then(|(_, ends)| ends).map(|(_, high)| high),
        }
    }
}

impl Ledger {
    /// Gives `take` the rows of the table `pairs`, sorted, some at a time.
    pub fn pair_counts<'a>(
        &'a self,
        settings: &AggregateSettings,
        mut take: impl FnMut(Vec<PairCount<'a>>),
    ) {
        let cut = Cut::new(settings, self.outlets.values(), &self.places);
        let bootstrap = settings.bootstrap();
        let correction = settings.correction.as_ref();
        let make = |pair: &Pair<'a>| PairRows::new(pair, &cut, &bootstrap, correction).all();
        self.each_pair(make, &mut take);
    }

    /// Makes something of every pair at every level, in the order of tables.
    pub(crate) fn each_pair<'a, T: Send>(
        &'a self,
        make: impl Fn(&Pair<'a>) -> Vec<T> + Sync,
        take: &mut dyn FnMut(Vec<T>),
    ) {
        let place_ranks = self.place_ranks();
        for level in Level::ALL {
            let (parties, ids) = self.ids_at(level as usize);
            let keys = self.sorted_keys(&parties, &place_ranks);
            let mut rest = keys.as_slice();
            while !rest.is_empty() {
                let (runs, after) = cut_runs(rest);
                rest = after;
                let batches: Vec<Vec<T>> = runs
                    .into_par_iter()
                    .map(|run| {
                        let [first, ..] = run else { return Vec::new() };
                        let (holder, target) = first.pair();
                        let articles = self.article_counts(run);
                        let (holder_id, target_id) = (ids[holder], ids[target]);
                        make(&Pair { level, holder_id, target_id, articles })
                    })
                    .collect();
                batches.into_iter().for_each(&mut *take);
            }
        }
    }

    fn sorted_keys(&self, parties: &[Option<u32>], place_ranks: &[u32]) -> Vec<Key> {
        let key = |(idx, entry): (usize, &crate::ledger::StanceEntry)| {
            let holder = parties[entry.holder as usize]?;
            let target = parties[entry.target as usize]?;
            let place = place_ranks[entry.place as usize];
            (holder != target).then(|| Key::new(holder, target, place, number(idx)))
        };
        let mut keys: Vec<Key> = self.stances.iter().enumerate().filter_map(key).collect();
        keys.par_sort_unstable();
        keys
    }

    fn article_counts(&self, run: &[Key]) -> Vec<ArticleCounts> {
        let same_article = |a: &Key, b: &Key| a.place() == b.place();
        let of_article = |keys: &[Key]| {
            let entries = || keys.iter().map(|key| &self.stances[key.entry()]);
            let place_idx = entries().next()?.place;
            Some(ArticleCounts {
                place: self.places[place_idx as usize],
                place_idx,
                supports: entries().map(|e| f64::from(e.probabilities.supports)).sum(),
                neutral: entries().map(|e| f64::from(e.probabilities.neutral)).sum(),
                opposes: entries().map(|e| f64::from(e.probabilities.opposes)).sum(),
            })
        };
        run.chunk_by(same_article).filter_map(of_article).collect()
    }
}

/// Whole runs of one pair each, about as many stances as are worked on
/// together, and what is left.
fn cut_runs(keys: &[Key]) -> (Vec<&[Key]>, &[Key]) {
    let mut runs = Vec::new();
    let mut n = 0;
    for run in keys.chunk_by(|a, b| a.pair() == b.pair()) {
        runs.push(run);
        n += run.len();
        if n >= CHUNK_STANCES {
            break;
        }
    }
    (runs, keys.get(n..).unwrap_or_default())
}
