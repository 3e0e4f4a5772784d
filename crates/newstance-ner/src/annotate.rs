//! The chain from scores to mentions with their actors.

use std::collections::BTreeSet;
use std::ops::Range;

use newstance_doc::{Actor, ActorKind, Article, Mention, MentionForm, MentionLabel, Sentence};

use crate::belonging::{settle_belonging, settle_home};
use crate::cast::Cast;
use crate::gazetteer::Gazetteer;
use crate::grammar::{is_subject, part};
use crate::lexicon::is_reporting;
use crate::mentions::{NameScores, find_mentions};
use crate::nominals::{Offices, Told, label, mention_words, offices_of_names, settle_nominal};
use crate::persons::settle_persons;
use crate::phrases::{Determiner, Phrase, Scene, find_phrases};
use crate::places::settle_places;
use crate::pronouns::{Pronoun, Seen, antecedent, pronoun_at};
use crate::quotes::quoted_words;
use crate::reading::{Cover, Reading};
use crate::roles::{Roles, find_roles};

/// What changes who is taken for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActorSettings {
    /// The country that offices without a country belong to (a two-letter code
    /// or a name of the gazetteer); none to infer it from each article.
    pub home_country: Option<String>,
}

/// The mentions and actors of an article.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named {
    /// In reading order, not overlapping: names, nouns and pronouns. Those whose
    /// actor is not known have none.
    pub mentions: Vec<Mention>,
    /// In order of first mention; those that only others need come last.
    pub actors: Vec<Actor>,
}

/// A mention with what it waits for.
struct Item {
    mention: Mention,
    words: Range<usize>,
    origin: Origin,
}

enum Origin {
    Name,
    Phrase(usize),
    Pronoun(Pronoun),
}

/// Finds all mentions of an article and the actors that they stand for.
///
/// Names come from [`find_mentions`]. A noun phrase makes a mention of its own,
/// behind the last name in it ("U.S." and "officials" are two mentions; the
/// second's actor is "U.S. officials", whose country is the first's); one that
/// tells a named person's office makes none and becomes that actor's role.
/// Cities of government are two actors where the article uses both: an
/// organisation where they act for their country, a place where something
/// happens in them. Seats of government are organisations of their country.
/// Pronouns of the first person stand for the speaker of their quotation.
pub fn annotate_actors(
    article: &Article,
    sentences: &[Sentence],
    scores: NameScores<'_>,
    gazetteer: &Gazetteer,
    settings: &ActorSettings,
) -> Named {
    let mut names = find_mentions(article, sentences, scores, gazetteer);
    let reading = Reading::new(article, sentences);
    correct_labels(&reading, &mut names, gazetteer);
    let cover = Cover::new(&reading, &names);
    let scene = Scene { reading: &reading, mentions: &names, cover: &cover, gazetteer };
    let phrases = find_phrases(scene);
    let roles = find_roles(scene, &phrases);
    let mut cast = Cast::default();
    let mut actors = settle_places(scene, &mut cast);
    settle_persons(scene, &roles, &mut cast, &mut actors);
    settle_belonging(scene, &roles, &actors, &mut cast);
    let home = settings.home_country.as_deref().and_then(|name| gazetteer.find_country(name));
    settle_home(scene, &roles, (&actors, &phrases), home, &mut cast);
    cast.spread_countries();
    let mut mentions = Walk::new(scene, &phrases, &roles, &actors).run(&mut cast);
    cast.spread_countries();
    let actors = cast.finish(&mut mentions, gazetteer);
    Named { mentions, actors }
}

/// A last name that the tagger took for something else once is a person's, too.
fn correct_labels(reading: &Reading<'_>, names: &mut [Mention], gazetteer: &Gazetteer) {
    let persons: BTreeSet<String> = names
        .iter()
        .filter(|mention| mention.label == MentionLabel::Per && reading.words_of(mention).len() > 1)
        .filter_map(|mention| reading.words_of(mention).last().map(|word| reading.lines[mention.sentence_idx].key(word).to_owned()))
        .collect();
    for mention in names {
        let words = reading.words_of(mention);
        let line = &reading.lines[mention.sentence_idx];
        let is_known = !gazetteer.exact(&line.words[words.clone()], &line.folded[words.clone()]).is_empty();
        let is_other = matches!(mention.label, MentionLabel::Org | MentionLabel::Loc | MentionLabel::Misc);
        if is_other && words.len() == 1 && !is_known && persons.contains(line.key(words.start)) {
            mention.label = MentionLabel::Per;
        }
    }
}

/// One pass through the article that gives nouns and pronouns their actors.
struct Walk<'w, 'a> {
    scene: Scene<'w, 'a>,
    phrases: &'w [Phrase],
    names: &'w [Option<usize>],
    quoted: Vec<Vec<bool>>,
    items: Vec<Item>,
    offices: Offices,
    history: Vec<Seen>,
    before: Vec<usize>,
}

impl<'w, 'a> Walk<'w, 'a> {
    fn new(
        scene: Scene<'w, 'a>,
        phrases: &'w [Phrase],
        roles: &Roles,
        names: &'w [Option<usize>],
    ) -> Self {
        Self {
            scene,
            phrases,
            names,
            quoted: quoted_words(scene.reading),
            items: items(scene, phrases, roles, names),
            offices: offices_of_names(roles, names),
            history: Vec::new(),
            before: Vec::new(),
        }
    }

    fn run(mut self, cast: &mut Cast) -> Vec<Mention> {
        for at in 0..self.items.len() {
            let actor = match self.items[at].origin {
                Origin::Name => self.items[at].mention.actor_idx,
                Origin::Phrase(phrase) => Some(self.settle_phrase(at, phrase, cast)),
                Origin::Pronoun(pronoun) => self.settle_pronoun(at, pronoun, cast),
            };
            self.items[at].mention.actor_idx = actor;
            if let Some(actor) = actor {
                self.remember(at, actor, cast);
            }
        }
        self.items.into_iter().map(|item| item.mention).collect()
    }

