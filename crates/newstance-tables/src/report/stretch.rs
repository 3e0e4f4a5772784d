//! Where in an article evidence stands.

use newstance_doc::rows::{ArticleRow, CharSpan, SentenceRow, StanceRow, StatementRow};

use super::excerpt::Excerpt;

/// A stretch of an article's title or text, in characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stretch {
    /// The article.
    pub(crate) article_id: String,
    /// True for its title.
    pub(crate) is_title: bool,
    /// First character.
    pub(crate) start: u64,
    /// The character behind the last.
    pub(crate) end: u64,
}

impl Stretch {
    /// A sentence with `spans` of its field, which may begin before it or go
    /// beyond it.
    fn new(sentence: &SentenceRow, spans: &[CharSpan]) -> Self {
        let starts = spans.iter().map(|span| span.start_char);
        let ends = spans.iter().map(|span| span.end_char);
        Self {
            article_id: sentence.article_id.clone(),
            is_title: sentence.field == "title",
            start: starts.fold(sentence.start_char, u64::min),
            end: ends.fold(sentence.end_char, u64::max),
        }
    }

    /// What stands there.
    pub(crate) fn of(&self, article: &ArticleRow) -> String {
        let text = if self.is_title { &article.title } else { &article.text };
        let n = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        text.chars().skip(n(self.start)).take(n(self.end.saturating_sub(self.start))).collect()
    }
}

/// Where a statement stands; none where the tables have no such sentence.
pub(crate) fn stretch_of_statement(excerpt: &Excerpt, row: &StatementRow) -> Option<Stretch> {
    let sentence = excerpt.sentences.get(&(row.article_id.clone(), row.sentence))?;
    Some(Stretch::new(sentence, &spans_of(row)))
}

/// Where a stance stands, with its statement if that is in the same field; none
/// where the tables have no such sentence.
pub(crate) fn stretch_of_stance(excerpt: &Excerpt, row: &StanceRow) -> Option<Stretch> {
    let sentence = excerpt.sentences.get(&(row.article_id.clone(), row.sentence))?;
    let mut spans = vec![CharSpan { start_char: row.start_char, end_char: row.end_char }];
    let statement = row.statement_id.as_ref().and_then(|id| excerpt.statements.get(id));
    if let Some(statement) = statement.filter(|statement| statement.field == row.field) {
        spans.extend(spans_of(statement));
    }
    Some(Stretch::new(sentence, &spans))
}

fn spans_of(row: &StatementRow) -> Vec<CharSpan> {
    [&row.source, &row.cue, &row.content].into_iter().flatten().copied().collect()
}
