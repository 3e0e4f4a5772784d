//! `corpus inspect`: what an archive holds, as newstance reads it.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::Write;

use jiff::civil::Date;
use newstance_corpus::{ArticleReader, language_of};
use newstance_doc::{Article, Problem};
use newstance_settings::Settings;
use serde_json::{Map, Value};

use crate::Outcome;
use crate::archive::open_archive;
use crate::args::{CorpusArgs, CorpusVerb, InspectArgs};
use crate::paint;

const N_EXAMPLES: usize = 5;
const N_SHOWN: usize = 8;
const EXAMPLE_CHARS: usize = 90;

/// Runs the verb.
pub(crate) fn run(args: &CorpusArgs) -> anyhow::Result<Outcome> {
    let CorpusVerb::Inspect(args) = &args.verb;
    inspect(args)
}

fn inspect(args: &InspectArgs) -> anyhow::Result<Outcome> {
    let settings = Settings::read(args.settings.as_deref(), &args.set)?;
    let mut reader = open_archive(&args.inputs, &settings.corpus)?;
    let mut view = View::default();
    while args.limit.is_none_or(|limit| view.n_articles < limit) {
        match reader.next() {
            Some(Ok(article)) => {
                let reason = reader.article_filter().leaves_out(&article);
                if let Some(reason) = reason {
                    *view.left_out.entry(format!("{reason:?}").to_lowercase()).or_default() += 1;
                }
                view.add(&article, reason.is_some());
            }
            Some(Err(problem)) => view.add_problem(problem),
            None => break,
        }
    }
    let mut out = anstream::stdout().lock();
    view.print(&reader, &mut out)?;
    Ok(Outcome::Done)
}

/// What was seen of an archive.
#[derive(Debug, Default)]
struct View {
    n_articles: usize,
    left_out: BTreeMap<String, u64>,
    n_filled: BTreeMap<&'static str, u64>,
    extra: BTreeMap<String, u64>,
    days: Option<(Date, Date)>,
    outlets: BTreeMap<String, u64>,
    languages: BTreeMap<String, u64>,
    /// Articles by their number of words.
    word_counts: BTreeMap<usize, u64>,
    examples: Vec<Article>,
    problem_kinds: BTreeMap<&'static str, u64>,
    problems: Vec<Problem>,
}

impl View {
    fn add(&mut self, article: &Article, is_left_out: bool) {
        self.n_articles += 1;
        let filled = [
            ("title", !article.title.is_empty()),
            ("date", article.date.is_some()),
            ("date not understood", article.date.is_none() && article.date_raw.is_some()),
            ("outlet", article.outlet.is_some()),
            ("authors", !article.authors.is_empty()),
            ("url", article.url.is_some()),
            ("language", article.language.is_some()),
        ];
        for (field, is_filled) in filled {
            *self.n_filled.entry(field).or_default() += u64::from(is_filled);
        }
        let extra = article.extra.as_deref().and_then(|extra| serde_json::from_str(extra).ok());
        for (field, _) in extra.into_iter().flat_map(Map::<String, Value>::into_iter) {
            *self.extra.entry(field).or_default() += 1;
        }
        if let Some(date) = article.date {
            let (first, last) = self.days.unwrap_or((date, date));
            self.days = Some((first.min(date), last.max(date)));
        }
        let outlet = article.outlet.clone().unwrap_or_else(|| "(none)".to_owned());
        *self.outlets.entry(outlet).or_default() += 1;
        let language = language_of(article).unwrap_or_else(|| "(unknown)".to_owned());
        *self.languages.entry(language).or_default() += 1;
        let n_words = article.text.split_whitespace().count();
        *self.word_counts.entry(n_words).or_default() += 1;
        if self.examples.len() < N_EXAMPLES && !is_left_out {
            self.examples.push(article.clone());
        }
    }

    fn add_problem(&mut self, problem: Problem) {
        *self.problem_kinds.entry(problem.kind.as_str()).or_default() += 1;
        if self.problems.len() < N_SHOWN {
            self.problems.push(problem);
        }
    }

