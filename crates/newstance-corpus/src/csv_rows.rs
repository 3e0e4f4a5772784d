//! CSV and its kin: one article a row, fields by the names in the header.

use std::collections::VecDeque;
use std::io::{self, BufRead};
use std::sync::Arc;

use newstance_doc::ProblemKind;
use serde_json::{Map, Value};

use crate::CorpusSettings;
use crate::lines::{Line, LineContent, Lines};
use crate::record::{Unusable, record_of};
use crate::records::{Found, Records};

/// Lines of a header, at most.
const MAX_HEADER_LINES: usize = 100;

/// The rows of a file.
///
/// A row may go over several lines within quotes. Where such a row is none
/// (its quote never closes, or it has another number of fields than the
/// header), its first line is a problem and reading goes on with the next one,
/// so that a stray quote costs one row and not the rest of the file.
pub(crate) struct CsvRows {
    lines: Lines,
    again: VecDeque<Line>,
    settings: Arc<CorpusSettings>,
    delimiter: Option<u8>,
    header: Option<Vec<String>>,
}

impl CsvRows {
    /// Rows with fields between `delimiter`s; where that is not known, it is
    /// told by the header: a comma, semicolon or tab.
    pub(crate) fn new(
        stream: Box<dyn BufRead + Send>,
        delimiter: Option<u8>,
        settings: Arc<CorpusSettings>,
    ) -> Self {
        let lines = Lines::new(stream, settings.max_record_bytes);
        Self { lines, again: VecDeque::new(), settings, delimiter, header: None }
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        match self.again.pop_front() {
            Some(line) => Ok(Some(line)),
            None => self.lines.next_line(),
        }
    }

    /// The fields of the row that begins with `first`; where it is broken,
    /// what is read beyond that line will be read again.
    fn row(&mut self, first: Line) -> io::Result<Result<Vec<String>, Unusable>> {
        let delimiter = self.delimiter(&first);
        let (mut lines, mut quotes) = (vec![first], Quotes::default());
        let mut n_bytes = 0;
        let ended = loop {
            let last = lines.last().expect("the first line is there");
            let LineContent::Bytes(bytes) = &last.content else { break false };
            n_bytes += bytes.len();
            quotes.read_line(bytes, delimiter);
            if !quotes.is_open {
                // What is odd in one line may be meant; over lines it tells of a stray quote.
                break lines.len() == 1 || !quotes.is_odd;
            }
            // However such a row goes on, it is none. Reading stops here, since all
            // but its first line is read again.
            let n_fields = self.header.as_ref().map_or(usize::MAX, Vec::len);
            if quotes.is_odd
                || quotes.n_ended >= n_fields
                || (self.header.is_none() && lines.len() >= MAX_HEADER_LINES)
                || n_bytes > self.settings.max_record_bytes
            {
                break false;
            }
            match self.next_line()? {
                Some(line) => lines.push(line),
                None => break false,
            }
        };
        let fields = if ended {
            let fields = fields_of(&lines, delimiter);
            fields.and_then(|fields| self.fits_header(fields))
        } else {
            let limit = self.settings.max_record_bytes;
            let message = format!(
                "a quote does not close where it should, or the row has over {limit} bytes"
            );
            Err(Unusable::new(ProblemKind::BrokenRecord, message))
        };
        if fields.is_err() {
            for line in lines.drain(1..).rev() {
                self.again.push_front(line);
            }
        }
        Ok(fields)
    }

    fn fits_header(&self, fields: Vec<String>) -> Result<Vec<String>, Unusable> {
        match &self.header {
            Some(header) if header.len() != fields.len() => {
                let (n, expected) = (fields.len(), header.len());
                let message = format!("the row has {n} fields, but the header names {expected}");
                Err(Unusable::new(ProblemKind::BrokenRecord, message))
            }
            _ => Ok(fields),
        }
    }

    fn delimiter(&mut self, first: &Line) -> u8 {
        *self.delimiter.get_or_insert_with(|| match &first.content {
            LineContent::Bytes(bytes) => delimiter_of(bytes),
            LineContent::TooLong => b',',
        })
    }

