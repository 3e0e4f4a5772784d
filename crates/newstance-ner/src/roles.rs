//! Offices beside names: "Peru's foreign minister, Ana Brandt", "Ana Brandt, the minister,".

use std::collections::{BTreeMap, BTreeSet};

use newstance_doc::{Mention, MentionLabel};

use crate::fold::{is_capitalised, is_word};
use crate::gazetteer::{Gender, TitleKind};
use crate::lexicon::{HeadClass, head_gender, is_preposition, is_verb, singular};
use crate::phrases::{Determiner, Phrase, Scene};
use crate::reading::Line;

/// An office or trade that the text gives to a person.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    /// As the article words it, without determiner.
    pub(crate) text: String,
    /// The head noun, folded, in the singular.
    pub(crate) head: String,
    /// All its words, folded.
    pub(crate) words: Vec<String>,
    /// Names in and behind it, in order.
    pub(crate) owners: Vec<usize>,
    /// It is a title of a state ("National Security Adviser").
    pub(crate) is_office: bool,
}

/// Offices by the person's mention, and the phrases that they are made of.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    pub(crate) by_mention: BTreeMap<usize, Vec<Role>>,
    pub(crate) phrases: BTreeSet<usize>,
}

/// Finds the offices of all persons named.
pub(crate) fn find_roles(scene: Scene<'_, '_>, phrases: &[Phrase]) -> Roles {
    let mut roles = Roles::default();
    for (idx, phrase) in phrases.iter().enumerate() {
        let named = bearer(scene, phrase);
        if let Some(named) = named {
            roles.phrases.insert(idx);
            roles.by_mention.entry(named).or_default().push(role_of(scene, phrase));
        }
    }
    for (idx, mention) in scene.mentions.iter().enumerate() {
        if mention.label == MentionLabel::Per
            && !roles.by_mention.contains_key(&idx)
            && let Some(role) = origin_of(scene, mention)
        {
            roles.by_mention.insert(idx, vec![role]);
        }
    }
    roles
}

/// The person beside a phrase whose office it tells.
fn bearer(scene: Scene<'_, '_>, phrase: &Phrase) -> Option<usize> {
    if phrase.class != HeadClass::Person {
        return None;
    }
    let line = &scene.reading.lines[phrase.sentence_idx];
    let person_at = |word: usize| {
        let idx = scene.cover.at(phrase.sentence_idx, word)?;
        (scene.mentions[idx].label == MentionLabel::Per).then_some(idx)
    };
    if let Some(next) = person_at(phrase.end) {
        return Some(next);
    }
    let is_named = phrase.determiner == Determiner::Indefinite
        && !phrase.is_plural
        && matches!(line.key(phrase.end), "named" | "called");
    if let Some(named) = person_at(phrase.end + 1).filter(|_| is_named) {
        // "A senator called Ana Brandt a liar", "named Ana Brandt the judge": it is she who does so.
        let end = scene.reading.words_of(&scene.mentions[named]).end;
        let is_other =
            matches!(line.key(end), "a" | "an" | "the" | "to" | "as" | "\u{201c}" | "\"");
        return (!is_other).then_some(named);
    }
    let first = behind_titles(scene, line, phrase.end + 1);
    let behind = person_at(first).filter(|_| line.word(phrase.end) == ",");
    if let Some(named) = behind {
        let end = scene.reading.words_of(&scene.mentions[named]).end;
        let is_closed = matches!(line.word(end), "," | "." | ";" | ")" | "");
        let is_told = phrase.determiner == Determiner::Named || !phrase.behind.is_empty();
        if is_closed || (is_told && is_verb(line.key(end))) {
            return Some(named);
        }
    }
    let comma =
        phrase.whole.start.checked_sub(1).filter(|&idx| matches!(line.word(idx), "," | "("))?;
    let before = comma.checked_sub(1).and_then(person_at)?;
    closes_apposition(line, phrase.end).then_some(before)
}

/// The word behind the titles at `word`: "the Premier, Dr. **Ana** Brandt".
fn behind_titles(scene: Scene<'_, '_>, line: &Line<'_>, mut word: usize) -> usize {
    while scene.gazetteer.title(line.key(word)).is_some() && is_capitalised(line.word(word)) {
        word += 1;
        word += usize::from(line.word(word) == "." && line.is_glued(word));
    }
    word
}

