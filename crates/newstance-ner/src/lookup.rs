//! Finding the gazetteer's names in words.

use std::collections::BTreeMap;

use crate::fold::{fold, is_capitalised, is_upper, split_words};

/// What a name of the gazetteer stands for; the number is an index into its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Meaning {
    /// A country or territory by its name.
    Country(usize),
    /// Its people, or what is theirs.
    Demonym(usize),
    /// A city of government.
    Capital(usize),
    /// A seat of government.
    Seat(usize),
    /// A body between or beyond countries.
    Body(usize),
}

/// One reading of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sense {
    pub(crate) meaning: Meaning,
    /// The name may also mean something that the gazetteer does not hold.
    pub(crate) is_ambiguous: bool,
    /// Another row is the default reading.
    pub(crate) is_secondary: bool,
    /// The name is written in capitals only ("US", "U.N.").
    pub(crate) is_acronym: bool,
}

#[derive(Debug)]
struct Entry {
    words: Vec<String>,
    folded: Vec<String>,
    sense: Sense,
}

/// Names by their first word.
#[derive(Debug, Default)]
pub(crate) struct Index {
    by_first: BTreeMap<String, Vec<Entry>>,
}

impl Index {
    /// Adds `name`; names without a word are left out.
    pub(crate) fn add(
        &mut self,
        name: &str,
        meaning: Meaning,
        is_ambiguous: bool,
        is_secondary: bool,
    ) {
        let words = split_words(name);
        let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
        let Some(first) = folded.first().cloned() else { return };
        let entries = self.by_first.entry(first).or_default();
        let is_known = |entry: &Entry| entry.words == words && entry.sense.meaning == meaning;
        if !entries.iter().any(is_known) {
            let is_acronym = is_acronym(&words);
            let sense = Sense { meaning, is_ambiguous, is_secondary, is_acronym };
            entries.push(Entry { words, folded, sense });
        }
    }

    /// The longest name that `words` begin with: its length and its readings,
    /// the default one first.
    pub(crate) fn longest(&self, words: &[&str], folded: &[String]) -> Option<(usize, Vec<Sense>)> {
        let entries = self.by_first.get(folded.first()?)?;
        let fits = |entry: &&Entry| {
            folded.starts_with(&entry.folded) && entry.allows(&words[..entry.words.len()])
        };
        let n_words = entries.iter().filter(fits).map(|entry| entry.words.len()).max()?;
        let longest = entries.iter().filter(fits).filter(|entry| entry.words.len() == n_words);
        let mut senses: Vec<Sense> = longest.map(|entry| entry.sense).collect();
        senses.sort_by_key(|sense| (sense.is_secondary, sense.meaning));
        senses.dedup_by_key(|sense| sense.meaning);
        Some((n_words, senses))
    }

    /// The readings of exactly these words, the default one first.
    pub(crate) fn exact(&self, words: &[&str], folded: &[String]) -> Vec<Sense> {
        match self.longest(words, folded) {
            Some((n_words, senses)) if n_words == words.len() => senses,
            _ => Vec::new(),
        }
    }
}

impl Entry {
    /// Capitals must stand where the name has them; acronyms are read with case.
    fn allows(&self, words: &[&str]) -> bool {
        self.words.iter().zip(words).all(|(name, word)| {
            if self.sense.is_acronym || is_upper(name) || is_mixed(name) {
                name == word
            } else {
                !is_capitalised(name) || is_capitalised(word)
            }
        })
    }
}

/// True for short names with a capital inside (`LeT`), which are read as written.
fn is_mixed(name: &str) -> bool {
    name.chars().count() <= 4 && name.chars().skip(1).any(char::is_uppercase)
}

fn is_acronym(words: &[String]) -> bool {
    let letters = |word: &String| word.chars().filter(|c| c.is_alphabetic()).count();
    let has_small = words.iter().any(|word| word.chars().any(char::is_lowercase));
    !has_small && words.iter().map(letters).sum::<usize>() >= 2
}

#[cfg(test)]
mod tests {
    use super::{Index, Meaning};
    use crate::fold::{fold, split_words};

    #[track_caller]
    fn check(text: &str, expected: Option<(usize, Meaning)>) {
        let mut index = Index::default();
        for (name, idx) in
            [("US", 0), ("U.S.", 0), ("Turkey", 1), ("Côte d'Ivoire", 2), ("Congo", 3)]
        {
            index.add(name, Meaning::Country(idx), false, false);
        }
        index.add("Democratic Republic of the Congo", Meaning::Country(3), false, false);
        index.add("Congo", Meaning::Country(4), true, true);
        let words = split_words(text);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
        let found = index.longest(&words, &folded).map(|(n, senses)| (n, senses[0].meaning));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn case_tells_names_from_words() {
        check("US troops", Some((1, Meaning::Country(0))));
        check("us troops", None);
        check("Us troops", None);
        check("turkey and stuffing", None);
        check("TURKEY SAYS", Some((1, Meaning::Country(1))));
    }

    #[test]
    fn accents_and_apostrophes_do_not_matter() {
        check("Cote d\u{2019}Ivoire said", Some((4, Meaning::Country(2))));
    }

    #[test]
    fn the_longest_name_wins_and_the_default_reading_comes_first() {
        check("U.S. officials", Some((4, Meaning::Country(0))));
        check("Democratic Republic of the Congo", Some((5, Meaning::Country(3))));
        check("Congo", Some((1, Meaning::Country(3))));
    }
}
