//! Web archives (WARC 1.0 and 1.1, ISO 28500): one article a page that was fetched.

use std::io::{self, BufRead};
use std::sync::Arc;

use newstance_doc::ProblemKind;

use crate::CorpusSettings;
use crate::http::{Payload, payload};
use crate::lookahead::Lookahead;
use crate::page::read_page;
use crate::record::Unusable;
use crate::records::{Found, Records};

/// Lines of a record's head, and bytes of a line, at most.
const MAX_HEAD_LINES: usize = 1000;
const MAX_HEAD_LINE_BYTES: usize = 64 * 1024;

/// The pages of a web archive.
///
/// Records that are about the crawl (`warcinfo`, `request`, `metadata`,
/// `revisit`) are passed over; a response that is no page of its own (an
/// image, an error, a redirection) is a problem of its own kind. After a
/// record whose length is wrong, reading goes on with the next `WARC/` that
/// begins a line.
pub(crate) struct WarcRecords {
    stream: Lookahead,
    settings: Arc<CorpusSettings>,
    n_read: u64,
}

/// The head of a record.
#[derive(Debug, Default)]
struct Head {
    kind: String,
    url: Option<String>,
    date: Option<String>,
    content_type: String,
    length: Option<u64>,
}

/// What there is where a record should begin.
enum Begin {
    End,
    Record(Head),
    /// Something else, up to the next record.
    Other,
}

impl WarcRecords {
    pub(crate) fn new(stream: Box<dyn BufRead + Send>, settings: Arc<CorpusSettings>) -> Self {
        Self { stream: Lookahead::new(stream), settings, n_read: 0 }
    }

    fn begin(&mut self) -> io::Result<Begin> {
        let mut is_other = false;
        loop {
            let line = self.stream.next_line(MAX_HEAD_LINE_BYTES)?;
            if line.is_empty() {
                return Ok(if is_other { Begin::Other } else { Begin::End });
            }
            if line.starts_with(b"WARC/") {
                break;
            }
            is_other |= !line.trim_ascii().is_empty();
            let n_bytes = line.len();
            self.stream.take(n_bytes);
        }
        if is_other {
            return Ok(Begin::Other);
        }
        self.take_line()?;
        let mut head = Head::default();
        for _ in 0..MAX_HEAD_LINES {
            let line = self.take_line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            head.take(name.trim(), value.trim());
        }
        Ok(Begin::Record(head))
    }

    /// The next line, or as much of it as a head may have; empty at the end of
    /// the file.
    fn take_line(&mut self) -> io::Result<String> {
        let line = self.stream.next_line(MAX_HEAD_LINE_BYTES)?;
        let (text, n_bytes) = (String::from_utf8_lossy(line).into_owned(), line.len());
        self.stream.take(n_bytes);
        Ok(text)
    }

    /// The content of a record, where its length is right and within the limit.
    fn content(&mut self, head: &Head) -> io::Result<Result<Vec<u8>, Unusable>> {
        let broken = |message| Ok(Err(Unusable::new(ProblemKind::BrokenRecord, message)));
        let Some(stated) = head.length else {
            return broken("the record does not say how long it is".to_owned());
        };
        let limit = self.settings.max_record_bytes;
        let length = match usize::try_from(stated) {
            Ok(length) if length <= limit => length,
            _ => {
                self.stream.skip(stated)?;
                return broken(format!("the record is longer than {limit} bytes"));
            }
        };
        let next = self.stream.next(length + 1)?;
        let (content, after) = (next.get(..length).unwrap_or(next), next.get(length));
        let is_whole = content.len() == length;
        if is_whole && matches!(after, None | Some(b'\r' | b'\n')) {
            let content = content.to_vec();
            self.stream.take(length);
            return Ok(Ok(content));
        }
        // What follows within the content is read again, lest it be lost.
        let found = next_record(content);
        let n_bytes = content.len();
        self.stream.take(found.unwrap_or(n_bytes));
        if found.is_none() && is_whole {
            self.skip_to_record()?;
        }
        let what = if is_whole { "does not end where" } else { "is not as long as" };
        broken(format!("the record {what} its head says"))
    }

