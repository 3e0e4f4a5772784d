//! Test articles: text in which the tagger's names are marked.

use std::sync::OnceLock;

use newstance_doc::{Article, Field, Mention, Sentence, Span};
use newstance_model::{LabelSet, Scores};

use crate::annotate::{ActorSettings, Named, Tagged, annotate_actors};
use crate::fold::split_words;
use crate::gazetteer::Gazetteer;
use crate::mentions::{NameScores, find_mentions};

static GAZETTEER: OnceLock<Gazetteer> = OnceLock::new();

pub(crate) struct Fixture {
    pub(crate) article: Article,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) labels: LabelSet,
    pub(crate) scores: Vec<Scores>,
    pub(crate) gazetteer: &'static Gazetteer,
    pub(crate) sources: Vec<(Field, Span)>,
}

impl Fixture {
    /// One sentence a line, paragraphs apart by an empty line, names as `[PER Ana]`, sources of statements as `<the mayor>`.
    pub(crate) fn new(marked: &str) -> Self {
        let kinds = ["PER", "ORG", "LOC", "NORP", "MISC"];
        let mut names = vec!["O".to_owned()];
        names.extend(kinds.iter().flat_map(|kind| [format!("B-{kind}"), format!("I-{kind}")]));
        let mut fixture = Self {
            article: Article::plain("a", ""),
            sentences: Vec::new(),
            labels: LabelSet::new("ner", names),
            scores: Vec::new(),
            gazetteer: GAZETTEER.get_or_init(|| Gazetteer::built_in().unwrap()),
            sources: Vec::new(),
        };
        let mut paragraph = 0;
        for line in marked.lines() {
            if line.trim().is_empty() {
                paragraph += 1;
                fixture.article.text.push('\n');
            } else {
                fixture.add_sentence(line, paragraph, &kinds);
            }
        }
        fixture
    }

    fn add_sentence(&mut self, line: &str, paragraph: usize, kinds: &[&str]) {
        let first = self.article.text.len();
        let mut words = Vec::new();
        let mut columns = Vec::new();
        for (part_idx, part) in line.split('[').enumerate() {
            let marked = (part_idx > 0).then(|| part.split_once(']').unwrap());
            let (kind, name, rest) = match marked {
                Some((name, rest)) => {
                    let (kind, name) = name.split_once(' ').unwrap();
                    (kinds.iter().position(|known| known == &kind), name, rest)
                }
                None => (None, "", part),
            };
            for (chunk, kind) in [(name, kind), (rest, None)] {
                let from = self.article.text.len();
                let chunk = &self.push(chunk);
                let mut at = from;
                for (idx, word) in split_words(chunk).iter().enumerate() {
                    let tail = Span::new(at, self.article.text.len()).of(&self.article.text);
                    let start = at + tail.find(word.as_str()).unwrap();
                    at = start + word.len();
                    words.push(Span::new(start, at));
                    columns.push(kind.map_or(0, |kind| 1 + 2 * kind + usize::from(idx > 0)));
                }
            }
        }
        let n_labels = self.labels.len();
        let mut values = vec![0.0; n_labels * columns.len()];
        for (word, column) in columns.iter().enumerate() {
            values[word * n_labels + column] = 1.0;
        }
        self.scores.push(Scores::new(n_labels, values));
        let span = Span::new(first, self.article.text.len());
        self.sentences.push(Sentence { field: Field::Text, span, paragraph, words });
        self.article.text.push('\n');
    }

    /// Adds a chunk without the marks of sources, and gives it.
    fn push(&mut self, marked: &str) -> String {
        let from = self.article.text.len();
        for character in marked.chars() {
            let at = self.article.text.len();
            match character {
                '<' => self.sources.push((Field::Text, Span::new(at, at))),
                '>' => self.sources.last_mut().unwrap().1.end = at,
                other => self.article.text.push(other),
            }
        }
        self.article.text.get(from..).unwrap_or_default().to_owned()
    }

