//! Where sentences begin and end.

use newstance_doc::{Field, Sentence, Span};

use crate::abbreviation::{
    Stop, follows_clock, is_initial, is_speech_verb, is_starter, stop_after,
};
use crate::block::{Block, blocks, line_blocks};
use crate::words;

/// The sentences of a field, in order; every word of it is in exactly one.
///
/// No sentence crosses a paragraph. A blank line ends a paragraph, and so does
/// every single line break, unless the text as a whole is hard-wrapped: most of
/// its lines then end near one margin and inside a sentence, and such a break is
/// a space. In a title each line is a paragraph.
///
/// Within a paragraph a sentence ends after a full stop, a question or
/// exclamation mark or an ellipsis, together with the quotation marks and
/// brackets that close behind it, where white space and then a capital, a
/// number or an uncased letter follow. Full stops of initials, titles, acronyms
/// and abbreviations do so only before a word that begins sentences ("the U.S.
/// The"), `"Why?" Smith asked` is one sentence, and what has no stop or no space
/// behind its stop is not cut. The time taken is linear in the text.
pub fn sentences(text: &str, field: Field) -> Vec<Sentence> {
    let blocks = match field {
        Field::Title => line_blocks(text),
        Field::Text => blocks(text),
    };
    let mut found = Vec::new();
    for block in blocks {
        for span in split(text, block, field) {
            let words = words(text, span);
            found.push(Sentence { field, span, paragraph: block.paragraph, words });
        }
    }
    found
}

fn split(text: &str, block: Block, field: Field) -> Vec<Span> {
    let scan = Scan { text, end: block.span.end, is_title: field == Field::Title };
    let mut spans = Vec::new();
    let mut start = block.span.start;
    while let Some(end) = scan.next_end(start) {
        spans.push(Span::new(start, end));
        start = end + leading_space(scan.rest(end));
    }
    spans.push(Span::new(start, block.span.end));
    spans
}

/// What closes a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Stop,
    Question,
    Ellipsis {
        n_dots: usize,
        after_space: bool,
    },
    /// Marks of scripts that put no space behind them.
    Wide,
}

/// A mark with what closes behind it.
#[derive(Clone, Copy, Debug)]
struct End {
    mark: Mark,
    /// Where the mark begins.
    start: usize,
    /// Behind the mark and all that closes.
    behind: usize,
    /// A quotation mark closes behind the mark.
    closes_quote: bool,
}

/// What sort of character the next word begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    Capital,
    Number,
    Low,
}

/// What follows a mark.
#[derive(Clone, Copy, Debug)]
struct Next<'t> {
    start: Start,
    /// The word, without what opens before it.
    word: &'t str,
    /// The text from the word on, to the end of the block.
    rest: &'t str,
    after_quote: bool,
    after_bullet: bool,
    after_dash: bool,
}

/// One block on the way to its sentences.
struct Scan<'t> {
    text: &'t str,
    /// Where the block ends.
    end: usize,
    is_title: bool,
}

