//! Small annotated articles for tests.

use jiff::civil::Date;
use newstance_doc::{
    Actor, ActorKind, Annotated, Article, Basis, Field, Force, Holder, Mention, MentionForm,
    MentionLabel, PositionProbabilities, Sentence, Span, SpeakerKind, Stance, Statement,
    StatementForm,
};

/// An article under construction; offsets are found by searching its text.
#[derive(Clone)]
pub(crate) struct Draft {
    annotated: Annotated,
}

impl Draft {
    pub(crate) fn new(id: &str, text: &str) -> Self {
        let article = Article::plain(id, text);
        let annotated = Annotated {
            sentences: sentences(text),
            article,
            mentions: vec![],
            actors: vec![],
            statements: vec![],
            stances: vec![],
        };
        Self { annotated }
    }

    pub(crate) fn date(mut self, date: Date) -> Self {
        self.annotated.article.date = Some(date);
        self
    }

    pub(crate) fn outlet(mut self, outlet: &str) -> Self {
        self.annotated.article.outlet = Some(outlet.to_owned());
        self
    }

    /// Adds an actor; a country is its own country.
    pub(crate) fn actor(&mut self, name: &str, kind: ActorKind) -> usize {
        let idx = self.annotated.actors.len();
        self.annotated.actors.push(Actor {
            name: name.to_owned(),
            kind,
            aliases: vec![],
            wikidata: None,
            country_idx: (kind == ActorKind::Country).then_some(idx),
            affiliation_idx: None,
            role: None,
        });
        idx
    }

    /// Adds an actor of a country (none for ""); `Q` and digits make it one
    /// with a Wikidata id.
    pub(crate) fn actor_of(&mut self, name: &str, kind: ActorKind, country: &str) -> usize {
        let idx = self.actor(name, kind);
        if !country.is_empty() {
            let known = self
                .annotated
                .actors
                .iter()
                .position(|a| a.kind == ActorKind::Country && a.name == country);
            let country_idx = known.unwrap_or_else(|| {
                let country_idx = self.actor(country, ActorKind::Country);
                let is_id = country.starts_with('Q');
                self.annotated.actors[country_idx].wikidata = is_id.then(|| country.to_owned());
                country_idx
            });
            self.annotated.actors[idx].country_idx = Some(country_idx);
        }
        idx
    }

    pub(crate) fn affiliate(&mut self, actor: usize, affiliation: usize, role: &str) {
        self.annotated.actors[actor].affiliation_idx = Some(affiliation);
        self.annotated.actors[actor].role = Some(role.to_owned());
    }

    /// Makes every occurrence of `text` a mention.
    pub(crate) fn mention(&mut self, text: &str, actor: usize) {
        let starts: Vec<usize> =
            self.annotated.article.text.match_indices(text).map(|(start, _)| start).collect();
        for start in starts {
            let span = Span::new(start, start + text.len());
            let sentence = self.annotated.sentences.iter().position(|s| s.span.contains(span));
            if self.annotated.mentions.iter().any(|m| m.span.overlaps(span)) {
                continue;
            }
            self.annotated.mentions.push(Mention {
                sentence_idx: sentence.unwrap(),
                field: Field::Text,
                span,
                label: MentionLabel::Gpe,
                form: MentionForm::Name,
                probability: 0.9,
                actor_idx: Some(actor),
            });
        }
        self.annotated.mentions.sort_by_key(|m| m.span);
    }

    /// Adds a statement; cue and content are searched for in the text.
    pub(crate) fn statement(
        &mut self,
        speaker: Option<usize>,
        cue: &str,
        content: &str,
        force: Force,
    ) -> usize {
        let (cue, content) = (self.find(cue), self.find(content));
        let within = |s: &Sentence| s.span.contains(Span::new(content.start, content.start));
        self.annotated.statements.push(Statement {
            sentence_idx: self.annotated.sentences.iter().position(within).unwrap(),
            field: Field::Text,
            form: StatementForm::Indirect,
            force,
            speaker_idx: speaker,
            speaker_kind: SpeakerKind::Name,
            source: vec![],
            cue: vec![cue],
            content: vec![content],
            parent_idx: None,
            probability: 0.9,
        });
        self.annotated.statements.len() - 1
    }

    pub(crate) fn set_parent(&mut self, statement: usize, parent: usize) {
        self.annotated.statements[statement].parent_idx = Some(parent);
    }

    /// Adds a stance toward `target` with these probabilities (supports,
    /// neutral, opposes), on the evidence of the first sentence.
    pub(crate) fn stance(&mut self, holder: Holder, target: usize, p: (f32, f32, f32)) {
        let probabilities = PositionProbabilities { supports: p.0, neutral: p.1, opposes: p.2 };
        self.annotated.stances.push(Stance {
            sentence_idx: 0,
            field: Field::Text,
            span: self.annotated.sentences[0].span,
            holder,
            target_idx: target,
            position: probabilities.decide(0.5),
            probabilities,
            basis: if holder == Holder::Outlet { Basis::Outlet } else { Basis::Told },
        });
    }

    pub(crate) fn done(&self) -> Annotated {
        self.annotated.clone()
    }

    fn find(&self, part: &str) -> Span {
        let start = self.annotated.article.text.find(part).expect("the text has it");
        Span::new(start, start + part.len())
    }
}

/// Sentences end at a full stop, question or exclamation mark (and the closing
/// quotation mark after it) before white space.
fn sentences(text: &str) -> Vec<Sentence> {
    let mut spans: Vec<Vec<Span>> = vec![vec![]];
    let mut ended = false;
    for span in words(text) {
        let word = span.of(text);
        let closes = matches!(word, "”" | "’" | "\"");
        if ended && !closes {
            spans.push(vec![]);
            ended = false;
        }
        ended |= matches!(word, "." | "?" | "!");
        spans.last_mut().expect("never empty").push(span);
    }
    spans
        .into_iter()
        .filter(|words| !words.is_empty())
        .map(|words| Sentence {
            field: Field::Text,
            span: Span::hull_of(&words).expect("not empty"),
            paragraph: 0,
            words,
        })
        .collect()
}

/// Runs of letters and digits, and every other character but white space.
pub(crate) fn words(text: &str) -> Vec<Span> {
    let mut words: Vec<Span> = Vec::new();
    let mut grows = false;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        if c.is_alphanumeric() {
            match words.last_mut() {
                Some(last) if grows => last.end = end,
                _ => words.push(Span::new(start, end)),
            }
            grows = true;
        } else {
            grows = false;
            if !c.is_whitespace() {
                words.push(Span::new(start, end));
            }
        }
    }
    words
}
