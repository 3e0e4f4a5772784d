//! A text's lines, put together to the stretches that sentences lie in.

use newstance_doc::Span;

/// A stretch of text that no sentence crosses: a line, or the lines of a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    /// Without white space around; never empty.
    pub(crate) span: Span,
    /// The paragraph that it stands in, from 0.
    pub(crate) paragraph: usize,
}

/// One line that holds more than white space.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Without white space around.
    span: Span,
    /// Characters from the line's first to the end of `span`.
    width: usize,
    /// Characters of white space before `span`.
    indent: usize,
    /// A blank line (or nothing) is before it.
    after_blank: bool,
}

/// The widest lines that are taken for hard-wrapped, in characters.
const MAX_WRAP_CHARS: usize = 140;
/// The narrowest.
const MIN_WRAP_CHARS: usize = 30;

/// What a single line break inside a paragraph looks like in a text.
#[derive(Clone, Copy, Debug)]
enum Wrap {
    /// There is none: each line is a paragraph.
    Nowhere,
    /// Lines are filled up to `margin` characters.
    Margin { margin: usize, indent: usize },
    /// Paragraphs begin with lines indented more than `indent`.
    Indent { indent: usize },
}

/// The blocks of a text, in order.
///
/// A blank line always ends a paragraph. What a single line break means is
/// decided once a text, whose lines must be narrow (one in twenty may stick
/// out). Where some lines are indented and most others go on inside a sentence,
/// paragraphs begin at the indented ones. Else it is hard-wrapped where most
/// lines end because the next word would not have fitted, and most of those
/// breaks are inside a sentence; then a break is a space, unless the line is a
/// bullet or the one before ends short of the margin. In every other text each
/// line is a paragraph.
pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let lines = lines(text);
    let wrap = wrap(text, &lines);
    let mut blocks: Vec<Block> = Vec::new();
    let mut previous: Option<Line> = None;
    for line in lines {
        let joined = previous.is_some_and(|before| continues(text, before, line, wrap));
        match blocks.last_mut() {
            Some(block) if joined => block.span.end = line.span.end,
            last => {
                let paragraph = last.map_or(0, |block| block.paragraph + 1);
                blocks.push(Block { span: line.span, paragraph });
            }
        }
        previous = Some(line);
    }
    blocks
}

/// Each line as a block of its own: how titles are read.
pub(crate) fn line_blocks(text: &str) -> Vec<Block> {
    lines(text)
        .into_iter()
        .enumerate()
        .map(|(paragraph, line)| Block { span: line.span, paragraph })
        .collect()
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut after_blank = true;
    let mut start = 0;
    for raw in text.split_inclusive(is_line_break) {
        let end = start + raw.len();
        let body = raw.trim_end();
        let trimmed = body.trim_start();
        // The two halves of "\r\n" must not look like a blank line between.
        let half_of_crlf =
            raw == "\n" && start > 0 && text.as_bytes().get(start - 1) == Some(&b'\r');
        if trimmed.is_empty() {
            after_blank |= !half_of_crlf;
        } else {
            let indent_bytes = body.len() - trimmed.len();
            let span = Span::new(start + indent_bytes, start + body.len());
            let indent = Span::new(start, span.start).of(text).chars().count();
            lines.push(Line { span, width: indent + trimmed.chars().count(), indent, after_blank });
            after_blank = false;
        }
        start = end;
    }
    lines
}

fn wrap(text: &str, lines: &[Line]) -> Wrap {
    let mut widths: Vec<usize> = lines.iter().map(|line| line.width).collect();
    widths.sort_unstable();
    let margin = widths.get(widths.len().saturating_sub(1) * 19 / 20).copied().unwrap_or(0);
    let indent = lines.iter().map(|line| line.indent).min().unwrap_or(0) + 1;
    if !(MIN_WRAP_CHARS..=MAX_WRAP_CHARS).contains(&margin) {
        return Wrap::Nowhere;
    }
    let (mut n_flush, mut n_inside, mut n_full, mut n_full_inside) = (0, 0, 0, 0);
    for pair in lines.windows(2) {
        let [before, line] = pair else { continue };
        if line.after_blank || line.indent > indent {
            continue;
        }
        let inside = usize::from(is_inside_sentence(text, *before, *line));
        n_flush += 1;
        n_inside += inside;
        if !fits(text, *before, *line, margin) {
            n_full += 1;
            n_full_inside += inside;
        }
    }
    let some_are_indented = lines.iter().any(|line| line.indent > indent);
    if some_are_indented && n_flush > 0 && n_inside * 2 >= n_flush {
        Wrap::Indent { indent }
    } else if n_full > 0 && n_full * 10 >= n_flush * 6 && n_full_inside * 2 >= n_full {
        Wrap::Margin { margin, indent }
    } else {
        Wrap::Nowhere
    }
}