impl<'t> Scan<'t> {
    fn rest(&self, from: usize) -> &'t str {
        Span::new(from, self.end).of(self.text)
    }

    /// Where the sentence that begins at `start` ends; none where it is the last.
    fn next_end(&self, start: usize) -> Option<usize> {
        let mut at = start;
        loop {
            let mark_start = at + self.rest(at).find(is_mark)?;
            let end = self.read_end(start, mark_start);
            if end.behind == self.end {
                return None;
            }
            if self.ends_sentence(start, end) {
                return Some(end.behind);
            }
            at = end.behind;
        }
    }

    fn read_end(&self, sentence_start: usize, mark_start: usize) -> End {
        let (mut mark_end, mut n_dots, mut asks, mut wide) = (mark_start, 0, false, false);
        loop {
            let rest = self.rest(mark_end);
            let marks = rest.len() - rest.trim_start_matches(is_mark).len();
            for c in rest.chars().take_while(|&c| is_mark(c)) {
                match c {
                    '…' => n_dots += 3,
                    '.' | '۔' | '।' => n_dots += 1,
                    '。' | '！' | '？' | '｡' => wide = true,
                    _ => asks = true,
                }
            }
            mark_end += marks;
            match spaced_dots(self.rest(mark_end)) {
                Some(space) => mark_end += space,
                None => break,
            }
        }
        let before = Span::new(sentence_start, mark_start).of(self.text);
        let mark = if wide {
            Mark::Wide
        } else if asks {
            Mark::Question
        } else if n_dots > 1 {
            let after_space = before.is_empty() || before.ends_with(char::is_whitespace);
            Mark::Ellipsis { n_dots, after_space }
        } else {
            Mark::Stop
        };
        let (closers, closes_quote) = closers(self.rest(mark_end));
        End { mark, start: mark_start, behind: mark_end + closers, closes_quote }
    }

    fn ends_sentence(&self, sentence_start: usize, end: End) -> bool {
        if end.mark == Mark::Wide {
            return true;
        }
        let Some(next) = next_word(self.rest(end.behind)) else { return false };
        match end.mark {
            Mark::Wide => true,
            Mark::Question => match next.start {
                Start::Capital => {
                    !(end.closes_quote && speech_follows(next))
                        && (is_starter(next.word) || !self.is_shouted_name(sentence_start, end))
                }
                Start::Number => true,
                Start::Low => next.after_bullet,
            },
            Mark::Ellipsis { n_dots, after_space } => {
                let full = n_dots > 3 || end.closes_quote;
                match next.start {
                    Start::Capital if end.closes_quote && speech_follows(next) => false,
                    Start::Capital if is_first_person(next.word) => full,
                    Start::Capital => full || !after_space || is_starter(next.word),
                    Start::Number => full,
                    Start::Low => false,
                }
            }
            Mark::Stop => self.stop_ends_sentence(sentence_start, end, next),
        }
    }

    fn stop_ends_sentence(&self, sentence_start: usize, end: End, next: Next<'_>) -> bool {
        let (token, is_first) = self.token_before(sentence_start, end.start);
        if is_first && is_enumerator(token) {
            return false;
        }
        let stop = match stop_after(token) {
            Stop::Plain if is_upper_word(token) && is_upper_word(next.word) => {
                stop_after(&capitalised(token))
            }
            stop => stop,
        };
        match (next.start, stop) {
            (Start::Low, Stop::Plain) => {
                next.after_bullet || (next.after_quote && !end.closes_quote)
            }
            (_, Stop::Never)
            | (Start::Low, _)
            | (Start::Number, Stop::BeforeNumber | Stop::Clock | Stop::Either) => false,
            (_, Stop::Plain) => true,
            (Start::Capital, Stop::BeforeNumber) => {
                token.starts_with(char::is_lowercase)
                    || matches!(token, "No" | "Nos")
                    || is_starter(next.word)
            }
            (Start::Capital, Stop::Clock) => {
                !self.is_title && !follows_clock(next.word) && !is_time_of_place(next)
            }
            (Start::Capital, Stop::Either) => {
                !self.is_title
                    && !next.after_dash
                    && ((end.closes_quote && !is_initial(token)) || begins_sentence(next))
            }
        }
    }

    /// What stands before a mark, back to white space, without what opens
    /// before it; and whether the sentence begins with it.
    fn token_before(&self, sentence_start: usize, mark_start: usize) -> (&'t str, bool) {
        let before = Span::new(sentence_start, mark_start).of(self.text);
        let token = before.rsplit(char::is_whitespace).next().unwrap_or(before);
        let bare = token.trim_start_matches(|c: char| !c.is_alphanumeric());
        let lead = Span::new(0, before.len() - bare.len()).of(before);
        (bare, !lead.contains(char::is_alphanumeric))
    }

    /// True for names that end in an exclamation mark.
    fn is_shouted_name(&self, sentence_start: usize, end: End) -> bool {
        !end.closes_quote
            && matches!(self.token_before(sentence_start, end.start).0, "Yahoo" | "Jeopardy")
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '‽' | '؟' | '۔' | '।' | '。' | '！' | '？' | '｡')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '”' | '„' | '‟' | '‘' | '’' | '‚' | '«' | '»' | '‹' | '›' | '`')
}

fn leading_space(rest: &str) -> usize {
    rest.len() - rest.trim_start().len()
}

