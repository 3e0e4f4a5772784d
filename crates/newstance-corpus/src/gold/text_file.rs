//! Files, folders and character offsets.

use std::path::{Path, PathBuf};

use newstance_doc::Span;
use serde_json::Value;

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

/// The values of a file of JSON with the lines that they begin on: the items
/// of one list, or values one after the other.
pub(crate) fn json_values(path: &Path) -> Result<Vec<(usize, Value)>, GoldError> {
    let content = read(path)?;
    let mut values = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(&content).into_iter::<Value>();
    let (mut counted, mut line) = (0, 1);
    loop {
        let rest = Span::new(stream.byte_offset(), content.len()).of(&content);
        let start = content.len() - rest.trim_start().len();
        line += Span::new(counted, start).of(&content).matches('\n').count();
        counted = start;
        match stream.next() {
            Some(Ok(value)) => values.push((line, value)),
            Some(Err(error)) => {
                let (path, line) = (path.to_owned(), error.line());
                return Err(GoldError::Line { path, line, reason: error.to_string() });
            }
            None => break,
        }
    }
    // One list is that of its items, unless it is a pair of text and entities.
    let is_list =
        |value: &Value| value.as_array().is_some_and(|items| !items.iter().any(Value::is_string));
    if values.len() == 1 && is_list(&values[0].1) {
        let (line, list) = values.remove(0);
        let Value::Array(items) = list else { return Ok(values) };
        return Ok(items.into_iter().map(|item| (line, item)).collect());
    }
    Ok(values)
}
