//! Which articles a run leaves out on request.

use jiff::civil::Date;
use newstance_doc::Article;
use serde::{Deserialize, Serialize};

use crate::language::language_of;
use crate::query::Query;

/// What is asked of articles; the part `[corpus.filter]` of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FilterSettings {
    /// The first day; articles without a date are kept.
    pub from: Option<Date>,
    /// The last day; articles without a date are kept.
    pub to: Option<Date>,
    /// Outlets, whatever their case; none takes all.
    pub outlets: Vec<String>,
    /// Languages as tags of two letters; none takes all. An article whose
    /// language cannot be told is kept.
    pub languages: Vec<String>,
    /// The fewest words of a text, as white space cuts them.
    pub min_words: Option<usize>,
    /// The most words of a text, as white space cuts them.
    pub max_words: Option<usize>,
    /// Terms that must stand in title or text: words and `"phrases"`, all of
    /// them, `OR` between alternatives, `-` before what must not be there.
    pub query: String,
}

impl Default for FilterSettings {
    fn default() -> Self {
        Self {
            from: None,
            to: None,
            outlets: Vec::new(),
            languages: vec!["en".to_owned()],
            min_words: None,
            max_words: None,
            query: String::new(),
        }
    }
}

/// Why an article is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// Its date is outside of the days asked for.
    Date,
    /// It is of another outlet, or of none that is known.
    Outlet,
    /// It is too short or too long.
    Length,
    /// It does not hold the terms.
    Query,
    /// It is in another language.
    Language,
}

impl LeftOut {
    /// The word that counts use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Outlet => "outlet",
            Self::Length => "length",
            Self::Query => "query",
            Self::Language => "language",
        }
    }
}

/// [`FilterSettings`], made ready.
#[derive(Clone, Debug, Default)]
pub struct ArticleFilter {
    settings: FilterSettings,
    query: Query,
}

impl ArticleFilter {
    /// Makes a filter ready.
    pub fn new(settings: &FilterSettings) -> Self {
        let lower = |list: &[String]| list.iter().map(|word| word.to_lowercase()).collect();
        let query = Query::new(&settings.query);
        let (outlets, languages) = (lower(&settings.outlets), lower(&settings.languages));
        Self { settings: FilterSettings { outlets, languages, ..settings.clone() }, query }
    }

    /// Why `article` is left out; none where it is kept. Of several reasons
    /// the first is given, in the order of [`LeftOut`].
    pub fn leaves_out(&self, article: &Article) -> Option<LeftOut> {
        let FilterSettings { from, to, outlets, languages, min_words, max_words, .. } =
            &self.settings;
        let is_early = |date| from.is_some_and(|from| date < from);
        let is_late = |date| to.is_some_and(|to| date > to);
        if article.date.is_some_and(|date| is_early(date) || is_late(date)) {
            return Some(LeftOut::Date);
        }
        let outlet = article.outlet.as_deref().map(str::to_lowercase);
        if !outlets.is_empty() && !outlet.is_some_and(|outlet| outlets.contains(&outlet)) {
            return Some(LeftOut::Outlet);
        }
        if min_words.is_some() || max_words.is_some() {
            let n_words = article.text.split_whitespace().count();
            if min_words.is_some_and(|min| n_words < min)
                || max_words.is_some_and(|max| n_words > max)
            {
                return Some(LeftOut::Length);
            }
        }
        if !self.query.fits(&article.title, &article.text) {
            return Some(LeftOut::Query);
        }
        let is_other = |language| !languages.contains(&language);
        if !languages.is_empty() && language_of(article).is_some_and(is_other) {
            return Some(LeftOut::Language);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use newstance_doc::Article;

    use super::{ArticleFilter, FilterSettings, LeftOut};

    fn article() -> Article {
        Article {
            title: "Talks".into(),
            date: Some(date(2023, 1, 30)),
            outlet: Some("The Post".into()),
            ..Article::plain(
                "a",
                "The minister said on Monday that the talks with the unions would go on.",
            )
        }
    }

    #[track_caller]
    fn check(toml: &str, article: &Article, expected: Option<LeftOut>) {
        let settings: FilterSettings = serde_json::from_str(toml).unwrap();
        assert_eq!(ArticleFilter::new(&settings).leaves_out(article), expected, "{toml}");
    }

    #[test]
    fn every_reason_leaves_out() {
        let article = article();
        check("{}", &article, None);
        check(r#"{"from": "2023-01-30", "to": "2023-01-30"}"#, &article, None);
        check(r#"{"from": "2023-01-31"}"#, &article, Some(LeftOut::Date));
        check(r#"{"to": "2023-01-29"}"#, &article, Some(LeftOut::Date));
        check(r#"{"outlets": ["the post", "Other"]}"#, &article, None);
        check(r#"{"outlets": ["Other"]}"#, &article, Some(LeftOut::Outlet));
        check(r#"{"min_words": 14, "max_words": 14}"#, &article, None);
        check(r#"{"min_words": 15}"#, &article, Some(LeftOut::Length));
        check(r#"{"max_words": 13}"#, &article, Some(LeftOut::Length));
        check(r#"{"query": "talks unions"}"#, &article, None);
        check(r#"{"query": "strike"}"#, &article, Some(LeftOut::Query));
        check(r#"{"languages": ["DE"]}"#, &article, Some(LeftOut::Language));
        check(r#"{"languages": []}"#, &article, None);
    }

    #[test]
    fn what_is_not_known_is_kept_but_for_the_outlet() {
        let article = Article { date: None, outlet: None, text: "17".into(), ..article() };
        check(r#"{"from": "2023-01-31", "languages": ["de"]}"#, &article, None);
        check(r#"{"outlets": ["Other"]}"#, &article, Some(LeftOut::Outlet));
    }
}
