//! Where a content begins and ends, by its signs.

use std::ops::Range;

use crate::gaps::Parts;
use crate::lexicon::fold;
use crate::paragraph::Paragraph;
use crate::quotes::{Quotes, is_opening_double};

/// What ends no content, outside quotation marks: of 19,881 contents of the
/// `PolNeAR` training part fewer than one in a hundred ends so, where 2,800 stand
/// before a comma and 8,400 before a full stop.
const NO_END: [&str; 10] = [",", ".", ";", ":", "(", "-", "\u{2013}", "\u{2014}", "and", "but"];
const NO_START: [&str; 5] = [",", ".", ";", ":", ")"];
/// The longest label, as in "SEN. ANA M. BRANDT:".
const MAX_LABEL_WORDS: usize = 6;

/// Cuts from a content the signs and conjunctions at its edges that a tagger takes in.
///
/// Nothing is cut within a quotation, nor the full stop of an abbreviation
/// ("U.S."). One word is always left.
pub(crate) fn trim(content: &mut Parts, paragraph: &Paragraph<'_>, quotes: &Quotes) {
    let text = |word: usize| paragraph.words[word].of(paragraph.text);
    let is_in = |list: &[&str], word: usize| {
        list.contains(&fold(text(word)).as_str()) && quotes.around(paragraph.words[word]).is_none()
    };
    for part in content {
        while part.len() > 1 && is_in(&NO_START, part.start) {
            part.start += 1;
        }
        while part.len() > 1 {
            let last = part.end - 1;
            let is_letter = text(last - 1).chars().count() == 1
                && text(last - 1).starts_with(char::is_uppercase);
            let is_abbreviation = text(last) == "." && is_letter;
            let opens = |word: usize| text(word) == "(";
            let is_loose = text(last) == ")" && !part.clone().any(opens);
            if is_abbreviation || !(is_loose || is_in(&NO_END, last)) {
                break;
            }
            part.end = last;
        }
    }
}

/// The words of a transcript's label at the paragraph's head, without its colon:
/// "HAIDARI: They have ...".
pub(crate) fn label(paragraph: &Paragraph<'_>) -> Option<Range<usize>> {
    let text = |word: &usize| paragraph.words.get(*word).map_or("", |word| word.of(paragraph.text));
    let start = usize::from(text(&0).starts_with(is_opening_double));
    let end = (start..=start + MAX_LABEL_WORDS).find(|word| text(word) == ":")?;
    let is_capital = |word: usize| !text(&word).contains(char::is_lowercase);
    let is_name = |word: usize| text(&word).chars().filter(|c| c.is_uppercase()).count() > 1;
    let label = start..end;
    (label.clone().all(is_capital) && label.clone().any(is_name)).then_some(label)
}

/// Cuts a label off a content that begins with it; true where there was something to cut.
pub(crate) fn cut_label(content: &mut Parts, label: &Range<usize>) -> bool {
    let Some(first) = content.first_mut() else { return false };
    let begins = first.start <= label.start && first.end > label.end + 1;
    if begins {
        first.start = label.end + 1;
    }
    begins
}
