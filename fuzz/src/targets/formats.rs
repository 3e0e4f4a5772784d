//! The formats of archives.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::archive::{panics_are_caught, read};

/// A limit that small inputs pass, for formats of many records.
const FEW_BYTES: usize = 2000;
const MANY_BYTES: usize = 1 << 20;

/// JSON Lines: every line that is not blank is a record.
pub fn json_lines(bytes: &[u8]) {
    let reading = read("in.jsonl", bytes, FEW_BYTES);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let is_blank = |line: &[u8]| {
        line.len() <= FEW_BYTES && str::from_utf8(line).is_ok_and(|line| line.trim().is_empty())
    };
    // A line with a byte order mark may be three bytes over the limit.
    if bytes.split(|&byte| byte == b'\n').all(|line| line.len() + 3 <= FEW_BYTES) {
        let n_lines = bytes.split(|&byte| byte == b'\n').filter(|line| !is_blank(line)).count();
        assert_eq!(reading.n_records(), n_lines, "a line is no record");
    }
}

/// JSON documents: every object of an array is a record.
pub fn json_documents(bytes: &[u8]) {
    let reading = read("in.json", bytes, FEW_BYTES);
    if let Ok(objects) = serde_json::from_slice::<Vec<Map<String, Value>>>(bytes) {
        assert_eq!(reading.n_records(), objects.len(), "an object is no record");
    }
}

/// CSV and TSV: without quotes every line but the header is a record, and
/// where there is one column it is the text, whole.
pub fn csv(bytes: &[u8]) {
    let reading = read("in.csv", bytes, FEW_BYTES);
    read("in.tsv", bytes, FEW_BYTES);
    let with_header = [b"text\tx\n", bytes].concat();
    let with_header = read("in.tab", &with_header, FEW_BYTES);
    let is_plain = |byte: &u8| !b"\"".contains(byte);
    let lines = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lines: Vec<_> = lines.split(|&byte| byte == b'\n').collect();
    if !lines.iter().all(|line| line.len() + 3 <= FEW_BYTES && line.iter().all(is_plain)) {
        return;
    }
    let n_lines = lines.iter().filter(|line| !line.trim_ascii().is_empty()).count();
    let n_records = reading.n_records();
    assert!(n_records == n_lines || n_records + 1 == n_lines, "{n_records} of {n_lines} lines");
    for article in with_header.articles() {
        let whole = |line: &&[u8]| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            line.split(|&byte| byte == b'\t').next() == Some(article.text.as_bytes())
        };
        let bytes: Vec<_> = bytes.split(|&byte| byte == b'\n').collect();
        assert!(bytes.iter().any(whole), "a part of a field is lost: {article:?}");
    }
}

/// A text file: one article, whose title and text are parts of it.
pub fn text(bytes: &[u8]) {
    let reading = read("in.txt", bytes, MANY_BYTES);
    for article in reading.articles() {
        let file = str::from_utf8(bytes).expect("other files are no article");
        assert!(file.contains(&article.text) && file.contains(&article.title), "{article:?}");
    }
    assert!(reading.n_records() <= 1);
    // A named file of no known name is told by its first bytes.
    read("in", bytes, MANY_BYTES);
}

/// A page: one article, of paragraphs without white space around.
pub fn html(bytes: &[u8]) {
    let reading = read("in.html", bytes, MANY_BYTES);
    assert!(reading.n_records() <= 1);
    for article in reading.articles() {
        let is_whole = |part: &str| !part.is_empty() && part == part.trim();
        assert!(article.text.split("\n\n").all(is_whole), "{:?}", article.text);
    }
}

/// A web archive: as it comes, and made of records whose lengths are right,
/// each of which is then told.
pub fn warc(bytes: &[u8]) {
    read("in.warc", bytes, MANY_BYTES);
    let (mut warc, mut n_records) = (Vec::new(), 0);
    for content in bytes.split(|&byte| byte == 0) {
        let mut head = "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: a:b\r\n".to_owned();
        let length = content.len();
        write!(head, "Content-Type: text/plain\r\nContent-Length: {length}\r\n\r\n")
            .expect("a string has room");
        warc.extend_from_slice(head.as_bytes());
        warc.extend_from_slice(content);
        warc.extend_from_slice(b"\r\n\r\n");
        n_records += 1;
    }
    let reading = read("made.warc", &warc, FEW_BYTES);
    assert_eq!(reading.n_records(), n_records, "a record is not told");
}

/// Parquet.
pub fn parquet(bytes: &[u8]) {
    panics_are_caught();
    read("in.parquet", bytes, MANY_BYTES);
}
