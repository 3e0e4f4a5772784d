//! The few closed lists of English that the rules rest on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::gazetteer::{Gazetteer, TitleKind};

/// What a head noun stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum HeadClass {
    /// One person with an office or a trade.
    Person,
    /// Several people.
    People,
    /// An institution or force.
    Body,
}

/// Head nouns of people and bodies; `data/lexicon/README.md` tells of them.
const HEADS: &str = include_str!("../../../data/lexicon/heads.csv");

/// A row of the head nouns.
#[derive(Debug, Deserialize)]
struct Head {
    noun: String,
    class: HeadClass,
}

/// What `noun` is the head of, as the lexicon has it.
fn listed(noun: &str) -> Option<HeadClass> {
    static CLASSES: LazyLock<BTreeMap<String, HeadClass>> = LazyLock::new(|| {
        let rows = csv::Reader::from_reader(HEADS.as_bytes()).into_deserialize();
        rows.map(|row| row.map(|Head { noun, class }| (noun, class)))
            .collect::<Result<_, _>>()
            .expect("a test reads the built-in lexicon")
    });
    CLASSES.get(noun).copied()
}

/// The closed classes of words; one word may be of several.
const WORDS: &str = include_str!("../../../data/lexicon/words.csv");

/// A class of words that the rules ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum WordClass {
    Adjective,
    Connective,
    Copula,
    Definite,
    Locative,
    Modifier,
    Naming,
    Owner,
    Preposition,
    Quantifier,
    Reporting,
    Verb,
}

/// A row of the closed classes.
#[derive(Debug, Deserialize)]
struct Word {
    word: String,
    class: WordClass,
}

fn is(word: &str, class: WordClass) -> bool {
    static CLASSES: LazyLock<HashMap<String, Vec<WordClass>>> = LazyLock::new(|| {
        let mut classes: HashMap<String, Vec<WordClass>> = HashMap::new();
        for row in csv::Reader::from_reader(WORDS.as_bytes()).into_deserialize() {
            let Word { word, class } = row.expect("a test reads the built-in lexicon");
            classes.entry(word).or_default().push(class);
        }
        classes
    });
    CLASSES.get(word).is_some_and(|classes| classes.contains(&class))
}

/// True for the words that may stand before a head noun.
pub(crate) fn is_modifier(word: &str) -> bool {
    is(word, WordClass::Modifier)
}

/// True for what may stand between a source's determiner and its head.
pub(crate) fn may_modify(word: &str) -> bool {
    let is_link = is(word, WordClass::Connective) && word != "close";
    !is_quantifier(word) && !is_preposition(word) && !is_link && !is(word, WordClass::Verb)
}

/// Nouns that are the source of a statement and stand for nobody: what is
/// written or found, and words like "some".
const THINGS: &str = include_str!("../../../data/lexicon/things.csv");

/// True for a noun, in the singular or as it stands, that is no actor.
pub(crate) fn is_thing(noun: &str) -> bool {
    static NOUNS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| THINGS.lines().skip(1).collect());
    NOUNS.contains(noun)
}

/// True for a noun that most likely names a person by what one does.
pub(crate) fn names_a_person(noun: &str) -> bool {
    const OTHERS: [&str; 12] = [
        "power", "sector", "center", "chamber", "order", "quarter", "corner", "tower", "theater",
        "summer", "winter", "weather",
    ];
    let endings = ["er", "or", "ist", "ian", "man", "woman", "person", "ee", "ess"];
    endings.iter().any(|ending| noun.ends_with(ending)) && !OTHERS.contains(&noun)
}

/// True for numbers and quantity words.
pub(crate) fn is_quantifier(word: &str) -> bool {
    is(word, WordClass::Quantifier) || word.starts_with(|c: char| c.is_numeric())
}

pub(crate) fn is_definite(word: &str) -> bool {
    is(word, WordClass::Definite)
}

pub(crate) fn is_owner(word: &str) -> bool {
    is(word, WordClass::Owner)
}

/// True for verbs that bring in what somebody says.
pub(crate) fn is_reporting(word: &str) -> bool {
    is(word, WordClass::Reporting)
}

pub(crate) fn is_preposition(word: &str) -> bool {
    is(word, WordClass::Preposition)
}

