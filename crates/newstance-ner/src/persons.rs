//! Which names of persons are one person's.

use newstance_doc::{ActorKind, MentionLabel};

use crate::cast::{Cast, Draft};
use crate::fold::fold;
use crate::gazetteer::Gender;
use crate::phrases::Scene;
use crate::roles::{Role, Roles, told_gender};
use crate::similarity::{is_shortening, is_variant, sounds_like};

/// A mention of a person, taken apart.
struct Naming<'r> {
    mention: usize,
    sentence: usize,
    paragraph: usize,
    /// Parts of the name as written, without generation suffixes.
    parts: Vec<String>,
    folded: Vec<String>,
    gender: Option<Gender>,
    roles: &'r [Role],
}

/// A person as known so far.
struct Person<'r> {
    parts: Vec<String>,
    folded: Vec<String>,
    /// Sentence, paragraph of each mention, and whether it gave the full name.
    seen: Vec<(usize, usize, bool)>,
    gender: Option<Gender>,
    roles: Vec<&'r Role>,
    mentions: Vec<usize>,
}

/// Gives every mention of a person its actor, in `actors`.
///
/// Full names first, then single names: the last name, the first name where
/// only one person has it, a variant spelling where there is no better bearer.
pub(crate) fn settle_persons(
    scene: Scene<'_, '_>,
    roles: &Roles,
    cast: &mut Cast,
    actors: &mut [Option<usize>],
) {
    let namings = namings(scene, roles, actors);
    let mut persons: Vec<Person<'_>> = Vec::new();
    for naming in namings.iter().filter(|naming| naming.parts.len() > 1) {
        let known = persons.iter().position(|person| is_same_full(person, naming));
        join(&mut persons, known, naming);
    }
    for naming in namings.iter().filter(|naming| naming.parts.len() == 1) {
        let known = bearer(&persons, naming, &namings);
        join(&mut persons, known, naming);
    }
    for person in &persons {
        let mut draft = Draft::new(&person.parts.join(" "), ActorKind::Person);
        draft.gender = person.gender;
        for mention in &person.mentions {
            draft.names.insert(scene.reading.text_of(&scene.mentions[*mention]).to_owned());
        }
        let idx = cast.add(draft);
        for mention in &person.mentions {
            actors[*mention] = Some(idx);
        }
    }
}

fn namings<'r>(
    scene: Scene<'_, '_>,
    roles: &'r Roles,
    actors: &[Option<usize>],
) -> Vec<Naming<'r>> {
    let mut found = Vec::new();
    for (idx, mention) in scene.mentions.iter().enumerate() {
        if mention.label != MentionLabel::Per || actors[idx].is_some() {
            continue;
        }
        let roles: &[Role] = roles.by_mention.get(&idx).map_or(&[], Vec::as_slice);
        let parts = name_parts(scene.reading.text_of(mention));
        let given = parts.first().filter(|_| parts.len() > 1).map(String::as_str);
        let gender = told_gender(scene, mention, given, roles);
        found.push(Naming {
            mention: idx,
            sentence: mention.sentence_idx,
            paragraph: scene.reading.lines[mention.sentence_idx].paragraph,
            folded: parts.iter().map(|part| fold(part)).collect(),
            parts,
            gender,
            roles,
        });
    }
    found
}

fn name_parts(text: &str) -> Vec<String> {
    let parts: Vec<String> = text
        .split_whitespace()
        .map(|part| part.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    let is_suffix =
        |part: &String| matches!(fold(part).as_str(), "jr" | "sr" | "ii" | "iii" | "iv");
    let kept: Vec<String> = parts.iter().filter(|part| !is_suffix(part)).cloned().collect();
    if kept.is_empty() { vec![text.to_owned()] } else { kept }
}

fn join<'r>(persons: &mut Vec<Person<'r>>, known: Option<usize>, naming: &Naming<'r>) {
    let idx = known.unwrap_or_else(|| {
        persons.push(Person {
            parts: naming.parts.clone(),
            folded: naming.folded.clone(),
            seen: Vec::new(),
            gender: None,
            roles: Vec::new(),
            mentions: Vec::new(),
        });
        persons.len() - 1
    });
    let person = &mut persons[idx];
    if naming.parts.len() > person.parts.len() {
        person.parts.clone_from(&naming.parts);
        person.folded.clone_from(&naming.folded);
    }
    person.seen.push((naming.sentence, naming.paragraph, naming.parts.len() > 1));
    person.gender = person.gender.or(naming.gender);
    person.roles.extend(naming.roles);
    person.mentions.push(naming.mention);
}

