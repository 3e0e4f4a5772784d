//! What the archive knows of each name.

use std::collections::{BTreeMap, BTreeSet};

use newstance_doc::ActorKind;

use crate::slug::{normalise, slug};

/// How many of ten articles that know a person's country must agree on one for it
/// to be the person's; and how many of ten articles with the name may at the most
/// tell another for that to be a slip.
const HOME_OF_TEN: u32 = 7;
const SLIPS_OF_TEN: u32 = 1;

/// Articles in which two forms of a name must stand for one person.
const MIN_FORMS: u32 = 2;

/// A name in one article.
#[derive(Debug)]
pub(crate) struct Seen {
    /// As `normalise` gives it.
    pub(crate) name: String,
    /// Of whoever has it.
    pub(crate) country: Option<String>,
    /// What that is.
    pub(crate) kind: ActorKind,
    /// Other normalised names that the article gives the same actor.
    pub(crate) aliases: Vec<String>,
}

/// Of one name. Articles are counted without copies.
#[derive(Debug, Default)]
struct Known {
    n_articles: u32,
    n_person: u32,
    countries: BTreeMap<String, u32>,
    is_country: bool,
    /// The same name with initials, and how many articles say so.
    with_initials: BTreeMap<String, u32>,
}

/// All names of an archive.
#[derive(Debug, Default)]
pub(crate) struct Namesakes {
    names: BTreeMap<String, Known>,
    /// Names with initials that are those without.
    plain: BTreeMap<String, String>,
}

impl Namesakes {
    /// Takes the names of an article; `is_copy` where the article is one.
    pub(crate) fn add(&mut self, names: Vec<Seen>, is_copy: bool) {
        // An article counts once for a name, for a country of it, for a form of it.
        let mut told = BTreeSet::new();
        let mut once = |fact: (&str, Option<&str>)| {
            u32::from(!is_copy && told.insert((fact.0.to_owned(), fact.1.map(str::to_owned))))
        };
        for Seen { name, country, kind, aliases } in names {
            let is_person = kind == ActorKind::Person;
            for (plain, form) in
                aliases.iter().filter(|_| is_person).filter_map(|a| forms(&name, a))
            {
                let known = self.names.entry(plain).or_default();
                *known.with_initials.entry(form.to_owned()).or_default() +=
                    once((form, Some("form")));
            }
            let counts = once((&name, None));
            let of_country = country.as_deref().map(|country| once((&name, Some(country))));
            let known = self.names.entry(name).or_default();
            known.n_articles += counts;
            known.n_person += u32::from(is_person) * counts;
            known.is_country |= kind == ActorKind::Country;
            if let Some(country) = country {
                *known.countries.entry(country).or_default() += of_country.unwrap_or(0);
            }
        }
    }

    /// Puts names with initials to those without, where the archive has one
    /// such name only.
    pub(crate) fn settle(&mut self) {
        for (name, known) in &self.names {
            let mut often = known.with_initials.iter().filter(|(_, n)| **n >= MIN_FORMS);
            if let (Some((form, _)), None) = (often.next(), often.next()) {
                self.plain.insert(form.clone(), name.clone());
            }
        }
        for (form, name) in &self.plain {
            let Some(other) = self.names.remove(form) else { continue };
            let known = self.names.entry(name.clone()).or_default();
            known.n_articles += other.n_articles;
            known.n_person += other.n_person;
            known.is_country |= other.is_country;
            for (country, n) in other.countries {
                *known.countries.entry(country).or_default() += n;
            }
        }
    }

    /// The id of the actor with a name that was added, as an article writes it,
    /// where the article gives it that country.
    pub(crate) fn id(&self, written: &str, country: Option<&str>) -> String {
        let name = normalise(written);
        let slug = self.plain.get(&name).map_or_else(|| slug(written), |plain| slug(plain));
        match country {
            Some(country) if !self.known(&name).is_only(country) => format!("{slug}.{country}"),
            _ => slug,
        }
    }

    /// The country of that actor, as far as it is known.
    pub(crate) fn country(&self, written: &str, country: Option<&str>) -> Option<String> {
        let name = normalise(written);
        let known = self.known(&name);
        let home = known.home().filter(|_| country.is_none_or(|country| known.is_only(country)));
        home.or(country).map(str::to_owned)
    }

    fn known(&self, name: &str) -> &Known {
        &self.names[self.plain.get(name).map_or(name, String::as_str)]
    }
}

impl Known {
    /// The country of whoever has the name, where the archive knows only one
    /// or, of a person, nearly always tells the same.
    fn home(&self) -> Option<&str> {
        let (country, n) = self.countries.iter().max_by_key(|(_, n)| **n)?;
        let all: u32 = self.countries.values().sum();
        let is_sure = self.is_person() && *n > 1 && n * 10 >= all * HOME_OF_TEN;
        (self.countries.len() == 1 || is_sure).then_some(country)
    }

    /// True where nobody of another country has the name than of that one.
    fn is_only(&self, country: &str) -> bool {
        let n = self.countries.get(country).copied().unwrap_or(0);
        let is_slip = || self.is_person() && n * 10 <= self.n_articles * SLIPS_OF_TEN;
        self.is_country || self.home().is_some_and(|home| home == country || is_slip())
    }

