//! Countries, seats of government, bodies, titles and given names.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::NerError;
use crate::fold::{fold, is_capitalised};
use crate::lookup::{Index, Meaning, Sense};

/// The tables of a gazetteer as CSV text; `data/gazetteer/README.md` tells the columns.
#[derive(Clone, Copy, Debug, Default)]
pub struct GazetteerTables<'t> {
    /// `countries.csv`.
    pub countries: &'t str,
    /// `seats.csv`.
    pub seats: &'t str,
    /// `bodies.csv`.
    pub bodies: &'t str,
    /// `titles.csv`.
    pub titles: &'t str,
    /// `given_names.csv`; may be empty.
    pub given_names: &'t str,
}

/// Which pronoun a name asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gender {
    Female,
    Male,
}

/// What a title makes of its bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TitleKind {
    Honorific,
    Office,
    Spokesperson,
}

/// A country or territory.
#[derive(Clone, Debug)]
pub(crate) struct Country {
    pub(crate) wikidata: Option<String>,
    pub(crate) iso2: String,
    pub(crate) name: String,
    pub(crate) is_territory: bool,
    /// The state that a territory belongs to.
    pub(crate) parent: Option<usize>,
    /// Its first capital.
    pub(crate) capital: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) name: String,
    pub(crate) countries: Vec<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) name: String,
    pub(crate) wikidata: Option<String>,
    pub(crate) is_group: bool,
}

/// What newstance knows of the world before it reads.
///
/// Immutable and shared by all threads. Names are matched longest first, with
/// their capitals, and without regard to accents and kinds of apostrophe.
#[derive(Debug, Default)]
pub struct Gazetteer {
    countries: Vec<Country>,
    seats: Vec<Seat>,
    bodies: Vec<Body>,
    index: Index,
    titles: BTreeMap<String, TitleKind>,
    given_names: BTreeMap<String, Gender>,
}

#[derive(Deserialize)]
struct CountryRow {
    #[serde(default)]
    id: String,
    iso2: String,
    name: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    demonyms: String,
    #[serde(default)]
    capital: String,
    #[serde(default)]
    seats: String,
    #[serde(default)]
    ambiguous_aliases: String,
    #[serde(default)]
    parent: String,
}

#[derive(Deserialize)]
struct SeatRow {
    name: String,
    country_iso2: String,
}

#[derive(Deserialize)]
struct BodyRow {
    name: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    aliases: String,
    #[serde(default)]
    ambiguous_aliases: String,
}

#[derive(Deserialize)]
struct TitleRow {
    title: String,
    kind: String,
}

#[derive(Deserialize)]
struct GivenNameRow {
    name: String,
    gender: String,
}

impl Gazetteer {
    /// The gazetteer that is compiled into this crate.
    ///
    /// # Errors
    ///
    /// None with the tables of this repository; those of [`Self::from_tables`]
    /// where somebody has edited them.
    pub fn built_in() -> Result<Self, NerError> {
        Self::from_tables(GazetteerTables {
            countries: include_str!("../../../data/gazetteer/countries.csv"),
            seats: include_str!("../../../data/gazetteer/seats.csv"),
            bodies: include_str!("../../../data/gazetteer/bodies.csv"),
            titles: include_str!("../../../data/gazetteer/titles.csv"),
            given_names: include_str!("../../../data/gazetteer/given_names.csv"),
        })
    }

