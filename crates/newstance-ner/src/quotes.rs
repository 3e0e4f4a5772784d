//! Which words stand in quotation marks.

use crate::reading::Reading;

/// For each sentence, which of its words are quoted. Marks pair up within a paragraph.
pub(crate) fn quoted_words(reading: &Reading<'_>) -> Vec<Vec<bool>> {
    let mut is_open = false;
    let mut place = None;
    let mut quoted = Vec::with_capacity(reading.lines.len());
    for line in &reading.lines {
        if place != Some((line.field, line.paragraph)) {
            is_open = false;
            place = Some((line.field, line.paragraph));
        }
        let mut words = Vec::with_capacity(line.words.len());
        for (idx, word) in line.words.iter().enumerate() {
            match *word {
                "\u{201c}" | "\u{201e}" | "\u{ab}" => is_open = true,
                "\u{201d}" | "\u{bb}" => is_open = false,
                "\"" => is_open = !is_open,
                "\u{2018}" | "'" if !is_open && opens(idx, line) => is_open = true,
                "\u{2019}" | "'" if is_open && closes(idx, line) => is_open = false,
                _ => {}
            }
            words.push(is_open);
        }
        quoted.push(words);
    }
    quoted
}

fn opens(idx: usize, line: &crate::reading::Line<'_>) -> bool {
    !line.is_glued(idx) && line.is_glued(idx + 1)
}

fn closes(idx: usize, line: &crate::reading::Line<'_>) -> bool {
    let after_stop =
        idx.checked_sub(1).is_some_and(|before| matches!(line.word(before), "," | "." | "?" | "!"));
    after_stop && line.is_glued(idx)
}

#[cfg(test)]
mod tests {
    use super::quoted_words;
    use crate::fixture::Fixture;
    use crate::reading::Reading;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let fixture = Fixture::new(text);
        let reading = Reading::new(&fixture.article, &fixture.sentences);
        let mut found = Vec::new();
        for (line, quoted) in reading.lines.iter().zip(quoted_words(&reading)) {
            let inside = line
                .words
                .iter()
                .zip(quoted)
                .filter(|(word, is_in)| *is_in && crate::fold::is_word(word));
            found.extend(inside.map(|(word, _)| *word));
        }
        assert_eq!(found.join(" "), expected);
    }

    #[test]
    fn all_kinds_of_marks_are_read() {
        check("“One,” he said. “Two”", "One Two");
        check("\"One,\" he said", "One");
        check("«One» and ‘two,’ he said", "One two");
        check("'One isn't two,' it's said", "One isn t two");
    }

    #[test]
    fn a_mark_that_is_not_closed_ends_with_its_paragraph() {
        check("“One\n\nTwo", "One");
    }
}
