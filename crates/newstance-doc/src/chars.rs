//! From bytes to the characters that tables count.

use crate::Span;

/// Maps byte offsets of one text to offsets in Unicode code points.
///
/// Tables count code points, as Python, R, spaCy and brat do. Built once a
/// text; a look-up counts the characters of at most 256 bytes.
#[derive(Clone, Debug)]
pub struct CharOffsets<'t> {
    text: &'t str,
    /// Characters before byte `256 * i`; empty for ASCII, where nothing needs mapping.
    marks: Vec<usize>,
}

const STRIDE_BYTES: usize = 256;

impl<'t> CharOffsets<'t> {
    /// Reads `text` once.
    pub fn new(text: &'t str) -> Self {
        let mut marks = Vec::new();
        if !text.is_ascii() {
            let mut n_chars = 0;
            for (idx, byte) in text.bytes().enumerate() {
                if idx.is_multiple_of(STRIDE_BYTES) {
                    marks.push(n_chars);
                }
                n_chars += usize::from(starts_char(byte));
            }
            if text.len().is_multiple_of(STRIDE_BYTES) {
                marks.push(n_chars);
            }
        }
        Self { text, marks }
    }

    /// The number of characters that begin before byte `byte`.
    ///
    /// # Panics
    ///
    /// If `byte` is past the end of the text.
    pub fn char_at(&self, byte: usize) -> usize {
        assert!(byte <= self.text.len(), "byte {byte} is past the end of the text");
        let Some(&before) = self.marks.get(byte / STRIDE_BYTES) else { return byte };
        let from = byte - byte % STRIDE_BYTES;
        before + self.text.as_bytes()[from..byte].iter().filter(|&&b| starts_char(b)).count()
    }

    /// Start and end of `span` in characters.
    pub fn span(&self, span: Span) -> (usize, usize) {
        (self.char_at(span.start), self.char_at(span.end))
    }
}

fn starts_char(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

#[cfg(test)]
mod tests {
    use super::CharOffsets;

    #[track_caller]
    fn check(text: &str) {
        let offsets = CharOffsets::new(text);
        for (n_chars, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(offsets.char_at(byte), n_chars, "byte {byte} of {text:?}");
        }
        assert_eq!(offsets.char_at(text.len()), text.chars().count());
    }

    #[test]
    fn offsets_count_code_points() {
        check("");
        check("plain");
        check("“Né e\u{301} 👩‍👩‍👧 \u{200f}x”");
        check(&"né👧".repeat(300));
        check(&"é".repeat(128));
    }
}
