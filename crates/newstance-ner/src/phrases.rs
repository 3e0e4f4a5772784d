//! Noun phrases that stand for people and institutions, found from their head nouns.

use std::ops::Range;

use newstance_doc::{Mention, MentionLabel};

use crate::fold::{is_capitalised, is_word};
use crate::gazetteer::Gazetteer;
use crate::lexicon::{
    HeadClass, head_class, is_adjective, is_copula, is_definite, is_modifier, is_naming,
    is_official, is_owner, is_preposition, is_quantifier, is_verb, may_follow_phrase, may_modify,
    singular,
};
use crate::reading::{Cover, Line, Reading};
use crate::sources::{Sources, guessed_class};

/// Nouns of which one may be chief, secretary or director.
const OFFICE_NOUNS: [&str; 10] = [
    "staff",
    "state",
    "police",
    "mission",
    "government",
    "operations",
    "communications",
    "defense",
    "defence",
    "research",
];

/// The most words from "called" to what somebody was called.
const MAX_OBJECT_WORDS: usize = 6;

/// How a phrase begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Determiner {
    /// "the", "that".
    Definite,
    /// "a", a number, or nothing.
    Indefinite,
    /// "his", "their".
    Owned,
    /// A name with a possessive ending.
    Named,
    /// A noun with one: "the cook's sister".
    Possessed,
}

/// A noun phrase around a head noun, in the words of one sentence.
#[derive(Clone, Debug)]
pub(crate) struct Phrase {
    pub(crate) sentence_idx: usize,
    /// From the determiner to the head.
    pub(crate) whole: Range<usize>,
    /// Without determiner and numbers: what a role or a name is made of.
    pub(crate) core: Range<usize>,
    /// Where its name begins: before the core of one that is a noun's.
    pub(crate) named_from: usize,
    /// With "of staff" behind the head.
    pub(crate) office_end: usize,
    /// With "of" and "for" phrases behind the head.
    pub(crate) end: usize,
    /// The head, folded, in the singular.
    pub(crate) head: String,
    pub(crate) class: HeadClass,
    pub(crate) is_plural: bool,
    pub(crate) determiner: Determiner,
    /// Names before the head, in order.
    pub(crate) inside: Vec<usize>,
    /// Names behind the head, in order.
    pub(crate) behind: Vec<usize>,
}

impl Phrase {
    /// Index of the head's word.
    pub(crate) fn head_word(&self) -> usize {
        self.whole.end - 1
    }

    /// The folded words before the head that are in no name, and those of its office behind it.
    pub(crate) fn modifiers(&self, line: &Line<'_>, cover: &Cover) -> Vec<String> {
        let free = |word: &usize| cover.at(self.sentence_idx, *word).is_none();
        let words = (self.core.start..self.head_word()).filter(free);
        words
            .chain(self.whole.end..self.office_end)
            .map(|word| line.key(word).to_owned())
            .filter(|word| is_word(word) && word != "s")
            .collect()
    }
}

/// What the search for phrases needs to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'s, 'a> {
    pub(crate) reading: &'s Reading<'a>,
    pub(crate) mentions: &'s [Mention],
    pub(crate) cover: &'s Cover,
    pub(crate) gazetteer: &'s Gazetteer,
    /// Who is said to speak.
    pub(crate) sources: &'s Sources,
}

/// All phrases, in reading order; they do not overlap.
pub(crate) fn find_phrases(scene: Scene<'_, '_>) -> Vec<Phrase> {
    let mut phrases: Vec<Phrase> = Vec::new();
    for (sentence_idx, line) in scene.reading.lines.iter().enumerate() {
        for word in 0..line.words.len() {
            let Some(phrase) = phrase_at(scene, sentence_idx, word) else { continue };
            let overlaps = phrases.last().is_some_and(|last| {
                last.sentence_idx == sentence_idx && last.office_end > phrase.whole.start
            });
            if !overlaps {
                phrases.push(phrase);
            }
        }
    }
    phrases
}