    /// Reads the tables of `folder`; `given_names.csv` may be missing.
    ///
    /// # Errors
    ///
    /// [`NerError::File`] where a table cannot be read, else those of
    /// [`Self::from_tables`].
    pub fn from_folder(folder: &Path) -> Result<Self, NerError> {
        let read = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).map_err(|source| NerError::File { path, source })
        };
        let given_names = if folder.join("given_names.csv").exists() {
            read("given_names.csv")?
        } else {
            String::new()
        };
        Self::from_tables(GazetteerTables {
            countries: &read("countries.csv")?,
            seats: &read("seats.csv")?,
            bodies: &read("bodies.csv")?,
            titles: &read("titles.csv")?,
            given_names: &given_names,
        })
    }

    /// Builds a gazetteer from CSV text with header rows.
    ///
    /// # Errors
    ///
    /// [`NerError::Row`] where a row does not fit, [`NerError::CountryMissing`]
    /// where a seat's country is not in `countries.csv`.
    pub fn from_tables(tables: GazetteerTables<'_>) -> Result<Self, NerError> {
        let mut gazetteer = Self::default();
        gazetteer.add_countries(&rows("countries.csv", tables.countries)?);
        for row in rows::<SeatRow>("seats.csv", tables.seats)? {
            gazetteer.add_seat(&row)?;
        }
        for row in rows("bodies.csv", tables.bodies)? {
            gazetteer.add_body(row);
        }
        for TitleRow { title, kind } in rows("titles.csv", tables.titles)? {
            let kind = match kind.as_str() {
                "honorific" => TitleKind::Honorific,
                "spokesperson" => TitleKind::Spokesperson,
                _ => TitleKind::Office,
            };
            gazetteer.titles.insert(fold(title.trim_end_matches('.')), kind);
        }
        for GivenNameRow { name, gender } in rows("given_names.csv", tables.given_names)? {
            let gender = if gender == "f" { Gender::Female } else { Gender::Male };
            gazetteer.given_names.insert(fold(&name), gender);
        }
        Ok(gazetteer)
    }

    fn add_countries(&mut self, rows: &[CountryRow]) {
        for (idx, row) in rows.iter().enumerate() {
            let ambiguous: Vec<&str> = cells(&row.ambiguous_aliases).collect();
            let names = || std::iter::once(row.name.as_str()).chain(cells(&row.aliases));
            let mut known = Vec::new();
            for name in names() {
                known.push((name, Meaning::Country(idx)));
            }
            known.extend(cells(&row.demonyms).map(|name| (name, Meaning::Demonym(idx))));
            known.extend(cells(&row.capital).map(|name| (name, Meaning::Capital(idx))));
            for &(name, meaning) in &known {
                self.index.add(name, meaning, ambiguous.contains(&name), false);
            }
            for name in
                ambiguous.iter().filter(|name| known.iter().all(|(other, _)| other != *name))
            {
                self.index.add(name, Meaning::Country(idx), true, true);
            }
            for name in cells(&row.seats) {
                self.seat(name, &[idx], ambiguous.contains(&name));
            }
            self.countries.push(Country {
                wikidata: Some(row.id.clone()).filter(|id| !id.is_empty()),
                iso2: row.iso2.clone(),
                name: row.name.clone(),
                is_territory: row.kind == "territory",
                parent: rows
                    .iter()
                    .position(|other| !row.parent.is_empty() && other.id == row.parent),
                capital: cells(&row.capital).next().map(str::to_owned),
            });
        }
    }

    fn add_seat(&mut self, row: &SeatRow) -> Result<(), NerError> {
        let mut countries = Vec::new();
        for code in cells(&row.country_iso2) {
            let idx = self.country_by_code(code).ok_or_else(|| NerError::CountryMissing {
                table: "seats.csv",
                name: row.name.clone(),
                country: code.to_owned(),
            })?;
            countries.push(idx);
        }
        self.seat(&row.name, &countries, false);
        Ok(())
    }

    fn seat(&mut self, name: &str, countries: &[usize], is_ambiguous: bool) {
        if let Some(known) = self.seats.iter_mut().find(|seat| seat.name == name) {
            for country in countries {
                if !known.countries.contains(country) {
                    known.countries.push(*country);
                }
            }
            return;
        }
        self.index.add(name, Meaning::Seat(self.seats.len()), is_ambiguous, false);
        self.seats.push(Seat { name: name.to_owned(), countries: countries.to_vec() });
    }

    fn add_body(&mut self, row: BodyRow) {
        let idx = self.bodies.len();
        for name in std::iter::once(row.name.as_str()).chain(cells(&row.aliases)) {
            self.index.add(name, Meaning::Body(idx), false, false);
        }
        for name in cells(&row.ambiguous_aliases) {
            self.index.add(name, Meaning::Body(idx), true, true);
        }
        let wikidata = Some(row.id).filter(|id| !id.is_empty());
        self.bodies.push(Body { name: row.name, wikidata, is_group: row.kind == "group" });
    }

    /// The country of a two-letter code.
    pub(crate) fn country_by_code(&self, code: &str) -> Option<usize> {
        self.countries.iter().position(|country| country.iso2.eq_ignore_ascii_case(code))
    }

    /// The country of a two-letter code or a name.
    pub(crate) fn find_country(&self, name: &str) -> Option<usize> {
        self.country_by_code(name)
            .or_else(|| self.countries.iter().position(|country| fold(&country.name) == fold(name)))
    }

    pub(crate) fn country(&self, idx: usize) -> &Country {
        &self.countries[idx]
    }

    pub(crate) fn seat_at(&self, idx: usize) -> &Seat {
        &self.seats[idx]
    }

    pub(crate) fn body(&self, idx: usize) -> &Body {
        &self.bodies[idx]
    }

    /// The state whose account a country or territory acts on.
    pub(crate) fn state_of(&self, country: usize) -> usize {
        self.countries[country].parent.unwrap_or(country)
    }

    /// The longest known name that `words` begin with.
    pub(crate) fn longest(&self, words: &[&str], folded: &[String]) -> Option<(usize, Vec<Sense>)> {
        self.index.longest(words, folded)
    }

    /// The readings of exactly these words, the default one first.
    pub(crate) fn exact(&self, words: &[&str], folded: &[String]) -> Vec<Sense> {
        self.index.exact(words, folded)
    }

    /// What kind of title these folded words are, without a final full stop.
    pub(crate) fn title(&self, folded: &str) -> Option<TitleKind> {
        self.titles.get(folded).copied()
    }

    /// The gender that a given name tells.
    pub(crate) fn gender_of(&self, word: &str) -> Option<Gender> {
        if is_capitalised(word) { self.given_names.get(&fold(word)).copied() } else { None }
    }
}

