//! Words to running text, for models that were trained on it.

use newstance_doc::Span;

/// Words that stand right behind the one before.
const CLOSING: [&str; 13] = [".", ",", ";", ":", "!", "?", ")", "]", "}", "%", "”", "’", "…"];
/// Words that stand right before the next one.
const OPENING: [&str; 8] = ["(", "[", "{", "“", "‘", "$", "€", "£"];
/// Words that have no white space on either side.
const BINDING: [&str; 3] = ["-", "/", "'"];

/// Whether each of the words of a text, in order, follows the one before without
/// white space.
pub fn joined(words: &[Span]) -> Vec<bool> {
    let before = std::iter::once(None).chain(words.iter().map(|word| Some(word.end)));
    words.iter().zip(before).map(|(word, before)| before == Some(word.start)).collect()
}

/// Running text, and where each word begins in it, in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RunningText {
    pub(crate) text: String,
    pub(crate) starts: Vec<usize>,
}

impl RunningText {
    /// Puts `words` together: with nothing before those that are `joined` to
    /// the one before, and one space before the others. Where `joined` is empty
    /// it is guessed from the words, as English is written.
    pub(crate) fn of(words: &[&str], joined: &[bool]) -> Self {
        let guessed;
        let joined = if joined.len() == words.len() {
            joined
        } else {
            guessed = guess(words);
            &guessed
        };
        let mut result = Self::default();
        for (word, is_joined) in words.iter().zip(joined) {
            if !is_joined && !result.text.is_empty() {
                result.text.push(' ');
            }
            result.starts.push(result.text.len());
            result.text.push_str(word);
        }
        result
    }

    /// The word that byte `at` of the text belongs to.
    pub(crate) fn word_at(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }
}

/// Whether each word stands right behind the one before.
fn guess(words: &[&str]) -> Vec<bool> {
    let mut joined = Vec::with_capacity(words.len());
    let mut before: Option<&str> = None;
    let mut in_quotes = false;
    let mut after_opening_quote = false;
    for word in words {
        let is_closing_quote = *word == "\"" && in_quotes;
        let binds = |word: &str| BINDING.contains(&word) || word == "’";
        let is_joined = before.is_some_and(|before| {
            CLOSING.contains(word)
                || BINDING.contains(word)
                || is_closing_quote
                || OPENING.contains(&before)
                || binds(before)
                || after_opening_quote
        });
        joined.push(is_joined);
        after_opening_quote = *word == "\"" && !in_quotes;
        in_quotes ^= *word == "\"";
        before = Some(word);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::RunningText;

    #[track_caller]
    fn check(words: &str, expected: &str) {
        let words: Vec<&str> = words.split(' ').collect();
        assert_eq!(RunningText::of(&words, &[]).text, expected);
    }

    #[test]
    fn words_are_put_together_as_english_is_written() {
        check("He didn ' t say no .", "He didn't say no.");
        check("“ No , ” he said ( twice ) .", "“No,” he said (twice).");
        check("China ’ s $ 5m loan - free deal", "China’s $5m loan-free deal");
        check("he said \" no \" , twice", "he said \"no\", twice");
    }

    #[test]
    fn what_is_known_is_not_guessed() {
        let words = ["U", ".", "S", ".", ",", "too"];
        let joined = [false, true, true, true, true, false];
        let running = RunningText::of(&words, &joined);
        assert_eq!(running.text, "U.S., too");
        assert_eq!(running.starts, [0, 1, 2, 3, 4, 6]);
        let words_at: Vec<usize> = (0..9).map(|at| running.word_at(at)).collect();
        assert_eq!(words_at, [0, 1, 2, 3, 4, 4, 5, 5, 5]);
        assert_eq!(RunningText::of(&[], &[]).text, "");
    }
}