/// The phrase whose head is `word`, where it is one.
fn phrase_at(scene: Scene<'_, '_>, sentence_idx: usize, word: usize) -> Option<Phrase> {
    let line = &scene.reading.lines[sentence_idx];
    if scene.cover.at(sentence_idx, word).is_some() {
        return None;
    }
    let speaks = scene.sources.at(sentence_idx, word).is_some_and(|source| source.head == word);
    let known = head_class(line.key(word), scene.gazetteer);
    let (class, is_plural) = known.or_else(|| guessed_class(line.key(word)).filter(|_| speaks))?;
    if !speaks && !is_head(scene, sentence_idx, word, is_plural) {
        return None;
    }
    let mut inside = Vec::new();
    let (core, owner) = core_of(scene, sentence_idx, word, &mut inside);
    let (start, determiner) = determiner_of(line, core, owner);
    if !speaks && is_predicate(line, start, word) {
        return None;
    }
    let named_from = match determiner {
        Determiner::Possessed => possessed_from(scene, sentence_idx, core),
        _ => core,
    };
    let is_bare = start == word && inside.is_empty() && determiner != Determiner::Possessed;
    let office_end = office_end(scene, sentence_idx, word, class);
    let (end, behind) = behind(scene, sentence_idx, word, office_end);
    let may_be_bare =
        class == HeadClass::People || (class == HeadClass::Person && !behind.is_empty());
    let names_next = scene.cover.at(sentence_idx, word + 1).is_some();
    let has_capital = is_capitalised(line.word(word)) && (word > 0 || names_next);
    let is_told = may_be_bare || (speaks && is_plural);
    if is_bare && !is_told && !(has_capital && class == HeadClass::Person) {
        return None;
    }
    let head = singular(line.key(word));
    let whole = start..word + 1;
    let core = core..word + 1;
    Some(Phrase {
        sentence_idx,
        whole,
        core,
        named_from,
        office_end,
        end,
        head,
        class,
        is_plural,
        determiner,
        inside,
        behind,
    })
}

/// A head ends its phrase: before a name (as an office), or where no other noun follows.
fn is_head(scene: Scene<'_, '_>, sentence_idx: usize, word: usize, is_plural: bool) -> bool {
    let line = &scene.reading.lines[sentence_idx];
    let next = word + 1;
    if let Some(named) = scene.cover.at(sentence_idx, next) {
        return is_plural || scene.mentions[named].label == MentionLabel::Per;
    }
    let follows = line.key(next);
    let n_possessive = line.possessive_at(next);
    if n_possessive > 0 {
        return !(is_plural && is_body(scene, line.key(next + n_possessive)));
    }
    let is_hyphenated = line.word(next) == "-" && line.is_glued(next) && line.is_glued(next + 1);
    let is_compound = head_class(follows, scene.gazetteer).is_some()
        && (!is_plural || line.key(word) == "police")
        && !line.is_glued(next);
    // "Any major blunders", "fellow Democrats".
    let is_noun_next = follows.ends_with('s')
        && !is_verb(follows)
        && !is_preposition(follows)
        && (is_capitalised(line.word(next)) || is_adjective(line.key(word)));
    let ends =
        (is_plural && line.key(word) != "police") || may_follow_phrase(follows) && !is_noun_next;
    !is_hyphenated && !is_compound && ends
}

fn is_body(scene: Scene<'_, '_>, word: &str) -> bool {
    head_class(word, scene.gazetteer) == Some((HeadClass::Body, false))
}