/// True where the first word of `line` would have fitted at the end of `before`.
fn fits(text: &str, before: Line, line: Line, margin: usize) -> bool {
    let first_word =
        line.span.of(text).chars().take(margin).take_while(|c| !c.is_whitespace()).count();
    // Some wrap a few characters early.
    before.width + 1 + first_word + 4 <= margin
}

/// True where the break after `before` can hardly be the end of a sentence.
fn is_inside_sentence(text: &str, before: Line, line: Line) -> bool {
    starts_low(text, line) || !ends_sentence(text, before)
}

fn starts_low(text: &str, line: Line) -> bool {
    line.span.of(text).chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase)
}

fn ends_sentence(text: &str, line: Line) -> bool {
    let bare = line.span.of(text).trim_end_matches(['"', '\'', '”', '’', '»', ')', ']']);
    bare.ends_with(['.', '!', '?', ':', '…', '。'])
}

fn continues(text: &str, before: Line, line: Line, wrap: Wrap) -> bool {
    if line.after_blank || is_bullet(line.span.of(text)) {
        return false;
    }
    match wrap {
        Wrap::Nowhere => false,
        Wrap::Indent { indent } => line.indent <= indent,
        Wrap::Margin { margin, indent } => {
            line.indent <= indent
                && (!fits(text, before, line, margin)
                    || (starts_low(text, line) && !ends_sentence(text, before)))
        }
    }
}

/// True where a line begins as the item of a list.
fn is_bullet(line: &str) -> bool {
    let mut chars = line.chars();
    let first = chars.next();
    let second = chars.next();
    matches!(first, Some('•' | '·' | '‣' | '▪' | '●' | '■' | '◦' | '*' | '-' | '–'))
        && second.is_none_or(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::{blocks, line_blocks};

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = blocks(text)
            .iter()
            .map(|block| block.span.of(text).split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(found, expected, "blocks of {text:?}");
    }

    #[test]
    fn a_blank_line_ends_a_paragraph() {
        check("One\n\ntwo\n \t\n\n three ", &["One", "two", "three"]);
        check("One\r\n\r\ntwo", &["One", "two"]);
        check("\n\n", &[]);
    }

    #[test]
    fn a_line_of_its_own_is_a_paragraph() {
        check(
            "Headline here\nThe first paragraph is longer than the others.\nSecond.\r\nThird",
            &[
                "Headline here",
                "The first paragraph is longer than the others.",
                "Second.",
                "Third",
            ],
        );
    }

    #[test]
    fn hard_wrapped_lines_are_put_together() {
        check(
            "Showers continued throughout the week in\nthe Bahia cocoa zone, alleviating the drought \
             since early\nJanuary and improving prospects for the coming temporao,\nalthough normal \
             humidity levels have not been restored,\nComissaria Smith said in its weekly review.\n    \
             The dry period means the temporao will be late this year.\n    Arrivals for the week \
             ended February 22 were 155,221 bags\nof 60 kilos making a cumulative total.",
            &[
                "Showers continued throughout the week in the Bahia cocoa zone, alleviating the \
                 drought since early January and improving prospects for the coming temporao, \
                 although normal humidity levels have not been restored, Comissaria Smith said in \
                 its weekly review.",
                "The dry period means the temporao will be late this year.",
                "Arrivals for the week ended February 22 were 155,221 bags of 60 kilos making a \
                 cumulative total.",
            ],
        );
    }

    #[test]
    fn lines_of_figures_stay_apart() {
        check(
            "Shr 16 cts vs 22 cts\n    Net 1,226,597 vs 1,327,016\n    Revs 6,598,580 vs 5,921,828",
            &["Shr 16 cts vs 22 cts", "Net 1,226,597 vs 1,327,016", "Revs 6,598,580 vs 5,921,828"],
        );
    }

    #[test]
    fn wrapped_lists_stay_lists() {
        check(
            "The committee met on Monday to talk about what is to\nbe done about the following \
             three things before the\nyear ends and everybody has left the city again:\n- taxes\n\
             - roads that nobody has mended for a long time and\nthat somebody should mend\n",
            &[
                "The committee met on Monday to talk about what is to be done about the following \
                 three things before the year ends and everybody has left the city again:",
                "- taxes",
                "- roads that nobody has mended for a long time and that somebody should mend",
            ],
        );
    }

    #[test]
    fn paragraphs_are_counted() {
        let text = "a\n\nb\nc";
        let paragraphs: Vec<_> = blocks(text).iter().map(|block| block.paragraph).collect();
        assert_eq!(paragraphs, [0, 1, 2]);
        assert_eq!(line_blocks(text).len(), 3);
    }
}