    fn record(&self, fields: Vec<String>) -> Result<crate::record::Record, Unusable> {
        let mut object = Map::new();
        for (name, field) in self.header.iter().flatten().zip(fields) {
            if !field.is_empty() {
                object.insert(name.clone(), Value::String(field));
            }
        }
        record_of(object, &self.settings)
    }
}

impl Records for CsvRows {
    fn next_found(&mut self) -> io::Result<Option<Found>> {
        while let Some(line) = self.next_line()? {
            if matches!(&line.content, LineContent::Bytes(bytes) if bytes.trim_ascii().is_empty()) {
                continue;
            }
            let number = Some(line.number);
            match self.row(line)? {
                Ok(fields) if self.header.is_none() => self.header = Some(distinct(fields)),
                Ok(fields) => {
                    return Ok(Some(Found { line: number, record: self.record(fields) }));
                }
                Err(unusable) => return Ok(Some(Found { line: number, record: Err(unusable) })),
            }
        }
        Ok(None)
    }

    fn line_at(&self) -> Option<u64> {
        Some(self.lines.n_read() + 1)
    }
}

/// The delimiter that a header holds most often, outside of quotes.
fn delimiter_of(header: &[u8]) -> u8 {
    let mut in_quotes = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for &byte in header {
        in_quotes ^= byte == b'"';
        for (delimiter, n) in &mut counts {
            *n += i32::from(!in_quotes && byte == *delimiter);
        }
    }
    // The first of equals is the comma.
    counts.into_iter().rev().max_by_key(|(_, n)| *n).map_or(b',', |(delimiter, _)| delimiter)
}

/// Where a row stands with its quotes. A quote opens a field at its beginning
/// only; within it two quotes stand for one.
#[derive(Debug, Default)]
struct Quotes {
    /// A quoted field goes on.
    is_open: bool,
    /// A closing quote was followed by something other than a delimiter.
    is_odd: bool,
    /// Fields that a delimiter ended.
    n_ended: usize,
}

impl Quotes {
    fn read_line(&mut self, line: &[u8], delimiter: u8) {
        let mut at_start = !self.is_open;
        let mut bytes = line.iter().peekable();
        while let Some(&byte) = bytes.next() {
            if self.is_open {
                if byte == b'"' && bytes.next_if_eq(&&b'"').is_none() {
                    self.is_open = false;
                    self.is_odd |= bytes.peek().is_some_and(|next| **next != delimiter);
                }
            } else if byte == b'"' && at_start {
                self.is_open = true;
            }
            at_start = !self.is_open && byte == delimiter;
            self.n_ended += usize::from(at_start);
        }
    }
}

