//! A stream of which more can be seen than is taken.

use std::io::{self, BufRead};

/// A stream whose next bytes are looked at before they are taken, so that what
/// is not as it should be can be read in another way. Reading again costs no
/// more than looking: bytes are copied once, however often they are seen.
pub(crate) struct Lookahead {
    stream: Box<dyn BufRead + Send>,
    bytes: Vec<u8>,
    /// Bytes at the beginning that were taken.
    n_taken: usize,
}

impl Lookahead {
    pub(crate) fn new(stream: Box<dyn BufRead + Send>) -> Self {
        Self { stream, bytes: Vec::new(), n_taken: 0 }
    }

    /// The next bytes: `n_bytes` of them or more, fewer where the stream ends.
    pub(crate) fn next(&mut self, n_bytes: usize) -> io::Result<&[u8]> {
        while self.bytes.len() - self.n_taken < n_bytes {
            // What is left is moved only where it is no more than what was taken.
            if self.n_taken >= self.bytes.len().div_ceil(2) {
                self.bytes.drain(..self.n_taken);
                self.n_taken = 0;
            }
            match self.stream.fill_buf() {
                Ok([]) => break,
                Ok(available) => {
                    let n_bytes = available.len();
                    self.bytes.extend_from_slice(available);
                    self.stream.consume(n_bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.bytes.get(self.n_taken..).unwrap_or_default())
    }

    /// The next line with its end, or as much of it as `max_bytes`; empty at
    /// the end of the stream.
    pub(crate) fn next_line(&mut self, max_bytes: usize) -> io::Result<&[u8]> {
        let mut n_searched = 0;
        let length = loop {
            let next = self.next(n_searched + 1)?;
            let next = next.get(..max_bytes).unwrap_or(next);
            let unsearched = next.get(n_searched..).unwrap_or_default();
            if let Some(at) = unsearched.iter().position(|&byte| byte == b'\n') {
                break n_searched + at + 1;
            }
            if unsearched.is_empty() {
                break next.len();
            }
            n_searched = next.len();
        };
        Ok(self.next(length)?.get(..length).unwrap_or_default())
    }

    /// Takes bytes that were seen.
    pub(crate) fn take(&mut self, n_bytes: usize) {
        self.n_taken = (self.n_taken + n_bytes).min(self.bytes.len());
    }

    /// Takes bytes that are not looked at.
    pub(crate) fn skip(&mut self, n_bytes: u64) -> io::Result<()> {
        let seen = self.bytes.len() - self.n_taken;
        let of_seen = usize::try_from(n_bytes).unwrap_or(usize::MAX).min(seen);
        self.take(of_seen);
        let rest = n_bytes - of_seen as u64;
        io::copy(&mut io::Read::take(&mut self.stream, rest), &mut io::sink())?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::Lookahead;

    #[test]
    fn what_was_seen_is_there_until_it_is_taken() {
        for capacity in [1, 2, 5, 100] {
            let text = Cursor::new("one\ntwo\n\nthree");
            let mut stream = Lookahead::new(Box::new(BufReader::with_capacity(capacity, text)));
            assert_eq!(stream.next(6).unwrap().get(..6).unwrap(), b"one\ntw");
            assert_eq!(stream.next_line(100).unwrap(), b"one\n");
            assert_eq!(stream.next_line(2).unwrap(), b"on");
            stream.take(4);
            assert_eq!(stream.next_line(4).unwrap(), b"two\n");
            stream.skip(4).unwrap();
            assert_eq!(stream.next_line(100).unwrap(), b"\n");
            stream.take(1);
            assert_eq!(stream.next_line(100).unwrap(), b"three");
            assert_eq!(stream.next(100).unwrap(), b"three");
            stream.skip(100).unwrap();
            assert_eq!(stream.next_line(100).unwrap(), b"");
        }
    }
}