fn closes_apposition(line: &Line<'_>, end: usize) -> bool {
    let key = line.key(end);
    !is_word(key) || matches!(key, "and" | "who" | "whom" | "whose") || is_preposition(key)
}

fn role_of(scene: Scene<'_, '_>, phrase: &Phrase) -> Role {
    let line = &scene.reading.lines[phrase.sentence_idx];
    let words = phrase.core.start..phrase.end;
    let kind = scene.gazetteer.title(&phrase.head);
    let first_free = (phrase.core.start..=phrase.head_word())
        .find(|word| scene.cover.at(phrase.sentence_idx, *word).is_none());
    let is_titled = first_free.is_some_and(|word| is_capitalised(line.word(word)))
        && is_capitalised(line.word(phrase.head_word()));
    let modifiers = phrase.modifiers(line, scene.cover);
    let governs = modifiers.iter().any(|word| {
        matches!(
            word.as_str(),
            "national" | "prime" | "foreign" | "defence" | "defense" | "interior" | "state"
        )
    });
    let is_state_head = matches!(
        phrase.head.as_str(),
        "president"
            | "minister"
            | "premier"
            | "chancellor"
            | "senator"
            | "congressman"
            | "congresswoman"
            | "secretary"
            | "governor"
    );
    let is_agency = matches!(phrase.head.as_str(), "director" | "chief" | "head")
        && phrase
            .inside
            .last()
            .is_some_and(|idx| crate::fold::is_upper(scene.reading.text_of(&scene.mentions[*idx])));
    let owners = phrase.inside.iter().chain(&phrase.behind).copied().collect();
    Role {
        text: scene.reading.text(phrase.sentence_idx, &words).to_owned(),
        head: phrase.head.clone(),
        words: words.map(|word| line.key(word).to_owned()).collect(),
        owners,
        is_office: kind == Some(TitleKind::Office)
            && (is_agency || is_titled && (governs || is_state_head)),
    }
}

/// "Portuguese striker Ana Brandt": nouns that no list has, behind a people's name.
fn origin_of(scene: Scene<'_, '_>, mention: &Mention) -> Option<Role> {
    let line = &scene.reading.lines[mention.sentence_idx];
    let end = scene.reading.words_of(mention).start;
    let is_noun = |word: usize| {
        let key = line.key(word);
        !is_capitalised(line.word(word))
            && is_word(key)
            && !is_verb(key)
            && !is_preposition(key)
            && key.len() > 3
    };
    let mut start = end;
    while start > 0
        && end - start < 3
        && scene.cover.at(mention.sentence_idx, start - 1).is_none()
        && is_noun(start - 1)
    {
        start -= 1;
    }
    let owner = start.checked_sub(1).and_then(|word| scene.cover.at(mention.sentence_idx, word))?;
    let is_people = scene.mentions[owner].label == MentionLabel::Norp;
    if !is_people || (start == end && end == 0) {
        return None;
    }
    let whole = scene.reading.words_of(&scene.mentions[owner]).start..end;
    Some(Role {
        text: scene.reading.text(mention.sentence_idx, &whole).to_owned(),
        head: if start == end { String::new() } else { singular(line.key(end - 1)) },
        words: whole.map(|word| line.key(word).to_owned()).collect(),
        owners: vec![owner],
        is_office: false,
    })
}

/// The gender that a title before a name tells, else the given name, else the office.
pub(crate) fn told_gender(
    scene: Scene<'_, '_>,
    mention: &Mention,
    given: Option<&str>,
    roles: &[Role],
) -> Option<Gender> {
    let line = &scene.reading.lines[mention.sentence_idx];
    let mut before = scene.reading.words_of(mention).start;
    while before > 0 && line.word(before - 1) == "." {
        before -= 1;
    }
    let by_title = || head_gender(line.key_before(before)).filter(|_| roles.is_empty());
    by_title()
        .or_else(|| given.and_then(|name| scene.gazetteer.gender_of(name)))
        .or_else(|| roles.iter().find_map(|role| head_gender(&role.head)))
}
