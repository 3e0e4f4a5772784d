//! The rows of one pair: its cells counted, and the intervals of those that
//! come from enough wire groups, drawn together.

use crate::bootstrap::{Bootstrap, Part, influences, interval, plain_interval};
use crate::cells::{Cell, Cut};
use crate::correction::Correction;
use crate::ledger::number;
use crate::pairs::{ArticleCounts, NET_BOUNDS, Pair, PairCount};

/// The rows of a pair in the making.
pub(crate) struct PairRows<'a, 'p> {
    pair: &'p Pair<'a>,
    cut: &'p Cut<'a>,
    bootstrap: &'p Bootstrap,
    correction: Option<&'p Correction>,
    counts: Vec<PairCount<'a>>,
    /// The wire groups of the pair.
    groups: Vec<u64>,
    /// Of each article the place of its group among them.
    group_of: Vec<u32>,
    /// As [`Bootstrap::mean_squares`] takes them.
    parts: Vec<(u32, f32)>,
    ends: Vec<usize>,
    /// Of each run of parts what it is for.
    drawn: Vec<Drawn>,
    /// Rows whose intervals are those of the row before.
    repeated: Vec<usize>,
}

/// An interval in the making.
struct Drawn {
    row: usize,
    n_groups: usize,
    is_corrected: bool,
}

impl<'a, 'p> PairRows<'a, 'p> {
    /// Nothing yet, for the articles of `pair`, which come by wire group.
    pub(crate) fn new(
        pair: &'p Pair<'a>,
        cut: &'p Cut<'a>,
        bootstrap: &'p Bootstrap,
        correction: Option<&'p Correction>,
    ) -> Self {
        let (mut groups, mut group_of) = (Vec::new(), Vec::with_capacity(pair.articles.len()));
        for counts in &pair.articles {
            if groups.last() != Some(&counts.place.group) {
                groups.push(counts.place.group);
            }
            group_of.push(number(groups.len() - 1));
        }
        let (counts, parts, ends) = (Vec::new(), Vec::new(), Vec::new());
        let (drawn, repeated) = (Vec::new(), Vec::new());
        Self {
            pair,
            cut,
            bootstrap,
            correction,
            counts,
            groups,
            group_of,
            parts,
            ends,
            drawn,
            repeated,
        }
    }

    /// All rows, sorted by cell.
    pub(crate) fn all(mut self) -> Vec<PairCount<'a>> {
        let pair = self.pair;
        let mut cells: Vec<(Cell, u32)> =
            Vec::with_capacity(self.cut.n_cells() * pair.articles.len());
        for (idx, counts) in pair.articles.iter().enumerate() {
            let push = |cell| cells.push((cell, number(idx)));
            self.cut.push_cells(counts.place_idx, &counts.place, push);
        }
        cells.sort_unstable();
        self.counts.reserve(cells.len());
        for of_cell in cells.chunk_by(|a, b| a.0 == b.0) {
            let [(cell, _), ..] = of_cell else { continue };
            let every = || of_cell.iter().map(|(_, idx)| *idx);
            let once = || every().filter(|idx| !pair.articles[*idx as usize].place.is_copy);
            let in_all = self.push(*cell, every());
            match once().count() {
                0 => {}
                n if n == of_cell.len() => self.push_once_too(in_all),
                _ => {
                    let without_copies = self.push(*cell, once());
                    self.counts[without_copies].wire = "once";
                }
            }
        }
        self.with_intervals()
    }

    /// Adds the row of some articles of a cell, said of every copy; gives its place.
    fn push(&mut self, cell: Cell, articles: impl Iterator<Item = u32> + Clone) -> usize {
        let (mut supports, mut neutral, mut opposes) = (0.0, 0.0, 0.0);
        let mut n_articles = 0;
        for idx in articles.clone() {
            let counts = &self.pair.articles[idx as usize];
            supports += counts.supports;
            neutral += counts.neutral;
            opposes += counts.opposes;
            n_articles += 1;
        }
        let total = supports + neutral + opposes;
        let share = |value: f64| if total > 0.0 { value / total } else { 0.0 };
        let corrected = self.correction.map(|correction| {
            let (least, most) = NET_BOUNDS;
            (share(correction.value([supports, neutral, opposes])).clamp(least, most), None)
        });
        let row = self.counts.len();
        // Most cells hold a few articles: no need to look at their groups.
        if !self.bootstrap.is_too_few(n_articles) {
            self.draw(row, false, articles.clone(), ArticleCounts::part);
            if let Some(correction) = self.correction {
                self.draw(row, true, articles, |counts| counts.corrected_part(correction));
            }
        }
        self.counts.push(PairCount {
            level: self.pair.level.as_str(),
            holder_id: self.pair.holder_id,
            target_id: self.pair.target_id,
            period_unit: cell.unit(),
            period_start: cell.start(),
            outlet: self.cut.outlet(cell).map(String::as_str),
            wire: "every",
            n_supports: supports,
            n_neutral: neutral,
            n_opposes: opposes,
            n_articles: n_articles as u64,
            net: share(supports - opposes),
            interval: None,
            corrected,
        });
        row
    }

    /// Adds a row like `row`, the last one, said of articles without copies.
    fn push_once_too(&mut self, row: usize) {
        if self.drawn.last().is_some_and(|drawn| drawn.row == row) {
            self.repeated.push(self.counts.len());
        }
        let once = PairCount { wire: "once", ..self.counts[row] };
        self.counts.push(once);
    }

    /// Has the bootstrap draw an interval of a row, where its groups are enough.
    fn draw(
        &mut self,
        row: usize,
        is_corrected: bool,
        articles: impl Iterator<Item = u32>,
        part_of: impl Fn(&ArticleCounts) -> Part,
    ) {
        let (mut groups, mut parts): (Vec<u32>, Vec<Part>) = (Vec::new(), Vec::new());
        for idx in articles {
            let group = self.group_of[idx as usize];
            let part = part_of(&self.pair.articles[idx as usize]);
            match parts.last_mut() {
                Some(last) if groups.last() == Some(&group) => {
                    last.top += part.top;
                    last.bottom += part.bottom;
                }
                _ => {
                    groups.push(group);
                    parts.push(part);
                }
            }
        }
        let Some(influences) = influences(&parts) else { return };
        if self.bootstrap.is_too_few(groups.len()) {
            return;
        }
        let n_groups = groups.len();
        self.parts.extend(groups.into_iter().zip(influences));
        self.ends.push(self.parts.len());
        self.drawn.push(Drawn { row, n_groups, is_corrected });
    }

    fn with_intervals(mut self) -> Vec<PairCount<'a>> {
        if self.drawn.is_empty() {
            return self.counts;
        }
        let squares = self.bootstrap.mean_squares(&self.groups, &self.parts, &self.ends);
        for (Drawn { row, n_groups, is_corrected }, square) in self.drawn.into_iter().zip(squares) {
            let count = &mut self.counts[row];
            match (&mut count.corrected, self.correction) {
                (Some((net, ends)), Some(correction)) if is_corrected => {
                    let all = [count.n_supports, count.n_neutral, count.n_opposes];
                    let total: f64 = all.iter().sum();
                    let square = square + correction.variance(&all.map(|n| n / total));
                    *ends = Some(plain_interval(*net, square, n_groups, NET_BOUNDS));
                }
                _ => count.interval = Some(interval(count.net, square, n_groups, NET_BOUNDS)),
            }
        }
        for row in self.repeated {
            self.counts[row].interval = self.counts[row - 1].interval;
            self.counts[row].corrected = self.counts[row - 1].corrected;
        }
        self.counts
    }
}
