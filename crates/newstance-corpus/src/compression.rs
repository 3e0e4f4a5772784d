//! Bytes as stored to bytes as meant.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

const BUFFER_BYTES: usize = 64 * 1024;
/// What an xz stream may ask for; its highest usual level takes 65 MiB.
const XZ_MEMORY_KIB: u32 = 256 * 1024;
/// So much may come of any file, however few bytes are stored.
const UNGUARDED_BYTES: u64 = 64 << 20;

/// How a file is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    /// As it is.
    Plain,
    /// gzip, in one or more members.
    Gzip,
    /// zstd, in one or more frames.
    Zstd,
    /// bzip2, in one or more streams.
    Bzip2,
    /// xz, in one or more streams.
    Xz,
}

impl Compression {
    /// That of files with this extension, in lower case.
    pub(crate) fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "gz" | "gzip" => Some(Self::Gzip),
            "zst" | "zstd" => Some(Self::Zstd),
            "bz2" => Some(Self::Bzip2),
            "xz" => Some(Self::Xz),
            _ => None,
        }
    }
}

/// Counts the bytes that were read of what is stored.
struct Counted<R> {
    inner: R,
    bytes_read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.inner.read(buffer)?;
        self.bytes_read.fetch_add(n_bytes as u64, Ordering::Relaxed);
        Ok(n_bytes)
    }
}

/// A stream of the meant bytes; `bytes_read` counts what it takes of the stored
/// ones, or, of zstd, what it gave. Its errors are of the compression wherever there is one, unless the
/// system says otherwise.
pub(crate) fn decompressed(
    stored: impl Read + Send + 'static,
    compression: Compression,
    bytes_read: &Arc<AtomicU64>,
) -> Box<dyn BufRead + Send> {
    fn buffered<R: Read>(stream: R) -> BufReader<R> {
        BufReader::with_capacity(BUFFER_BYTES, stream)
    }

    let bytes_read = Arc::clone(bytes_read);
    let counted = |inner, bytes_read| buffered(Counted { inner, bytes_read });
    match compression {
        Compression::Plain => Box::new(counted(stored, bytes_read)),
        Compression::Gzip => Box::new(buffered(MultiGzDecoder::new(counted(stored, bytes_read)))),
        Compression::Zstd => Box::new(buffered(ZstdFrames::new(stored, bytes_read))),
        Compression::Bzip2 => Box::new(buffered(MultiBzDecoder::new(counted(stored, bytes_read)))),
        Compression::Xz => {
            let stored = counted(stored, bytes_read);
            Box::new(buffered(XzReader::new_mem_limit(stored, true, XZ_MEMORY_KIB)))
        }
    }
}

/// A stream of meant bytes that fails where there are suspiciously many for
/// what is stored, so that a few bytes cannot keep a run busy for days.
pub(crate) struct Guarded<R> {
    inner: R,
    bytes_stored: Arc<AtomicU64>,
    stored_before: u64,
    max_expansion: u64,
    n_given: u64,
}

