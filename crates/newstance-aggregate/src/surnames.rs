//! Whom a bare surname stands for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::tally::{earliest, latest};

/// Of how many articles with the full name of somebody with a surname how many
/// must name the same person for the bare surname to mean that one; counted in
/// tenths. And how many articles must name that one at the least.
const MEANT_OF_TEN: u32 = 8;
const MIN_ARTICLES: u32 = 10;

/// A word is no surname where more than two of ten articles have it as a first
/// name or mean something else by it ("Will", "president", "Jordan").
const ELSE_OF_TEN: u32 = 2;

/// How long before and after it is in the news by a full name nobody is meant
/// by the surname.
const YEARS: i64 = 1;

/// What an article makes of a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// The last word of a person's name of several, with the id and the country.
    Surname { id: String, country: Option<String> },
    /// All of a person's name.
    Alone,
    /// A first name, a common noun, or the name of something else.
    Else,
}

/// What the archive knows of a word. Articles are counted without copies.
#[derive(Debug, Default)]
struct Word {
    /// Whose surname it is, by id.
    bearers: BTreeMap<String, Bearer>,
    /// With the word alone as a person's name.
    n_alone: u32,
    /// With the word as something else.
    n_else: u32,
}

/// Somebody with a surname.
#[derive(Debug, Default)]
struct Bearer {
    n_articles: u32,
    countries: BTreeSet<Option<String>>,
    first: Option<Date>,
    last: Option<Date>,
}

/// A bare surname in an article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bare<'a> {
    pub(crate) word: &'a str,
    /// The country that the article gives its bearer.
    pub(crate) country: Option<&'a str>,
    /// The article's day.
    pub(crate) date: Option<Date>,
    /// True where the article has a full name that ends in the word.
    pub(crate) is_other_there: bool,
}

/// All surnames of an archive.
#[derive(Debug, Default)]
pub(crate) struct Surnames(BTreeMap<String, Word>);

impl Surnames {
    /// Takes the words of an article of that day; `is_copy` where it is one.
    pub(crate) fn add(&mut self, uses: BTreeSet<(String, Use)>, date: Option<Date>, is_copy: bool) {
        let counts = u32::from(!is_copy);
        for (word, used) in uses {
            let word = self.0.entry(word).or_default();
            match used {
                Use::Surname { id, country } => {
                    word.bearers.entry(id).or_default().add(counts, country, date);
                }
                Use::Alone => word.n_alone += counts,
                Use::Else => word.n_else += counts,
            }
        }
    }

    /// The id of whom a bare surname stands for.
    pub(crate) fn bearer(&self, bare: Bare<'_>) -> Option<&str> {
        let word = self.0.get(bare.word)?;
        let (id, bearer) = word.bearers.iter().max_by_key(|(_, bearer)| bearer.n_articles)?;
        let is_same = |country: &str| bearer.countries.contains(&Some(country.to_owned()));
        let is_only = word.bearers.len() == 1 && bare.country.is_some_and(is_same);
        let is_meant = !bare.is_other_there
            && bare.country.is_none_or(is_same)
            && bare.date.is_none_or(|date| bearer.is_in_the_news(date))
            && word.nearly_always_means(bearer);
        (is_only || is_meant).then_some(id)
    }
}

impl Word {
    fn nearly_always_means(&self, bearer: &Bearer) -> bool {
        let n_full: u32 = self.bearers.values().map(|bearer| bearer.n_articles).sum();
        let n_all = n_full + self.n_alone + self.n_else;
        bearer.n_articles >= MIN_ARTICLES
            && bearer.n_articles * 10 >= n_full * MEANT_OF_TEN
            && self.n_else * 10 <= n_all * ELSE_OF_TEN
    }
}

impl Bearer {
    fn add(&mut self, counts: u32, country: Option<String>, date: Option<Date>) {
        self.n_articles += counts;
        self.countries.insert(country);
        self.first = earliest(self.first, date);
        self.last = latest(self.last, date);
    }

    fn is_in_the_news(&self, date: Date) -> bool {
        self.first.is_none_or(|first| date >= first.saturating_sub(YEARS.years()))
            && self.last.is_none_or(|last| date <= last.saturating_add(YEARS.years()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Bare, Surnames, Use};

    const DOE: Bare<'_> = Bare { word: "doe", country: None, date: None, is_other_there: false };

    type Uses = Vec<(String, Use)>;

    fn full(name: &str, country: &str) -> Uses {
        let (first, surname) = name.split_once(' ').unwrap();
        let country = (!country.is_empty()).then(|| country.to_owned());
        let surname = (surname.to_owned(), Use::Surname { id: name.to_owned(), country });
        vec![surname, (first.to_owned(), Use::Else)]
    }

    /// Each so many times, in an article of its own in May 2020.
    fn surnames(all: &[(u32, Uses)]) -> Surnames {
        let mut surnames = Surnames::default();
        for (n, uses) in all {
            for _ in 0..*n {
                let uses = uses.iter().cloned().collect();
                surnames.add(uses, Some(date(2020, 5, 1)), false);
            }
        }
        surnames
    }

    #[test]
    fn the_one_that_nearly_all_articles_mean_is_meant() {
        let known = surnames(&[(16, full("ann doe", "Q1")), (4, full("tom doe", "Q1"))]);
        assert_eq!(known.bearer(DOE), Some("ann doe"));
        assert_eq!(known.bearer(Bare { country: Some("Q1"), ..DOE }), Some("ann doe"));
        assert_eq!(known.bearer(Bare { country: Some("Q2"), ..DOE }), None);
        assert_eq!(known.bearer(Bare { is_other_there: true, ..DOE }), None);
        assert_eq!(known.bearer(Bare { word: "roe", ..DOE }), None);
    }

    #[test]
    fn nobody_is_meant_long_before_the_full_name_is_in_the_news() {
        let known = surnames(&[(10, full("ann doe", ""))]);
        let on = |date| known.bearer(Bare { date: Some(date), ..DOE });
        assert_eq!(on(date(2019, 5, 1)), Some("ann doe"));
        assert_eq!(on(date(2021, 5, 1)), Some("ann doe"));
        assert_eq!(on(date(2019, 4, 30)), None);
        assert_eq!(on(date(2021, 5, 2)), None);
    }

    #[test]
    fn one_of_several_and_one_who_is_seldom_named_are_not() {
        let known = surnames(&[(16, full("ann doe", "")), (5, full("tom doe", ""))]);
        assert_eq!(known.bearer(DOE), None);
        assert_eq!(surnames(&[(9, full("ann doe", ""))]).bearer(DOE), None);
    }

    #[test]
    fn a_word_that_is_more_than_a_surname_is_none() {
        let noun = || vec![("doe".to_owned(), Use::Else)];
        let first = || full("doe rey", "");
        for other in [noun, first] {
            let of = |n| surnames(&[(20, full("ann doe", "")), (n, other())]);
            assert_eq!(of(5).bearer(DOE), Some("ann doe"));
            assert_eq!(of(6).bearer(DOE), None);
        }
    }

    #[test]
    fn copies_do_not_make_a_person_better_known() {
        let mut known = surnames(&[(9, full("ann doe", ""))]);
        known.add(full("ann doe", "").into_iter().collect(), None, true);
        assert_eq!(known.bearer(DOE), None);
        known.add(full("ann doe", "").into_iter().collect(), None, false);
        assert_eq!(known.bearer(DOE), Some("ann doe"));
    }
}
