//! Which files an input consists of, and in what order.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::compression::{Compression, Guarded, decompressed, sniff};
use crate::format::{Format, records_of};
use crate::parquet_rows::ParquetRows;
use crate::records::Records;
use crate::stores::{StoredObject, list_objects};
use crate::{CorpusError, CorpusSettings, StoreOptions};

/// Where a file of the archive is.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    /// What comes on standard input.
    Stdin,
    /// On this machine.
    Path(PathBuf),
    /// In an object store.
    Object(StoredObject),
}

/// One file of the archive.
#[derive(Clone, Debug)]
pub(crate) struct InputFile {
    /// Where it is.
    pub(crate) place: Place,
    /// As problems name it.
    pub(crate) name: String,
    /// Its path below the input, with `/`.
    pub(crate) below: String,
    pub(crate) format: Format,
    pub(crate) compression: Option<Compression>,
    /// Why it cannot be read, where that is known before it is opened.
    pub(crate) fault: Option<String>,
}

/// What a listing of the inputs finds.
#[derive(Default)]
struct Listing {
    files: Vec<InputFile>,
    known: BTreeSet<PathBuf>,
    bytes_total: Option<u64>,
}

/// The files of all inputs and their size in bytes as stored.
///
/// An input that does not exist as it is named, and has `*`, `?` or `[` in its
/// name, is a pattern. Inputs are sorted by path and a file that is given twice
/// is read once, so that their order does not matter; the files of a folder
/// are sorted by path, too. Hidden files of folders are left out; what in a
/// folder is neither file nor folder has a fault. An input `scheme://...` is an
/// address of an object, or of all objects below it, as a folder.
pub(crate) fn list_files(
    inputs: &[PathBuf],
    stores: &StoreOptions,
) -> Result<(Vec<InputFile>, Option<u64>), CorpusError> {
    if inputs.is_empty() {
        return Err(CorpusError::NoInput);
    }
    let mut sorted = inputs.to_vec();
    sorted.sort();
    sorted.dedup();
    let mut listing = Listing { bytes_total: Some(0), ..Listing::default() };
    for input in sorted {
        if input.as_os_str() == "-" {
            listing.files.push(stdin());
            listing.bytes_total = None;
            continue;
        }
        if let Some(address) = as_address(&input) {
            listing.add_objects(address, stores)?;
            continue;
        }
        match fs::metadata(&input) {
            Ok(_) => listing.add(&input, input.clone())?,
            Err(_) if is_pattern(&input) => listing.add_matches(&input)?,
            Err(source) => return Err(CorpusError::Find { path: input, source }),
        }
    }
    Ok((listing.files, listing.bytes_total))
}

impl Listing {
    /// Adds a file, or the files of a folder; they are named from `base` on.
    fn add(&mut self, base: &Path, path: PathBuf) -> Result<(), CorpusError> {
        if !path.is_dir() {
            self.push(base, path, None);
            return Ok(());
        }
        let entries = sorted_entries(&path).map_err(|source| CorpusError::List { path, source })?;
        self.add_entries(base, entries);
        Ok(())
    }

    /// Adds what a pattern fits, named from its first folder without wildcards on.
    fn add_matches(&mut self, pattern: &Path) -> Result<(), CorpusError> {
        let text = pattern.to_string_lossy().into_owned();
        let pattern_error = |source| CorpusError::Pattern { pattern: text.clone(), source };
        let base: PathBuf =
            pattern.components().take_while(|part| !is_pattern(Path::new(part))).collect();
        let mut paths: Vec<PathBuf> =
            glob::glob(&text).map_err(pattern_error)?.filter_map(Result::ok).collect();
        if paths.is_empty() {
            return Err(CorpusError::NoMatch { pattern: text });
        }
        paths.sort();
        paths.into_iter().try_for_each(|path| self.add(&base, path))
    }

    fn add_objects(&mut self, address: &str, stores: &StoreOptions) -> Result<(), CorpusError> {
        for listed in list_objects(address, stores)? {
            if !self.known.insert(PathBuf::from(&listed.address)) {
                continue;
            }
            self.bytes_total = self.bytes_total.map(|total| total + listed.object.size());
            // Its name tells as much as that of a file.
            let base = if listed.is_named { listed.below.as_str() } else { "" };
            let described = describe(Path::new(base), PathBuf::from(&listed.below));
            let (name, place) = (listed.address, Place::Object(listed.object));
            self.files.push(InputFile { name, place, below: listed.below, ..described });
        }
        Ok(())
    }

    fn add_entries(&mut self, base: &Path, entries: Vec<DirEntry>) {
        for entry in entries {
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            // A link to a folder is not followed: it may lead back.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => match sorted_entries(&path) {
                    Ok(entries) => self.add_entries(base, entries),
                    Err(error) => {
                        self.push(
                            base,
                            path,
                            Some(format!("the folder cannot be listed: {error}")),
                        );
                    }
                },
                Ok(_) => {
                    let fault = odd_kind(&path).map(str::to_owned);
                    self.push(base, path, fault);
                }
                Err(error) => self.push(base, path, Some(error.to_string())),
            }
        }
    }

    fn push(&mut self, base: &Path, path: PathBuf, fault: Option<String>) {
        if !self.known.insert(path.clone()) {
            return;
        }
        if fault.is_none() {
            let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
            self.bytes_total = self.bytes_total.map(|total| total + size);
        }
        self.files.push(InputFile { fault, ..describe(base, path) });
    }
}

