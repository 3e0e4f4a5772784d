//! A Parquet file that does not go on for ever.

use std::io::{self, Read};

use bytes::Bytes;
use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, Length};

/// How often a reader may be asked for more at the end of the file.
const MAX_ASKED: u32 = 1000;

/// A file whose readers fail where they are asked for more again and again.
///
/// The crate counts through what the head of a page states, up to 2^31 elements
/// that take no bytes at the end of the file: an hour for one wrong byte.
pub(crate) struct Ending<F>(pub(crate) F);

impl<F: Length> Length for Ending<F> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<F: ChunkReader> ChunkReader for Ending<F> {
    type T = EndingReader<F::T>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(EndingReader { inner: self.0.get_read(start)?, n_asked: 0 })
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        self.0.get_bytes(start, length)
    }
}

/// A reader of such a file.
pub(crate) struct EndingReader<R> {
    inner: R,
    /// How often it had nothing more to give.
    n_asked: u32,
}

impl<R: Read> Read for EndingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.inner.read(buffer)?;
        if n_bytes == 0 && !buffer.is_empty() {
            self.n_asked += 1;
            if self.n_asked > MAX_ASKED {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(n_bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use bytes::Bytes;
    use parquet::file::reader::{ChunkReader as _, Length as _};

    use super::{Ending, MAX_ASKED};

    #[test]
    fn a_reader_says_at_last_that_there_is_no_more() {
        let file = Ending(Bytes::from_static(b"abcdef"));
        assert_eq!((file.len(), &file.get_bytes(1, 2).unwrap()[..]), (6, &b"bc"[..]));
        let (mut reader, mut four) = (file.get_read(2).unwrap(), [0; 4]);
        reader.read_exact(&mut four).unwrap();
        assert_eq!(&four, b"cdef");
        for _ in 0..MAX_ASKED {
            assert_eq!(reader.read(&mut four).unwrap(), 0);
        }
        assert!(reader.read(&mut four).is_err());
    }
}
