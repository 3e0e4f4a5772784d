//! Words of a clause in one piece of memory: an archive has millions of clauses.

/// Words that hold no line break, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct WordList {
    /// A line break behind each.
    lines: Box<str>,
    n_words: usize,
}

impl WordList {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.n_words
    }

    /// Each of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.lines.split_terminator('\n')
    }

    /// True where `word` is among them.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.iter().any(|known| known == word)
    }
}

impl<S: AsRef<str>> FromIterator<S> for WordList {
    fn from_iter<T: IntoIterator<Item = S>>(words: T) -> Self {
        let (mut lines, mut n_words) = (String::new(), 0);
        for word in words {
            lines.push_str(word.as_ref());
            lines.push('\n');
            n_words += 1;
        }
        Self { lines: lines.into_boxed_str(), n_words }
    }
}

#[cfg(test)]
mod tests {
    use super::WordList;

    #[test]
    fn words_come_back_in_order() {
        for words in [&[][..], &["rain"], &["rain", "fell", "rain"], &["", "x"]] {
            let list: WordList = words.iter().collect();
            assert_eq!(list.iter().collect::<Vec<_>>(), words);
            assert_eq!((list.len(), list.is_empty()), (words.len(), words.is_empty()));
            assert_eq!(list.contains("fell"), words.contains(&"fell"));
        }
    }
}