/// Bytes of white space before dots that go on with an ellipsis (". . ."); none
/// where no such dots follow or a word is glued to them (" ...We").
fn spaced_dots(rest: &str) -> Option<usize> {
    let space = rest.chars().next().filter(|c| c.is_whitespace())?.len_utf8();
    let mut chars = rest.chars().skip(1).skip_while(|c| matches!(c, '.' | '…')).peekable();
    let dots_follow = rest.chars().nth(1).is_some_and(|c| matches!(c, '.' | '…'));
    let glued = chars.peek().is_some_and(|c| c.is_alphanumeric());
    (dots_follow && !glued).then_some(space)
}

/// Bytes of what closes right behind a mark, and whether a quotation mark is in it.
fn closers(rest: &str) -> (usize, bool) {
    let (mut at, mut closes_quote) = (0, false);
    let tail = |at: usize| Span::new(at, rest.len()).of(rest);
    loop {
        let mut chars = tail(at).chars();
        let (first, second) = (chars.next(), chars.next());
        let third = chars.next();
        let ends_word = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        match (first, second) {
            (Some(c), after) if is_quote(c) && ends_word(after) => {
                closes_quote = true;
                at += c.len_utf8();
            }
            (Some(c @ (')' | ']' | '}' | '」' | '』' | '）')), _) => at += c.len_utf8(),
            (Some('['), Some('0'..='9')) => match footnote(tail(at)) {
                Some(length) => at += length,
                None => return (at, closes_quote),
            },
            (Some(space), Some(c @ ('"' | '”' | '’' | '»' | '›')))
                if space.is_whitespace() && third.is_none_or(char::is_whitespace) =>
            {
                closes_quote = true;
                at += space.len_utf8() + c.len_utf8();
            }
            _ => return (at, closes_quote),
        }
    }
}

/// Bytes of a number in square brackets.
fn footnote(rest: &str) -> Option<usize> {
    let digits = rest.bytes().skip(1).take(4).take_while(u8::is_ascii_digit).count();
    (rest.as_bytes().get(digits + 1) == Some(&b']')).then_some(digits + 2)
}

/// What follows, where white space and then a word do.
fn next_word(rest: &str) -> Option<Next<'_>> {
    if !rest.starts_with(char::is_whitespace) {
        return None;
    }
    let (mut after_quote, mut after_bullet, mut after_dash) = (false, false, false);
    for (at, c) in rest.char_indices() {
        match c {
            c if is_quote(c) => after_quote = true,
            '•' | '·' | '‣' | '▪' | '●' | '■' | '◦' => after_bullet = true,
            '-' | '–' | '—' | '―' => after_dash = true,
            '(' | '[' | '{' | '<' | '*' | '_' | '+' | '~' | '>' | '¿' | '¡' | '「' | '『' | '.'
            | '…' => {}
            c if c.is_whitespace() || is_invisible(c) => {}
            c => {
                let rest = Span::new(at, rest.len()).of(rest);
                let word = word_at(rest);
                let start = start_of(c, word)?;
                return Some(Next { start, word, rest, after_quote, after_bullet, after_dash });
            }
        }
    }
    None
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The letters, digits and apostrophes that `rest` begins with, 64 at most.
fn word_at(rest: &str) -> &str {
    let end = rest
        .char_indices()
        .take(64)
        .take_while(|&(_, c)| c.is_alphanumeric() || matches!(c, '\'' | '’'))
        .last()
        .map_or(0, |(at, c)| at + c.len_utf8());
    Span::new(0, end).of(rest)
}

fn start_of(c: char, word: &str) -> Option<Start> {
    if c.is_numeric() || matches!(c, '$' | '€' | '£' | '¥' | '#' | '@') {
        Some(Start::Number)
    } else if c.is_lowercase() {
        // "iPhone", "eBay"
        let second_is_upper = word.chars().nth(1).is_some_and(char::is_uppercase);
        Some(if second_is_upper { Start::Capital } else { Start::Low })
    } else if c.is_alphabetic() {
        Some(Start::Capital)
    } else {
        None
    }
}

/// True where the next word is one that begins sentences, and stands alone
/// (not "A." or "All-Star").
fn begins_sentence(next: Next<'_>) -> bool {
    let after = Span::new(next.word.len(), next.rest.len()).of(next.rest).chars().next();
    is_starter(next.word) && after.is_none_or(|c| c.is_whitespace() || matches!(c, ',' | ':' | '…'))
}