impl InputFile {
    /// Opens the file; `bytes_read` counts what is read of it as stored.
    pub(crate) fn open(
        &self,
        settings: &Arc<CorpusSettings>,
        bytes_read: &Arc<AtomicU64>,
    ) -> io::Result<Box<dyn Records>> {
        if (self.format, self.compression) == (Format::Parquet, Some(Compression::Plain)) {
            let (bytes_read, settings) = (Arc::clone(bytes_read), Arc::clone(settings));
            match &self.place {
                Place::Path(path) => {
                    let file = File::open(path)?;
                    let n_bytes = file.metadata()?.len();
                    return Ok(Box::new(ParquetRows::open(file, n_bytes, bytes_read, settings)));
                }
                Place::Object(object) => {
                    let (blocks, n_bytes) = (object.blocks(), object.size());
                    return Ok(Box::new(ParquetRows::open(blocks, n_bytes, bytes_read, settings)));
                }
                Place::Stdin => {}
            }
        }
        let stored: Box<dyn Read + Send> = match &self.place {
            Place::Path(path) => Box::new(File::open(path)?),
            Place::Object(object) => Box::new(object.reader()),
            Place::Stdin => Box::new(io::stdin()),
        };
        let stored_before = bytes_read.load(Ordering::Relaxed);
        let mut stored = BufReader::new(stored);
        let first_bytes = stored.fill_buf()?;
        let compression = match self.compression {
            Some(compression) if !first_bytes.is_empty() => compression,
            // Nothing at all is an empty file, whatever its name.
            _ => sniff(first_bytes),
        };
        let mut stream = decompressed(stored, compression, bytes_read);
        if compression != Compression::Plain {
            let factor = settings.max_expansion;
            let guarded = Guarded::new(stream, Arc::clone(bytes_read), stored_before, factor);
            stream = Box::new(BufReader::new(guarded));
        }
        records_of(stream, self.format, &self.below, settings)
    }
}

/// The input, where it is `scheme://...`.
fn as_address(input: &Path) -> Option<&str> {
    let text = input.to_str()?;
    let (scheme, _) = text.split_once("://")?;
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (!scheme.is_empty() && scheme.chars().all(is_scheme)).then_some(text)
}

fn is_pattern(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().iter().any(|byte| b"*?[".contains(byte))
}

/// What is odd about a member of a folder, where reading it would go wrong or
/// never end.
fn odd_kind(path: &Path) -> Option<&'static str> {
    let metadata = fs::metadata(path).ok()?;
    if metadata.is_file() {
        None
    } else if metadata.is_dir() {
        Some("it is a link to a folder, which is not followed")
    } else {
        Some("it is neither a file nor a folder")
    }
}

fn stdin() -> InputFile {
    InputFile {
        place: Place::Stdin,
        name: "-".to_owned(),
        below: String::new(),
        format: Format::ByContent,
        compression: None,
        fault: None,
    }
}

fn sorted_entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(DirEntry::file_name);
    Ok(entries)
}

fn describe(base: &Path, path: PathBuf) -> InputFile {
    let is_named = path == base;
    let below = match path.strip_prefix(base) {
        Ok(below) if !below.as_os_str().is_empty() => below,
        _ => Path::new(path.file_name().unwrap_or(path.as_os_str())),
    };
    let below: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let below = below.join("/");
    let low = below.to_ascii_lowercase();
    let compressed = low
        .rsplit_once('.')
        .and_then(|(stem, extension)| Some((stem, Compression::of_extension(extension)?)));
    let (stem, compression) = compressed.unwrap_or((low.as_str(), Compression::Plain));
    let extension = stem.rsplit_once('.').map(|(_, extension)| extension);
    let other = if is_named { Format::ByContent } else { Format::Unknown };
    let format = extension.and_then(Format::of_extension).unwrap_or(other);
    let name = path.to_string_lossy().into_owned();
    let place = Place::Path(path);
    InputFile { place, name, below, format, compression: Some(compression), fault: None }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{as_address, describe};
    use crate::compression::Compression;
    use crate::format::Format;

    #[track_caller]
    fn check(input: &str, path: &str, expected: (&str, Format, Compression)) {
        let file = describe(Path::new(input), PathBuf::from(path));
        assert_eq!((file.below.as_str(), file.format, file.compression.unwrap()), expected);
    }

    #[test]
    fn names_tell_format_and_compression() {
        use {Compression as C, Format as F};

        check("a.txt", "a.txt", ("a.txt", F::Text, C::Plain));
        check("in/a.TXT.gz", "in/a.TXT.gz", ("a.TXT.gz", F::Text, C::Gzip));
        check("in", "in/b/c.jsonl.zst", ("b/c.jsonl.zst", F::JsonLines, C::Zstd));
        check("in", "in/c.ndjson", ("c.ndjson", F::JsonLines, C::Plain));
        check("in", "in/image.png", ("image.png", F::Unknown, C::Plain));
        check("in", "in/a.CSV.bz2", ("a.CSV.bz2", F::Csv(None), C::Bzip2));
        check("in", "in/a.tsv.xz", ("a.tsv.xz", F::Csv(Some(b'\t')), C::Xz));
        check("in", "in/a.warc.gz", ("a.warc.gz", F::Warc, C::Gzip));
        check("in", "in/a.htm", ("a.htm", F::Html, C::Plain));
        check("in", "in/a.parquet", ("a.parquet", F::Parquet, C::Plain));
        check("notes", "notes", ("notes", F::ByContent, C::Plain));
        check("notes.gz", "notes.gz", ("notes.gz", F::ByContent, C::Gzip));
    }

    #[test]
    fn an_address_has_a_scheme() {
        assert_eq!(as_address(Path::new("s3://bucket/in")), Some("s3://bucket/in"));
        assert_eq!(as_address(Path::new("ftp://a")), Some("ftp://a"));
        for path in ["in/a", "://a", "a b://c", "in/x://c", "C:/in"] {
            assert_eq!(as_address(Path::new(path)), None, "{path}");
        }
    }
}
