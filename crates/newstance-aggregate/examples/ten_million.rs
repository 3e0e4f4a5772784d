//! How long ten million stances take to count, and in how much memory.
//!
//! `cargo run --release -p newstance-aggregate --example ten_million [STANCES]`
//!
//! The stances are drawn with a fixed seed: ten an article, articles over three
//! years in forty outlets, one in ten a wire copy, holders and targets among
//! two thousand actors of fifty countries, the n-th as often as 1/n.

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use fastrand::Rng;
use jiff::civil::date;
use newstance_aggregate::{AggregateSettings, Dateline, Ledger, Party, PartyRef};
use newstance_doc::PositionProbabilities;

const ACTORS: usize = 2_000;
const COUNTRIES: usize = 50;
const OUTLETS: usize = 40;
const DAYS: i64 = 3 * 365;
const STANCES_AN_ARTICLE: usize = 10;

fn main() -> Result<(), Box<dyn Error>> {
    let n_stances = std::env::args().nth(1).map_or(Ok(10_000_000), |typed| typed.parse())?;
    let mut out = std::io::stdout().lock();
    let settings = AggregateSettings::default();
    let start = Instant::now();
    let ledger = simulate(n_stances)?;
    writeln!(out, "simulated {n_stances} stances in {:.1} s", start.elapsed().as_secs_f64())?;
    let start = Instant::now();
    let (mut rows, mut with_interval, mut net) = (0_u64, 0_u64, 0.0);
    ledger.pair_counts(&settings, |counts| {
        rows += counts.len() as u64;
        with_interval += counts.iter().filter(|count| count.net_low.is_some()).count() as u64;
        net += counts.iter().map(|count| count.net).sum::<f64>();
    });
    writeln!(
        out,
        "pairs: {rows} rows, {with_interval} with an interval, in {:.1} s (sum of net {net:.6})",
        start.elapsed().as_secs_f64()
    )?;
    let start = Instant::now();
    let changes = ledger.change_rows(&settings);
    writeln!(out, "changes: {} series, in {:.1} s", changes.len(), start.elapsed().as_secs_f64())?;
    writeln!(out, "most memory: {}", peak_memory())?;
    Ok(())
}

fn simulate(n_stances: usize) -> Result<Ledger, Box<dyn Error>> {
    let mut rng = Rng::with_seed(7);
    let mut ledger = Ledger::default();
    let parties: Vec<PartyRef> = (0..ACTORS)
        .map(|actor| {
            let (id, country) = (format!("actor-{actor}"), format!("Q{}", actor % COUNTRIES));
            let affiliation = format!("office-{}", actor % (ACTORS / 4));
            let (affiliation, country) = (Some(affiliation.as_str()), Some(country.as_str()));
            ledger.party(&Party { actor: Some(&id), affiliation, country })
        })
        .collect();
    let outlets: Vec<String> = (0..OUTLETS).map(|outlet| format!("outlet {outlet}")).collect();
    let first = date(2022, 1, 1);
    for article in 0..n_stances.div_ceil(STANCES_AN_ARTICLE) {
        let id = format!("article-{article}");
        let is_copy = article > 0 && rng.u8(..) < 26;
        let original = format!("article-{}", article.saturating_sub(1));
        let place = ledger.place(&Dateline {
            article_id: &id,
            wire_group: if is_copy { &original } else { &id },
            is_copy,
            date: Some(first.checked_add(jiff::Span::new().days(rng.i64(0..DAYS)))?),
            outlet: Some(&outlets[rng.usize(0..OUTLETS)]),
        });
        for _ in 0..STANCES_AN_ARTICLE {
            let pair = (parties[zipf(&mut rng)], parties[zipf(&mut rng)]);
            let (supports, opposes) = (rng.f32() * 0.5, rng.f32() * 0.5);
            let neutral = 1.0 - supports - opposes;
            ledger.add_stance(place, pair, PositionProbabilities { supports, neutral, opposes });
        }
    }
    Ok(ledger)
}

/// A number under [`ACTORS`], n about as often as 1/(n+1).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "the number is under two thousand"
)]
fn zipf(rng: &mut Rng) -> usize {
    ((ACTORS as f64).powf(rng.f64()) - 1.0) as usize
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or("not known here".to_owned(), |peak| peak.trim().to_owned())
}
