//! `top`: ask a run folder who stands how to whom.
//!
//! The stances that the filters leave are counted anew, so that any span of
//! days has its own interval, made as those of the table `pairs` are.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use anyhow::bail;
use jiff::civil::Date;
use newstance_aggregate::{AggregateSettings, Dateline, Ledger, Party, PeriodUnit};
use newstance_doc::PositionProbabilities;
use newstance_doc::rows::{ActorRow, ArticleRow, PairRow, StanceRow};
use newstance_tables::read_table;

use crate::Outcome;
use crate::args::TopArgs;
use crate::paint::{EMPHASIS, FAINT, OPPOSES, SUPPORTS, one_line};
use crate::run_record::RunSettings;
use crate::selector::select;
use crate::sparkline::sparkline;

/// Ids under which all holders and all targets are counted together.
const ALL_HOLDERS: &str = "holders";
const ALL_TARGETS: &str = "targets";
const NAME_CHARS: usize = 44;

/// Runs the verb.
pub(crate) fn run(args: &TopArgs) -> anyhow::Result<Outcome> {
    let question = Question::new(args)?;
    let actors: Vec<ActorRow> = read_table(&args.folder)?;
    let articles: Vec<ArticleRow> = read_table(&args.folder)?;
    let stances: Vec<StanceRow> = read_table(&args.folder)?;
    let settings = AggregateSettings {
        period_units: vec![PeriodUnit::All, PeriodUnit::Month],
        by_outlet: false,
        ..RunSettings::read(&args.folder)?.aggregate
    };
    let asked: Vec<&ArticleRow> =
        articles.iter().filter(|article| question.is_asked(article)).collect();
    let parties = Parties {
        holders: args.holder.as_deref().map(|typed| select(typed, &actors)).transpose()?,
        targets: args.target.as_deref().map(|typed| select(typed, &actors)).transpose()?,
    };
    let answer = Answer::new(&parties.ledger(&asked, &stances), &settings, args);
    let mut out = anstream::stdout().lock();
    if args.json {
        for row in &answer.pairs {
            writeln!(out, "{}", serde_json::to_string(row)?)?;
        }
    } else {
        answer.print(&actors, &asked, args, &mut out)?;
    }
    Ok(Outcome::Done)
}

/// Which articles are asked about.
struct Question<'t> {
    since: Option<Date>,
    until: Option<Date>,
    outlet: Option<&'t str>,
    copies: bool,
}

impl<'t> Question<'t> {
    fn new(args: &'t TopArgs) -> anyhow::Result<Self> {
        let since = args.since.as_deref().map(|typed| days(typed).map(|(first, _)| first));
        let until = args.until.as_deref().map(|typed| days(typed).map(|(_, last)| last));
        Ok(Self {
            since: since.transpose()?,
            until: until.transpose()?,
            outlet: args.outlet.as_deref(),
            copies: args.copies,
        })
    }

    fn is_asked(&self, article: &ArticleRow) -> bool {
        let is_in = |limit: Option<Date>, fits: fn(&Date, &Date) -> bool| {
            limit.is_none_or(|limit| article.date.is_some_and(|date| fits(&date, &limit)))
        };
        is_in(self.since, Date::ge)
            && is_in(self.until, Date::le)
            && self.outlet.is_none_or(|outlet| article.outlet.as_deref() == Some(outlet))
            && (self.copies || !article.is_wire_copy)
    }
}

/// First and last day of what was typed: a day, a month or a year.
fn days(typed: &str) -> anyhow::Result<(Date, Date)> {
    let first = [typed.to_owned(), format!("{typed}-01"), format!("{typed}-01-01")]
        .iter()
        .find_map(|text| text.parse::<Date>().ok());
    match (first, typed.len()) {
        (Some(day), 10) => Ok((day, day)),
        (Some(day), 7) => Ok((day, day.last_of_month())),
        (Some(day), 4) => Ok((day, day.last_of_year())),
        _ => bail!("`{typed}` is no date\nhint: write 2014, 2014-06 or 2014-06-30"),
    }
}

/// Who is asked about; none where everybody is.
struct Parties<'a> {
    holders: Option<BTreeSet<&'a str>>,
    targets: Option<BTreeSet<&'a str>>,
}

impl Parties<'_> {
    /// The stances between them in these articles: each pair at the level of
    /// actors, all together at that of affiliations.
    fn ledger(&self, articles: &[&ArticleRow], stances: &[StanceRow]) -> Ledger {
        let mut ledger = Ledger::default();
        let places: BTreeMap<&str, _> = articles
            .iter()
            .map(|article| {
                let line = Dateline {
                    article_id: &article.article_id,
                    wire_group: &article.wire_group,
                    is_copy: article.is_wire_copy,
                    date: article.date,
                    outlet: article.outlet.as_deref(),
                };
                (article.article_id.as_str(), ledger.place(&line))
            })
            .collect();
        for stance in stances {
            let Some(place) = places.get(stance.article_id.as_str()) else { continue };
            let (holder, target) = (stance.holder_id.as_str(), stance.target_id.as_str());
            let holds =
                self.holders.as_ref().map_or(holder != "outlet", |ids| ids.contains(holder));
            let is_target = self.targets.as_ref().is_none_or(|ids| ids.contains(target));
            if !holds || !is_target {
                continue;
            }
            let party = |id, all| Party { actor: Some(id), affiliation: Some(all), country: None };
            let pair = (
                ledger.party(&party(holder, ALL_HOLDERS)),
                ledger.party(&party(target, ALL_TARGETS)),
            );
            let probabilities = PositionProbabilities {
                supports: stance.p_supports,
                neutral: stance.p_neutral,
                opposes: stance.p_opposes,
            };
            ledger.add_stance(*place, pair, probabilities);
        }
        ledger
    }
}

