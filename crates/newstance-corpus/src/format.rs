//! How the records of a file are written.

use std::io::{self, BufRead, Cursor, Read};
use std::sync::Arc;

use newstance_doc::ProblemKind;

use crate::CorpusSettings;
use crate::csv_rows::CsvRows;
use crate::json_documents::JsonDocuments;
use crate::json_lines::JsonLines;
use crate::page::read_page;
use crate::record::{Record, Unusable};
use crate::records::{Found, Records, Single};
use crate::text_file::read_text;
use crate::warc::WarcRecords;

/// How the records of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// One JSON object a line.
    JsonLines,
    /// JSON objects, one a line or over lines, maybe in an array.
    Json,
    /// Rows of fields between these bytes; told by the header where there is none.
    Csv(Option<u8>),
    /// Rows in columns.
    Parquet,
    /// One page.
    Html,
    /// A web archive.
    Warc,
    /// One article.
    Text,
    /// To be told by the first bytes.
    ByContent,
    /// None that is known; found in a folder.
    Unknown,
}

impl Format {
    /// That of files with this extension, in lower case.
    pub(crate) fn of_extension(extension: &str) -> Option<Self> {
        Some(match extension {
            "jsonl" | "ndjson" => Self::JsonLines,
            "json" => Self::Json,
            "csv" => Self::Csv(None),
            "tsv" | "tab" => Self::Csv(Some(b'\t')),
            "parquet" | "pq" => Self::Parquet,
            "html" | "htm" | "xhtml" => Self::Html,
            "warc" => Self::Warc,
            "txt" => Self::Text,
            _ => return None,
        })
    }

    /// What the first bytes of a stream tell of.
    pub(crate) fn of_content(start: &[u8]) -> Self {
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        let is_page = |start: &[u8]| {
            let low = start.get(..14).unwrap_or(start).to_ascii_lowercase();
            low.starts_with(b"<!doctype html") || low.starts_with(b"<html")
        };
        match start {
            [b'{' | b'[', ..] => Self::Json,
            [b'P', b'A', b'R', b'1', ..] => Self::Parquet,
            [b'W', b'A', b'R', b'C', b'/', ..] => Self::Warc,
            start if is_page(start) => Self::Html,
            _ => Self::Text,
        }
    }
}

/// The records of a stream. `below` is the id that a text file gets.
///
/// # Errors
///
/// Where the stream cannot be read, or the format cannot be read of a stream.
pub(crate) fn records_of(
    mut stream: Box<dyn BufRead + Send>,
    format: Format,
    below: &str,
    settings: &Arc<CorpusSettings>,
) -> io::Result<Box<dyn Records>> {
    let settings = Arc::clone(settings);
    let format = match format {
        Format::ByContent => Format::of_content(stream.fill_buf()?),
        format => format,
    };
    Ok(match format {
        Format::JsonLines => Box::new(JsonLines::new(stream, settings)),
        Format::Json => json_records(stream, settings)?,
        Format::Csv(delimiter) => Box::new(CsvRows::new(stream, delimiter, settings)),
        Format::Warc => Box::new(WarcRecords::new(stream, settings)),
        Format::Html => Box::new(page(stream, below, settings.max_record_bytes)?),
        Format::Text | Format::ByContent => {
            Box::new(text(stream, below, settings.max_record_bytes)?)
        }
        Format::Parquet => Box::new(unreadable(
            "Parquet is read from files only, and compressed within\nhint: decompress the file",
        )),
        Format::Unknown => Box::new(unreadable(
            "its name ends in none of .txt .json .jsonl .ndjson .csv .tsv .parquet .html .htm \
             .warc, with or without .gz .zst .bz2 .xz",
        )),
    })
}