impl<R> Guarded<R> {
    /// Guards the stream of a file; `bytes_stored` counts what is read of it
    /// as stored, and maybe of others before.
    pub(crate) fn new(
        inner: R,
        bytes_stored: Arc<AtomicU64>,
        stored_before: u64,
        max_expansion: u64,
    ) -> Self {
        Self { inner, bytes_stored, stored_before, max_expansion, n_given: 0 }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let stored = self.bytes_stored.load(Ordering::Relaxed) - self.stored_before;
        let most = stored.saturating_mul(self.max_expansion).saturating_add(UNGUARDED_BYTES);
        if self.n_given > most {
            let factor = self.max_expansion;
            let message = format!("it grows to over {factor} times its size when decompressed");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let n_bytes = self.inner.read(buffer)?;
        self.n_given += n_bytes as u64;
        Ok(n_bytes)
    }
}

/// The compression that the first bytes of a stream tell of.
pub(crate) fn sniff(first_bytes: &[u8]) -> Compression {
    match first_bytes {
        [0x1f, 0x8b, ..] => Compression::Gzip,
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Compression::Bzip2,
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
        [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
        _ => Compression::Plain,
    }
}

/// Frame after frame of a zstd stream; frames that say so are skipped.
///
/// The decoder keeps a window of up to 128 MiB to itself. Of the stored bytes so
/// many count as read as what was given makes of what was decoded: else an archive
/// would seem read when its first line comes.
struct ZstdFrames<R> {
    stored: BufReader<Counted<R>>,
    decoder: FrameDecoder,
    /// What the decoder of the frame keeps to itself.
    window_bytes: u64,
    in_frame: bool,
    /// Why no more can be decoded, while there is something left to give.
    broken: Option<FrameDecoderError>,
    failed: bool,
    /// What was read of the stored bytes, and what counts as read.
    n_stored: Arc<AtomicU64>,
    n_counted: u64,
    n_given: u64,
    bytes_read: Arc<AtomicU64>,
}

impl<R: Read> ZstdFrames<R> {
    fn new(stored: R, bytes_read: Arc<AtomicU64>) -> Self {
        let n_stored = Arc::new(AtomicU64::new(0));
        let counted = Counted { inner: stored, bytes_read: Arc::clone(&n_stored) };
        Self {
            stored: BufReader::with_capacity(BUFFER_BYTES, counted),
            decoder: FrameDecoder::new(),
            window_bytes: 0,
            in_frame: false,
            broken: None,
            failed: false,
            n_stored,
            n_counted: 0,
            n_given: 0,
            bytes_read,
        }
    }

    /// Counts what was given so far; `n_waiting` bytes are decoded and not given.
    fn count(&mut self, n_waiting: u64) {
        let n_stored = self.n_stored.load(Ordering::Relaxed);
        let n_decoded = u128::from(self.n_given + n_waiting);
        let share = u128::from(n_stored) * u128::from(self.n_given);
        let counts = share.checked_div(n_decoded).and_then(|n| u64::try_from(n).ok());
        let counts = counts.unwrap_or(n_stored);
        self.bytes_read.fetch_add(counts.saturating_sub(self.n_counted), Ordering::Relaxed);
        self.n_counted = self.n_counted.max(counts);
    }

    /// Begins the next frame; false at the end of the stream.
    fn next_frame(&mut self) -> io::Result<bool> {
        loop {
            let mut head = Vec::new();
            (&mut self.stored).take(HEAD_BYTES).read_to_end(&mut head)?;
            if head.is_empty() {
                return Ok(false);
            }
            self.window_bytes = window_bytes(&head);
            match self.decoder.reset((&*head).chain(&mut self.stored)) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.stored).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error)),
            }
        }
    }

    fn read_frames(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame && !self.next_frame()? {
                self.count(0);
                return Ok(0);
            }
            self.in_frame = true;
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let one = || BlockDecodingStrategy::UptoBlocks(1);
                if let Err(error) = self.decoder.decode_blocks(&mut self.stored, one()) {
                    self.broken = Some(error);
                    // The decoder gives its window when a frame ends: as it does with this block.
                    if self.decoder.decode_blocks(LAST_BLOCK, one()).is_err() {
                        break;
                    }
                }
            }
            let n_bytes = self.decoder.read(buffer)?;
            if n_bytes > 0 {
                self.n_given += n_bytes as u64;
                let window = if self.decoder.is_finished() { 0 } else { self.window_bytes };
                self.count(self.decoder.can_collect() as u64 + window);
                return Ok(n_bytes);
            }
            self.in_frame = false;
            if let Some(error) = self.broken.take() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, error));
            }
            let stated = self.decoder.get_checksum_from_data();
            if stated.is_some() && stated != self.decoder.get_calculated_checksum() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum is wrong"));
            }
        }
    }
}

/// The last block of a frame, with nothing in it, and room for a checksum.
const LAST_BLOCK: &[u8] = &[1, 0, 0, 0, 0, 0, 0];

/// The fewest bytes that a frame begins with.
const HEAD_BYTES: u64 = 6;