/// True for "Moscow time" and the like.
fn is_time_of_place(next: Next<'_>) -> bool {
    let second = next.rest.split_whitespace().nth(1);
    second
        .is_some_and(|word| matches!(word.trim_end_matches(['.', ',', ';', ')']), "time" | "Time"))
}

fn is_first_person(word: &str) -> bool {
    matches!(word.get(..1), Some("I"))
        && word.chars().nth(1).is_none_or(|c| matches!(c, '\'' | '’'))
}

/// True where the next words name who said what was just quoted ("Mr. Smith asked").
fn speech_follows(next: Next<'_>) -> bool {
    if is_starter(next.word) && !is_first_person(next.word) {
        return false;
    }
    for word in next.rest.split_whitespace().take(7).skip(1) {
        if is_speech_verb(word.trim_end_matches(['.', ',', ':', ';'])) {
            return true;
        }
        if !word.starts_with(char::is_uppercase) && !matches!(word, "of" | "de" | "van" | "von") {
            return false;
        }
    }
    false
}

/// True for the number or letter of a list's item.
fn is_enumerator(token: &str) -> bool {
    is_initial(token)
        || (!token.is_empty() && token.len() <= 3 && token.bytes().all(|b| b.is_ascii_digit()))
}

/// True for a word of two to eight upper-case letters.
fn is_upper_word(word: &str) -> bool {
    (2..=8).contains(&word.len()) && word.chars().all(char::is_uppercase)
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().into_iter().chain(chars.flat_map(char::to_lowercase)).collect()
}

#[cfg(test)]
mod tests {
    use newstance_doc::{Field, Sentence, Span};
    use proptest::prelude::{Strategy, any, prop_oneof, proptest};

    use super::sentences;
    use crate::words;

    /// Sentences of one paragraph, written with `|` between them.
    #[track_caller]
    fn check(marked: &str) {
        let expected: Vec<&str> = marked.split('|').map(str::trim).collect();
        check_in(Field::Text, &marked.replace(" |", "").replace('|', ""), &expected);
    }

    #[track_caller]
    fn check_in(field: Field, text: &str, expected: &[&str]) {
        let found = sentences(text, field);
        let found: Vec<&str> = found.iter().map(|sentence| sentence.span.of(text)).collect();
        assert_eq!(found, expected, "sentences of {text:?}");
    }

    #[test]
    fn a_stop_before_a_capital_ends_a_sentence() {
        check("Russia asked. | China denied. | Nobody knows.");
        check("It fell 3 percent. | 12 people died.");
        check("It cost a lot. | $5 million was lost.");
        check("Is it so? | Yes! | No?! | Perhaps.");
        check("He came. | Élodie left. | Ödön stayed.");
        check("他说。|她说！|好");
        check_in(Field::Text, "", &[]);
        check("No stop at all");
        check("...");
    }

    #[test]
    fn lower_case_goes_on() {
        check("He uses approx. ten. | That is all.");
        check("The firm, i.e. the owner, agreed.");
        check("Bread, milk etc. were sold. | They went fast etc. | Nobody minded.");
        check("It has Yahoo! in it.");
        check("Then iPhones came. | iPhone sales rose.");
    }

    #[test]
    fn titles_and_initials_belong_to_names() {
        check("Mr. Smith met Mrs. Jones. | Dr. Who met Sen. Paul.");
        check("Lt. Gov. Dan Patrick and Rep.-elect Lee met Gen. Milley.");
        check("J. K. Rowling wrote it. | George H. W. Bush read it.");
        check("J.K. Rowling wrote it. | Samuel L. Jackson played.");
        check("Gov. Andrew M. Cuomo spoke. | Mr. D. A. Smith left.");
        check("Sens. Bob Casey and Pat Toomey agreed. | Messrs. Black and White did not.");
        check("St. Petersburg is near Mt. Hood and Ft. Hood.");
        check("That was World War I. | The second was worse.");
        check("Malcolm X. | He spoke.");
        check("GOV. CUOMO MET ST. LOUIS OFFICIALS.");
        check("Roe v. Wade fell. | Smith vs. Jones did not.");
    }

