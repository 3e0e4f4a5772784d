//! From tags to the parts of sources, cues and contents.

use std::ops::Range;

use newstance_model::bio::Tag;

/// A source, cue or content: its runs of words in one paragraph, in order, at
/// least one.
pub(crate) type Parts = Vec<Range<usize>>;

/// The labels of the attribution head.
pub(crate) const ROLES: [&str; 3] = ["SOURCE", "CUE", "CONTENT"];

/// How many words may lie between two parts of one span; by the training data.
const MAX_GAP_WORDS: [usize; 3] = [0, 3, 30];

/// The spans of each of [`ROLES`] in a paragraph.
///
/// `B-` begins a span. Right behind two words or more of its kind of which the
/// last is no sign (`is_sign`) it continues these: contents touch where a sign
/// ends the first (of 19,881 in the `PolNeAR` training part 18 touch otherwise). An `I-` that
/// follows nothing of its kind continues the span of its kind before it, after a
/// gap (`"X," he said. "Y."`), if that is near enough; else it begins one.
pub(crate) fn role_spans(tags: &[Tag<'_>], is_sign: impl Fn(usize) -> bool) -> [Vec<Parts>; 3] {
    let mut found: [Vec<Parts>; 3] = Default::default();
    let mut last = None;
    for (word, tag) in tags.iter().enumerate() {
        let role = tag.label().and_then(|label| ROLES.iter().position(|&role| role == label));
        if let Some(role) = role {
            let spans = &mut found[role];
            let n_open = spans.last().and_then(|span| span.last()).map_or(0, Range::len);
            let touches = last == Some(role) && n_open > 1 && !is_sign(word - 1);
            let begins = matches!(tag, Tag::Begin(_)) && !touches;
            match spans.last_mut().and_then(|span| Some((span.last()?.end, span))) {
                Some((_, span)) if !begins && last == Some(role) => {
                    if let Some(part) = span.last_mut() {
                        part.end = word + 1;
                    }
                }
                Some((end, span)) if !begins && word - end <= MAX_GAP_WORDS[role] => {
                    span.push(word..word + 1);
                }
                _ => spans.push(std::iter::once(word..word + 1).collect()),
            }
        }
        last = role;
    }
    found
}

/// The one of `others` that stands in a sentence of `parts`, and of these the one
/// with the fewest words between, outer ends counted; the earlier of two.
pub(crate) fn nearest<'p>(
    parts: &Parts,
    others: &'p [Parts],
    sentence_of: impl Fn(usize) -> Option<usize>,
) -> Option<&'p Parts> {
    let [start, end] = ends(parts);
    let sentences = sentence_of(start)..=sentence_of(end.max(1) - 1);
    others.iter().min_by_key(|other| {
        let [other_start, other_end] = ends(other);
        let is_elsewhere = !sentences.contains(&sentence_of(other_start));
        (is_elsewhere, signed(other_start, end).max(signed(start, other_end)), other_start)
    })
}

fn ends(parts: &Parts) -> [usize; 2] {
    [parts.first().map_or(0, |part| part.start), parts.last().map_or(0, |part| part.end)]
}

/// Negative where one lies between the parts of the other.
fn signed(from: usize, to: usize) -> i64 {
    i64::try_from(from).unwrap_or(i64::MAX) - i64::try_from(to).unwrap_or(i64::MAX)
}