/// JSON Lines, where the first line is an object by itself; else documents.
fn json_records(
    mut stream: Box<dyn BufRead + Send>,
    settings: Arc<CorpusSettings>,
) -> io::Result<Box<dyn Records>> {
    let start = stream.fill_buf()?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    if start.trim_ascii_start().first() == Some(&b'[') {
        return Ok(Box::new(JsonDocuments::new(stream, settings)));
    }
    let mut line = Vec::new();
    (&mut stream).take(settings.max_record_bytes as u64).read_until(b'\n', &mut line)?;
    let json = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
    let begun = serde_json::from_slice::<serde::de::IgnoredAny>(json);
    let is_begun = !json.trim_ascii().is_empty() && begun.is_err_and(|error| error.is_eof());
    let goes_on = is_begun && breaks_between_tokens(json);
    let stream = Box::new(Cursor::new(line).chain(stream));
    Ok(if goes_on {
        Box::new(JsonDocuments::new(stream, settings))
    } else {
        Box::new(JsonLines::new(stream, settings))
    })
}

/// True where a line of JSON may go on in the next one: it ends after a brace,
/// bracket or comma, as whoever prints JSON over lines breaks it.
fn breaks_between_tokens(line: &[u8]) -> bool {
    matches!(line.trim_ascii_end().last(), Some(b'{' | b'[' | b',' | b'}' | b']'))
}

fn unreadable(message: &str) -> Single {
    let record = Err(Unusable::new(ProblemKind::UnreadableFile, message.to_owned()));
    Single(Some(Found { line: None, record }))
}

fn page(stream: Box<dyn BufRead + Send>, below: &str, limit: usize) -> io::Result<Single> {
    let record = whole(stream, limit)?.and_then(|bytes| {
        if bytes.trim_ascii().is_empty() {
            return Ok(None);
        }
        read_page(&bytes, None, None).map(|record| Some(Record { id: id_of(below), ..record }))
    });
    Ok(single(record))
}

fn text(stream: Box<dyn BufRead + Send>, below: &str, limit: usize) -> io::Result<Single> {
    let bytes = match whole(stream, limit)? {
        Ok(bytes) => bytes,
        Err(unusable) => return Ok(single(Err(unusable))),
    };
    Ok(match str::from_utf8(&bytes) {
        Ok(content) => single(text_record(content, below)),
        Err(error) => {
            let at = error.valid_up_to();
            let before = bytes.get(..at).unwrap_or_default();
            let line = Some(before.split(|&byte| byte == b'\n').count() as u64);
            let message = format!("byte {at} is not UTF-8");
            let record = Err(Unusable::new(ProblemKind::InvalidUtf8, message));
            Single(Some(Found { line, record }))
        }
    })
}

/// The one article of a file; nothing where the file is empty.
fn single(record: Result<Option<Record>, Unusable>) -> Single {
    Single(record.transpose().map(|record| Found { line: None, record }))
}

/// All bytes of a stream, where they are not too many.
fn whole(stream: Box<dyn BufRead + Send>, limit: usize) -> io::Result<Result<Vec<u8>, Unusable>> {
    let mut bytes = Vec::new();
    stream.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        let message = format!("the file is longer than {limit} bytes");
        return Ok(Err(Unusable::new(ProblemKind::BrokenRecord, message)));
    }
    Ok(Ok(bytes))
}

fn text_record(content: &str, below: &str) -> Result<Option<Record>, Unusable> {
    if content.trim_start_matches('\u{feff}').trim().is_empty() {
        return Ok(None);
    }
    let article = read_text(content);
    if article.text.is_empty() {
        let message = "there is nothing but a date".to_owned();
        let kind = ProblemKind::MissingText;
        return Err(Unusable { kind, message, article_id: id_of(below) });
    }
    Ok(Some(Record {
        id: id_of(below),
        title: article.title.to_owned(),
        text: article.text.to_owned(),
        date: article.date,
        date_raw: article.date_raw.map(str::to_owned),
        ..Record::default()
    }))
}

fn id_of(below: &str) -> Option<String> {
    (!below.is_empty()).then(|| below.to_owned())
}