    /// Takes the rest of a record, which is no other thing between records.
    fn skip_to_record(&mut self) -> io::Result<()> {
        loop {
            let line = self.stream.next_line(MAX_HEAD_LINE_BYTES)?;
            if line.is_empty() || line.starts_with(b"WARC/") {
                return Ok(());
            }
            let n_bytes = line.len();
            self.stream.take(n_bytes);
        }
    }

    fn read(&self, head: &Head, content: Vec<u8>) -> Result<crate::record::Record, Unusable> {
        let other = |what: String| Unusable {
            kind: ProblemKind::NotAnArticle,
            message: what,
            article_id: None,
        };
        let url = head.url.as_deref().unwrap_or("-");
        let payload = if head.content_type.starts_with("application/http") {
            payload(&content, self.settings.max_record_bytes)
                .map_err(|fault| Unusable::new(fault.kind, format!("{url}: {}", fault.message)))?
        } else {
            Payload { status: 200, content_type: head.content_type.clone(), body: content }
        };
        if payload.status != 200 {
            return Err(other(format!("{url} was answered with status {}", payload.status)));
        }
        if !payload.is_html() {
            return Err(other(format!("{url} is of type `{}`", payload.content_type)));
        }
        let mut record = read_page(&payload.body, payload.charset(), head.url.as_deref()).map_err(
            |unusable| Unusable { message: format!("{url}: {}", unusable.message), ..unusable },
        )?;
        if let Some(date) = &head.date {
            let extra = serde_json::json!({ "fetched": date });
            record.extra = Some(extra.to_string());
        }
        Ok(record)
    }
}

impl Head {
    fn take(&mut self, name: &str, value: &str) {
        match name.to_ascii_lowercase().as_str() {
            "warc-type" => self.kind = value.to_ascii_lowercase(),
            // Some writers put angle brackets round the address, as WARC 1.0's grammar does.
            "warc-target-uri" => {
                self.url = Some(value.trim_matches(['<', '>']).to_owned());
            }
            "warc-date" => self.date = Some(value.to_owned()),
            "content-type" => self.content_type = value.to_ascii_lowercase(),
            "content-length" => self.length = value.parse().ok(),
            _ => {}
        }
    }

    /// True for records that may hold a page.
    fn may_be_page(&self) -> bool {
        match self.kind.as_str() {
            "response" => !self.url.as_deref().is_some_and(|url| url.starts_with("dns:")),
            "resource" | "conversion" | "continuation" => true,
            _ => false,
        }
    }
}

impl Records for WarcRecords {
    fn next_found(&mut self) -> io::Result<Option<Found>> {
        loop {
            let head = match self.begin()? {
                Begin::End => return Ok(None),
                Begin::Record(head) => head,
                Begin::Other => {
                    let message = "there is something other than a record".to_owned();
                    let record = Err(Unusable::new(ProblemKind::BrokenRecord, message));
                    return Ok(Some(Found { line: Some(self.n_read + 1), record }));
                }
            };
            self.n_read += 1;
            let line = Some(self.n_read);
            match self.content(&head)? {
                Err(unusable) => return Ok(Some(Found { line, record: Err(unusable) })),
                Ok(content) if head.may_be_page() => {
                    return Ok(Some(Found { line, record: self.read(&head, content) }));
                }
                Ok(_) => {}
            }
        }
    }

    fn line_at(&self) -> Option<u64> {
        Some(self.n_read + 1)
    }
}

