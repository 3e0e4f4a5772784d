//! Archives drawn by chance, with a known net stance.

pub(crate) mod reader;

use fastrand::Rng;
use jiff::civil::{Date, date};
use newstance_aggregate::{AggregateSettings, Dateline, Ledger, Party, PeriodUnit};
use newstance_doc::PositionProbabilities;

/// How stances are spread: even and neutral, mostly opposing, mostly neutral,
/// and with a few articles that hold many.
pub(crate) const KINDS: [&str; 4] = ["even", "opposing", "rare", "heavy"];

/// From `month` (0 to 23) on the lean of every article is greater.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shift {
    /// The first month of it.
    pub(crate) month: u8,
    /// In units of the spread between articles.
    pub(crate) by: f64,
}

/// What the articles of one pair are drawn from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    /// One of [`KINDS`].
    pub(crate) kind: &'static str,
    /// Articles on each pair.
    pub(crate) n_articles: usize,
    /// A change in time.
    pub(crate) shift: Option<Shift>,
}

/// An archive of `n_pairs` pairs, `p0` to ..., each toward `target`.
pub(crate) fn archive(world: World, n_pairs: usize, seed: u64) -> Ledger {
    let mut ledger = Ledger::default();
    fill(&mut ledger, world, n_pairs, seed);
    ledger
}

/// Adds such an archive to a ledger.
pub(crate) fn fill(ledger: &mut Ledger, world: World, n_pairs: usize, seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let target = ledger.party(&Party { actor: Some("target"), affiliation: None, country: None });
    for pair in 0..n_pairs {
        let name = format!("p{pair}");
        let holder = ledger.party(&Party { actor: Some(&name), affiliation: None, country: None });
        for article in 0..world.n_articles {
            let id = format!("{seed}:{pair}:{article}");
            let month = rng.u8(0..24);
            let place = ledger.place(&Dateline {
                article_id: &id,
                wire_group: &id,
                is_copy: false,
                date: Some(month_start(month)),
                outlet: None,
            });
            for probabilities in stances(world, month, &mut rng) {
                ledger.add_stance(place, (holder, target), probabilities);
            }
            ledger.add_statement(place, holder);
        }
    }
}

/// The first day of a month from January 2024 on.
fn month_start(month: u8) -> Date {
    let year = if month < 12 { 2024 } else { 2025 };
    let month = i8::try_from(month % 12 + 1).expect("a year has twelve months");
    date(year, month, 1)
}

/// The stances of one article: it leans to one side, and each stance about as it does.
fn stances(world: World, month: u8, rng: &mut Rng) -> Vec<PositionProbabilities> {
    let (lean, neutral) = match world.kind {
        "even" => (0.0, 1.0),
        "opposing" => (-1.2, 0.3),
        "rare" => (-0.3, 2.5),
        _ => (-0.6, 0.8),
    };
    let go_on = if world.kind == "heavy" { 0.75 } else { 0.6 };
    let shift = world.shift.filter(|shift| month >= shift.month).map_or(0.0, |shift| shift.by);
    let lean = lean + shift + normal(rng);
    let mut stances = Vec::new();
    while stances.is_empty() || rng.f64() < go_on {
        let score = 1.5 * (lean + 0.7 * normal(rng));
        let (supports, opposes, neither) = (score.exp(), (-score).exp(), f64::exp(neutral));
        let sum = supports + opposes + neither;
        #[expect(clippy::cast_possible_truncation, reason = "probabilities are of 32 bits")]
        stances.push(PositionProbabilities {
            supports: (supports / sum) as f32,
            neutral: (neither / sum) as f32,
            opposes: (opposes / sum) as f32,
        });
    }
    stances
}

/// A normal deviate (Box and Muller 1958).
fn normal(rng: &mut Rng) -> f64 {
    let (radius, angle) = (1.0 - rng.f64(), rng.f64() * std::f64::consts::TAU);
    (-2.0 * radius.ln()).sqrt() * angle.cos()
}

/// The net stance of a world, from `n_pairs` times its articles.
pub(crate) fn net(world: World, n_pairs: usize) -> f64 {
    let mut sums = (0.0, 0.0);
    archive(world, n_pairs, 1).pair_counts(&whole(&AggregateSettings::default()), |rows| {
        for row in rows.iter().filter(|row| row.wire == "once") {
            sums.0 += row.n_supports - row.n_opposes;
            sums.1 += row.n_supports + row.n_neutral + row.n_opposes;
        }
    });
    sums.0 / sums.1
}

/// The share of pairs whose interval holds `truth`, and of those that have one.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 pairs")]
pub(crate) fn coverage(
    world: World,
    truth: f64,
    n_pairs: usize,
    settings: &AggregateSettings,
) -> (f64, f64) {
    let (mut held, mut given) = (0_u32, 0_u32);
    archive(world, n_pairs, 2).pair_counts(&whole(settings), |rows| {
        for row in rows.iter().filter(|row| row.wire == "once") {
            let Some((low, high)) = row.net_low.zip(row.net_high) else { continue };
            given += 1;
            held += u32::from(low <= truth && truth <= high);
        }
    });
    (f64::from(held) / f64::from(given.max(1)), f64::from(given) / n_pairs as f64)
}

/// The share of tested pairs whose change is flagged.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 pairs")]
pub(crate) fn flagged(world: World, n_pairs: usize, settings: &AggregateSettings) -> f64 {
    let rows = archive(world, n_pairs, 3).change_rows(settings);
    rows.iter().filter(|row| row.is_flagged).count() as f64 / rows.len().max(1) as f64
}

fn whole(settings: &AggregateSettings) -> AggregateSettings {
    AggregateSettings { period_units: vec![PeriodUnit::All], by_outlet: false, ..settings.clone() }
}
