//! Persons that the tagger passes over: it sees words in their sentence, and not that the article names them elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use newstance_doc::MentionLabel;

use crate::decode::Decoded;
use crate::fold::{is_capitalised, is_upper};
use crate::gazetteer::Gazetteer;
use crate::lexicon::is_preposition;
use crate::reading::{Line, Reading};

/// The probability of a mention that only these rules found.
const PROBABILITY: f32 = 0.9;
/// A first name with a surname counts where the tagger thought one of the two a
/// name with at least this probability.
const NAME_FLOOR: f32 = 0.05;
/// The longest run of capitals that is read as a name.
const MAX_WORDS: usize = 4;
/// Titles behind which a capital begins a person's name: fewer than the gazetteer has, of which
/// some begin other names, too ("St. Louis", "Queen Street").
const TITLES: [&str; 5] = ["mr", "mrs", "ms", "miss", "mx"];
/// The same where a full stop follows.
const SHORT_TITLES: [&str; 14] = [
    "mr", "mrs", "ms", "dr", "sen", "sens", "rep", "reps", "gov", "gen", "capt", "sgt", "prof",
    "rev",
];

/// What the article tells of its persons.
#[derive(Debug)]
struct Known<'g> {
    /// Folded surnames of persons that the tagger found.
    surnames: BTreeSet<String>,
    /// Folded words that the article writes small.
    small: BTreeSet<String>,
    gazetteer: &'g Gazetteer,
}

/// Adds to the tagger's names of each line:
///
/// - the surname of a person whom the tagger found elsewhere in the article, with
///   first names and initials before it;
/// - capitals behind "Mr." and the like;
/// - a first name with the capital behind it, where `named(line, word)`, the
///   probability that a word is in a name, does not exclude it.
///
/// Words that the article writes small somewhere are no surnames by themselves,
/// nor are surnames before another capital ("Brandt Tower") but in headlines.
pub(crate) fn add_persons(
    reading: &Reading<'_>,
    found: &mut [Vec<Decoded>],
    gazetteer: &Gazetteer,
    named: impl Fn(usize, usize) -> f32,
) {
    let known = Known::read(reading, found, gazetteer);
    for (line_idx, (line, found)) in reading.lines.iter().zip(found).enumerate() {
        if line.is_shouted() {
            continue;
        }
        known.complete(line, found);
        let mut word = 0;
        while word < line.words.len() {
            let run = run_at(line, found, word);
            if run.is_empty() {
                word += 1;
                continue;
            }
            let is_thought_of = |words: &Range<usize>| {
                words.clone().any(|word| named(line_idx, word) >= NAME_FLOOR)
            };
            if let Some(words) = known.name_in(line, &run, is_thought_of) {
                found.push(Decoded { words, label: MentionLabel::Per, probability: PROBABILITY });
            }
            word = run.end;
        }
        found.sort_by_key(|name| name.words.start);
    }
}

impl<'g> Known<'g> {
    fn read(reading: &Reading<'_>, found: &[Vec<Decoded>], gazetteer: &'g Gazetteer) -> Self {
        let mut small = BTreeSet::new();
        let mut full = BTreeSet::new();
        let mut single: BTreeMap<&str, usize> = BTreeMap::new();
        for (line, found) in reading.lines.iter().zip(found) {
            let is_small = |word: &&str| word.starts_with(char::is_lowercase);
            let words = line.words.iter().zip(&line.folded).filter(|(word, _)| is_small(word));
            small.extend(words.map(|(_, folded)| folded.clone()));
            for name in found.iter().filter(|name| name.label == MentionLabel::Per) {
                let last = name.words.end - 1;
                if !is_name_word(line, last) || line.key(last).chars().count() < 3 {
                    continue;
                }
                if name.words.len() > 1 {
                    full.insert(line.key(last).to_owned());
                } else {
                    *single.entry(line.key(last)).or_default() += 1;
                }
            }
        }
        full.extend(single.into_iter().filter(|(_, n)| *n > 1).map(|(name, _)| name.to_owned()));
        Self { surnames: full, small, gazetteer }
    }

    fn is_surname(&self, line: &Line<'_>, word: usize) -> bool {
        self.surnames.contains(line.key(word))
    }

    fn is_given(&self, line: &Line<'_>, word: usize) -> bool {
        self.gazetteer.gender_of(line.word(word)).is_some()
    }

    /// Takes the free surname behind a found first name into the name.
    fn complete(&self, line: &Line<'_>, found: &mut [Decoded]) {
        for idx in 0..found.len() {
            let name = &found[idx];
            let next = name.words.end;
            let is_free = !found.iter().any(|other| other.words.contains(&next));
            let is_first = name.label == MentionLabel::Per && self.is_given(line, next - 1);
            if is_free && is_first && is_name_word(line, next) && self.is_surname(line, next) {
                found[idx].words.end += 1;
            }
        }
    }