/// Two full names of one person: middle names left out, initials, transliterations.
fn is_same_full(person: &Person<'_>, naming: &Naming<'_>) -> bool {
    let (left, right) = (&person.folded, &naming.folded);
    if left.len() < 2 {
        return false;
    }
    let ([first, .., last], [other_first, .., other_last]) = (left.as_slice(), right.as_slice())
    else {
        return false;
    };
    let is_initial =
        |short: &str, long: &str| short.chars().count() == 1 && long.starts_with(short);
    let same_first = sounds_like(first, other_first)
        || is_initial(first, other_first)
        || is_initial(other_first, first);
    let same_last = last == other_last || (first == other_first && is_variant(last, other_last));
    let genders_differ = matches!((person.gender, naming.gender), (Some(a), Some(b)) if a != b);
    same_first && same_last && !genders_differ
}

/// The person whom a single name means.
fn bearer(persons: &[Person<'_>], naming: &Naming<'_>, namings: &[Naming<'_>]) -> Option<usize> {
    let name = &naming.folded[0];
    let may_be = |person: &Person<'_>| !matches!((person.gender, naming.gender), (Some(a), Some(b)) if a != b);
    let of = |test: &dyn Fn(&Person<'_>) -> bool| -> Vec<usize> {
        (0..persons.len()).filter(|&idx| may_be(&persons[idx]) && test(&persons[idx])).collect()
    };
    let by_last = of(&|person| person.folded.last() == Some(name));
    if !by_last.is_empty() {
        return nearest(persons, &by_last, naming);
    }
    let by_first = of(&|person| person.folded.first() == Some(name));
    if by_first.len() == 1 {
        return by_first.first().copied();
    }
    let last_of = |person: &Person<'_>| person.folded.last().cloned().unwrap_or_default();
    let by_sound = of(&|person| is_variant(&last_of(person), name));
    if by_sound.len() == 1 {
        return by_sound.first().copied();
    }
    let is_bare_elsewhere = |person: &Person<'_>| {
        namings
            .iter()
            .any(|other| other.folded.len() == 1 && other.folded.last() == person.folded.last())
    };
    let is_near = |person: &Person<'_>| {
        let near = |(sentence, paragraph, is_full): &(usize, usize, bool)| {
            *is_full
                && *sentence <= naming.sentence
                && naming.paragraph - paragraph.min(&naming.paragraph) <= 2
        };
        person.seen.iter().any(near)
    };
    let by_letters = of(&|person| {
        person.folded.len() > 1
            && is_shortening(&last_of(person), name)
            && is_near(person)
            && !is_bare_elsewhere(person)
    });
    if by_letters.len() == 1 && naming.roles.is_empty() {
        by_letters.first().copied()
    } else {
        None
    }
}

/// Among namesakes: who shares the office, else who was named in full last
/// before, the more mentioned first; else who is named in full next.
fn nearest(persons: &[Person<'_>], namesakes: &[usize], naming: &Naming<'_>) -> Option<usize> {
    let shares_office = |idx: &usize| {
        let heads = || naming.roles.iter().map(|role| &role.head);
        persons[*idx].roles.iter().any(|role| heads().any(|head| *head == role.head))
    };
    if let Some(holder) = namesakes.iter().find(|idx| shares_office(idx)) {
        return Some(*holder);
    }
    let last_before = |idx: usize| {
        let person = &persons[idx];
        let before = person
            .seen
            .iter()
            .filter(|(sentence, _, is_full)| *is_full && *sentence <= naming.sentence);
        before.map(|(sentence, ..)| *sentence).max().map(|sentence| (sentence, person.seen.len()))
    };
    let before = namesakes
        .iter()
        .filter_map(|&idx| last_before(idx).map(|rank| (rank, std::cmp::Reverse(idx))));
    before.max().map(|(_, idx)| idx.0).or(namesakes.first().copied())
}
