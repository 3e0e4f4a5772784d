//! The rows of one pair: its cells counted, and the intervals of those that
//! come from enough wire groups, drawn together.

use crate::bootstrap::{Bootstrap, Part, influences, interval, plain_interval};
use crate::cells::{Cell, Cut};
use crate::correction::Correction;
use crate::ledger::number;
use crate::pairs::{NET_BOUNDS, Pair, PairCount};

/// Makes the rows of one pair after the other; what it holds of a pair is
/// cleared for the next.
pub(crate) struct PairRows<'a, 'p> {
    cut: &'p Cut<'a>,
    bootstrap: &'p Bootstrap,
    correction: Option<&'p Correction>,
    /// Cells, each with an article in it.
    cells: Vec<InCell>,
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
    /// What the wire groups of one cell add to its ratio.
    in_groups: Vec<(u32, Part)>,
}

/// An article in a cell, sorted by cell, then article. One number, since
/// hundreds of millions are sorted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct InCell(u128);

impl InCell {
    fn new(cell: Cell, article: u32) -> Self {
        Self(u128::from(cell.bits()) << 32 | u128::from(article))
    }

    fn cell(self) -> Cell {
        Cell::from_bits(u64::try_from(self.0 >> 32).expect("64 bits are kept"))
    }

    fn article(self) -> usize {
        (self.0 & u128::from(u32::MAX)) as usize
    }
}

/// An interval in the making.
struct Drawn {
    row: usize,
    n_groups: usize,
    is_corrected: bool,
}

impl<'a, 'p> PairRows<'a, 'p> {
    /// Of no pair yet.
    pub(crate) fn new(
        cut: &'p Cut<'a>,
        bootstrap: &'p Bootstrap,
        correction: Option<&'p Correction>,
    ) -> Self {
        Self {
            cut,
            bootstrap,
            correction,
            cells: Vec::new(),
            groups: Vec::new(),
            group_of: Vec::new(),
            parts: Vec::new(),
            ends: Vec::new(),
            drawn: Vec::new(),
            repeated: Vec::new(),
            in_groups: Vec::new(),
        }
    }

    /// Adds all rows of `pair`, sorted by cell, to `rows`.
    pub(crate) fn push(&mut self, pair: &Pair<'a, '_>, rows: &mut Vec<PairCount<'a>>) {
        self.start(pair);
        let cells = std::mem::take(&mut self.cells);
        for of_cell in cells.chunk_by(|a, b| a.cell() == b.cell()) {
            let every = of_cell.iter().map(|in_cell| in_cell.article());
            let once = every.clone().filter(|idx| !pair.articles[*idx].place.is_copy);
            let n_once = once.clone().count();
            let cell = of_cell[0].cell();
            self.push_row(pair, cell, every, rows);
            if n_once == of_cell.len() {
                self.push_once_too(rows);
            } else if n_once > 0 {
                self.push_row(pair, cell, once, rows);
                rows.last_mut().expect("it was just pushed").wire = "once";
            }
        }
        self.cells = cells;
        self.set_intervals(rows);
    }

    /// Clears what is of the pair before; groups and cells of `pair`, which
    /// come by wire group.
    fn start(&mut self, pair: &Pair<'_, '_>) {
        self.cells.clear();
        self.groups.clear();
        self.group_of.clear();
        self.parts.clear();
        self.ends.clear();
        self.drawn.clear();
        self.repeated.clear();
        for (idx, counts) in pair.articles.iter().enumerate() {
            if self.groups.last() != Some(&counts.place.group) {
                self.groups.push(counts.place.group);
            }
            self.group_of.push(number(self.groups.len() - 1));
            let push = |cell| self.cells.push(InCell::new(cell, number(idx)));
            self.cut.push_cells(counts.place_idx, &counts.place, push);
        }
        self.cells.sort_unstable();
    }