/// The fields of one row, unquoted.
fn fields_of(lines: &[Line], delimiter: u8) -> Result<Vec<String>, Unusable> {
    // The crate takes a byte order mark off whatever it reads first: an empty line, which is none.
    let mut row = vec![b'\n'];
    let mut break_before = "";
    for line in lines {
        if let LineContent::Bytes(bytes) = &line.content {
            row.extend_from_slice(break_before.as_bytes());
            row.extend_from_slice(bytes);
            break_before = line.ending;
        }
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        // Rows were told apart already; a carriage return within a line is text.
        .terminator(csv::Terminator::Any(b'\n'))
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(row.len())
        .from_reader(row.as_slice());
    let mut fields = csv::StringRecord::new();
    match reader.read_record(&mut fields) {
        Ok(_) => Ok(fields.iter().map(str::to_owned).collect()),
        Err(error) => {
            let kind = match error.kind() {
                csv::ErrorKind::Utf8 { .. } => ProblemKind::InvalidUtf8,
                _ => ProblemKind::BrokenRecord,
            };
            Err(Unusable::new(kind, format!("the row is no CSV: {error}")))
        }
    }
}

/// Names of columns, each of which is there once.
fn distinct(names: Vec<String>) -> Vec<String> {
    let mut result: Vec<String> = Vec::new();
    for (idx, name) in names.into_iter().enumerate() {
        let name = name.trim().to_owned();
        let is_known = name.is_empty() || result.contains(&name);
        result.push(if is_known { format!("{name}~{}", idx + 1) } else { name });
    }
    result
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};
    use std::sync::Arc;

    use super::CsvRows;
    use crate::CorpusSettings;
    use crate::records::Records;

    /// `title|text` of articles and `!line` of problems.
    fn read(csv: &'static str, delimiter: Option<u8>, max_record_bytes: usize) -> Vec<String> {
        let settings = CorpusSettings { max_record_bytes, ..CorpusSettings::default() };
        let stream = Box::new(BufReader::new(Cursor::new(csv)));
        let mut rows = CsvRows::new(stream, delimiter, Arc::new(settings));
        let mut found = Vec::new();
        while let Some(next) = rows.next_found().unwrap() {
            let line = next.line.unwrap();
            found.push(next.record.map_or_else(
                |_| format!("!{line}"),
                |record| format!("{}|{}", record.title, record.text),
            ));
        }
        found
    }

    #[track_caller]
    fn check(csv: &'static str, expected: &[&str]) {
        assert_eq!(read(csv, None, 1000), expected, "{csv}");
    }

    #[test]
    fn fields_are_found_by_the_names_of_the_header() {
        check("title,text\nA,one\nB,two\n", &["A|one", "B|two"]);
        check("\u{feff}text;title\r\none, two;A\r\n", &["A|one, two"]);
        check("title\ttext\nA\tx,y;z\n", &["A|x,y;z"]);
        check(
            "\"title\",\"text\"\n\"A\",\"say \"\"no\"\", he\r\nsaid\"\n",
            &["A|say \"no\", he\r\nsaid"],
        );
        check("title,text\n\nA,5\" disk\n", &["A|5\" disk"]);
        assert_eq!(read("title\ttext\nA,B\tx\n", Some(b'\t'), 1000), ["A,B|x"]);
    }

    #[test]
    fn a_quote_that_never_closes_costs_its_line_only() {
        check(
            "title,text\nA,one\nB,\"two\nC,three\nD,four\n",
            &["A|one", "!3", "C|three", "D|four"],
        );
        check("title,text\nB,\"two\nC,\"three\"\n", &["!2", "C|three"]);
        check("title,text\nB,\"two\nC,\"three\"\nD,\"fo\nur\"\n", &["!2", "C|three", "D|fo\nur"]);
        check(
            "title,text\nB,\"two\nC,three\nD,fo\",ur\nE,five\n",
            &["!2", "C|three", "!4", "E|five"],
        );
    }

    #[test]
    fn a_row_that_can_be_none_is_not_read_to_the_end_of_the_file() {
        for line in ["x\"y,\"z\n", "x\",y,\"z\n"] {
            for header in ["title,text\n", ""] {
                let csv = format!("{header}{}", line.repeat(10_000));
                let settings = Arc::new(CorpusSettings::default());
                let mut rows = CsvRows::new(Box::new(Cursor::new(csv)), None, settings);
                assert!(rows.next_found().unwrap().unwrap().record.is_err());
                assert!(rows.lines.n_read() <= 101, "{} lines for a row", rows.lines.n_read());
            }
        }
    }

    #[test]
    fn a_carriage_return_or_byte_order_mark_within_the_file_is_text() {
        check("title,text\nA,one\rtwo\nB\r,three\r\n", &["A|one\rtwo", "B\r|three"]);
        check("title,text\n\u{feff}A,one\n", &["\u{feff}A|one"]);
    }

    #[test]
    fn a_row_of_another_length_is_told() {
        check("title,text\nA\nB,two,more\nC,three\n", &["!2", "!3", "C|three"]);
        check("title,text\n,\nA,\n", &["!2", "!3"]);
    }

    #[test]
    fn a_row_over_the_limit_is_told() {
        let rows = "title,text\nA,\"one\ntwo\nthree\nfour\"\nB,\"five\"\n";
        assert_eq!(read(rows, None, 12), ["!2", "!3", "!4", "!5", "B|five"]);
        assert_eq!(read("title,text\nA,123456789012\nB,x\n", None, 12), ["!2", "B|x"]);
    }

    #[test]
    fn columns_of_one_name_are_all_kept() {
        let settings = Arc::new(CorpusSettings::default());
        let stream = Box::new(Cursor::new("text,tag,tag,\nx,1,2,3\n"));
        let found = CsvRows::new(stream, None, settings).next_found().unwrap().unwrap();
        let extra = found.record.unwrap().extra.unwrap();
        assert_eq!(extra, r#"{"tag":"1","tag~3":"2","~4":"3"}"#);
    }
}
