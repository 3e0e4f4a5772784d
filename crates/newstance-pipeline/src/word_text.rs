//! The words of an article as a model reads them.

use newstance_doc::{Article, Sentence};
use newstance_model::{Scores, WordText};

/// All words of an article, the title's first, as one text: the title is a
/// paragraph of its own.
pub(crate) fn of_article<'t>(article: &'t Article, sentences: &[Sentence]) -> WordText<'t> {
    let mut result = WordText::default();
    let mut paragraph = None;
    // Where the word before ends, and in which field.
    let mut before_ends = None;
    for sentence in sentences {
        let start = result.words.len();
        result.sentence_starts.push(start);
        let here = Some((sentence.field, sentence.paragraph));
        if paragraph != here {
            result.paragraph_starts.push(start);
            paragraph = here;
        }
        let text = article.field(sentence.field);
        for word in &sentence.words {
            let here = Some((sentence.field, word.start));
            result.joined.push(before_ends == here);
            before_ends = Some((sentence.field, word.end));
            result.words.push(word.of(text));
        }
    }
    result
}

/// Cuts the scores of an article into those of its sentences.
pub(crate) fn by_sentence(scores: &Scores, sentences: &[Sentence]) -> Vec<Scores> {
    let mut next = 0;
    let cut = |sentence: &Sentence| {
        let from = next;
        next += sentence.words.len();
        scores.slice(from..next)
    };
    sentences.iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use newstance_doc::{Article, Sentence};
    use newstance_model::Scores;

    use super::{by_sentence, of_article};
    use crate::annotator::sentences_of;

    fn article(title: &str, text: &str) -> (Article, Vec<Sentence>) {
        let article = Article { title: title.into(), ..Article::plain("a", text) };
        let sentences = sentences_of(&article);
        (article, sentences)
    }

    #[test]
    fn sentences_and_paragraphs_start_where_they_start() {
        let (article, sentences) = article("A title", "One two. Three.\n\nFour.");
        let words = of_article(&article, &sentences);
        assert_eq!(words.words, ["A", "title", "One", "two", ".", "Three", ".", "Four", "."]);
        let spaced: Vec<bool> = words.joined.iter().map(|joined| !joined).collect();
        assert_eq!(spaced, [true, true, true, true, false, true, false, true, false]);
        assert_eq!(words.sentence_starts, [0, 2, 5, 7]);
        assert_eq!(words.paragraph_starts, [0, 2, 7]);
    }

    #[test]
    fn every_sentence_takes_the_rows_of_its_words() {
        let (_, sentences) = article("A title", "One. Two.");
        let scores = Scores::new(1, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let cut = by_sentence(&scores, &sentences);
        assert_eq!(cut.iter().map(|rows| rows.row(0)[0]).collect::<Vec<_>>(), [1.0, 3.0, 5.0]);
    }
}
