//! JSON that runs over lines: an array of objects, or objects one after another.

use std::io::{self, BufRead};
use std::sync::Arc;

use newstance_doc::ProblemKind;

use crate::CorpusSettings;
use crate::record::{Unusable, read_record};
use crate::records::{Found, Records};

/// The objects of a file, wherever its lines break. Arrays around them and
/// commas between them do not matter.
pub(crate) struct JsonDocuments {
    stream: Box<dyn BufRead + Send>,
    settings: Arc<CorpusSettings>,
    line: u64,
}

/// An object being gathered.
struct Object {
    line: u64,
    bytes: Vec<u8>,
    is_too_long: bool,
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl JsonDocuments {
    pub(crate) fn new(stream: Box<dyn BufRead + Send>, settings: Arc<CorpusSettings>) -> Self {
        Self { stream, settings, line: 1 }
    }

    /// Goes to the next `{`. Gives the line of the first byte on the way that
    /// may not stand between objects, and whether there is an object.
    fn find_object(&mut self) -> io::Result<(Option<u64>, bool)> {
        let mut odd = None;
        while let Some(byte) = self.peek()? {
            match byte {
                b'{' => return Ok((odd, true)),
                b'[' | b']' | b',' | 0xef | 0xbb | 0xbf => {}
                byte if byte.is_ascii_whitespace() => {}
                _ => odd = odd.or(Some(self.line)),
            }
            self.pass(byte);
        }
        Ok((odd, false))
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.stream.fill_buf()?.first().copied())
    }

    fn pass(&mut self, byte: u8) {
        self.line += u64::from(byte == b'\n');
        self.stream.consume(1);
    }

    /// Reads from a `{` to its `}`; none where the file ends before.
    fn gather(&mut self) -> io::Result<(Object, bool)> {
        let mut object = Object::new(self.line);
        loop {
            let available = self.stream.fill_buf()?;
            if available.is_empty() {
                return Ok((object, false));
            }
            let end = available.iter().position(|&byte| object.ends_at(byte));
            let taken = end.map_or(available.len(), |at| at + 1);
            let part = available.get(..taken).unwrap_or_default();
            self.line += part.split(|&byte| byte == b'\n').count() as u64 - 1;
            object.is_too_long |= object.bytes.len() + taken > self.settings.max_record_bytes;
            if object.is_too_long {
                object.bytes = Vec::new();
            } else {
                object.bytes.extend_from_slice(part);
            }
            self.stream.consume(taken);
            if end.is_some() {
                return Ok((object, true));
            }
        }
    }

    fn read(&self, object: &Object) -> Found {
        let broken = |kind, message| Err(Unusable::new(kind, message));
        let record = if object.is_too_long {
            let limit = self.settings.max_record_bytes;
            broken(ProblemKind::BrokenRecord, format!("the object is longer than {limit} bytes"))
        } else {
            match str::from_utf8(&object.bytes) {
                Ok(text) => read_record(text, &self.settings),
                Err(error) => {
                    let at = error.valid_up_to();
                    let message = format!("byte {at} of the object is not UTF-8");
                    broken(ProblemKind::InvalidUtf8, message)
                }
            }
        };
        Found { line: Some(object.line), record }
    }
}

impl Object {
    fn new(line: u64) -> Self {
        let (bytes, is_too_long) = (Vec::new(), false);
        Self { line, bytes, is_too_long, depth: 0, in_string: false, is_escaped: false }
    }

    /// Takes note of a byte; true where it is the `}` of the first `{`.
    fn ends_at(&mut self, byte: u8) -> bool {
        if self.is_escaped {
            self.is_escaped = false;
            return false;
        }
        match byte {
            b'\\' if self.in_string => self.is_escaped = true,
            b'"' => self.in_string = !self.in_string,
            b'{' if !self.in_string => self.depth += 1,
            b'}' if !self.in_string => {
                self.depth -= 1;
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

impl Records for JsonDocuments {
    fn next_found(&mut self) -> io::Result<Option<Found>> {
        let broken = |line, message: &str| Found {
            line: Some(line),
            record: Err(Unusable::new(ProblemKind::BrokenRecord, message.to_owned())),
        };
        let (odd, has_object) = self.find_object()?;
        if let Some(line) = odd {
            return Ok(Some(broken(line, "there is something other than objects")));
        }
        if !has_object {
            return Ok(None);
        }
        let (object, is_whole) = self.gather()?;
        if is_whole {
            return Ok(Some(self.read(&object)));
        }
        Ok(Some(broken(object.line, "the file ends within this object")))
    }

    fn line_at(&self) -> Option<u64> {
        Some(self.line)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};
    use std::sync::Arc;

    use super::JsonDocuments;
    use crate::CorpusSettings;
    use crate::records::Records;

    /// Texts of articles and `!line` of problems.
    #[track_caller]
    fn check(json: &'static str, expected: &[&str]) {
        let settings = CorpusSettings { max_record_bytes: 60, ..CorpusSettings::default() };
        for capacity in [1, 3, 100] {
            let stream = BufReader::with_capacity(capacity, Cursor::new(json));
            let mut documents = JsonDocuments::new(Box::new(stream), Arc::new(settings.clone()));
            let mut found = Vec::new();
            while let Some(next) = documents.next_found().unwrap() {
                let line = next.line.unwrap();
                found.push(next.record.map_or_else(|_| format!("!{line}"), |record| record.text));
            }
            assert_eq!(found, expected, "{json}");
        }
    }

    #[test]
    fn objects_are_found_wherever_lines_break() {
        check("", &[]);
        check("[]", &[]);
        check("{\n \"text\": \"a\"\n}", &["a"]);
        check("[{\"text\": \"a\"}, {\"text\":\n\"b\"}\n]\n", &["a", "b"]);
        check("{\"text\": \"}{[\\\"\"}{\"text\": \"\\\\\"}", &["}{[\"", "\\"]);
        check("\u{feff}[{\"text\": \"a\", \"more\": {\"deep\": {}}}]", &["a"]);
    }

    #[test]
    fn what_is_no_object_costs_itself() {
        check("[1, 2,\n{\"text\": \"a\"}]", &["!1", "a"]);
        check("[{\"text\": \"a\"},\n{\"text\" \"b\"},\n{\"text\": \"c\"}]", &["a", "!2", "c"]);
        check("[{\"text\": \"a\"},\n{\"text\": \"b", &["a", "!2"]);
    }

    #[test]
    fn an_object_over_the_limit_is_passed_over() {
        check(
            "[{\"text\": \"a text that is longer than sixty bytes, with all its quotes\"},
             {\"text\": \"b\"}]",
            &["!1", "b"],
        );
    }
}