/// The window that the head of a frame states (RFC 8878, 3.1.1.1.2); 0 where
/// the frame is its own window, which is given when it is finished.
fn window_bytes(head: &[u8]) -> u64 {
    match head {
        [_, _, _, _, flags, window, ..] if flags & 0x20 == 0 => {
            let base = 1 << (10 + (window >> 3));
            base + base / 8 * u64::from(window & 7)
        }
        _ => 0,
    }
}

impl<R: Read> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed || buffer.is_empty() {
            return Ok(0);
        }
        let result = self.read_frames(buffer);
        self.failed = result.is_err();
        result
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Compression, Guarded, decompressed, window_bytes};

    const BLOCK: usize = 100_000;

    /// A frame with a window of 1 MiB, of blocks that are stored as they are, or
    /// as one byte each.
    fn frame(n_blocks: usize, is_short: bool) -> Vec<u8> {
        let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3];
        for block in 1..=n_blocks {
            let head = BLOCK << 3 | usize::from(is_short) << 1 | usize::from(block == n_blocks);
            frame.extend(&head.to_le_bytes()[..3]);
            frame.extend(std::iter::repeat_n(7, if is_short { 1 } else { BLOCK }));
        }
        frame
    }

    #[test]
    fn the_head_of_a_frame_states_its_window() {
        let window = |flags, window| window_bytes(&[0x28, 0xb5, 0x2f, 0xfd, flags, window]);
        assert_eq!(
            [window(0, 0), window(4, 10 << 3), window(0, 10 << 3 | 3)],
            [1024, 1 << 20, 11 << 17]
        );
        assert_eq!([window(0x20, 10 << 3), window_bytes(&[0x28, 0xb5])], [0, 0]);
    }

    #[test]
    fn a_frame_that_grows_beyond_measure_is_stopped() {
        let bytes_read = Arc::new(AtomicU64::new(0));
        let stored = std::io::Cursor::new(frame(10_000, true));
        let stream = decompressed(stored, Compression::Zstd, &bytes_read);
        let mut guarded = Guarded::new(stream, bytes_read, 0, 5);
        let n_given = std::io::copy(&mut guarded, &mut std::io::sink());
        let error = n_given.unwrap_err().to_string();
        assert_eq!(error, "it grows to over 5 times its size when decompressed");
        assert!(guarded.n_given < 70 << 20, "{} bytes were given before", guarded.n_given);
    }

    #[test]
    fn what_came_before_a_break_is_given_from_the_window_too() {
        // With a checksum and without one; cut off in the third block, and in its head.
        for (flags, n_bytes) in [(0, 2 * BLOCK + 500), (4, 2 * BLOCK + 500), (0, 2 * BLOCK + 13)] {
            let mut stored = frame(5, false);
            stored[4] = flags;
            stored.truncate(n_bytes);
            let stored = std::io::Cursor::new(stored);
            let mut stream = decompressed(stored, Compression::Zstd, &Arc::default());
            let mut given = Vec::new();
            assert!(stream.read_to_end(&mut given).is_err(), "{flags}, {n_bytes}");
            assert_eq!(given.len(), 2 * BLOCK, "{flags}, {n_bytes}");
        }
    }

    #[test]
    fn stored_bytes_count_when_what_they_mean_was_given() {
        let stored = [frame(40, false), frame(2, false), frame(20, false)].concat();
        let (size, bytes_read) = (stored.len() as u64, Arc::new(AtomicU64::new(0)));
        let stored = std::io::Cursor::new(stored);
        let mut stream = decompressed(stored, Compression::Zstd, &bytes_read);
        let mut part = vec![0; BLOCK];
        for n_read in 1..=62 {
            stream.read_exact(&mut part).unwrap();
            let counted = bytes_read.load(Ordering::Relaxed);
            let given = size * n_read / 62;
            assert!(counted.abs_diff(given) < 200_000, "{counted} after {given}");
        }
        assert_eq!(stream.read(&mut part).unwrap(), 0);
        assert_eq!(bytes_read.load(Ordering::Relaxed), size);
    }
}
