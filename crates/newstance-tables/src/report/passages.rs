//! Stretches of articles that evidence is shown in.

use std::collections::{BTreeMap, HashMap};

use newstance_doc::rows::{ArticleRow, CharSpan, SentenceRow};
use serde::Serialize;

/// A stretch of an article: article, 1 for the title, first character, text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Passage(u32, u8, u64, String);

/// The passages of a page, each once.
pub(crate) struct Passages<'t> {
    articles: &'t [ArticleRow],
    sentences: BTreeMap<(&'t str, u64), &'t SentenceRow>,
    known: HashMap<(usize, bool, u64, u64), u32>,
    taken: Vec<Passage>,
    text_bytes: usize,
}

impl<'t> Passages<'t> {
    /// No passages of `articles` yet.
    pub(crate) fn new(articles: &'t [ArticleRow], sentences: &'t [SentenceRow]) -> Self {
        let keyed = sentences.iter().map(|row| ((row.article_id.as_str(), row.sentence), row));
        Self {
            articles,
            sentences: keyed.collect(),
            known: HashMap::new(),
            taken: Vec::new(),
            text_bytes: 0,
        }
    }

    /// Number of the passage that has a sentence and `spans` of its field;
    /// none where the tables have no such sentence.
    pub(crate) fn number(
        &mut self,
        article_id: &str,
        sentence: u64,
        spans: &[CharSpan],
    ) -> Option<u32> {
        let sentence = self.sentences.get(&(article_id, sentence))?;
        let find = |row: &ArticleRow| row.article_id.as_str().cmp(article_id);
        let article = self.articles.binary_search_by(find).ok()?;
        let start = spans.iter().map(|span| span.start_char).fold(sentence.start_char, u64::min);
        let end = spans.iter().map(|span| span.end_char).fold(sentence.end_char, u64::max);
        let is_title = sentence.field == "title";
        let next = u32::try_from(self.taken.len()).ok()?;
        let number = *self.known.entry((article, is_title, start, end)).or_insert(next);
        if number == next {
            let row = &self.articles[article];
            let text = if is_title { &row.title } else { &row.text };
            let text = characters(text, start, end);
            self.text_bytes += text.len();
            let article = u32::try_from(article).ok()?;
            self.taken.push(Passage(article, u8::from(is_title), start, text));
        }
        Some(number)
    }

    /// Bytes of the texts so far.
    pub(crate) fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// All passages, by number.
    pub(crate) fn done(self) -> Vec<Passage> {
        self.taken
    }
}

fn characters(text: &str, start: u64, end: u64) -> String {
    let n = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    text.chars().skip(n(start)).take(n(end.saturating_sub(start))).collect()
}
