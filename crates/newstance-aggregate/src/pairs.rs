//! Who stands how to whom, over time: the table `pairs`.
//!
//! Counts are expected ones: sums of the stances' calibrated probabilities.
//! Pairs that are one party after rolling up (two Russians in the country
//! view) are left out. The outlet's own voice holds stances at the level of
//! actors only.

use jiff::civil::Date;
use newstance_doc::rows::PairRow;
use rayon::prelude::*;
use serde::Serialize;

use crate::AggregateSettings;
use crate::bootstrap::Part;
use crate::cells::Cut;
use crate::correction::Correction;
use crate::ledger::{Ledger, Place, StanceEntry, number};
use crate::levels::Level;
use crate::pair_rows::PairRows;

/// Bounds of `net`.
pub(crate) const NET_BOUNDS: (f64, f64) = (-1.0, 1.0);
/// Stances of one piece of work at least, and pieces worked on side by side;
/// they change no result. Tests work on so little that there are many pieces.
const PIECE_STANCES: usize = if cfg!(test) { 5 } else { 1 << 11 };
const PIECES: usize = if cfg!(test) { 3 } else { 8 };

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
    fn new(place: Place, entry: &StanceEntry) -> Self {
        let place_idx = entry.place;
        let mut counts = Self { place, place_idx, supports: 0.0, neutral: 0.0, opposes: 0.0 };
        counts.add(entry);
        counts
    }

    fn add(&mut self, entry: &StanceEntry) {
        self.supports += f64::from(entry.probabilities.supports);
        self.neutral += f64::from(entry.probabilities.neutral);
        self.opposes += f64::from(entry.probabilities.opposes);
    }

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
pub(crate) struct Pair<'a, 'p> {
    pub(crate) level: Level,
    pub(crate) holder_id: &'a str,
    pub(crate) target_id: &'a str,
    /// By wire group, then article.
    pub(crate) articles: &'p [ArticleCounts],
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

    fn entry(self) -> usize {
        self.part(0) as usize
    }

    fn part(self, place: u32) -> u32 {
        u32::try_from(self.0 >> (32 * place) & u128::from(u32::MAX)).expect("32 bits are kept")
    }
}

/// A row of the table `pairs` that borrows its names: the fields of a
/// [`PairRow`], in their order.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
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
    /// Lower end of its 95 % interval; none where the wire groups are too few.
    pub net_low: Option<f64>,
    /// Upper end of its 95 % interval; none where they are too few.
    pub net_high: Option<f64>,
    /// `net` corrected for the model's errors, where the settings have a correction.
    pub net_corrected: Option<f64>,
    /// Lower end of its 95 % interval.
    pub net_corrected_low: Option<f64>,
    /// Upper end of its 95 % interval.
    pub net_corrected_high: Option<f64>,
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
            net_low: count.net_low,
            net_high: count.net_high,
            net_corrected: count.net_corrected,
            net_corrected_low: count.net_corrected_low,
            net_corrected_high: count.net_corrected_high,
        }
    }
}