    /// Adds the row of some articles of a cell, said of every copy.
    fn push_row(
        &mut self,
        pair: &Pair<'a, '_>,
        cell: Cell,
        articles: impl Iterator<Item = usize> + Clone,
        rows: &mut Vec<PairCount<'a>>,
    ) {
        let (mut supports, mut neutral, mut opposes) = (0.0, 0.0, 0.0);
        let mut n_articles = 0;
        for idx in articles.clone() {
            let counts = &pair.articles[idx];
            supports += counts.supports;
            neutral += counts.neutral;
            opposes += counts.opposes;
            n_articles += 1;
        }
        let total = supports + neutral + opposes;
        let share = |value: f64| if total > 0.0 { value / total } else { 0.0 };
        let net_corrected = self.correction.map(|correction| {
            let (least, most) = NET_BOUNDS;
            share(correction.value([supports, neutral, opposes])).clamp(least, most)
        });
        // Most cells hold a few articles: no need to look at their groups.
        if !self.bootstrap.is_too_few(n_articles) {
            let row = rows.len();
            let counts = |idx: usize| (idx, &pair.articles[idx]);
            let parts = articles.clone().map(counts).map(|(idx, counts)| (idx, counts.part()));
            self.draw(row, false, parts);
            if let Some(correction) = self.correction {
                let parts = articles.map(counts);
                let parts = parts.map(|(idx, counts)| (idx, counts.corrected_part(correction)));
                self.draw(row, true, parts);
            }
        }
        rows.push(PairCount {
            level: pair.level.as_str(),
            holder_id: pair.holder_id,
            target_id: pair.target_id,
            period_unit: cell.unit(),
            period_start: cell.start(),
            outlet: self.cut.outlet(cell).map(String::as_str),
            wire: "every",
            n_supports: supports,
            n_neutral: neutral,
            n_opposes: opposes,
            n_articles: n_articles as u64,
            net: share(supports - opposes),
            net_low: None,
            net_high: None,
            net_corrected,
            net_corrected_low: None,
            net_corrected_high: None,
        });
    }

    /// Adds a row like the last one, said of articles without copies.
    fn push_once_too(&mut self, rows: &mut Vec<PairCount<'a>>) {
        let row = rows.len() - 1;
        if self.drawn.last().is_some_and(|drawn| drawn.row == row) {
            self.repeated.push(row + 1);
        }
        rows.push(PairCount { wire: "once", ..rows[row] });
    }

    /// Has the bootstrap draw an interval of a row from the parts of its
    /// articles, where their groups are enough.
    fn draw(&mut self, row: usize, is_corrected: bool, parts: impl Iterator<Item = (usize, Part)>) {
        self.in_groups.clear();
        for (idx, part) in parts {
            let group = self.group_of[idx];
            match self.in_groups.last_mut() {
                Some((last, sum)) if *last == group => {
                    sum.top += part.top;
                    sum.bottom += part.bottom;
                }
                _ => self.in_groups.push((group, part)),
            }
        }
        let n_groups = self.in_groups.len();
        if self.bootstrap.is_too_few(n_groups) {
            return;
        }
        let Some(influences) = influences(&self.in_groups) else { return };
        self.parts.extend(influences);
        self.ends.push(self.parts.len());
        self.drawn.push(Drawn { row, n_groups, is_corrected });
    }

    /// Draws the intervals that the rows of the pair wait for.
    fn set_intervals(&self, rows: &mut [PairCount<'a>]) {
        if self.drawn.is_empty() {
            return;
        }
        let squares = self.bootstrap.mean_squares(&self.groups, &self.parts, &self.ends);
        for (Drawn { row, n_groups, is_corrected }, square) in self.drawn.iter().zip(squares) {
            let count = &mut rows[*row];
            match (count.net_corrected, self.correction) {
                (Some(net), Some(correction)) if *is_corrected => {
                    let all = [count.n_supports, count.n_neutral, count.n_opposes];
                    let total: f64 = all.iter().sum();
                    let square = square + correction.variance(&all.map(|n| n / total));
                    let (low, high) = plain_interval(net, square, *n_groups, NET_BOUNDS);
                    (count.net_corrected_low, count.net_corrected_high) = (Some(low), Some(high));
                }
                _ => {
                    let (low, high) = interval(count.net, square, *n_groups, NET_BOUNDS);
                    (count.net_low, count.net_high) = (Some(low), Some(high));
                }
            }
        }
        for row in &self.repeated {
            rows[*row] = PairCount { wire: rows[*row].wire, ..rows[*row - 1] };
        }
    }
}
