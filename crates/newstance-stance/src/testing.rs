//! Articles from marked texts, for tests.
//!
//! `{S:..}`, `{C:..}`, `{T:..}` mark a source, cue and content; `{t:..}` (and
//! `{s:..}`, `{c:..}`) a further part of the one before. `[Kyiv=G0]` is a
//! mention of actor 0: a name of a Person, Organisation, G country, R group,
//! Location or M topic; `n` a nominal, `p` a pronoun. `‖` ends a sentence, a
//! line break a paragraph.

use newstance_doc::{
    Actor, ActorKind, Article, Field, Mention, MentionForm, MentionLabel, Sentence, Span, Statement,
};
use newstance_model::{LabelSet, ModelError, Scores, TokenClassifier, TokenHead, WordText};

use crate::{ForceLexicon, Layers, find_statements, nest_statements, resolve_speakers};

const LABELS: [&str; 7] = ["O", "B-SOURCE", "I-SOURCE", "B-CUE", "I-CUE", "B-CONTENT", "I-CONTENT"];

#[derive(Debug)]
pub(crate) struct Tagged {
    pub(crate) article: Article,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) actors: Vec<Actor>,
    scores: Vec<Scores>,
    labels: LabelSet,
}

#[derive(Debug, Default)]
struct Marks {
    text: String,
    roles: Vec<(char, Span)>,
    mentions: Vec<(char, usize, Span)>,
    /// Ends of sentences, and whether a paragraph ends there.
    ends: Vec<(usize, bool)>,
}

fn read(marked: &str) -> Marks {
    let mut marks = Marks::default();
    let (mut role, mut mention) = (None, 0);
    let mut chars = marked.chars().peekable();
    while let Some(c) = chars.next() {
        let at = marks.text.len();
        match c {
            '{' => {
                role = chars.next().map(|kind| (kind, at));
                chars.next();
            }
            '}' => {
                marks.roles.extend(role.take().map(|(kind, start)| (kind, Span::new(start, at))));
            }
            '[' => mention = at,
            '=' if chars.peek().is_some_and(char::is_ascii_alphabetic) => {
                let kind = chars.next().unwrap();
                let actor = chars.next().unwrap().to_digit(10).unwrap() as usize;
                assert_eq!(chars.next(), Some(']'));
                marks.mentions.push((kind, actor, Span::new(mention, at)));
            }
            '‖' => marks.ends.push((at, false)),
            _ => {
                if c == '\n' {
                    marks.ends.push((at, true));
                }
                marks.text.push(c);
            }
        }
    }
    marks.ends.push((marks.text.len(), true));
    marks
}

fn words(text: &str, within: Span) -> Vec<Span> {
    let mut words: Vec<Span> = Vec::new();
    let mut runs_on = false;
    for (offset, c) in within.of(text).char_indices() {
        let at = within.start + offset;
        let is_word = c.is_alphanumeric();
        match words.last_mut() {
            Some(word) if is_word && runs_on => word.end = at + c.len_utf8(),
            _ if c.is_whitespace() => {}
            _ => words.push(Span::new(at, at + c.len_utf8())),
        }
        runs_on = is_word;
    }
    words
}

fn sentences(marks: &Marks) -> Vec<Sentence> {
    let (mut result, mut start, mut paragraph) = (Vec::new(), 0, 0);
    for &(end, ends_paragraph) in &marks.ends {
        let words = words(&marks.text, Span::new(start, end));
        if let Some(span) = Span::hull_of(&words) {
            result.push(Sentence { field: Field::Text, span, paragraph, words });
        }
        paragraph += usize::from(ends_paragraph);
        start = end;
    }
    result
}

fn kind(letter: char) -> (ActorKind, MentionLabel, MentionForm) {
    use {ActorKind as K, MentionForm as F, MentionLabel as L};
    match letter {
        'O' => (K::Organisation, L::Org, F::Name),
        'G' => (K::Country, L::Gpe, F::Name),
        'R' => (K::Group, L::Norp, F::Name),
        'L' => (K::Place, L::Loc, F::Name),
        'M' => (K::Topic, L::Misc, F::Name),
        'n' => (K::Group, L::Per, F::Nominal),
        'p' => (K::Person, L::Per, F::Pronoun),
        _ => (K::Person, L::Per, F::Name),
    }
}

