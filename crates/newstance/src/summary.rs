//! The most marked findings of a run, for the terminal.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use newstance_aggregate::PairCount;
use newstance_doc::rows::{ActorRow, ArchiveTables, ArticleRow, ClaimRow, PairRow, StanceRow};
use newstance_tables::{TableSource, TablesError};

use crate::paint;

const MAX_PAIRS: usize = 10;
/// How far support and opposition must be apart, in expected stances.
const LEAST_MARKED: f64 = 0.5;
const MAX_CLAIMS: usize = 6;
/// Holders of one position that are named.
const MAX_HOLDERS: usize = 8;
const EVIDENCE_CHARS: usize = 110;

/// Prints who stands how to whom, and which claims are disputed. `folder` has
/// the tables of articles.
pub(crate) fn print(
    folder: &Path,
    tables: &ArchiveTables,
    overall: &Overall,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let names = Names::new(tables);
    let evidence = Evidence::read(folder, overall)?;
    print_pairs(&evidence, overall, &names, out)?;
    Ok(print_claims(tables, &names, out)?)
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
    fn new(tables: &'t ArchiveTables) -> Self {
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
    evidence: &Evidence,
    overall: &Overall,
    names: &Names,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "\nMost marked stances (expected counts, wire copies once)")?;
    for (pair, evidence) in overall.0.values().zip(&evidence.0) {
        let verb = verb(pair);
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
        if let Some(evidence) = evidence {
            writeln!(out, "      {evidence}")?;
        }
    }
    if overall.0.is_empty() {
        writeln!(out, "  none: no article names two actors that stand to one another")?;
    }
    Ok(())
}

fn verb(pair: &PairRow) -> &'static str {
    if pair.net > 0.0 { "supports" } else { "opposes" }
}

/// Of each pair that is shown its surest evidence, in words.
struct Evidence(Vec<Option<String>>);

impl Evidence {
    /// Reads stances and articles, one after another.
    fn read(folder: &Path, overall: &Overall) -> Result<Self, TablesError> {
        let pairs: Vec<&PairRow> = overall.0.values().collect();
        let mut surest: Vec<Option<StanceRow>> = vec![None; pairs.len()];
        let sure = |stance: &StanceRow| stance.p_supports.max(stance.p_opposes);
        folder.each_row(|stance: StanceRow| {
            let shows = |pair: &&PairRow| {
                pair.holder_id == stance.holder_id
                    && pair.target_id == stance.target_id
                    && verb(pair) == stance.position
            };
            let Some(pair) = pairs.iter().position(shows) else { return };
            // Stances come by id, and of equally sure ones the first stays.
            if surest[pair].as_ref().is_none_or(|known| sure(&stance) > sure(known)) {
                surest[pair] = Some(stance);
            }
        })?;
        let mut told = vec![None; pairs.len()];
        folder.each_row(|article: ArticleRow| {
            for (told, stance) in told.iter_mut().zip(&surest) {
                let here = stance.as_ref().filter(|of| of.article_id == article.article_id);
                if let Some(stance) = here {
                    *told = Some(in_words(stance, &article));
                }
            }
        })?;
        Ok(Self(told))
    }
}

fn in_words(stance: &StanceRow, article: &ArticleRow) -> String {
    let text = if stance.field == "title" { &article.title } else { &article.text };
    let n = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let n_chars = n(stance.end_char.saturating_sub(stance.start_char));
    let evidence: String = text.chars().skip(n(stance.start_char)).take(n_chars).collect();
    let outlet = article.outlet.as_deref().unwrap_or(&article.article_id);
    let date = article.date.map_or(String::new(), |date| format!(", {date}"));
    format!("{}  ({outlet}{date})", paint::one_line(&evidence, EVIDENCE_CHARS))
}

fn print_claims(tables: &ArchiveTables, names: &Names, out: &mut dyn Write) -> std::io::Result<()> {
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
            let held = tables
                .positions
                .iter()
                .filter(|row| row.claim_id == claim.claim_id && row.position == position);
            let mut holders: BTreeMap<String, usize> = BTreeMap::new();
            for row in held {
                let name =
                    row.holder_id.as_deref().map_or("somebody".to_owned(), |id| names.full(id));
                *holders.entry(name).or_default() += 1;
            }
            if !holders.is_empty() {
                writeln!(out, "      {position:<9} {}", most_frequent(holders))?;
            }
        }
    }
    Ok(())
}

/// The names that are counted most, in alphabetical order where they are few.
fn most_frequent(counts: BTreeMap<String, usize>) -> String {
    let n_left_out = counts.len().saturating_sub(MAX_HOLDERS);
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    if n_left_out > 0 {
        counts.sort_by_key(|(_, n)| Reverse(*n));
    }
    let names: Vec<String> = counts.into_iter().take(MAX_HOLDERS).map(|(name, _)| name).collect();
    let rest = if n_left_out > 0 { format!(" and {n_left_out} more") } else { String::new() };
    names.join(", ") + &rest
}