/// True for prepositions that make a city a place.
pub(crate) fn is_locative(word: &str) -> bool {
    is(word, WordClass::Locative)
}

/// True for what looks like a verb, or the adverb before one.
pub(crate) fn is_verb(word: &str) -> bool {
    is(word, WordClass::Verb)
        || is_reporting(word)
        || (word.len() > 4 && (word.ends_with("ed") || word.ends_with("ly")))
}

/// True where a noun phrase may end before `word`.
pub(crate) fn may_follow_phrase(word: &str) -> bool {
    word.is_empty()
        || !word.chars().all(char::is_alphabetic)
        || is_verb(word)
        || is_preposition(word)
        || is(word, WordClass::Connective)
        || (word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !is_plural_head(word))
}

/// True for head nouns that are adjectives as well: "any major blunders".
pub(crate) fn is_adjective(noun: &str) -> bool {
    is(noun, WordClass::Adjective)
}

/// True for "is", "became" and the like.
pub(crate) fn is_copula(word: &str) -> bool {
    is(word, WordClass::Copula)
}

/// True for verbs that say of somebody what he is: "called her a liar".
pub(crate) fn is_naming(word: &str) -> bool {
    is(word, WordClass::Naming)
}

/// True for the plural of a head noun.
pub(crate) fn is_plural_head(word: &str) -> bool {
    listed(word) == Some(HeadClass::People) || listed(&singular(word)) == Some(HeadClass::Person)
}

/// The singular of an English plural, by ending.
pub(crate) fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("men") {
        format!("{stem}man")
    } else if let Some(stem) = word.strip_suffix("people").filter(|stem| !stem.is_empty()) {
        format!("{stem}person")
    } else if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        format!("{stem}y")
    } else if word.ends_with("ss") || word.ends_with("us") {
        word.to_owned()
    } else {
        word.strip_suffix('s').unwrap_or(word).to_owned()
    }
}

/// The class of a head noun, folded, and whether it is a plural.
pub(crate) fn head_class(word: &str, gazetteer: &Gazetteer) -> Option<(HeadClass, bool)> {
    let is_title = |word: &str| {
        matches!(gazetteer.title(word), Some(TitleKind::Office | TitleKind::Spokesperson))
    };
    let single = singular(word);
    let is_plural = single != word;
    let people = Some((HeadClass::People, true));
    match (listed(word), listed(&single)) {
        (Some(HeadClass::People), _) => people,
        (Some(HeadClass::Body), _) => Some((HeadClass::Body, false)),
        (_, Some(HeadClass::Body)) => Some((HeadClass::Body, true)),
        (_, Some(HeadClass::Person)) if is_plural => people,
        (_, Some(HeadClass::Person)) => Some((HeadClass::Person, false)),
        _ if !is_title(&single) && !is_title(word) => None,
        _ if is_plural => people,
        _ => Some((HeadClass::Person, false)),
    }
}

/// Head nouns of those who speak for a state.
pub(crate) fn is_official(head: &str) -> bool {
    matches!(
        head,
        "official"
            | "authority"
            | "authorities"
            | "police"
            | "government"
            | "ministry"
            | "leader"
            | "lawmaker"
            | "prosecutor"
            | "army"
            | "military"
            | "parliament"
            | "regime"
    )
}

/// Given a head noun, the gender that it tells.
pub(crate) fn head_gender(head: &str) -> Option<crate::gazetteer::Gender> {
    use crate::gazetteer::Gender::{Female, Male};
    if head.ends_with("woman")
        || matches!(
            head,
            "queen"
                | "princess"
                | "mother"
                | "wife"
                | "daughter"
                | "sister"
                | "mrs"
                | "ms"
                | "miss"
                | "lady"
                | "baroness"
                | "duchess"
                | "madame"
                | "mme"
        )
    {
        Some(Female)
    } else if (head.ends_with("man") && head.len() > 3)
        || matches!(
            head,
            "king"
                | "prince"
                | "father"
                | "husband"
                | "son"
                | "brother"
                | "mr"
                | "sir"
                | "lord"
                | "pope"
                | "sheikh"
                | "duke"
        )
    {
        Some(Male)
    } else {
        None
    }
}