    #[test]
    fn acronyms_end_a_sentence_before_a_word_that_begins_one() {
        check("U.S. officials say so.");
        check("The U.S. House voted. | The U.S. President signed.");
        check("They live in the U.S. | The law is strict.");
        check("They live in the U.S. | It’s strict.");
        check("The U.S.-led coalition left the U.N. Security Council.");
        check("He lives in Washington, D.C. | But she does not.");
        check("They met in the U.S. | “We agree,” he said.");
        check("The U.S. 5th Fleet and the U.S. No. 2 met.");
        check("She has a Ph.D. in law. | He has an M.D. | They married.");
        check("It hit the U.S. | I saw it.");
        check("The U.S. A-10 flew. | The U.S. All-Stars won.");
    }

    #[test]
    fn companies_months_and_places_need_a_word_that_begins_a_sentence() {
        check("Apple Inc. said so. | Gap Inc. | The firm fell.");
        check("Hitachi Co. Ltd. Chairman Sato resigned.");
        check("Goldman Sachs & Co. | It rose.");
        check("On Jan. 5 he left. | In Feb. | He came back.");
        check("Jan. 6, 2021 was a Wednesday. | Oct. 7 was a Saturday.");
        check(
            "Nashville, Tenn. Mayor John Cooper spoke. | He lives in Nashville, Tenn. | She too.",
        );
        check("Sen. Rand Paul (R-Ky.) objected. | Sen. Ed Markey (D-Mass.) | He agreed.");
        check("Martin Luther King Jr. Day came. | He was King Jr. | His father was King Sr.");
        check("He lives on Wall St. | This is new.");
    }

    #[test]
    fn numbers_keep_their_stops() {
        check("It grew 1.5 percent to $1.5 bn. | The rest fell.");
        check("It grew by $1.5 bn. in May.");
        check("No. 3 was best. | He said no. | The others agreed.");
        check("See p. 5 and pp. 12-13, Fig. 2 and Vol. 3. | Then go.");
        check("1. The first point is this. | 2. The second is that.");
        check("In the 1980s. | In the ’90s. | In 2015. | Now.");
        check("It rose .5 percent. | .5 is little.");
    }

    #[test]
    fn clock_times_go_with_days_and_zones() {
        check("At 5 p.m. Monday it began. | At 6 a.m. EST it ended.");
        check("At 5 p.m. Moscow time it began.");
        check("It ended at 9 p.m. | Trump left.");
        check("It ended at 9 p.m. | The crowd left.");
        check("It began at 10 a.m. and ended at 9 p.m. on May 5.");
    }

    #[test]
    fn quotes_and_brackets_close_behind_the_stop() {
        check("“I won.” | “You lost.” | He left.");
        check("\"I won.\" | \"You lost.\" | He left.");
        check("'I won.' | He left.");
        check("« J’ai gagné. » | Il est parti.");
        check("„Ich habe gewonnen.“ | Er ging.");
        check("He left (it was late.) | She stayed.");
        check("He said, “It is ‘over.’” | She left.");
        check("“It is over.” ” | She left.");
        check("It was late.[12] | She stayed.");
        check("He said, “No.” | “Russia has an independent capacity,” he said.");
        check("He left. | (She stayed.) | They met.");
        check("“We will leave the U.S.” | Trump agreed.");
    }

    #[test]
    fn who_said_a_question_stays_with_it() {
        check("“Why?” he asked. | “Because!” she cried.");
        check("“Why?” Smith asked. | “Why?” Mr. Bob Smith asked reporters.");
        check("“Why?” I said. | “Why?” | The crowd left.");
        check("“Where is it?” | He left.");
        check("\"Stop!\" Jane Doe of Amnesty said.");
        check("“We tried …” Smith said.");
    }

    #[test]
    fn an_ellipsis_ends_a_sentence_at_times() {
        check("He waited... | The door opened.");
        check("He waited… | She came.");
        check("We must ... go on. | I think … that is all.");
        check("He met ... Trump at noon.");
        check("That is bad. ... | We must act.");
        check("That is bad. . . . | We must act.");
        check("That is bad. | ...We must act.");
        check("So I said ... I don’t know.");
    }

