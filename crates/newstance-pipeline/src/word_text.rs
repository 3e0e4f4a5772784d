//! The words of a field as a model reads them.

use newstance_doc::{Article, Field, Sentence};
use newstance_model::{Scores, WordText};

/// The words of `field`, with its sentence and paragraph starts.
pub(crate) fn of_field<'t>(article: &'t Article, sentences: &[Sentence], field: Field) -> WordText<'t> {
    let text = article.field(field);
    let mut result = WordText::default();
    let mut paragraph = None;
    for sentence in sentences.iter().filter(|sentence| sentence.field == field) {
        let start = result.words.len();
        result.sentence_starts.push(start);
        if paragraph != Some(sentence.paragraph) {
            result.paragraph_starts.push(start);
            paragraph = Some(sentence.paragraph);
        }
        result.words.extend(sentence.words.iter().map(|word| word.of(text)));
    }
    result
}

/// Cuts the scores of whole fields into those of sentences, in their order.
pub(crate) fn by_sentence(scores: &[Scores; 2], sentences: &[Sentence]) -> Vec<Scores> {
    let mut next = [0, 0];
    let cut = |sentence: &Sentence| {
        let field = match sentence.field {
            Field::Title => 0,
            Field::Text => 1,
        };
        let from = next[field];
        next[field] += sentence.words.len();
        scores[field].slice(from..next[field])
    };
    sentences.iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use newstance_doc::{Article, Field};
    use newstance_model::Scores;

    use super::{by_sentence, of_field};

    fn article(title: &str, text: &str) -> Article {
        Article {
            id: "a".into(),
            title: title.into(),
            text: text.into(),
            date: None,
            date_raw: None,
            outlet: None,
            authors: Vec::new(),
            url: None,
            language: None,
            extra: None,
        }
    }

    #[test]
    fn sentences_and_paragraphs_start_where_they_start() {
        let article = article("A title", "One two. Three.\n\nFour.");
        let mut sentences = newstance_tokenize::sentences(&article.title, Field::Title);
        sentences.extend(newstance_tokenize::sentences(&article.text, Field::Text));
        let words = of_field(&article, &sentences, Field::Text);
        assert_eq!(words.words, ["One", "two", ".", "Three", ".", "Four", "."]);
        assert_eq!(words.sentence_starts, [0, 3, 5]);
        assert_eq!(words.paragraph_starts, [0, 5]);
    }

    #[test]
    fn every_sentence_takes_the_rows_of_its_words() {
        let article = article("A title", "One. Two.");
        let mut sentences = newstance_tokenize::sentences(&article.title, Field::Title);
        sentences.extend(newstance_tokenize::sentences(&article.text, Field::Text));
        let scores = [Scores::new(1, vec![1.0, 2.0]), Scores::new(1, vec![3.0, 4.0, 5.0, 6.0])];
        let cut = by_sentence(&scores, &sentences);
        assert_eq!(cut.iter().map(|rows| rows.row(0)[0]).collect::<Vec<_>>(), [1.0, 3.0, 5.0]);
    }
}