    /// The name in a run of free capitals, if there is one.
    fn name_in(
        &self,
        line: &Line<'_>,
        run: &Range<usize>,
        is_thought_of: impl Fn(&Range<usize>) -> bool,
    ) -> Option<Range<usize>> {
        if run.len() <= MAX_WORDS && is_titled(line, run.start) {
            return Some(run.clone());
        }
        let surname = run.clone().rev().find(|&word| self.is_surname(line, word));
        if let Some(surname) = surname {
            let is_first = |word: &usize| self.is_given(line, *word) || is_initial(line, *word);
            let n_before = (run.start..surname).rev().take_while(is_first).count();
            let ends = surname + 1 == run.end || is_headline(line);
            let is_sure = n_before > 0 || !self.small.contains(line.key(surname));
            return (is_sure && (ends || n_before > 0)).then_some(surname - n_before..surname + 1);
        }
        let is_full = (2..=3).contains(&run.len())
            && !is_headline(line)
            && self.is_given(line, run.start)
            && run.clone().skip(1).all(|word| is_name_word(line, word) || is_initial(line, word))
            && is_name_word(line, run.end - 1)
            && run.clone().all(|word| !self.small.contains(line.key(word)))
            && is_thought_of(run);
        is_full.then(|| run.clone())
    }
}

/// The free capitals from `word` on, initials with their stops among them.
fn run_at(line: &Line<'_>, found: &[Decoded], word: usize) -> Range<usize> {
    let is_free = |word: usize| !found.iter().any(|name| name.words.contains(&word));
    if line.word(word) == "." {
        return word..word;
    }
    let mut end = word;
    while end < line.words.len() && is_free(end) {
        let is_stop = end > word && line.word(end) == "." && is_initial(line, end - 1);
        if !(is_name_word(line, end)
            || is_initial(line, end)
            || (is_stop && is_name_word(line, end + 1)))
        {
            break;
        }
        end += 1;
    }
    word..end
}

/// A word with a capital first and small letters behind it, or all in capitals
/// in no sentence of capitals.
fn is_name_word(line: &Line<'_>, word: usize) -> bool {
    let (written, key) = (line.word(word), line.key(word));
    let is_title = TITLES.contains(&key) || SHORT_TITLES.contains(&key);
    is_capitalised(written)
        && written.chars().count() > 1
        && written.chars().all(char::is_alphabetic)
        && !is_upper(written)
        && !is_title
        && !is_preposition(key)
}

fn is_initial(line: &Line<'_>, word: usize) -> bool {
    let written = line.word(word);
    written == "." || (written.chars().count() == 1 && is_capitalised(written))
}

fn is_titled(line: &Line<'_>, word: usize) -> bool {
    let is_capital = |word: usize| is_capitalised(line.word(word));
    let before = |n: usize| word.checked_sub(n);
    let plain = before(1).is_some_and(|at| is_capital(at) && TITLES.contains(&line.key(at)));
    let short = before(2).is_some_and(|at| {
        line.word(at + 1) == "." && is_capital(at) && SHORT_TITLES.contains(&line.key(at))
    });
    plain || short
}

/// True where capitals tell nothing: only little words are written small.
fn is_headline(line: &Line<'_>) -> bool {
    let is_little = |key: &str| {
        is_preposition(key) || matches!(key, "a" | "an" | "the" | "and" | "or" | "but" | "as" | "s")
    };
    let is_text =
        |at: usize| line.word(at).starts_with(char::is_lowercase) && !is_little(line.key(at));
    !(0..line.words.len()).any(is_text)
}

#[cfg(test)]
mod tests {
    use crate::fixture::check_mentions as check;

    #[test]
    fn a_person_found_once_is_found_everywhere() {
        check(
            "Then [PER Ana Brandt] spoke.\nBrandt left, and Ana Brandt slept.",
            "PER Ana Brandt | PER Brandt | PER Ana Brandt",
        );
        check(
            "Then [PER Brandt] spoke.\nIt was [PER Brandt].\nBrandt left.",
            "PER Brandt | PER Brandt | PER Brandt",
        );
        check("Then [PER Brandt] spoke.\nBrandt left.", "PER Brandt");
        check("Then [PER Ana Brandt] spoke.\nIn Brandt Tower they met.", "PER Ana Brandt");
        check("Then [PER Ana Play] spoke.\nPlay on. They play.", "PER Ana Play");
        check(
            "Then [PER Ana Brandt] spoke.\nIt was [PER Ana] Brandt.",
            "PER Ana Brandt | PER Ana Brandt",
        );
    }

    #[test]
    fn a_title_tells_a_person() {
        check("Then Mr. Brandt spoke", "PER Brandt");
        check("Then Sen. Mo Diallo spoke", "PER Mo Diallo");
        check("Then Gen Brandt and gov. Foo spoke", "");
    }

    #[test]
    fn a_first_name_alone_needs_the_tagger() {
        check("Then Ana Brandt spoke", "");
    }
}