/// True of what is said to be somebody, and so is nobody else: "was a senator",
/// "called him “a dentist who ...”". `start` is the word that opens the phrase.
fn is_predicate(line: &Line<'_>, start: usize, head: usize) -> bool {
    if start == head || !matches!(line.key(start), "a" | "an") {
        return false;
    }
    let mut before = start;
    while before > 0 && matches!(line.word(before - 1), "“" | "\"" | "‘" | "«") {
        before -= 1;
    }
    let verb = line.key_before(before);
    if is_copula(verb) {
        let subject = before.checked_sub(2).map_or("", |word| line.key(word));
        return subject != "there";
    }
    let names = |word: usize| {
        is_naming(line.key(word)) || line.key(word).starts_with("describ") && verb == "as"
    };
    let is_open = |&word: &usize| is_word(line.word(word)) || line.word(word) == ".";
    let object = (0..before).rev().take(MAX_OBJECT_WORDS).take_while(is_open);
    // "Called a senator" telephones; what is called so stands between.
    object.skip(1).any(names)
}

/// Where the phrase's modifiers start, and what with a possessive ending opens it.
fn core_of(
    scene: Scene<'_, '_>,
    sentence_idx: usize,
    head: usize,
    inside: &mut Vec<usize>,
) -> (usize, Option<Determiner>) {
    let line = &scene.reading.lines[sentence_idx];
    let has_capital = is_capitalised(line.word(head));
    let mut start = head;
    while let Some(before) = start.checked_sub(1) {
        if let Some(named) = scene.cover.at(sentence_idx, before) {
            let is_person = scene.mentions[named].label == MentionLabel::Per;
            if is_person && !belongs_to_person(scene, sentence_idx, head) {
                break;
            }
            inside.insert(0, named);
            start = scene.reading.words_of(&scene.mentions[named]).start;
        } else if let Some((named, first)) = possessor(scene, sentence_idx, start) {
            inside.insert(0, named);
            return (first, Some(Determiner::Named));
        } else if let Some(owner) = possessing_noun(line, start) {
            let owns_body = is_body(scene, line.key(head))
                && line.possessive_at(owner + 1) == 1
                && head_class(line.key(owner), scene.gazetteer).is_some();
            if !owns_body {
                return (start, Some(Determiner::Possessed));
            }
            start = owner;
        } else if is_core_word(scene, sentence_idx, before, has_capital) {
            start = before;
        } else {
            break;
        }
    }
    (start, None)
}

/// The word whose possessive ends right before `start`.
fn possessing_noun(line: &Line<'_>, start: usize) -> Option<usize> {
    let is_mark = |n_words: usize| {
        start.checked_sub(n_words).is_some_and(|mark| line.possessive_at(mark) == n_words)
    };
    let n_words = [2, 1].into_iter().find(|n_words| is_mark(*n_words))?;
    (start - n_words).checked_sub(1)
}

/// Where the name of what is a noun's begins: "**cook**'s sister".
fn possessed_from(scene: Scene<'_, '_>, sentence_idx: usize, start: usize) -> usize {
    let line = &scene.reading.lines[sentence_idx];
    let owner = possessing_noun(line, start).filter(|owner| is_word(line.word(*owner)));
    owner.map_or(start, |owner| core_of(scene, sentence_idx, owner, &mut Vec::new()).0)
}

/// True for a head behind a person's name that is no apposition to it: "the
/// Obama administration", "Trump supporters said".
fn belongs_to_person(scene: Scene<'_, '_>, sentence_idx: usize, head: usize) -> bool {
    let line = &scene.reading.lines[sentence_idx];
    let class = head_class(line.key(head), scene.gazetteer);
    let speaks = || scene.sources.at(sentence_idx, head).is_some_and(|source| source.head == head);
    matches!(class, Some((HeadClass::Body, false))) || speaks()
}

/// The name whose possessive ends right before `start`, with its first word.
fn possessor(scene: Scene<'_, '_>, sentence_idx: usize, start: usize) -> Option<(usize, usize)> {
    let owner = possessing_noun(&scene.reading.lines[sentence_idx], start)?;
    let named = scene.cover.at(sentence_idx, owner)?;
    Some((named, scene.reading.words_of(&scene.mentions[named]).start))
}

