//! An article in the terminal: text with coloured spans.

use std::io::Write;

use anstyle::{AnsiColor, Effects, Style};
use newstance_doc::{Annotated, Field, Span};

/// What stands out.
pub(crate) const EMPHASIS: Style = Style::new().bold();
/// What stands back.
pub(crate) const FAINT: Style = Style::new().effects(Effects::DIMMED);
/// A source.
pub(crate) const SOURCE: Style = AnsiColor::Cyan.on_default().effects(Effects::BOLD);
/// A cue.
pub(crate) const CUE: Style = AnsiColor::Yellow.on_default();
/// A content.
pub(crate) const CONTENT: Style = AnsiColor::Green.on_default();
/// A mention of an actor.
pub(crate) const MENTION: Style = Style::new().underline();
/// Support.
pub(crate) const SUPPORTS: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
/// Opposition.
pub(crate) const OPPOSES: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);

/// `text` on one line, without more than `max_chars` characters.
pub(crate) fn one_line(text: &str, max_chars: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= max_chars {
        return line;
    }
    let cut: String = line.chars().take(max_chars.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// Prints one field with sources, cues and contents in colour and mentions
/// underlined; control characters are shown as spaces.
pub(crate) fn field(
    annotated: &Annotated,
    field: Field,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let text = annotated.article.field(field);
    let paints = paints(annotated, field);
    let mut cuts: Vec<usize> = paints.iter().flat_map(|(span, _)| [span.start, span.end]).collect();
    cuts.extend([0, text.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    for edge in cuts.windows(2) {
        let piece = Span::new(edge[0], edge[1]);
        let style = paints
            .iter()
            .filter(|(span, _)| span.contains(piece))
            .fold(Style::new(), |style, (_, over)| lay_over(style, *over));
        let shown: String = piece.of(text).chars().map(visible).collect();
        write!(out, "{style}{shown}{style:#}")?;
    }
    writeln!(out)
}

/// Spans with their styles, the later over the earlier.
fn paints(annotated: &Annotated, field: Field) -> Vec<(Span, Style)> {
    let statements = || annotated.statements.iter().filter(move |s| s.field == field);
    let contents = statements().flat_map(|s| s.content.iter().map(|span| (*span, CONTENT)));
    let cues = statements().flat_map(|s| s.cue.iter().map(|span| (*span, CUE)));
    let sources = statements().flat_map(|s| s.source.iter().map(|span| (*span, SOURCE)));
    let mentions = annotated.mentions.iter().filter(|m| m.field == field && m.actor_idx.is_some());
    contents.chain(cues).chain(sources).chain(mentions.map(|m| (m.span, MENTION))).collect()
}

fn lay_over(below: Style, above: Style) -> Style {
    let color = above.get_fg_color().or(below.get_fg_color());
    Style::new().fg_color(color).effects(below.get_effects() | above.get_effects())
}

fn visible(c: char) -> char {
    if c.is_control() && c != '\n' { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::{one_line, visible};

    #[test]
    fn a_long_text_is_cut_to_a_line() {
        assert_eq!(one_line("a\n b", 10), "a b");
        assert_eq!(one_line("one two three", 8), "one two…");
    }

    #[test]
    fn no_control_character_reaches_the_terminal() {
        assert_eq!("a\u{1b}[31m\0\nb".chars().map(visible).collect::<String>(), "a [31m \nb");
    }
}
