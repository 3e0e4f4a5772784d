//! JSON Lines: one object a line.

use std::io::{self, BufRead};
use std::sync::Arc;

use newstance_doc::ProblemKind;

use crate::CorpusSettings;
use crate::lines::{Line, LineContent, Lines};
use crate::record::{Unusable, read_record};
use crate::records::{Found, Records};

/// The objects of a file, one a line.
pub(crate) struct JsonLines {
    lines: Lines,
    settings: Arc<CorpusSettings>,
}

impl JsonLines {
    pub(crate) fn new(stream: Box<dyn BufRead + Send>, settings: Arc<CorpusSettings>) -> Self {
        Self { lines: Lines::new(stream, settings.max_record_bytes), settings }
    }

    fn read(&self, line: Line) -> Option<Found> {
        let Line { number, offset_bytes, content, .. } = line;
        let broken =
            |kind, message| Found { line: Some(number), record: Err(Unusable::new(kind, message)) };
        let LineContent::Bytes(bytes) = content else {
            let limit = self.settings.max_record_bytes;
            let message = format!("the line is longer than {limit} bytes");
            return Some(broken(ProblemKind::BrokenRecord, message));
        };
        match str::from_utf8(&bytes) {
            Ok(text) if text.trim().is_empty() => None,
            Ok(text) => {
                Some(Found { line: Some(number), record: read_record(text.trim(), &self.settings) })
            }
            Err(error) => {
                let at = offset_bytes + error.valid_up_to() as u64;
                Some(broken(ProblemKind::InvalidUtf8, format!("byte {at} is not UTF-8")))
            }
        }
    }
}

impl Records for JsonLines {
    fn next_found(&mut self) -> io::Result<Option<Found>> {
        while let Some(line) = self.lines.next_line()? {
            if let Some(found) = self.read(line) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    fn line_at(&self) -> Option<u64> {
        Some(self.lines.n_read() + 1)
    }
}