fn is_core_word(scene: Scene<'_, '_>, sentence_idx: usize, word: usize, has_capital: bool) -> bool {
    let line = &scene.reading.lines[sentence_idx];
    let key = line.key(word);
    if key == "-" {
        return word > 0 && line.is_glued(word) && line.is_glued(word + 1);
    }
    let is_joined = line.word(word + 1) == "-" && line.is_glued(word + 1) && is_word(key);
    let is_between = matches!(key, "and" | "&")
        && is_modifier(line.key(word + 1))
        && is_modifier(line.key_before(word));
    let is_known =
        is_modifier(key) || head_class(key, scene.gazetteer).is_some_and(|(_, plural)| !plural);
    let is_titled = has_capital && word > 0 && is_capitalised(line.word(word)) && key.len() > 1;
    let is_closed = is_definite(key) || is_owner(key);
    let is_said = || scene.sources.at(sentence_idx, word).is_some() && is_word(key);
    is_known
        || is_joined
        || is_between
        || (!is_closed && (is_titled || is_said() && may_modify(key)))
}

fn determiner_of(line: &Line<'_>, core: usize, owner: Option<Determiner>) -> (usize, Determiner) {
    if let Some(owner) = owner {
        return (core, owner);
    }
    let mut start = core - usize::from(line.key_before(core) == "own");
    while start > 0 && is_quantifier(line.key(start - 1)) && line.key(start - 1) != "of" {
        start -= 1;
        let is_grouped = start > 1
            && line.word(start - 1) == ","
            && line.is_glued(start)
            && line.is_glued(start - 1);
        start -= usize::from(is_grouped);
    }
    let before = line.key_before(start);
    if is_definite(before) {
        (start - 1, Determiner::Definite)
    } else if is_owner(before) {
        (start - 1, Determiner::Owned)
    } else if matches!(before, "a" | "an") {
        (start - 1, Determiner::Indefinite)
    } else {
        (start, Determiner::Indefinite)
    }
}

/// Where an office ends that has a common noun behind its head: "chief of staff".
fn office_end(scene: Scene<'_, '_>, sentence_idx: usize, head: usize, class: HeadClass) -> usize {
    let line = &scene.reading.lines[sentence_idx];
    let is_free = |word: usize| scene.cover.at(sentence_idx, word).is_none();
    let is_office = class != HeadClass::Body
        && line.key(head + 1) == "of"
        && OFFICE_NOUNS.contains(&line.key(head + 2))
        && is_free(head + 1)
        && is_free(head + 2)
        && may_follow_phrase(line.key(head + 3));
    head + if is_office { 3 } else { 1 }
}

/// Follows "of the Council of the Union", "for the ministry", "officials in Lima".
fn behind(
    scene: Scene<'_, '_>,
    sentence_idx: usize,
    head: usize,
    office_end: usize,
) -> (usize, Vec<usize>) {
    let line = &scene.reading.lines[sentence_idx];
    let key = singular(line.key(head));
    let mut end = office_end;
    let mut behind = Vec::new();
    loop {
        let is_link = match line.key(end) {
            "of" | "at" => true,
            "for" => {
                behind.is_empty()
                    && (key.starts_with("spokes") || key == "secretary" || key == "lawyer")
            }
            "in" => behind.is_empty() && is_official(&key),
            _ => false,
        };
        let first = end + 1 + usize::from(is_definite(line.key(end + 1)));
        let Some(named) = is_link.then(|| scene.cover.at(sentence_idx, first)).flatten() else {
            break;
        };
        if scene.mentions[named].label == MentionLabel::Per {
            break;
        }
        behind.push(named);
        end = scene.reading.words_of(&scene.mentions[named]).end;
    }
    (end, behind)
}

#[cfg(test)]
mod tests {
    use super::{Scene, find_phrases};
    use crate::fixture::Fixture;
    use crate::reading::{Cover, Reading};
    use crate::sources::Sources;

