//! What stands in quotation marks.

use newstance_doc::{Span, StatementForm};

/// The stretches of a paragraph that stand in quotation marks, marks included.
#[derive(Debug)]
pub(crate) struct Quotes {
    /// In order; they do not overlap.
    spans: Vec<Span>,
}

/// A mark that was opened and not yet closed.
#[derive(Clone, Copy, Debug)]
struct Open {
    mark: char,
    start: usize,
}

impl Quotes {
    /// Reads the paragraph `within` of `text`.
    ///
    /// Understood are “ ”, „ “, « », ‹ ›, ‘ ’ and the straight marks. A double
    /// mark that is never closed reaches to the paragraph's end, as in a speech
    /// that goes on in the next paragraph; a single one is an apostrophe. Marks
    /// inside others do not matter.
    pub(crate) fn of(text: &str, within: Span) -> Self {
        let chars: Vec<(usize, char)> = within.of(text).char_indices().collect();
        let mut spans = Vec::new();
        let mut open: Option<Open> = None;
        for (idx, &(offset, c)) in chars.iter().enumerate() {
            let before = idx.checked_sub(1).map_or(' ', |i| chars[i].1);
            let after = chars.get(idx + 1).map_or(' ', |next| next.1);
            let at = within.start + offset;
            match open {
                Some(mark) if closes(mark.mark, c, after) => {
                    spans.push(Span::new(mark.start, at + c.len_utf8()));
                    open = None;
                }
                // A double mark inside what looked like a single quotation: that was an apostrophe.
                Some(mark) if !(is_single(mark.mark) && is_opening_double(c)) => {}
                _ if opens(c, before, after) => open = Some(Open { mark: c, start: at }),
                _ => {}
            }
        }
        if let Some(Open { start, .. }) = open.filter(|open| !is_single(open.mark)) {
            spans.push(Span::new(start, within.end));
        }
        Self { spans }
    }

    /// The quotation that `span` lies in, marks included.
    pub(crate) fn around(&self, span: Span) -> Option<Span> {
        self.spans.iter().copied().find(|quote| quote.contains(span))
    }

    /// The form of a content with these `words`.
    pub(crate) fn form(&self, text: &str, words: impl Iterator<Item = Span>) -> StatementForm {
        let (mut inside, mut outside) = (false, false);
        for word in words.filter(|word| word.of(text).contains(char::is_alphanumeric)) {
            if self.around(word).is_some() {
                inside = true;
            } else {
                outside = true;
            }
        }
        match (inside, outside) {
            (true, false) => StatementForm::Direct,
            (true, true) => StatementForm::Mixed,
            (false, _) => StatementForm::Indirect,
        }
    }
}

fn is_single(mark: char) -> bool {
    matches!(mark, '‘' | '\'')
}

pub(crate) fn is_opening_double(c: char) -> bool {
    matches!(c, '“' | '„' | '«' | '‹' | '"')
}

fn opens(c: char, before: char, after: char) -> bool {
    match c {
        '"' | '“' | '„' | '«' | '‹' => true,
        '‘' | '\'' => !before.is_alphanumeric() && after.is_alphanumeric(),
        _ => false,
    }
}

fn closes(open: char, c: char, after: char) -> bool {
    match open {
        '"' => c == '"',
        '„' => matches!(c, '“' | '”'),
        '«' => c == '»',
        '‹' => c == '›',
        '‘' => c == '’' && !after.is_alphanumeric(),
        '\'' => c == '\'' && !after.is_alphanumeric(),
        // An archive that lost half of its curly marks closes with straight ones.
        _ => matches!(c, '”' | '"'),
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::Span;

    use super::Quotes;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let quotes = Quotes::of(text, Span::new(0, text.len()));
        let found: Vec<&str> = quotes.spans.iter().map(|span| span.of(text)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn every_kind_of_mark_is_understood() {
        check("He said “yes.” Then \"no,\" he said.", &["“yes.”", "\"no,\""]);
        check("Elle dit « oui » et „nein“ sagt er.", &["« oui »", "„nein“"]);
        check("He called it ‘the officials’ folly’ again.", &["‘the officials’"]);
        check("She said 'no way' to it.", &["'no way'"]);
    }

    #[test]
    fn apostrophes_quote_nothing() {
        check("Putin’s and the officials' plan, '90s style.", &[]);
        check("It’s ‘in Their Heads.’", &["‘in Their Heads.’"]);
    }

    #[test]
    fn marks_inside_marks_do_not_end_them() {
        check("“He said ‘no’ to me,” she said.", &["“He said ‘no’ to me,”"]);
    }

    #[test]
    fn an_open_quotation_reaches_to_the_end_of_its_paragraph() {
        check("He said: “It goes on", &["“It goes on"]);
        check("", &[]);
    }
}