fn cells(list: &str) -> impl Iterator<Item = &str> {
    list.split('|').map(str::trim).filter(|cell| !cell.is_empty())
}

fn rows<T: for<'de> Deserialize<'de>>(table: &'static str, text: &str) -> Result<Vec<T>, NerError> {
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|source| NerError::Row { table, source })
}

#[cfg(test)]
mod tests {
    use super::{Gazetteer, GazetteerTables};
    use crate::NerError;

    #[test]
    fn the_built_in_gazetteer_is_sound() {
        let gazetteer = Gazetteer::built_in().unwrap();
        let country = gazetteer.find_country("fr").unwrap();
        assert_eq!(gazetteer.country(country).capital.as_deref(), Some("Paris"));
        assert_eq!(gazetteer.find_country("France"), Some(country));
    }

    #[test]
    fn a_seat_of_an_unknown_country_is_an_error() {
        let tables = GazetteerTables {
            countries: "iso2,name\nAA,Aland\n",
            seats: "name,country_iso2\nOld Palace,ZZ\n",
            ..GazetteerTables::default()
        };
        let error = Gazetteer::from_tables(tables).unwrap_err();
        assert!(matches!(error, NerError::CountryMissing { .. }), "{error}");
    }

    #[test]
    fn a_row_without_its_columns_is_an_error() {
        let tables = GazetteerTables { countries: "name\nAland\n", ..GazetteerTables::default() };
        assert!(matches!(Gazetteer::from_tables(tables), Err(NerError::Row { .. })));
    }

    #[test]
    fn a_folder_without_tables_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = Gazetteer::from_folder(folder.path()).unwrap_err();
        assert!(error.to_string().contains("countries.csv"), "{error}");
    }
}