    #[track_caller]
    fn check(marked: &str, expected: &str) {
        let fixture = Fixture::new(marked);
        let mentions = fixture.mentions();
        let reading = Reading::new(&fixture.article, &fixture.sentences);
        let cover = Cover::new(&reading, &mentions);
        let gazetteer = fixture.gazetteer;
        let sources = Sources::new(&reading, &fixture.sources);
        let scene = Scene {
            reading: &reading,
            mentions: &mentions,
            cover: &cover,
            gazetteer,
            sources: &sources,
        };
        let shown: Vec<String> = find_phrases(scene)
            .iter()
            .map(|phrase| {
                reading.text(phrase.sentence_idx, &(phrase.whole.start..phrase.end)).to_owned()
            })
            .collect();
        assert_eq!(shown.join(" | "), expected);
    }

    #[test]
    fn phrases_reach_from_determiner_to_head() {
        check("A senior security official said", "A senior security official");
        check("according to two [LOC U.S.] officials.", "two U.S. officials");
        check(
            "according to security and intelligence officials",
            "security and intelligence officials",
        );
        check("[LOC Peru]’s foreign minister left", "Peru’s foreign minister");
        check("the high-ranking diplomat met", "the high-ranking diplomat");
        check("The [NORP Chinese] government’s plan", "The Chinese government");
    }

    #[test]
    fn a_nouns_possessive_opens_a_phrase() {
        check("<The firm’s general manager> said", "The firm | general manager");
        check("the governor’s office said", "the governor | office");
        check("by the teachers’ union", "the teachers’ union");
        check("the officials’ lawyers left", "the officials | lawyers");
        check("his own attorney general left", "his own attorney general");
    }

    #[test]
    fn what_somebody_is_said_to_be_is_nobody_else() {
        check("she was a senator", "");
        check("they called him “a lawyer who sleeps”", "");
        check("he described her as a lawyer", "");
        check("there was a lawyer", "a lawyer");
        check("she called a lawyer", "a lawyer");
        check("she called the lawyer a soldier", "the lawyer");
    }

    #[test]
    fn an_adjective_is_no_head() {
        check("making any major blunders", "");
        check("his fellow Moderates left", "");
        check("The general left", "The general");
    }

    #[test]
    fn an_office_may_have_a_noun_behind_its_head() {
        check("the chief of staff left", "the chief of staff");
        check("the chief of staff of the [ORG Senate] left", "the chief of staff of the Senate");
        check("the chief of habits left", "the chief");
        check("the leaders of state television left", "the leaders");
    }

    #[test]
    fn a_participle_ends_who_speaks() {
        check("<that one person involved> said", "that one person");
        check("<Video posted to a site> shows", "");
        check("<Two newly elected women> said", "Two newly elected women");
    }

    #[test]
    fn what_follows_the_head_may_belong_to_it() {
        check(
            "a member of the [ORG Council] of the [ORG Union] and",
            "a member of the Council of the Union",
        );
        check("A spokesman for the utility said", "A spokesman | the utility");
        check("officials in [LOC Lima] said", "officials in Lima");
    }

    #[test]
    fn a_persons_body_is_named_after_the_person() {
        check("The [PER Obama] administration left", "The Obama administration");
        check("Mr. [PER Obama] officials left", "officials");
    }

    #[test]
    fn whoever_is_a_source_is_somebody() {
        check("The food industry fears it", "");
        check("<The food industry> fears it", "The food industry");
        check("<Insurers> say so", "Insurers");
        check("but <some health law advocates> believe it", "some health law advocates");
        check("<Nearly 60% of [PER Trump] supporters> say so", "Trump supporters");
        check("<Another faction of the party> demanded it", "Another faction | the party");
        check("<this bundler who> left", "this bundler");
        check("<A report>, <the data> and <some> said so", "");
        check("<It> was said by <someone>", "");
        check("<A person close to [PER Garrow]> said so", "A person");
        check("<[PER Garrow] himself> and <the minister herself> said so", "the minister");
        check("<A recent report Chinese military power> said so", "");
    }

    #[test]
    fn a_noun_before_another_noun_is_no_head() {
        check("military assistance and police equipment", "");
        check("an official visit", "");
        check("a government building burned", "");
    }
}