    fn print(&self, reader: &ArticleReader, out: &mut dyn Write) -> std::io::Result<()> {
        row(out, "articles", self.n_articles)?;
        if !self.left_out.is_empty() {
            row(out, "left out", most(&self.left_out))?;
        }
        if let Some((first, last)) = self.days {
            row(out, "dates", format!("{first} to {last}"))?;
        }
        row(out, "outlets", most(&self.outlets))?;
        row(out, "languages", most(&self.languages))?;
        if let (Some(fewest), Some(many), Some(median)) =
            (self.word_counts.keys().next(), self.word_counts.keys().last(), self.median_words())
        {
            row(out, "words", format!("{fewest} to {many}, half of them up to {median}"))?;
        }
        self.print_fields(reader, out)?;
        for article in &self.examples {
            print_example(article, out)?;
        }
        self.print_problems(out)
    }

    fn median_words(&self) -> Option<usize> {
        let mut seen = 0;
        let middle = (self.n_articles as u64).div_ceil(2);
        self.word_counts
            .iter()
            .find(|(_, n)| {
                seen += **n;
                seen >= middle
            })
            .map(|(n_words, _)| *n_words)
    }

    fn print_fields(&self, reader: &ArticleReader, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(out, "\nFields: articles that have them, and where they were found")?;
        let mut sources: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
        for (field, source, n) in reader.field_sources() {
            *sources.entry(field).or_default().entry(source.to_owned()).or_default() += n;
        }
        for (field, n) in &self.n_filled {
            let found = sources.get(field).map_or(String::new(), |s| format!("  from {}", most(s)));
            writeln!(out, "  {field:<20} {n:>9}{found}")?;
        }
        if let Some(text) = sources.get("text") {
            writeln!(out, "  {:<20} {:>9}  from {}", "text", self.n_articles, most(text))?;
        }
        if !self.extra.is_empty() {
            writeln!(out, "  kept in `extra`: {}", most(&self.extra))?;
        }
        Ok(())
    }

    fn print_problems(&self, out: &mut dyn Write) -> std::io::Result<()> {
        if self.problem_kinds.is_empty() {
            return writeln!(out, "\nNo problems");
        }
        writeln!(out, "\nProblems: {}", most(&self.problem_kinds))?;
        for problem in &self.problems {
            let file = problem.file.as_deref().unwrap_or("-");
            let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
            let at = paint::one_line(&format!("{file}{line}"), EXAMPLE_CHARS);
            writeln!(out, "  {at}: {}", problem.message)?;
        }
        Ok(())
    }
}

fn row(out: &mut dyn Write, name: &str, value: impl Display) -> std::io::Result<()> {
    writeln!(out, "{name:<12} {value}")
}

fn print_example(article: &Article, out: &mut dyn Write) -> std::io::Result<()> {
    let bold = paint::EMPHASIS;
    let about = [article.outlet.clone(), article.date.map(|date| date.to_string())];
    let about: Vec<String> = about.into_iter().flatten().collect();
    let line = |text: &str| paint::one_line(text, EXAMPLE_CHARS);
    writeln!(out, "\n{bold}{}{bold:#}  {}", line(&article.id), about.join(", "))?;
    if !article.title.is_empty() {
        writeln!(out, "  {}", line(&article.title))?;
    }
    writeln!(out, "  {}", line(&article.text))
}

/// The most frequent names with their counts, and how many others there are.
fn most<N: AsRef<str> + Ord>(counts: &BTreeMap<N, u64>) -> String {
    let mut sorted: Vec<(&N, u64)> = counts.iter().map(|(name, n)| (name, *n)).collect();
    sorted.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), *name));
    let shown = sorted.iter().take(N_SHOWN).map(|(name, n)| format!("{} {n}", name.as_ref()));
    let mut shown: Vec<String> = shown.collect();
    if sorted.len() > N_SHOWN {
        shown.push(format!("{} others", sorted.len() - N_SHOWN));
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::most;

    #[test]
    fn the_most_frequent_come_first_and_the_others_are_counted() {
        let counts = (0..10).map(|n| (format!("n{n}"), n)).collect();
        let shown = most(&counts);
        assert!(shown.starts_with("n9 9, n8 8") && shown.ends_with("n2 2, 2 others"), "{shown}");
    }
}
