//! The most marked findings of a run, for the terminal.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use newstance_aggregate::PairCount;
use newstance_doc::rows::{ActorRow, ClaimRow, PairRow, StanceRow, Tables};

use crate::paint;

const MAX_PAIRS: usize = 10;
/// How far support and opposition must be apart, in expected stances.
const LEAST_MARKED: f64 = 0.5;
const MAX_CLAIMS: usize = 6;
const EVIDENCE_CHARS: usize = 110;

/// Prints who stands how to whom, and which claims are disputed.
pub(crate) fn print(
    tables: &Tables,
    overall: &Overall,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let names = Names::new(tables);
    print_pairs(tables, overall, &names, out)?;
    print_claims(tables, &names, out)
}

/// Over the whole archive, the most marked pairs of actors.
#[derive(Debug, Default)]
pub(crate) struct Overall(BTreeMap<(Reverse<u64>, String, String), PairRow>);

impl Overall {
    /// Takes a row of `pairs` that goes by.
    pub(crate) fn see(&mut self, row: &PairCount<'_>) {
        let marked = (row.n_supports - row.n_opposes).abs();
        let is_overall = row.level == "actor"
            && row.period_unit == "all"
            && row.outlet.is_none()
            && row.wire == "once";
        if !is_overall || marked < LEAST_MARKED {
            return;
        }
        // A number that is not negative sorts as its bits do.
        let ids = (row.holder_id.to_owned(), row.target_id.to_owned());
        self.0.insert((Reverse(marked.to_bits()), ids.0, ids.1), (*row).into());
        if self.0.len() > MAX_PAIRS {
            self.0.pop_last();
        }
    }
}

/// Actors by id.
struct Names<'t>(BTreeMap<&'t str, &'t ActorRow>);

impl<'t> Names<'t> {
    fn new(tables: &'t Tables) -> Self {
        Self(tables.actors.iter().map(|actor| (actor.actor_id.as_str(), actor)).collect())
    }

    fn name(&self, id: &'t str) -> &'t str {
        self.0.get(id).map_or(id, |actor| &actor.name)
    }

    /// Name, with the country behind it where that is another.
    fn full(&self, id: &'t str) -> String {
        let name = self.name(id);
        let country = self.0.get(id).and_then(|actor| actor.country.as_deref());
        match country.map(|country| self.name(country)) {
            Some(country) if country != name => format!("{name} ({country})"),
            _ => name.to_owned(),
        }
    }
}

fn print_pairs(
    tables: &Tables,
    overall: &Overall,
    names: &Names,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "\nMost marked stances (expected counts, wire copies once)")?;
    for pair in overall.0.values() {
        let verb = if pair.net > 0.0 { "supports" } else { "opposes" };
        let interval = match (pair.net_low, pair.net_high) {
            (Some(low), Some(high)) => format!(" [{low:+.2}, {high:+.2}]"),
            _ => " (too few for an interval)".to_owned(),
        };
        let bold = paint::EMPHASIS;
        writeln!(
            out,
            "  {bold}{}{bold:#} {verb} {bold}{}{bold:#}  net {:+.2}{interval}, {} {}",
            names.full(&pair.holder_id),
            names.full(&pair.target_id),
            pair.net,
            pair.n_articles,
            if pair.n_articles == 1 { "article" } else { "articles" },
        )?;
        if let Some(evidence) = best_evidence(tables, pair, verb) {
            writeln!(out, "      {evidence}")?;
        }
    }
    if overall.0.is_empty() {
        writeln!(out, "  none: no article names two actors that stand to one another")?;
    }
    Ok(())
}

fn best_evidence(tables: &Tables, pair: &PairRow, position: &str) -> Option<String> {
    let of_pair = |stance: &&StanceRow| {
        stance.holder_id == pair.holder_id
            && stance.target_id == pair.target_id
            && stance.position == position
    };
    let probability = |stance: &StanceRow| stance.p_supports.max(stance.p_opposes);
    let best = tables.stances.iter().filter(of_pair).max_by(|a, b| {
        probability(a).total_cmp(&probability(b)).then_with(|| b.stance_id.cmp(&a.stance_id))
    })?;
    let article =
        tables.articles.binary_search_by(|row| row.article_id.cmp(&best.article_id)).ok()?;
    let article = &tables.articles[article];
    let text = if best.field == "title" { &article.title } else { &article.text };
    let n_chars = usize::try_from(best.end_char - best.start_char).ok()?;
    let evidence: String =
        text.chars().skip(usize::try_from(best.start_char).ok()?).take(n_chars).collect();
    let outlet = article.outlet.as_deref().unwrap_or(&article.article_id);
    let date = article.date.map_or(String::new(), |date| format!(", {date}"));
    Some(format!("{}  ({outlet}{date})", paint::one_line(&evidence, EVIDENCE_CHARS)))
}

fn print_claims(tables: &Tables, names: &Names, out: &mut dyn Write) -> std::io::Result<()> {
    let mut claims: Vec<&ClaimRow> =
        tables.claims.iter().filter(|claim| claim.n_affirms > 0 && claim.n_denies > 0).collect();
    claims.sort_by_key(|claim| (std::cmp::Reverse(claim.n_statements), &claim.claim_id));
    if claims.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nDisputed claims")?;
    for claim in claims.into_iter().take(MAX_CLAIMS) {
        let bold = paint::EMPHASIS;
        writeln!(out, "  {bold}{}{bold:#}", paint::one_line(&claim.text, EVIDENCE_CHARS))?;
        for position in ["affirms", "denies", "questions"] {
            let holders: BTreeSet<String> = tables
                .positions
                .iter()
                .filter(|row| row.claim_id == claim.claim_id && row.position == position)
                .map(|row| {
                    row.holder_id.as_deref().map_or("somebody".to_owned(), |id| names.full(id))
                })
                .collect();
            if !holders.is_empty() {
                let holders: Vec<String> = holders.into_iter().collect();
                writeln!(out, "      {position:<9} {}", holders.join(", "))?;
            }
        }
    }
    Ok(())
}