impl Ledger {
    /// Gives `take` the rows of the table `pairs`, sorted, some at a time.
    pub fn pair_counts<'a>(
        &'a self,
        settings: &AggregateSettings,
        mut take: impl FnMut(&[PairCount<'a>]) + Send,
    ) {
        let cut = Cut::new(settings, self.outlets.values(), &self.places);
        let bootstrap = settings.bootstrap();
        let correction = settings.correction.as_ref();
        let rows = || PairRows::new(&cut, &bootstrap, correction);
        self.each_pair(rows, PairRows::push, &mut |rows| take(rows));
    }

    /// Makes something of every pair at every level, in the order of tables.
    ///
    /// Each piece of work has a `scratch` of its own, which changes no result.
    /// While `take` has what was made of some pairs, that of the next is made;
    /// what it leaves is cleared.
    pub(crate) fn each_pair<'a, S, T: Send>(
        &'a self,
        scratch: impl Fn() -> S + Sync,
        push: impl Fn(&mut S, &Pair<'a, '_>, &mut Vec<T>) + Sync,
        take: &mut (dyn FnMut(&mut Vec<T>) + Send),
    ) {
        let place_ranks = self.place_ranks();
        // What memory was given for is used again: it is too much to ask for each time.
        let (mut made, mut spare): (Vec<Vec<T>>, Vec<Vec<T>>) = (Vec::new(), Vec::new());
        for level in Level::ALL {
            let (parties, ids) = self.ids_at(level as usize);
            let keys = self.sorted_keys(&parties, &place_ranks);
            let all_of = |(keys, mut made): (&[Key], Vec<T>)| {
                let mut scratch = scratch();
                self.pairs_of(keys, level, &ids, |pair| push(&mut scratch, pair, &mut made));
                made
            };
            let mut rest = keys.as_slice();
            while !rest.is_empty() {
                let pieces;
                (pieces, rest) = cut_pieces(rest);
                spare.resize_with(pieces.len().max(spare.len()), Vec::new);
                let kept = spare.split_off(pieces.len());
                let work = pieces.into_par_iter().zip(spare);
                let take_all = || {
                    for made in &mut made {
                        take(made);
                        made.clear();
                    }
                };
                let (next, ()) = rayon::join(|| work.map(all_of).collect(), take_all);
                (spare, made) = (made, next);
                spare.extend(kept);
            }
        }
        made.iter_mut().for_each(take);
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

    /// The pairs of `keys`, which hold whole pairs.
    fn pairs_of<'a>(
        &'a self,
        keys: &[Key],
        level: Level,
        ids: &[&'a str],
        mut make: impl FnMut(&Pair<'a, '_>),
    ) {
        // Entries and articles lie all over the memory: loops that do nothing
        // else wait for many of them at once.
        let entries: Vec<StanceEntry> = keys.iter().map(|key| self.stances[key.entry()]).collect();
        let places = entries.iter().map(|entry| self.places[entry.place as usize]);
        let places: Vec<Place> = places.collect();
        let mut articles: Vec<ArticleCounts> = Vec::new();
        let mut start = 0;
        for run in keys.chunk_by(|a, b| a.pair() == b.pair()) {
            articles.clear();
            let end = start + run.len();
            for (entry, place) in entries[start..end].iter().zip(&places[start..end]) {
                match articles.last_mut() {
                    Some(last) if last.place_idx == entry.place => last.add(entry),
                    _ => articles.push(ArticleCounts::new(*place, entry)),
                }
            }
            start = end;
            let (holder, target) = run[0].pair();
            let (holder_id, target_id) = (ids[holder], ids[target]);
            make(&Pair { level, holder_id, target_id, articles: &articles });
        }
    }
}

/// Pieces to work on side by side, of whole pairs each, and what is left.
fn cut_pieces(keys: &[Key]) -> (Vec<&[Key]>, &[Key]) {
    let (mut pieces, mut rest) = (Vec::new(), keys);
    for _ in 0..PIECES {
        let mut end = PIECE_STANCES.min(rest.len());
        while end < rest.len() && rest[end].pair() == rest[end - 1].pair() {
            end += 1;
        }
        if end == 0 {
            break;
        }
        let piece;
        (piece, rest) = rest.split_at(end);
        pieces.push(piece);
    }
    (pieces, rest)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use newstance_doc::PositionProbabilities;

    use crate::{AggregateSettings, Dateline, Ledger, Party};

    #[test]
    fn pairs_of_any_size_are_counted_whole_and_in_order() {
        let mut ledger = Ledger::default();
        let mut expected: BTreeMap<(String, String), (f64, u64)> = BTreeMap::new();
        let party = |name: &str, ledger: &mut Ledger| {
            ledger.party(&Party { actor: Some(name), affiliation: None, country: Some("one") })
        };
        // From one stance to many times as many as a piece of work holds.
        for (pair, n_stances) in [1, 40, 2, 5, 6, 3, 17, 1, 1, 30].into_iter().enumerate() {
            let (holder, target) = (format!("h{}", pair % 3), format!("t{}", pair / 3));
            for n in 0..n_stances {
                let id = format!("{pair}-{n}");
                let place = ledger.place(&Dateline {
                    article_id: &id,
                    wire_group: &id,
                    is_copy: false,
                    date: None,
                    outlet: None,
                });
                let both = (party(&holder, &mut ledger), party(&target, &mut ledger));
                let probabilities =
                    PositionProbabilities { supports: 0.25, neutral: 0.25, opposes: 0.5 };
                ledger.add_stance(place, both, probabilities);
                let sum = expected.entry((holder.clone(), target.clone())).or_default();
                *sum = (sum.0 + 0.5, sum.1 + 1);
            }
        }
        let mut found = Vec::new();
        ledger.pair_counts(&AggregateSettings::default(), |rows| {
            let rows = rows.iter().filter(|row| row.wire == "every");
            found.extend(rows.map(|row| {
                let ids = (row.holder_id.to_owned(), row.target_id.to_owned());
                (ids, (row.n_opposes, row.n_articles))
            }));
        });
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    }
}