    pub(crate) fn name_scores(&self) -> NameScores<'_> {
        NameScores { labels: &self.labels, sentences: &self.scores }
    }

    pub(crate) fn mentions(&self) -> Vec<Mention> {
        find_mentions(&self.article, &self.sentences, self.name_scores(), self.gazetteer)
    }

    pub(crate) fn named(&self) -> Named {
        let settings = ActorSettings::default();
        annotate_actors(
            &self.article,
            &self.sentences,
            Tagged { names: self.name_scores(), sources: &self.sources },
            self.gazetteer,
            &settings,
        )
    }
}

/// Mentions as `LABEL text`, in order.
pub(crate) fn shown(article: &Article, mentions: &[Mention]) -> String {
    let one = |m: &Mention| format!("{} {}", m.label.as_str(), m.span.of(article.field(m.field)));
    mentions.iter().map(one).collect::<Vec<_>>().join(" | ")
}

/// Marks as `[PER ...]` what the tagger says; expects the mentions that are found.
#[track_caller]
pub(crate) fn check_mentions(marked: &str, expected: &str) {
    let fixture = Fixture::new(marked);
    assert_eq!(shown(&fixture.article, &fixture.mentions()), expected);
}

/// Mentions as `text=actor`, in order; those of no actor as `text=?`.
pub(crate) fn resolved(article: &Article, named: &Named) -> String {
    let one = |m: &Mention| {
        let actor = m.actor_idx.map_or("?", |idx| named.actors[idx].name.as_str());
        format!("{}={actor}", m.span.of(article.field(m.field)))
    };
    named.mentions.iter().map(one).collect::<Vec<_>>().join(" | ")
}

/// Actors as `name (kind; country; affiliation; role)`, those without a value as `-`.
pub(crate) fn listed(named: &Named) -> String {
    let name = |idx: Option<usize>| idx.map_or("-", |idx| named.actors[idx].name.as_str());
    let mut lines = Vec::new();
    for actor in &named.actors {
        let (country, affiliation) = (name(actor.country_idx), name(actor.affiliation_idx));
        let role = actor.role.as_deref().unwrap_or("-");
        lines.push(format!(
            "{} ({}; {country}; {affiliation}; {role})",
            actor.name,
            actor.kind.as_str()
        ));
    }
    lines.join("\n")
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_gives_ordered_mentions_and_sound_indices(
        parts in proptest::collection::vec(proptest::sample::select(WORDS), 1..40)
    ) {
        let fixture = Fixture::new(&parts.join(" ").replace(" / ", "\n"));
        let named = fixture.named();
        for pair in named.mentions.windows(2) {
            let same = pair[0].sentence_idx == pair[1].sentence_idx;
            proptest::prop_assert!(!same || pair[0].span.end <= pair[1].span.start);
        }
        let n_actors = named.actors.len();
        for mention in &named.mentions {
            proptest::prop_assert!(!mention.span.is_empty());
            proptest::prop_assert!(mention.actor_idx.is_none_or(|idx| idx < n_actors));
        }
        for actor in &named.actors {
            proptest::prop_assert!(actor.country_idx.is_none_or(|idx| idx < n_actors));
            proptest::prop_assert!(actor.affiliation_idx.is_none_or(|idx| idx < n_actors));
        }
        proptest::prop_assert_eq!(&fixture.named(), &named);
    }
}

const WORDS: &[&str] = &[
    "[PER Ana Roth]",
    "[PER Roth]",
    "[LOC U.S.]",
    "[ORG Arms Control Agency]",
    "[ORG ACA]",
    "[NORP Chinese]",
    "[LOC Lima]",
    "[LOC ’]",
    "[PER .]",
    "[PER Mr. Roth’s]",
    "officials",
    "the",
    "minister",
    "spokesman",
    "’s",
    "'",
    "’",
    ",",
    ".",
    "(",
    ")",
    "“",
    "”",
    "\"",
    "he",
    "they",
    "said",
    "in",
    "of",
    "and",
    "two",
    "a",
    "Foreign",
    "her",
    "government",
    "who",
    "I",
    "-",
    "\u{301}",
    "👩‍👩‍👧",
    "/",
    "[ORG the]",
    "1,000",
    "US",
    "Kremlin",
    "it",
];
