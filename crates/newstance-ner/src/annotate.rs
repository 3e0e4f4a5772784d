//! The chain from scores to mentions with their actors.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use newstance_doc::{
    Actor, ActorKind, Article, Field, Mention, MentionForm, MentionLabel, Sentence, Span,
};

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
use crate::pronouns::{Barred, Pronoun, Seen, antecedent, is_body, is_object_of, pronoun_at};
use crate::quotes::quoted_words;
use crate::reading::{Cover, Reading};
use crate::roles::{Roles, find_roles};
use crate::sources::Sources;

/// What changes who is taken for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ActorSettings {
    /// The country that offices without a country belong to (a two-letter code
    /// or a name of the gazetteer); none to infer it from each article.
    pub home_country: Option<String>,
}

/// What taggers say of an article's words.
#[derive(Clone, Copy, Debug)]
pub struct Tagged<'a> {
    /// Which words are names.
    pub names: NameScores<'a>,
    /// The words that are sources of statements: noun phrases among them stand for somebody.
    pub sources: &'a [(Field, Span)],
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
/// Which nouns stand for someone a lexicon tells, and for whoever is the source
/// of a statement, whatever the noun ("another faction demanded").
/// Cities of government are two actors where the article uses both: an
/// organisation where they act for their country, a place where something
/// happens in them. Seats of government are organisations of their country.
/// Pronouns of the first person stand for the speaker of their quotation.
pub fn annotate_actors(
    article: &Article,
    sentences: &[Sentence],
    tagged: Tagged<'_>,
    gazetteer: &Gazetteer,
    settings: &ActorSettings,
) -> Named {
    let mut names = find_mentions(article, sentences, tagged.names, gazetteer);
    let reading = Reading::new(article, sentences);
    correct_labels(&reading, &mut names, gazetteer);
    let cover = Cover::new(&reading, &names);
    let sources = Sources::new(&reading, tagged.sources);
    let scene =
        Scene { reading: &reading, mentions: &names, cover: &cover, gazetteer, sources: &sources };
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
        .filter_map(|mention| {
            reading
                .words_of(mention)
                .last()
                .map(|word| reading.lines[mention.sentence_idx].key(word).to_owned())
        })
        .collect();
    for mention in names {
        let words = reading.words_of(mention);
        let line = &reading.lines[mention.sentence_idx];
        let is_known =
            !gazetteer.exact(&line.words[words.clone()], &line.folded[words.clone()]).is_empty();
        let is_other =
            matches!(mention.label, MentionLabel::Org | MentionLabel::Loc | MentionLabel::Misc);
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
    /// By sentence, how many before it are not wholly quoted.
    told: Vec<usize>,
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
        let quoted = quoted_words(scene.reading);
        Self {
            scene,
            phrases,
            names,
            told: told_before(&quoted),
            quoted,
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
        let is_people =
            item.mention.label == MentionLabel::Norp && line.key(item.words.end - 1).ends_with('s');
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
        let line = &self.scene.reading.lines[phrase.sentence_idx];
        let owner = self.items[..at].last().and_then(|before| {
            let end = before.words.end;
            let is_owner = match phrase.determiner {
                Determiner::Owned => end == phrase.whole.start + 1,
                Determiner::Possessed => end + line.possessive_at(end) == phrase.whole.start,
                _ => false,
            };
            let is_here = before.mention.sentence_idx == phrase.sentence_idx;
            before.mention.actor_idx.filter(|_| is_owner && is_here)
        });
        let told = Told { names: self.names, before: &self.before, owner };
        settle_nominal(self.scene, phrase, told, &mut self.offices, cast)
    }

    fn settle_pronoun(&self, at: usize, pronoun: Pronoun, cast: &mut Cast) -> Option<usize> {
        let item = &self.items[at];
        let sentence_idx = item.mention.sentence_idx;
        let is_quoted = self.quoted[sentence_idx][item.words.start];
        let speaker = if is_quoted { self.speaker(at, cast) } else { None };
        let barred = Barred { speaker, subject: self.subject_of_object(at) };
        // Outside quotations a pronoun looks over what was quoted.
        let distance = |seen: &Seen| {
            if is_quoted {
                sentence_idx - seen.sentence_idx
            } else {
                self.told[sentence_idx] - self.told[seen.sentence_idx]
            }
        };
        let antecedent = || antecedent(pronoun, distance, &self.history, barred, cast);
        match pronoun {
            Pronoun::Speaker => speaker,
            Pronoun::Relative => {
                let before =
                    self.items[..at].last().filter(|b| b.mention.sentence_idx == sentence_idx)?;
                let line = &self.scene.reading.lines[sentence_idx];
                let gap = item.words.start - before.words.end;
                let is_next = gap == 0 || (gap == 1 && line.word(before.words.end) == ",");
                before.mention.actor_idx.filter(|_| is_next)
            }
            Pronoun::Person(gender) => {
                let found = antecedent()?;
                cast.drafts[found].gender = cast.drafts[found].gender.or(Some(gender));
                Some(found)
            }
            Pronoun::Plural | Pronoun::Body => antecedent(),
            Pronoun::Owner => self.announced(at, cast).or_else(antecedent),
        }
    }

    /// Who does something to the pronoun at `at`, where it is an object.
    fn subject_of_object(&self, at: usize) -> Option<usize> {
        let item = &self.items[at];
        let before = self.items[..at].last()?;
        let line = &self.scene.reading.lines[item.mention.sentence_idx];
        let is_here = before.mention.sentence_idx == item.mention.sentence_idx;
        before
            .mention
            .actor_idx
            .filter(|_| is_here && is_object_of(line, before.words.end, item.words.start))
    }

    /// Whom "its" announces ("Weeks after its invasion of Ukraine, Russia ..."):
    /// the name right behind the comma that ends the opening phrase, where
    /// nobody who fits was named in the sentence before.
    fn announced(&self, at: usize, cast: &Cast) -> Option<usize> {
        let item = &self.items[at];
        let sentence_idx = item.mention.sentence_idx;
        let fits = |item: &&Item| {
            item.mention.sentence_idx == sentence_idx
                && item.mention.actor_idx.is_some_and(|actor| is_body(cast.drafts[actor].kind))
        };
        if self.items[..at].iter().any(|item| fits(&item)) {
            return None;
        }
        let line = &self.scene.reading.lines[sentence_idx];
        let comma = (item.words.end..line.words.len()).find(|&word| line.word(word) == ",")?;
        let is_next = |item: &&Item| (comma + 1..=comma + 2).contains(&item.words.start);
        let behind = self.items[at..].iter().filter(|item| matches!(item.origin, Origin::Name));
        behind.filter(fits).find(is_next)?.mention.actor_idx
    }

    /// Who says the quotation around item `at`: the reporting verb's subject in
    /// its sentence, in those that follow in the paragraph, or the last before.
    fn speaker(&self, at: usize, cast: &mut Cast) -> Option<usize> {
        let place = |item: &Item| {
            let line = &self.scene.reading.lines[item.mention.sentence_idx];
            (line.field, line.paragraph)
        };
        let here = self.items[at].mention.sentence_idx;
        let paragraph = place(&self.items[at]);
        let from = self.items.partition_point(|item| item.mention.sentence_idx < here);
        let is_after = |idx: &usize| place(&self.items[*idx]) == paragraph;
        let is_before = |idx: &usize| self.items[*idx].mention.sentence_idx + 4 > here;
        let after = (from..self.items.len()).take_while(is_after);
        let before = (0..from).rev().take_while(is_before);
        after.chain(before).filter(|idx| self.reports(&self.items[*idx])).find_map(|idx| {
            let actor = match self.items[idx].origin {
                // "“They told us so,” she said": who she is shows before her turn comes.
                Origin::Pronoun(pronoun) if idx > at => self.settle_pronoun(idx, pronoun, cast),
                _ => self.items[idx].mention.actor_idx,
            }?;
            let may_speak = !matches!(cast.drafts[actor].kind, ActorKind::Place | ActorKind::Topic);
            may_speak.then_some(actor)
        })
    }

    fn reports(&self, item: &Item) -> bool {
        let line = &self.scene.reading.lines[item.mention.sentence_idx];
        let is_quoted = self.quoted[item.mention.sentence_idx][item.words.start];
        let (next, second) = (line.key(item.words.end), line.key(item.words.end + 1));
        let is_beside =
            [next, second, line.key_before(item.words.start)].into_iter().any(is_reporting);
        let goes_on = next == "went" && second == "on" || next == "continued";
        !is_quoted
            && is_subject(line, &item.words)
            && (is_beside || goes_on || line.word(item.words.end) == ",")
    }
}

/// For each sentence, the number of those before it that are not quoted from end to end.
fn told_before(quoted: &[Vec<bool>]) -> Vec<usize> {
    let mut n_told = 0;
    let mut before = Vec::with_capacity(quoted.len());
    for words in quoted {
        before.push(n_told);
        // The mark that ends a quotation is not within it.
        n_told += usize::from(words.iter().filter(|is_quoted| !**is_quoted).count() > 1);
    }
    before
}

/// Names, phrases that are no offices, and pronouns, in reading order.
fn items(
    scene: Scene<'_, '_>,
    phrases: &[Phrase],
    roles: &Roles,
    names: &[Option<usize>],
) -> Vec<Item> {
    let mut items = Vec::new();
    for (idx, mention) in scene.mentions.iter().enumerate() {
        let mention = Mention { actor_idx: names[idx], ..mention.clone() };
        items.push(Item { words: scene.reading.words_of(&mention), mention, origin: Origin::Name });
    }
    for (idx, phrase) in phrases.iter().enumerate().filter(|(idx, _)| !roles.phrases.contains(idx))
    {
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
            let Some(pronoun) =
                pronoun_at(line, word).filter(|_| scene.cover.is_free(sentence_idx, &words))
            else {
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

#[cfg(test)]
mod tests {
    use crate::fixture::{Fixture, listed, resolved};

    /// One sentence a line; expects `text=actor` for every mention.
    #[track_caller]
    fn check(marked: &str, expected: &str) {
        let fixture = Fixture::new(marked);
        assert_eq!(resolved(&fixture.article, &fixture.named()), expected);
    }

    /// Expects the line of the actor called `name`.
    #[track_caller]
    fn check_actor(marked: &str, name: &str, expected: &str) {
        let fixture = Fixture::new(marked);
        let list = listed(&fixture.named());
        let found =
            list.lines().find(|line| line.starts_with(&format!("{name} ("))).unwrap_or(&list);
        assert_eq!(found, format!("{name} ({expected})"));
    }

    #[test]
    fn its_is_whom_the_sentence_is_about() {
        check(
            "Weeks after its invasion of [LOC Ecuador], [LOC Peru] has lost ground.",
            "its=Peru | Ecuador=Ecuador | Peru=Peru",
        );
        check(
            "[LOC Peru] said that its army had left [LOC Ecuador].",
            "Peru=Peru | its=Peru | army=army | Ecuador=Ecuador",
        );
    }

    #[test]
    fn offices_before_and_behind_a_name_tell_country_and_affiliation() {
        check_actor(
            "[ORG Chinese Foreign Ministry] spokesman [PER Li Wen] spoke.",
            "Li Wen",
            "person; China; Chinese Foreign Ministry; Chinese Foreign Ministry spokesman",
        );
        check_actor(
            "[ORG Peruvian Foreign Ministry] spokesman [PER Li Wen] spoke.",
            "Li Wen",
            "person; Peru; Peruvian Foreign Ministry; Peruvian Foreign Ministry spokesman",
        );
        check_actor(
            "[PER Ana Roth], the [NORP Syrian] foreign minister, left.",
            "Ana Roth",
            "person; Syria; Syria; Syrian foreign minister",
        );
        check_actor(
            "[LOC Syria]'s foreign minister, [PER Ana Roth], left.",
            "Ana Roth",
            "person; Syria; Syria; Syria's foreign minister",
        );
        check_actor(
            "[NORP Russian] President [PER Ana Roth] left.",
            "Ana Roth",
            "person; Russia; Russia; Russian President",
        );
        check_actor(
            "[PER Ana Roth], director of the [ORG World Health Organization], left.",
            "Ana Roth",
            "person; -; World Health Organization; director of the World Health Organization",
        );
        check_actor(
            "[PER Ana Roth], a member of the [ORG Council] of the [ORG Bank of Italy], left.",
            "Ana Roth",
            "person; Italy; Council; member of the Council of the Bank of Italy",
        );
        check_actor("President [PER Ana Roth] left.", "Ana Roth", "person; -; -; President");
        check_actor(
            "The board broke with the Premier, Dr. [PER Ana Roth], over it.",
            "Ana Roth",
            "person; -; -; Premier",
        );
        check_actor("A colonel named [PER Ana Roth] left.", "Ana Roth", "person; -; -; colonel");
        check_actor("The senator called [PER Ana Roth] home.", "Ana Roth", "person; -; -; -");
        check_actor("A senator called [PER Ana Roth] a liar.", "Ana Roth", "person; -; -; -");
    }

    #[test]
    fn what_a_noun_has_is_named_after_both() {
        check(
            "The company's lawyers left.\nThe cook’s aide stayed.",
            "The company=company | lawyers=company's lawyers | The cook=cook | aide=cook’s aide",
        );
        check_actor("The company's lawyers left.", "company's lawyers", "group; -; company; -");
        check("He left the teachers’ union.", "He=? | the teachers’ union=teachers’ union");
    }

    #[test]
    fn whoever_goes_on_speaks() {
        check(
            "[PER Ana Roth] came.\n“They told us so,” she went on.\nMayor [PER Mo Lind] praised it.",
            "Ana Roth=Ana Roth | They=? | us=Ana Roth | she=Ana Roth | Mo Lind=Mo Lind",
        );
    }

    #[test]
    fn country_follows_affiliation() {
        check_actor(
            "[NORP Peruvian] President [PER Ana Roth] left.\n[PER Roth]’s spokesman [PER Max Lind] stayed.",
            "Max Lind",
            "person; Peru; Ana Roth; Roth’s spokesman",
        );
        check_actor(
            "[ORG White House] spokesman [PER Max Lind] stayed.",
            "Max Lind",
            "person; United States; White House; White House spokesman",
        );
        check_actor(
            "[ORG Élysée] spokesman [PER Max Lind] stayed.",
            "Max Lind",
            "person; France; Élysée; Élysée spokesman",
        );
    }

    #[test]
    fn an_office_of_no_country_is_of_the_government_that_the_article_speaks_from() {
        let text = "[NORP French] officials said so.\nNational Security Adviser [PER Ana Roth] left.\n[NORP Peruvian] President [PER Bo Li] stayed.";
        check_actor(text, "Ana Roth", "person; France; -; National Security Adviser");
        check_actor(
            &text.replace("French", "Japanese"),
            "Ana Roth",
            "person; Japan; -; National Security Adviser",
        );
        check_actor(
            "[PER Ana Roth] left.\n[NORP French] officials said so.",
            "Ana Roth",
            "person; -; -; -",
        );
    }

    #[test]
    fn an_office_that_the_article_names_by_its_country_is_of_that_one() {
        let text = "The [NORP Peruvian] president’s visit failed.\n[NORP French] officials said so. [NORP French] officials left.\nPresident [PER Ana Roth] and Foreign Minister [PER Bo Li] left.";
        check_actor(text, "Ana Roth", "person; Peru; -; President");
        check_actor(text, "Bo Li", "person; France; -; Foreign Minister");
    }

    #[test]
    fn one_official_of_a_country_does_not_outweigh_another_that_was_just_spoken_of() {
        let text = "[LOC Peru] lied to us.\nDeputy Prime Minister [PER Ana Roth] left.\n[NORP French] officials said so.";
        check_actor(text, "Ana Roth", "person; Peru; -; Deputy Prime Minister");
        let twice = format!("{text}\n[NORP French] officials denied it.");
        check_actor(&twice, "Ana Roth", "person; France; -; Deputy Prime Minister");
        let both = text.replace("[LOC Peru]", "[LOC Peru] and [LOC Chad]");
        check_actor(&both, "Ana Roth", "person; France; -; Deputy Prime Minister");
    }

    #[test]
    fn last_names_and_misspelt_names_are_the_persons_named_in_full() {
        check(
            "[PER Dmitry Pesco] left.\n[PER Peskov] said so.",
            "Dmitry Pesco=Dmitry Pesco | Peskov=Dmitry Pesco",
        );
        check("[PER Jen Psi] left.\n[PER Psaki] said so.", "Jen Psi=Jen Psi | Psaki=Jen Psi");
        check("[PER Ana Roth] left.\nMr. [PER Roth] stayed.", "Ana Roth=Ana Roth | Roth=Roth");
        check(
            "[PER Graca Nham] left.\n[PER Graça Nham] left.\n[PER Nham] left.",
            "Graca Nham=Graca Nham | Graça Nham=Graca Nham | Nham=Graca Nham",
        );
        check(
            "[PER Ana Roth] met [PER Putin].\n[PER Putnam] left.",
            "Ana Roth=Ana Roth | Putin=Putin | Putnam=Putnam",
        );
    }

    #[test]
    fn families_stay_apart() {
        check(
            "[PER Bill Hart] and [PER Hillary Hart] left.\nMrs. [PER Hart] spoke.\nMr. [PER Hart] slept.\n[PER Hillary] laughed.",
            "Bill Hart=Bill Hart | Hillary Hart=Hillary Hart | Hart=Hillary Hart | Hart=Bill Hart | Hillary=Hillary Hart",
        );
        check(
            "[PER Bill Hart] left.\n[PER Ann Hart] left.\n[PER Hart] slept.",
            "Bill Hart=Bill Hart | Ann Hart=Ann Hart | Hart=Ann Hart",
        );
    }

    #[test]
    fn acronyms_and_short_names_of_institutions_are_resolved() {
        check(
            "[ORG Arms Control Agency] ([ORG ACA]) said so.\n[ORG ACA] left.",
            "Arms Control Agency=Arms Control Agency | ACA=Arms Control Agency | ACA=Arms Control Agency",
        );
        check(
            "[ORG Chinese Foreign Ministry] left.\nThe [ORG Foreign Ministry] said so.\nThe ministry left.",
            "Chinese Foreign Ministry=Chinese Foreign Ministry | Foreign Ministry=Chinese Foreign Ministry | The ministry=Chinese Foreign Ministry",
        );
    }

    #[test]
    fn a_government_city_is_an_actor_where_it_acts_and_a_place_where_not() {
        check_actor("[LOC Moscow] denied it.", "Moscow", "organisation; Russia; -; -");
        check_actor("They met in [LOC Moscow].", "Moscow", "place; Russia; -; -");
        check_actor("The [LOC Kremlin] denied it.", "Kremlin", "organisation; Russia; -; -");
    }

    #[test]
    fn nouns_stand_for_groups_and_for_persons_named_before() {
        check(
            "[LOC U.S.] officials left.\nTwo [LOC US] officials spoke.",
            "U.S.=United States | officials=U.S. officials | US=United States | officials=U.S. officials",
        );
        check(
            "A senior [LOC Peru] official spoke.\nThe official left.",
            "Peru=Peru | official=senior Peru official | The official=senior Peru official",
        );
        check(
            "[PER Ana Roth], the energy minister, spoke.\nThe foreign minister left.\nThe minister slept.",
            "Ana Roth=Ana Roth | The foreign minister=foreign minister | The minister=foreign minister",
        );
        check(
            "Energy Minister [PER Ana Roth] spoke.\nThe minister left.",
            "Ana Roth=Ana Roth | The minister=Ana Roth",
        );
        check("more than 150,000 troops left", "150,000 troops=troops");
    }

    #[test]
    fn sources_are_actors_of_their_own_or_known_ones() {
        check(
            "The [PER Obama] administration left.",
            "Obama=Obama | administration=Obama administration",
        );
        check(
            "The [PER Roth] administration left.\nThe [PER Brandt] administration came.\nThe administration spoke.",
            "Roth=Roth | administration=Roth administration | Brandt=Brandt | administration=Brandt administration | The administration=Brandt administration",
        );
        check(
            "<A close colleague> spoke.\n<The food industry> fears it.\nThe colleague left.",
            "A close colleague=close colleague | The food industry=food industry | The colleague=close colleague",
        );
    }

    #[test]
    fn a_pronoun_behind_a_long_quotation_is_who_was_named_before_it() {
        let quoted = "\u{201c}Let it rain.\n".to_owned() + &"It rained.\n".repeat(8);
        check(
            &format!("[PER Max Lind] spoke.\n{quoted}It did,\u{201d} he said."),
            "Max Lind=Max Lind | he=Max Lind",
        );
    }

    #[test]
    fn pronouns_look_back_to_the_subject() {
        check(
            "[PER William Burns] told [PER Max Lind] that he would leave.",
            "William Burns=William Burns | Max Lind=Max Lind | he=William Burns",
        );
        check(
            "[PER Mary Roth] and [PER Peter Lind] spoke.\nShe left.",
            "Mary Roth=Mary Roth | Peter Lind=Peter Lind | She=Mary Roth",
        );
        check("The [NORP Russians] said they would go.", "Russians=Russia | they=Russia");
        check("[PER Ana Roth], who left, spoke.", "Ana Roth=Ana Roth | who=Ana Roth");
    }

    #[test]
    fn whom_something_is_done_to_is_not_who_does_it() {
        check(
            "[PER William Burns] spoke.\n[PER Max Lind] called him a liar.",
            "William Burns=William Burns | Max Lind=Max Lind | him=William Burns",
        );
        check(
            "[PER Max Lind] said [PER William Burns] had told him so.",
            "Max Lind=Max Lind | William Burns=William Burns | him=Max Lind",
        );
        check(
            "[PER Max Lind] said that they hurt him.",
            "Max Lind=Max Lind | they=? | him=Max Lind",
        );
    }

    #[test]
    fn in_a_quotation_i_is_the_speaker_and_they_are_others() {
        let text = "[NORP French] spokeswoman [PER Ana Roth] spoke of [LOC India]’s deal with [LOC Peru].\n\n“I think they will pay, as France did,” [PER Roth] said.";
        check(
            text,
            "French=France | Ana Roth=Ana Roth | India=India | Peru=Peru | I=Ana Roth | they=India | France=France | Roth=Ana Roth",
        );
    }

    #[test]
    fn mentions_are_in_order_and_do_not_overlap() {
        let fixture =
            Fixture::new("Two [LOC U.S.] officials and [PER Ana Roth]’s aide said he told them.");
        let mentions = fixture.named().mentions;
        assert!(
            mentions.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start),
            "{mentions:?}"
        );
    }

    #[test]
    fn a_line_that_breaks_within_a_name_is_a_space() {
        let mut fixture = Fixture::new("[PER Ana Roth] left.");
        fixture.article.text = fixture.article.text.replace(' ', "\n");
        assert_eq!(fixture.named().actors[0].name, "Ana Roth");
    }

    #[test]
    fn no_sentences_give_nothing() {
        check("", "");
    }
}
