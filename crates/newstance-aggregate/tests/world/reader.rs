//! Archives whose stances have a true position, read by a model that errs.

use fastrand::Rng;
use newstance_aggregate::{AggregateSettings, Correction, Dateline, LabelledStance, Ledger, Party};
use newstance_doc::{Position, PositionProbabilities};

use super::{normal, whole};

/// A pair of which this share of articles lean to support, the others to oppose.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaning {
    pub(crate) supporting: f64,
    pub(crate) n_articles: usize,
}

/// What articles that support and that oppose hold: supports, neutral, opposes.
const SUPPORTING: [f64; 3] = [0.6, 0.3, 0.1];
const OPPOSING: [f64; 3] = [0.05, 0.45, 0.5];
const POSITIONS: [Position; 3] = [Position::Supports, Position::Neutral, Position::Opposes];

impl Leaning {
    /// The true net stance.
    pub(crate) fn net(self) -> f64 {
        let net = |shares: [f64; 3]| shares[0] - shares[2];
        self.supporting * net(SUPPORTING) + (1.0 - self.supporting) * net(OPPOSING)
    }

    /// The stances of one article with their true positions.
    fn article(self, rng: &mut Rng) -> Vec<(Position, PositionProbabilities)> {
        let shares = if rng.f64() < self.supporting { SUPPORTING } else { OPPOSING };
        let mut stances = Vec::new();
        while stances.is_empty() || rng.f64() < 0.5 {
            let drawn = rng.f64();
            let position = POSITIONS
                [usize::from(drawn >= shares[0]) + usize::from(drawn >= shares[0] + shares[1])];
            stances.push((position, read(position, rng)));
        }
        stances
    }
}

/// A model that prefers the neutral and mistakes support for opposition more
/// often than the other way round.
fn read(position: Position, rng: &mut Rng) -> PositionProbabilities {
    let scores = match position {
        Position::Supports => [0.6, 0.8, 0.4],
        Position::Neutral => [-0.5, 1.4, -0.2],
        Position::Opposes => [-0.8, 0.7, 1.0],
    };
    let odds = scores.map(|score: f64| (score + 0.8 * normal(rng)).exp());
    let sum: f64 = odds.iter().sum();
    #[expect(clippy::cast_possible_truncation, reason = "probabilities are of 32 bits")]
    let [supports, neutral, opposes] = odds.map(|odds| (odds / sum) as f32);
    PositionProbabilities { supports, neutral, opposes }
}

/// A sample of `n` stances of an archive of both leanings, labelled.
fn labelled(n: usize, rng: &mut Rng) -> Vec<LabelledStance> {
    let leaning = Leaning { supporting: 0.4, n_articles: 0 };
    let mut sample = Vec::new();
    for article in 0.. {
        for (label, probabilities) in leaning.article(rng) {
            let article_id = format!("labelled {article}");
            sample.push(LabelledStance { article_id, weight: 1.0, probabilities, label });
        }
        if sample.len() >= n {
            break;
        }
    }
    sample.truncate(n);
    sample
}

/// The shares of pairs whose interval, and whose corrected interval, hold the
/// true net stance; a labelled sample for each `n_pairs` pairs.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 pairs")]
pub(crate) fn corrected_coverage(
    leaning: Leaning,
    n_labelled: usize,
    (n_samples, n_pairs): (usize, usize),
) -> (f64, f64) {
    let mut rng = Rng::with_seed(5);
    let (mut plain, mut corrected) = (0_u32, 0_u32);
    let holds = |ends: Option<(f64, f64)>| {
        u32::from(ends.is_some_and(|(low, high)| low <= leaning.net() && leaning.net() <= high))
    };
    for sample in 0..n_samples {
        let correction = Correction::estimate(&labelled(n_labelled, &mut rng));
        let correction = Some(correction.expect("the sample holds enough of each position"));
        let settings = whole(&AggregateSettings { correction, ..AggregateSettings::default() });
        let ledger = archive(leaning, (sample, n_pairs), &mut rng);
        ledger.pair_counts(&settings, |rows| {
            for row in rows.iter().filter(|row| row.wire == "once") {
                plain += holds(row.net_low.zip(row.net_high));
                corrected += holds(row.net_corrected_low.zip(row.net_corrected_high));
            }
        });
    }
    let n = (n_samples * n_pairs) as f64;
    (f64::from(plain) / n, f64::from(corrected) / n)
}

fn archive(leaning: Leaning, (sample, n_pairs): (usize, usize), rng: &mut Rng) -> Ledger {
    let mut ledger = Ledger::default();
    let party = |name: &str, ledger: &mut Ledger| {
        ledger.party(&Party { actor: Some(name), affiliation: None, country: None })
    };
    let target = party("target", &mut ledger);
    for pair in 0..n_pairs {
        let holder = party(&format!("p{pair}"), &mut ledger);
        for article in 0..leaning.n_articles {
            let id = format!("{sample}:{pair}:{article}");
            let place = ledger.place(&Dateline {
                article_id: &id,
                wire_group: &id,
                is_copy: false,
                date: None,
                outlet: None,
            });
            for (_, probabilities) in leaning.article(rng) {
                ledger.add_stance(place, (holder, target), probabilities);
            }
        }
    }
    ledger
}