/// Where the next record begins in what a wrong length says is a content.
fn next_record(content: &[u8]) -> Option<usize> {
    if content.starts_with(b"WARC/") {
        return Some(0);
    }
    Some(content.windows(6).position(|window| window == b"\nWARC/")? + 1)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;

    use super::WarcRecords;
    use crate::CorpusSettings;
    use crate::records::Records;

    fn page(name: &str) -> String {
        let paragraph = format!("The minister of {name} said on Monday that talks would go on. ");
        format!(
            "<html><head><title>Talks of {name}</title></head><body><article><p>{0}</p><p>{0}</p>\
             <p>{0}</p></article></body></html>",
            paragraph.repeat(4)
        )
    }

    fn response(url: &str, head: &str, body: &str) -> String {
        let http = format!("HTTP/1.1 {head}\r\n\r\n{body}");
        record("response", url, "application/http; msgtype=response", &http)
    }

    fn record(kind: &str, url: &str, content_type: &str, content: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: \
             2023-01-30T00:00:00Z\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n\
             {content}\r\n\r\n",
            content.len()
        )
    }

    /// Addresses of articles and `!kind:number` of problems.
    #[track_caller]
    fn check(warc: &str, expected: &[&str]) {
        let stream = Box::new(Cursor::new(warc.to_owned()));
        let settings = CorpusSettings { max_record_bytes: 10_000, ..CorpusSettings::default() };
        let mut records = WarcRecords::new(stream, Arc::new(settings));
        let mut found = Vec::new();
        while let Some(next) = records.next_found().unwrap() {
            found.push(match next.record {
                Ok(record) => {
                    assert!(record.text.contains("talks would go on"), "{}", record.text);
                    record.url.unwrap()
                }
                Err(unusable) => format!("!{}:{}", unusable.kind.as_str(), next.line.unwrap()),
            });
        }
        assert_eq!(found, expected);
    }

    const HTML: &str = "200 OK\r\nContent-Type: text/html; charset=utf-8";

    #[test]
    fn pages_are_articles_and_records_of_the_crawl_are_not() {
        let warc = [
            record("warcinfo", "", "application/warc-fields", "software: x\r\n"),
            record("request", "http://a/1", "application/http", "GET / HTTP/1.1\r\n\r\n"),
            response("http://a/1", HTML, &page("one")),
            response("http://a/2", "200 OK\r\nContent-Type: image/png", "PNG"),
            response("http://a/3", "404 Not Found\r\nContent-Type: text/html", "no"),
            record("resource", "http://a/4", "text/html", &page("four")),
        ];
        let expected = ["http://a/1", "!not_an_article:4", "!not_an_article:5", "http://a/4"];
        check(&warc.concat(), &expected);
        check("", &[]);
    }

    #[test]
    fn lengths_that_are_all_wrong_are_read_in_passing() {
        let record = "WARC/1.0\r\nContent-Length: 9000\r\n\r\n";
        let n_records = 20_000;
        let stream = Box::new(Cursor::new(record.repeat(n_records)));
        let settings = CorpusSettings { max_record_bytes: 10_000, ..CorpusSettings::default() };
        let mut records = WarcRecords::new(stream, Arc::new(settings));
        let mut n_found = 0;
        while let Some(found) = records.next_found().unwrap() {
            assert!(found.record.is_err());
            n_found += 1;
        }
        assert_eq!(n_found, n_records);
    }

    #[test]
    fn what_lies_between_records_is_told_however_often() {
        let n_times = 20_000;
        let warc = "WARC/1.0\nContent-Length: 0\n\n\nx\n".repeat(n_times);
        let mut records =
            WarcRecords::new(Box::new(Cursor::new(warc)), Arc::new(CorpusSettings::default()));
        let mut n_found = 0;
        while records.next_found().unwrap().is_some() {
            n_found += 1;
        }
        assert_eq!(n_found, n_times);
    }

    #[test]
    fn a_wrong_length_costs_that_record_only() {
        let (one, two) = (
            response("http://a/1", HTML, &page("one")),
            response("http://a/2", HTML, &page("two")),
        );
        let length = |record: &str| {
            let line = record.lines().find(|line| line.starts_with("Content-Length")).unwrap();
            line.to_owned()
        };
        let with = |length_line: &str| one.replacen(&length(&one), length_line, 1);
        let broken = "!broken_record:1";
        for line in ["Content-Length: 10", "Content-Length: 1500", "Content-Length: 99999"] {
            let warc = [with(line), two.clone(), two.replace("a/2", "a/3")].concat();
            let tail: &[&str] = match line {
                // Over the limit: what a head says is believed, and all that follows is passed over.
                "Content-Length: 99999" => &[],
                _ => &["http://a/2", "http://a/3"],
            };
            check(&warc, &[&[broken], tail].concat());
        }
        let odd = [with("Content-Length: x"), two.clone()].concat();
        check(&odd, &[broken, "!broken_record:2", "http://a/2"]);
        check(&["garbage\r\n", &two].concat(), &[broken, "http://a/2"]);
        check(one.split_at(one.len() / 2).0, &[broken]);
    }
}