    #[test]
    fn datelines_begin_the_first_sentence() {
        check("MOSCOW (Reuters) - Russia said so. | It denied it.");
        check("LONDON — The pound fell.");
        check("WASHINGTON, D.C. — The president spoke.");
        check("WASHINGTON, Jan. 5 (AP) -- The president spoke.");
        check("CAIRO, Ill. (AP) — Police came.");
        check("ST. LOUIS (AP) — Police came.");
    }

    #[test]
    fn addresses_are_no_ends() {
        check("Visit www.example.com/a.b?c=D or mail a.b@example.org. | Then wait.");
        check("Amazon.com Inc. fell. | It is at amazon.com. | Go there.");
        check("See https://t.co/Ab.Cd!x for more.");
    }

    #[test]
    fn machine_text_is_left_alone() {
        check(
            "Russia has asked China for its support The war against Ukraine, According to two \
               U.S. officials. | The request includes equipment.",
        );
        check("He left.The rest stayed. | Then they went.");
    }

    #[test]
    fn bullets_begin_sentences() {
        check("We saw this. | • first point. | • Second point.");
        check("We saw this. | — Reuters");
    }

    #[test]
    fn odd_spaces_and_marks_are_no_matter() {
        check("He\u{a0}left.\u{a0}|She\tstayed.\u{2003}| They met.");
        check("He left.\u{200b} | She stayed.".replace('\u{200b}', "").as_str());
        check("\u{200f}He left. | \u{200f}She stayed.");
        check("He left\0. | She\0 stayed.");
    }

    #[test]
    fn lines_are_paragraphs() {
        check_in(
            Field::Text,
            "Russia seeks aid\r\n\r\nRussia asked. China denied\r\nThird",
            &["Russia seeks aid", "Russia asked.", "China denied", "Third"],
        );
    }

    #[test]
    fn a_title_is_cut_at_its_lines_and_plain_stops_only() {
        check_in(Field::Title, "U.S. In Talks With China", &["U.S. In Talks With China"]);
        check_in(Field::Title, "He left. She stayed", &["He left.", "She stayed"]);
        check_in(Field::Title, "Talks fail\nWar goes on", &["Talks fail", "War goes on"]);
        check_in(Field::Title, "Why? The U.S. To Answer", &["Why?", "The U.S. To Answer"]);
    }

    #[test]
    fn five_megabytes_on_a_line_are_read() {
        for unit in ["a. ", "A", ". ", "U.S. ", "\"? ", "… ", "A.", " (\"", "[1"] {
            let text = unit.repeat(5_000_000 / unit.len());
            assert!(!sentences(&text, Field::Text).is_empty());
        }
    }

    fn news() -> impl Strategy<Value = String> {
        let unit = prop_oneof![
            "[A-Za-z]{1,6}",
            "[ ]{1,2}",
            "[.!?…]{1,4}",
            "[\"'“”‘’«»()\\[\\]•—-]",
            proptest::sample::select(vec![
                "U.S.", "Mr.", "p.m.", "No.", "The ", "said ", "\u{a0}", "\u{200b}", "。", "é",
                "1",
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(unit, 0..40).prop_map(|units| units.concat())
    }

    fn assert_sound(text: &str, found: &[Sentence]) {
        let all: Vec<Span> = found.iter().flat_map(|sentence| sentence.words.clone()).collect();
        assert_eq!(all, words(text, Span::new(0, text.len())), "words of {text:?}");
        for sentence in found {
            assert_eq!(Span::hull_of(&sentence.words), Some(sentence.span), "in {text:?}");
        }
        assert!(found.is_sorted_by_key(|sentence| sentence.paragraph));
    }

    proptest! {
        #[test]
        fn every_word_is_in_one_sentence(text in any::<String>()) {
            for field in Field::ALL {
                assert_sound(&text, &sentences(&text, field));
            }
        }

        #[test]
        fn every_word_of_something_like_news_is_in_one_sentence(
            lines in proptest::collection::vec(news(), 0..8)
        ) {
            let text = lines.join("\n");
            assert_sound(&text, &sentences(&text, Field::Text));
        }

        #[test]
        fn a_sentence_is_one_sentence(text in news()) {
            for sentence in sentences(&text, Field::Text) {
                let alone = sentence.span.of(&text);
                let again = sentences(alone, Field::Text);
                assert_eq!(again.len(), 1, "{alone:?} of {text:?}");
            }
        }
    }
}