    fn remember(&mut self, at: usize, actor: usize, cast: &Cast) {
        let item = &self.items[at];
        let line = &self.scene.reading.lines[item.mention.sentence_idx];
        let is_people = item.mention.label == MentionLabel::Norp && line.key(item.words.end - 1).ends_with('s');
        self.history.push(Seen {
            actor,
            sentence_idx: item.mention.sentence_idx,
            part: part(line, &item.words),
            is_plural: cast.drafts[actor].is_plural || is_people,
        });
        self.before.push(actor);
    }

    fn settle_phrase(&mut self, at: usize, phrase: usize, cast: &mut Cast) -> usize {
        let phrase = &self.phrases[phrase];
        let owner = (phrase.determiner == Determiner::Owned).then(|| {
            let before = self.items[..at].last()?;
            let is_owner = before.mention.sentence_idx == phrase.sentence_idx && before.words.end == phrase.whole.start + 1;
            before.mention.actor_idx.filter(|_| is_owner)
        });
        let told = Told { names: self.names, before: &self.before, owner: owner.flatten() };
        settle_nominal(self.scene, phrase, told, &mut self.offices, cast)
    }

    fn settle_pronoun(&self, at: usize, pronoun: Pronoun, cast: &mut Cast) -> Option<usize> {
        let item = &self.items[at];
        let sentence_idx = item.mention.sentence_idx;
        let is_quoted = self.quoted[sentence_idx][item.words.start];
        let speaker = if is_quoted { self.speaker(at, cast) } else { None };
        match pronoun {
            Pronoun::Speaker => speaker,
            Pronoun::Relative => {
                let before = self.items[..at].last().filter(|b| b.mention.sentence_idx == sentence_idx)?;
                let line = &self.scene.reading.lines[sentence_idx];
                let gap = item.words.start - before.words.end;
                let is_next = gap == 0 || (gap == 1 && line.word(before.words.end) == ",");
                before.mention.actor_idx.filter(|_| is_next)
            }
            Pronoun::Person(gender) => {
                let found = antecedent(pronoun, sentence_idx, &self.history, speaker, cast)?;
                cast.drafts[found].gender = cast.drafts[found].gender.or(Some(gender));
                Some(found)
            }
            Pronoun::Plural | Pronoun::Body => antecedent(pronoun, sentence_idx, &self.history, speaker, cast),
        }
    }

    /// Who says the quotation around item `at`: the reporting verb's subject in
    /// its sentence, in those that follow in the paragraph, or the last before.
    fn speaker(&self, at: usize, cast: &Cast) -> Option<usize> {
        let place = |item: &Item| {
            let line = &self.scene.reading.lines[item.mention.sentence_idx];
            (line.field, line.paragraph)
        };
        let here = self.items[at].mention.sentence_idx;
        let paragraph = place(&self.items[at]);
        let from = self.items.partition_point(|item| item.mention.sentence_idx < here);
        let after = self.items[from..].iter().take_while(|item| place(item) == paragraph);
        let before = self.items[..from].iter().rev().take_while(|item| item.mention.sentence_idx + 4 > here);
        let may_speak = |actor: &usize| {
            !matches!(cast.drafts[*actor].kind, ActorKind::Place | ActorKind::Topic)
        };
        after.chain(before).filter(|item| self.reports(item)).filter_map(|item| item.mention.actor_idx).find(may_speak)
    }

    fn reports(&self, item: &Item) -> bool {
        let line = &self.scene.reading.lines[item.mention.sentence_idx];
        let is_quoted = self.quoted[item.mention.sentence_idx][item.words.start];
        let beside = [line.key(item.words.end), line.key(item.words.end + 1), line.key_before(item.words.start)];
        !is_quoted
            && is_subject(line, &item.words)
            && (beside.iter().any(|word| is_reporting(word)) || line.word(item.words.end) == ",")
    }
}

/// Names, phrases that are no offices, and pronouns, in reading order.
fn items(scene: Scene<'_, '_>, phrases: &[Phrase], roles: &Roles, names: &[Option<usize>]) -> Vec<Item> {
    let mut items = Vec::new();
    for (idx, mention) in scene.mentions.iter().enumerate() {
        let mention = Mention { actor_idx: names[idx], ..mention.clone() };
        items.push(Item { words: scene.reading.words_of(&mention), mention, origin: Origin::Name });
    }
    for (idx, phrase) in phrases.iter().enumerate().filter(|(idx, _)| !roles.phrases.contains(idx)) {
        let words = mention_words(scene, phrase);
        if scene.cover.is_free(phrase.sentence_idx, &words) {
            let form = MentionForm::Nominal;
            let mention = scene.reading.mention(phrase.sentence_idx, &words, label(phrase), form);
            items.push(Item { mention, words, origin: Origin::Phrase(idx) });
        }
    }
    for (sentence_idx, line) in scene.reading.lines.iter().enumerate() {
        for word in 0..line.words.len() {
            let words = word..word + 1;
            let Some(pronoun) = pronoun_at(line, word).filter(|_| scene.cover.is_free(sentence_idx, &words)) else {
                continue;
            };
            let form = MentionForm::Pronoun;
            let mention = scene.reading.mention(sentence_idx, &words, pronoun.label(), form);
            items.push(Item { mention, words, origin: Origin::Pronoun(pronoun) });
        }
    }
    items.sort_by_key(|item| (item.mention.sentence_idx, item.mention.span));
    items
}
