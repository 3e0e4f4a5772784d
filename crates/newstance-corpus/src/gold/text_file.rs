//! Files, folders and character offsets.

use std::path::{Path, PathBuf};

use newstance_doc::Span;

use super::GoldError;

/// The text of a file.
pub(crate) fn read(path: &Path) -> Result<String, GoldError> {
    std::fs::read_to_string(path)
        .map_err(|source| GoldError::Read { path: path.to_owned(), source })
}

/// The files of a folder, sorted; the path itself where it is a file.
pub(crate) fn files(path: &Path) -> Result<Vec<PathBuf>, GoldError> {
    let failed = |source| GoldError::Read { path: path.to_owned(), source };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        files.push(entry.map_err(failed)?.path());
    }
    files.sort();
    Ok(files)
}

/// Bytes of characters of one text.
#[derive(Debug)]
pub(crate) struct CharToByte {
    bytes: Vec<usize>,
}

impl CharToByte {
    /// Reads `text` once.
    pub(crate) fn new(text: &str) -> Self {
        let ends = std::iter::once(text.len());
        Self { bytes: text.char_indices().map(|(byte, _)| byte).chain(ends).collect() }
    }

    /// The span of characters `start..end`; none past the end or backward.
    pub(crate) fn span(&self, start: usize, end: usize) -> Option<Span> {
        let (start, end) = (*self.bytes.get(start)?, *self.bytes.get(end)?);
        (start < end).then(|| Span::new(start, end))
    }
}