/// What is shown.
struct Answer {
    pairs: Vec<PairRow>,
    n_pairs: usize,
    all: Option<PairRow>,
    months: BTreeMap<(String, String), BTreeMap<Date, f64>>,
}

impl Answer {
    fn new(ledger: &Ledger, settings: &AggregateSettings, args: &TopArgs) -> Self {
        let (mut pairs, mut all, mut months) = (Vec::new(), None, BTreeMap::new());
        ledger.pair_counts(settings, |counts| {
            // What is not asked about is not in the ledger, copies included.
            for row in counts.into_iter().map(PairRow::from).filter(|row| row.wire == "every") {
                let ids = (row.holder_id.clone(), row.target_id.clone());
                match (row.period_start, row.level.as_str()) {
                    (Some(month), _) => {
                        let of_pair: &mut BTreeMap<Date, f64> = months.entry(ids).or_default();
                        of_pair.insert(month, row.net);
                    }
                    (None, "actor") => pairs.push(row),
                    (None, _) => all = Some(row),
                }
            }
        });
        pairs.retain(|row| row.n_articles >= args.min_articles);
        let marked = |row: &PairRow| (row.n_supports - row.n_opposes).abs();
        pairs.sort_by(|a, b| {
            let ids = |row: &PairRow| (row.holder_id.clone(), row.target_id.clone());
            marked(b).total_cmp(&marked(a)).then_with(|| ids(a).cmp(&ids(b)))
        });
        let n_pairs = pairs.len();
        pairs.truncate(args.rows);
        Self { pairs, n_pairs, all, months }
    }

    fn print(
        &self,
        actors: &[ActorRow],
        asked: &[&ArticleRow],
        args: &TopArgs,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let names: BTreeMap<&str, &str> =
            actors.iter().map(|row| (row.actor_id.as_str(), row.name.as_str())).collect();
        let dates = || asked.iter().filter_map(|article| article.date);
        let span = dates().min().zip(dates().max());
        let (Some(all), false) = (&self.all, self.pairs.is_empty()) else {
            writeln!(out, "no stance between them in {} articles", asked.len())?;
            return Ok(());
        };
        let title = |typed: &Option<String>, all: &str| typed.clone().unwrap_or(all.to_owned());
        let (holder, target) = (title(&args.holder, "everybody"), title(&args.target, "everybody"));
        self.line(&format!("{holder} → {target}"), all, span, out)?;
        for row in &self.pairs {
            let name = |id: &String| names.get(id.as_str()).map_or(id.clone(), |n| (*n).to_owned());
            let title = format!("{} → {}", name(&row.holder_id), name(&row.target_id));
            self.line(&title, row, span, out)?;
        }
        let more = self.n_pairs - self.pairs.len();
        if more > 0 {
            writeln!(out, "{FAINT}and {more} more pairs (-n shows more){FAINT:#}")?;
        }
        Ok(())
    }

    fn line(
        &self,
        title: &str,
        row: &PairRow,
        span: Option<(Date, Date)>,
        out: &mut dyn Write,
    ) -> anyhow::Result<()> {
        let ids = (row.holder_id.clone(), row.target_id.clone());
        let months = self.months.get(&ids).cloned().unwrap_or_default();
        let line = span.map_or(String::new(), |(first, last)| sparkline(&months, first, last));
        let style = if row.net > 0.0 { SUPPORTS } else { OPPOSES };
        let ends = |low: Option<f64>, high: Option<f64>| match (low, high) {
            (Some(low), Some(high)) => format!("[{low:+.2}, {high:+.2}]"),
            _ => "too few".to_owned(),
        };
        let interval = ends(row.net_low, row.net_high);
        let corrected = row.net_corrected.map_or(String::new(), |net| {
            let interval = ends(row.net_corrected_low, row.net_corrected_high);
            format!("corrected {net:+.2} {interval:<14} ")
        });
        let title = one_line(title, NAME_CHARS);
        writeln!(
            out,
            "{EMPHASIS}{title:<NAME_CHARS$}{EMPHASIS:#} {style}{:+.2}{style:#} {interval:<14} \
             {corrected}{:>5} {}  {line}",
            row.net,
            row.n_articles,
            if row.n_articles == 1 { "article " } else { "articles" },
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::days;

    #[track_caller]
    fn check(typed: &str, expected: &str) {
        let found = days(typed).map(|(first, last)| format!("{first} {last}"));
        assert_eq!(found.unwrap_or_else(|_| "no date".to_owned()), expected, "{typed}");
    }

    #[test]
    fn a_year_and_a_month_have_a_first_and_a_last_day() {
        check("2014", "2014-01-01 2014-12-31");
        check("2016-02", "2016-02-01 2016-02-29");
        check("2014-06-30", "2014-06-30 2014-06-30");
        check("June", "no date");
        check("2014-13", "no date");
    }
}
