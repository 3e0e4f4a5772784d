//! Where something stands in a text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A stretch of one text, in bytes, half open.
///
/// A span belongs to one field of one article, lies on character boundaries
/// and is never shifted: whoever wants another stretch makes another span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to `end`.
    ///
    /// # Panics
    ///
    /// If `end` is before `start`.
    pub fn new(start: usize, end: usize) -> Self {
        assert!(start <= end, "a span ends before it starts: {start}..{end}");
        Self { start, end }
    }

    /// The characters of `text` that the span covers.
    ///
    /// # Panics
    ///
    /// If the span is not of this text: past its end or inside a character.
    #[expect(clippy::string_slice, reason = "the one place where text is sliced")]
    pub fn of(self, text: &str) -> &str {
        &text[self.start..self.end]
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// True where the span covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// True where `other` lies within this span (or is equal to it).
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// True where the two share at least one byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The smallest span that covers both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The smallest span that covers all of `spans`; none for none.
    pub fn hull_of(spans: &[Self]) -> Option<Self> {
        spans.iter().copied().reduce(Self::hull)
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn a_span_slices_bytes_of_its_text() {
        assert_eq!(Span::new(0, 3).of("é!x"), "é!");
    }

    #[test]
    fn spans_that_touch_do_not_overlap() {
        assert!(!Span::new(0, 3).overlaps(Span::new(3, 5)));
        assert!(Span::new(0, 4).overlaps(Span::new(3, 5)));
    }

    #[test]
    fn the_hull_of_split_content_covers_what_is_between() {
        assert_eq!(Span::hull_of(&[Span::new(10, 12), Span::new(2, 5)]), Some(Span::new(2, 12)));
        assert_eq!(Span::hull_of(&[]), None);
    }
}