impl Tagged {
    pub(crate) fn new(marked: &str) -> Self {
        let marks = read(marked);
        let sentences = sentences(&marks);
        let labels = LABELS.map(str::to_owned);
        let scores = sentences.iter().map(|sentence| scores(&marks, sentence)).collect();
        let mut tagged = Self {
            mentions: Vec::new(),
            actors: Vec::new(),
            scores,
            labels: LabelSet::new("attribution", labels.to_vec()),
            article: article(&marks.text),
            sentences,
        };
        for &(letter, actor_idx, span) in &marks.mentions {
            tagged.mention(letter, actor_idx, span);
        }
        tagged
    }

    fn mention(&mut self, letter: char, actor_idx: usize, span: Span) {
        let (kind, label, form) = kind(letter);
        while self.actors.len() <= actor_idx {
            let name = span.of(&self.article.text).to_owned();
            let actor = Actor {
                name,
                kind,
                aliases: Vec::new(),
                wikidata: None,
                country_idx: None,
                affiliation_idx: None,
                role: None,
            };
            self.actors.push(actor);
        }
        let sentence_idx = self.sentences.iter().position(|s| s.span.contains(span)).unwrap();
        let field = Field::Text;
        let actor_idx = Some(actor_idx);
        self.mentions.push(Mention {
            sentence_idx,
            field,
            span,
            label,
            form,
            probability: 1.0,
            actor_idx,
        });
    }

    pub(crate) fn layers(&self) -> Layers<'_> {
        Layers {
            article: &self.article,
            sentences: &self.sentences,
            mentions: &self.mentions,
            actors: &self.actors,
        }
    }

    pub(crate) fn statements(&self) -> Vec<Statement> {
        let lexicon = ForceLexicon::built_in();
        find_statements(&self.article, &self.sentences, &self.scores, &self.labels, &lexicon)
            .unwrap()
    }

    pub(crate) fn resolved(&self) -> Vec<Statement> {
        let lexicon = ForceLexicon::built_in();
        let tagger = VerbTagger::new();
        let statements =
            nest_statements(&tagger, &self.article, &self.sentences, self.statements(), &lexicon);
        resolve_speakers(&self.layers(), statements.unwrap())
    }

    pub(crate) fn texts(&self, spans: &[Span]) -> String {
        let texts: Vec<&str> = spans.iter().map(|span| span.of(&self.article.text)).collect();
        texts.join(" + ")
    }

    /// `source | cue | content | force form` of each statement.
    pub(crate) fn shown(&self) -> Vec<String> {
        let show = |s: &Statement| {
            let [source, cue, content] = [&s.source, &s.cue, &s.content].map(|x| self.texts(x));
            format!("{source} | {cue} | {content} | {} {}", s.force.as_str(), s.form.as_str())
        };
        self.statements().iter().map(show).collect()
    }
}

/// Tags the first verb of saying or thinking as a cue, the word before it as
/// its source and all after it as its content.
#[derive(Debug)]
struct VerbTagger([TokenHead; 1]);

impl VerbTagger {
    fn new() -> Self {
        let labels = LabelSet::new("attribution", LABELS.map(str::to_owned).to_vec());
        Self([TokenHead { role: "attribution".to_owned(), labels }])
    }
}

impl TokenClassifier for VerbTagger {
    fn heads(&self) -> &[TokenHead] {
        &self.0
    }

    fn score_words(&self, batch: &[WordText<'_>]) -> Result<Vec<Vec<Scores>>, ModelError> {
        let scores = |text: &WordText<'_>| {
            let verbs = ["said", "thought", "denied", "records"];
            let cue = text.words.iter().position(|word| verbs.contains(word));
            let column = |idx: usize| match cue {
                Some(cue) if idx + 1 == cue && text.words[idx] != "Having" => 1,
                Some(cue) if idx == cue => 3,
                Some(cue) if idx > cue => 5 + usize::from(idx > cue + 1),
                _ => 0,
            };
            vec![Scores::new(7, (0..text.len()).flat_map(|idx| row(column(idx))).collect())]
        };
        Ok(batch.iter().map(scores).collect())
    }
}

/// Each word's tag with .94.
fn scores(marks: &Marks, sentence: &Sentence) -> Scores {
    let mut values = Vec::new();
    for word in &sentence.words {
        let role = marks.roles.iter().find(|(_, span)| span.contains(*word));
        let column = role.map_or(0, |(kind, span)| {
            let begins = kind.is_uppercase() && span.start == word.start;
            let role = "SCT".find(kind.to_ascii_uppercase()).unwrap();
            1 + 2 * role + usize::from(!begins)
        });
        values.extend(row(column));
    }
    Scores::new(7, values)
}

fn row(column: usize) -> [f32; 7] {
    std::array::from_fn(|idx| if idx == column { 0.94 } else { 0.01 })
}

fn article(text: &str) -> Article {
    Article::plain("a", text)
}
