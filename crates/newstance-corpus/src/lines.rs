//! Lines of a stream, with their place, in bounded memory.

use std::io::{self, BufRead};

/// One line of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// From 1.
    pub(crate) number: u64,
    /// Where it begins, in bytes of the meant stream.
    pub(crate) offset_bytes: u64,
    /// Without its line break.
    pub(crate) content: LineContent,
    /// Its line break; empty at the end of the stream.
    pub(crate) ending: &'static str,
}

/// What was kept of a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LineContent {
    /// All of it.
    Bytes(Vec<u8>),
    /// Nothing: it is longer than the limit.
    TooLong,
}

/// Reads lines of at most a given length; longer ones are passed over.
pub(crate) struct Lines {
    stream: Box<dyn BufRead + Send>,
    max_line_bytes: usize,
    n_read: u64,
    offset_bytes: u64,
}

impl Lines {
    pub(crate) fn new(stream: Box<dyn BufRead + Send>, max_line_bytes: usize) -> Self {
        Self { stream, max_line_bytes, n_read: 0, offset_bytes: 0 }
    }

    /// Lines read so far.
    pub(crate) fn n_read(&self) -> u64 {
        self.n_read
    }

    /// The next line; none at the end of the stream. A byte order mark before
    /// the first line is left out. After an error nothing more can be read.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line>> {
        let (mut bytes, mut too_long, mut length) = (Vec::new(), false, 0_u64);
        loop {
            let available = match self.stream.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() && length == 0 {
                return Ok(None);
            }
            let newline = available.iter().position(|&byte| byte == b'\n');
            let taken = newline.map_or(available.len(), |at| at + 1);
            let part = available.get(..newline.unwrap_or(taken)).unwrap_or_default();
            too_long |= bytes.len() + part.len() > self.max_line_bytes;
            if too_long {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(part);
            }
            let at_end = available.is_empty();
            self.stream.consume(taken);
            length += taken as u64;
            if newline.is_some() || at_end {
                let ending = if newline.is_some() { "\n" } else { "" };
                return Ok(Some(self.finish(bytes, too_long, length, ending)));
            }
        }
    }

    fn finish(
        &mut self,
        mut bytes: Vec<u8>,
        too_long: bool,
        length: u64,
        mut ending: &'static str,
    ) -> Line {
        let mut offset_bytes = self.offset_bytes;
        self.offset_bytes += length;
        self.n_read += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
            ending = if ending.is_empty() { "\r" } else { "\r\n" };
        }
        if self.n_read == 1 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
            offset_bytes += 3;
        }
        let content = if too_long { LineContent::TooLong } else { LineContent::Bytes(bytes) };
        Line { number: self.n_read, offset_bytes, content, ending }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::{LineContent, Lines};

    #[track_caller]
    fn check(input: &'static [u8], expected: &[(u64, u64, Option<&[u8]>)]) {
        for capacity in [1, 2, 7, 100] {
            let stream = BufReader::with_capacity(capacity, Cursor::new(input));
            let mut lines = Lines::new(Box::new(stream), 5);
            for &(number, offset_bytes, bytes) in expected {
                let line = lines.next_line().unwrap().unwrap();
                let content =
                    bytes.map_or(LineContent::TooLong, |bytes| LineContent::Bytes(bytes.to_vec()));
                assert_eq!((line.number, line.offset_bytes), (number, offset_bytes));
                assert_eq!(line.content, content);
            }
            assert_eq!(lines.next_line().unwrap(), None);
        }
    }

    #[test]
    fn lines_know_their_place() {
        check(b"", &[]);
        check(b"ab\n\nc", &[(1, 0, Some(b"ab")), (2, 3, Some(b"")), (3, 4, Some(b"c"))]);
        check(b"ab\r\nc\r\n", &[(1, 0, Some(b"ab")), (2, 4, Some(b"c"))]);
        check(b"\xef\xbb\xbfab\n", &[(1, 3, Some(b"ab"))]);
    }

    #[test]
    fn a_line_over_the_limit_is_passed_over() {
        check(b"12345\n123456\n1", &[(1, 0, Some(b"12345")), (2, 6, None), (3, 13, Some(b"1"))]);
    }
}
