//! Bytes as stored to bytes as meant.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::FrameDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

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
pub(crate) struct Counted<R> {
    inner: R,
    bytes_read: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    pub(crate) fn new(inner: R, bytes_read: Arc<AtomicU64>) -> Self {
        Self { inner, bytes_read }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n_bytes = self.inner.read(buffer)?;
        self.bytes_read.fetch_add(n_bytes as u64, Ordering::Relaxed);
        Ok(n_bytes)
    }
}

/// A stream of the meant bytes. Its errors are of the compression wherever
/// there is one, unless the system says otherwise.
pub(crate) fn decompressed(
    stored: impl Read + Send + 'static,
    compression: Compression,
) -> Box<dyn BufRead + Send> {
    let stored = BufReader::with_capacity(BUFFER_BYTES, stored);
    match compression {
        Compression::Plain => Box::new(stored),
        Compression::Gzip => {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(stored)))
        }
        Compression::Zstd => {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, ZstdFrames::new(stored)))
        }
        Compression::Bzip2 => {
            Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiBzDecoder::new(stored)))
        }
        Compression::Xz => {
            let decoder = XzReader::new_mem_limit(stored, true, XZ_MEMORY_KIB);
            Box::new(BufReader::with_capacity(BUFFER_BYTES, decoder))
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
struct ZstdFrames<R> {
    stored: R,
    decoder: FrameDecoder,
    in_frame: bool,
    failed: bool,
}

impl<R: BufRead> ZstdFrames<R> {
    fn new(stored: R) -> Self {
        Self { stored, decoder: FrameDecoder::new(), in_frame: false, failed: false }
    }

    /// Begins the next frame; false at the end of the stream.
    fn next_frame(&mut self) -> io::Result<bool> {
        loop {
            if self.stored.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.stored) {
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
                return Ok(0);
            }
            self.in_frame = true;
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(
                        &mut self.stored,
                        ruzstd::decoding::BlockDecodingStrategy::UptoBlocks(1),
                    )
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            }
            let n_bytes = self.decoder.read(buffer)?;
            if n_bytes > 0 {
                return Ok(n_bytes);
            }
            self.in_frame = false;
            let stated = self.decoder.get_checksum_from_data();
            if stated.is_some() && stated != self.decoder.get_calculated_checksum() {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum is wrong"));
            }
        }
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.failed || buffer.is_empty() {
            return Ok(0);
        }
        let result = self.read_frames(buffer);
        self.failed = result.is_err();
        result
    }
}