    fn is_person(&self) -> bool {
        2 * self.n_person > self.n_articles
    }
}

/// Of two names the one without initials and that which is the same with them.
fn forms<'n>(name: &'n str, other: &'n str) -> Option<(String, &'n str)> {
    match (without_initials(name), without_initials(other)) {
        (Some(plain), None) if plain == other => Some((plain, name)),
        (None, Some(plain)) if plain == name => Some((plain, other)),
        _ => None,
    }
}

/// A name of first and last word without the initials between them; none where
/// there are none.
fn without_initials(name: &str) -> Option<String> {
    let words: Vec<&str> = name.split(' ').collect();
    let [first, initials @ .., last] = words.as_slice() else { return None };
    let is_initial = |word: &str| word.chars().count() == 1;
    let all_initials = !is_initial(first) && initials.iter().all(|word| is_initial(word));
    (!initials.is_empty() && all_initials).then(|| format!("{first} {last}"))
}

#[cfg(test)]
mod tests {
    use newstance_doc::ActorKind::Person;

    use super::{Namesakes, Seen, without_initials};

    fn seen(name: &str, country: &str, alias: &str) -> Seen {
        Seen {
            name: name.to_owned(),
            country: (!country.is_empty()).then(|| country.to_owned()),
            kind: Person,
            aliases: vec![alias.to_owned()],
        }
    }

    /// Persons, each `(articles, name, country, alias)`.
    fn namesakes(persons: &[(u32, &str, &str, &str)]) -> Namesakes {
        let mut namesakes = Namesakes::default();
        for (n, name, country, alias) in persons {
            for _ in 0..*n {
                namesakes.add(vec![seen(name, country, alias)], false);
            }
        }
        namesakes.settle();
        namesakes
    }

    #[test]
    fn a_country_that_is_hardly_ever_told_is_a_slip() {
        let known = namesakes(&[
            (8, "ann roe", "", ""),
            (12, "ann roe", "Q1", ""),
            (2, "ann roe", "Q2", ""),
            (3, "ann roe", "Q3", ""),
        ]);
        assert_eq!(known.id("ann roe", None), "ann-roe");
        assert_eq!(known.id("ann roe", Some("Q1")), "ann-roe");
        assert_eq!(known.id("ann roe", Some("Q2")), "ann-roe");
        assert_eq!(known.country("ann roe", Some("Q2")).as_deref(), Some("Q1"));
        assert_eq!(known.id("ann roe", Some("Q3")), "ann-roe.Q3");
        assert_eq!(known.country("ann roe", Some("Q3")).as_deref(), Some("Q3"));
    }

    #[test]
    fn two_countries_that_are_told_often_are_two_persons() {
        let known = namesakes(&[
            (20, "ann roe", "", ""),
            (6, "ann roe", "Q1", ""),
            (4, "ann roe", "Q2", ""),
        ]);
        assert_eq!(known.id("ann roe", Some("Q1")), "ann-roe.Q1");
        assert_eq!(known.id("ann roe", Some("Q2")), "ann-roe.Q2");
        assert_eq!(known.id("ann roe", None), "ann-roe");
        assert_eq!(known.country("ann roe", None), None);
    }

    #[test]
    fn initials_go_where_articles_say_so_and_only_one_has_them() {
        let known = namesakes(&[
            (2, "ann b roe", "Q1", "ann roe"),
            (1, "ann roe", "", ""),
            (5, "tom x day", "", "day"),
            (5, "tom day", "", ""),
            (2, "joe a poe", "", "joe poe"),
            (2, "joe poe", "", "joe c poe"),
            (2, "joe c poe", "", ""),
        ]);
        assert_eq!(known.id("ann b roe", Some("Q1")), "ann-roe");
        assert_eq!(known.country("ann roe", None).as_deref(), Some("Q1"));
        assert_eq!(known.id("tom x day", None), "tom-x-day");
        assert_eq!(known.id("joe a poe", None), "joe-a-poe");
        assert_eq!(known.id("joe c poe", None), "joe-c-poe");
    }

    #[test]
    fn a_copy_is_no_further_article() {
        let mut known = Namesakes::default();
        for (country, is_copy) in [("Q1", false), ("Q1", false), ("Q2", false), ("Q1", true)] {
            known.add(vec![seen("ann roe", country, "")], is_copy);
        }
        known.settle();
        assert_eq!(known.id("ann roe", Some("Q1")), "ann-roe.Q1");
    }

    #[test]
    fn two_actors_of_a_name_are_in_one_article() {
        let mut known = Namesakes::default();
        let twice = |country| {
            vec![seen("ann b roe", country, "ann roe"), seen("ann b roe", country, "ann roe")]
        };
        known.add(twice("Q1"), false);
        known.add(vec![seen("ann b roe", "Q2", ""), seen("ann roe", "", "")], false);
        known.settle();
        assert_eq!(known.id("ann b roe", None), "ann-b-roe");
        assert_eq!(known.id("ann b roe", Some("Q1")), "ann-b-roe.Q1");
    }

    #[test]
    fn only_initials_between_two_words_are_left_out() {
        assert_eq!(without_initials("george h w bush").as_deref(), Some("george bush"));
        for name in ["george bush", "j d vance", "x", "ann van b roe", ""] {
            assert_eq!(without_initials(name), None, "{name}");
        }
    }
}
