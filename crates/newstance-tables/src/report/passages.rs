//! Stretches of articles that evidence is shown in.

use std::collections::HashMap;

use serde::Serialize;

use super::excerpt::Excerpt;
use super::stretch::Stretch;

/// A stretch of an article: article, 1 for the title, first character, text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Passage<'t>(u32, u8, u64, &'t str);

/// The passages of a page, each once, and their articles.
pub(crate) struct Passages<'t> {
    excerpt: &'t Excerpt,
    known: HashMap<Stretch, u32>,
    articles: HashMap<&'t str, u32>,
    /// The passages, by number.
    pub(crate) taken: Vec<Passage<'t>>,
    /// The ids of their articles, by number.
    pub(crate) article_ids: Vec<&'t str>,
    /// Bytes of the texts so far.
    pub(crate) text_bytes: usize,
}

impl<'t> Passages<'t> {
    /// None yet.
    pub(crate) fn new(excerpt: &'t Excerpt) -> Self {
        Self {
            excerpt,
            known: HashMap::new(),
            articles: HashMap::new(),
            taken: Vec::new(),
            article_ids: Vec::new(),
            text_bytes: 0,
        }
    }

    /// Number of the passage of a stretch; none where its article is unknown.
    pub(crate) fn number(&mut self, stretch: Stretch) -> Option<u32> {
        if let Some(number) = self.known.get(&stretch) {
            return Some(*number);
        }
        let text = self.excerpt.texts.get(&stretch)?;
        let (article_id, _) = self.excerpt.articles.get_key_value(&stretch.article_id)?;
        let next_article = u32::try_from(self.article_ids.len()).ok()?;
        let article = *self.articles.entry(article_id).or_insert(next_article);
        if article == next_article {
            self.article_ids.push(article_id);
        }
        let number = u32::try_from(self.taken.len()).ok()?;
        self.text_bytes += text.len();
        self.taken.push(Passage(article, u8::from(stretch.is_title), stretch.start, text));
        self.known.insert(stretch, number);
        Some(number)
    }
}
