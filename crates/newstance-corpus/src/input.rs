//! Which files an input consists of, and in what order.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::CorpusError;
use crate::compression::{Compression, Counted, decompressed, sniff};

/// How the records of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One JSON object a line.
    JsonLines,
    /// One article.
    Text,
    /// To be told by the first byte: `{` begins JSON Lines.
    ByContent,
    /// None that is known; found in a folder.
    Unknown,
}

/// One file of the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InputFile {
    /// Where it is; none for standard input.
    pub(crate) path: Option<PathBuf>,
    /// As problems name it.
    pub(crate) name: String,
    /// Its path below the input, with `/`.
    pub(crate) below: String,
    pub(crate) format: Format,
    pub(crate) compression: Option<Compression>,
}

/// The stream of a file and the format of what is in it.
pub(crate) struct OpenInput {
    pub(crate) stream: Box<dyn BufRead + Send>,
    pub(crate) format: Format,
}

/// The files of all inputs and their size in bytes as stored.
///
/// Inputs are sorted by path and an input that is given twice is read once, so
/// that their order does not matter; the files of a folder are sorted by path,
/// too. Hidden files of folders are left out.
pub(crate) fn list_files(inputs: &[PathBuf]) -> Result<(Vec<InputFile>, Option<u64>), CorpusError> {
    if inputs.is_empty() {
        return Err(CorpusError::NoInput);
    }
    let mut sorted = inputs.to_vec();
    sorted.sort();
    sorted.dedup();
    let mut files = Vec::new();
    let mut bytes_total = Some(0);
    for input in sorted {
        if input.as_os_str() == "-" {
            files.push(stdin());
            bytes_total = None;
            continue;
        }
        let find_error = |source| CorpusError::Find { path: input.clone(), source };
        let metadata = fs::metadata(&input).map_err(find_error)?;
        let mut paths = Vec::new();
        if metadata.is_dir() {
            list_folder(&input, &mut paths)?;
        } else {
            paths.push(input.clone());
        }
        for path in paths {
            let size = fs::metadata(&path).map_or(0, |metadata| metadata.len());
            bytes_total = bytes_total.map(|total| total + size);
            files.push(describe(&input, path));
        }
    }
    Ok((files, bytes_total))
}

impl InputFile {
    /// Opens the file; `bytes_read` counts what is read of it as stored.
    pub(crate) fn open(&self, bytes_read: Arc<AtomicU64>) -> io::Result<OpenInput> {
        let stored: Box<dyn Read + Send> = match &self.path {
            Some(path) => Box::new(File::open(path)?),
            None => Box::new(io::stdin()),
        };
        let mut counted = BufReader::new(Counted::new(stored, bytes_read));
        let first_bytes = counted.fill_buf()?;
        let compression = match self.compression {
            Some(compression) if !first_bytes.is_empty() => compression,
            // Nothing at all is an empty file, whatever its name.
            _ => sniff(first_bytes),
        };
        let mut stream = decompressed(counted, compression);
        let format = match self.format {
            Format::ByContent => format_of(&mut stream)?,
            format => format,
        };
        Ok(OpenInput { stream, format })
    }
}

/// What the first byte that is not white space tells of the format.
fn format_of(stream: &mut Box<dyn BufRead + Send>) -> io::Result<Format> {
    let start = stream.fill_buf()?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let first = start.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(if first == Some(&b'{') { Format::JsonLines } else { Format::Text })
}

fn stdin() -> InputFile {
    InputFile {
        path: None,
        name: "-".to_owned(),
        below: String::new(),
        format: Format::ByContent,
        compression: None,
    }
}

fn list_folder(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), CorpusError> {
    let list_error = |source| CorpusError::List { path: folder.to_owned(), source };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(list_error)? {
        entries.push(entry.map_err(list_error)?);
    }
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        // A link to a folder is not followed: it may lead back.
        if entry.file_type().map_err(list_error)?.is_dir() {
            list_folder(&entry.path(), paths)?;
        } else {
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn describe(input: &Path, path: PathBuf) -> InputFile {
    let below = match path.strip_prefix(input) {
        Ok(below) if !below.as_os_str().is_empty() => below,
        _ => Path::new(path.file_name().unwrap_or(path.as_os_str())),
    };
    let below: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let below = below.join("/");
    let low = below.to_ascii_lowercase();
    let (stem, compression) = match low.rsplit_once('.') {
        Some((stem, "gz")) => (stem, Compression::Gzip),
        Some((stem, "zst")) => (stem, Compression::Zstd),
        _ => (low.as_str(), Compression::Plain),
    };
    let format = match stem.rsplit_once('.').map(|(_, extension)| extension) {
        Some("jsonl" | "ndjson" | "json") => Format::JsonLines,
        Some("txt") => Format::Text,
        _ if path == input => Format::ByContent,
        _ => Format::Unknown,
    };
    let name = path.to_string_lossy().into_owned();
    InputFile { path: Some(path), name, below, format, compression: Some(compression) }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Format, describe};
    use crate::compression::Compression;

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
        check("notes", "notes", ("notes", F::ByContent, C::Plain));
        check("notes.gz", "notes.gz", ("notes.gz", F::ByContent, C::Gzip));
    }
}
