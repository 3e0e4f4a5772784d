//! A server on this machine that speaks as much of S3, of the XML protocol of
//! GCS and of plain HTTP as reading needs: listing page by page, `HEAD`, and
//! `GET` with ranges. It can fail on purpose.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "shared by several tests, which fail by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How an answer to `GET` goes wrong.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// The server says that it has an error.
    Error,
    /// The answer breaks off half way.
    Truncated,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    /// How the next answers for an object go wrong: kind and how often.
    faults: BTreeMap<String, (Fault, usize)>,
    requests: Vec<String>,
}

/// The server; it has one bucket, `news`, and one that nobody may read, `secret`.
pub struct StoreServer {
    state: Arc<Mutex<State>>,
    port: u16,
}

/// Objects of a page of a listing.
const PAGE_OBJECTS: usize = 3;

impl StoreServer {
    /// Begins to serve `objects`, by key.
    pub fn start(objects: &[(&str, &[u8])]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let objects = objects.iter().map(|(key, bytes)| ((*key).to_owned(), bytes.to_vec()));
        let state = State { objects: objects.collect(), ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // Whoever breaks a connection off is no concern of the server.
                std::thread::spawn(move || answer(&stream, &shared).ok());
            }
        });
        Self { state, port }
    }

    /// Where it is: `http://127.0.0.1:port`.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What reaches it by `s3://`, as environment variables.
    pub fn s3_variables(&self) -> Vec<(String, String)> {
        let pairs = [
            ("AWS_ENDPOINT", self.endpoint()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_ACCESS_KEY_ID", "key".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
            ("AWS_REGION", "local".to_owned()),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value)).into()
    }

    /// Lets the next `n_times` answers for an object go wrong.
    pub fn fail(&self, key: &str, fault: Fault, n_times: usize) {
        self.state.lock().unwrap().faults.insert(key.to_owned(), (fault, n_times));
    }

    /// The requests so far: method, path with query, range.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }
}

fn answer(stream: &TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let mut range = None;
    for line in lines {
        let line = line?.to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        range = range.or(line.strip_prefix("range: bytes=").map(str::to_owned));
    }
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let mut state = state.lock().unwrap();
    let range_text = range.as_deref().unwrap_or("-");
    state.requests.push(format!("{method} {target} {range_text}"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let path = decoded(path.trim_start_matches('/'));
    let (bucket, key) = path.split_once('/').unwrap_or((&path, ""));
    let reply = match (bucket, key) {
        ("secret", _) => error("403 Forbidden", "AccessDenied"),
        ("news", "") => list(&state, query),
        ("news", key) => get(&mut state, key, range.as_deref()),
        _ => error("404 Not Found", "NoSuchBucket"),
    };
    drop(state);
    let (head, body) = reply;
    let mut stream = stream;
    stream.write_all(head.as_bytes())?;
    if method != "HEAD" {
        stream.write_all(&body)?;
    }
    stream.flush()
}

fn head(status: &str, length: usize, more: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n")
}

fn error(status: &str, code: &str) -> (String, Vec<u8>) {
    let body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
    (head(status, body.len(), "Content-Type: application/xml\r\n"), body.into_bytes())
}

fn get(state: &mut State, key: &str, range: Option<&str>) -> (String, Vec<u8>) {
    let Some(bytes) = state.objects.get(key).cloned() else {
        return error("404 Not Found", "NoSuchKey");
    };
    let (status, from, to) = match range.and_then(|range| range.split_once('-')) {
        Some((from, to)) => {
            let last = to.parse::<usize>().map_or(bytes.len(), |to| (to + 1).min(bytes.len()));
            ("206 Partial Content", from.parse().unwrap(), last)
        }
        None => ("200 OK", 0, bytes.len()),
    };
    let mut body = bytes[from..to].to_vec();
    let mut more = "ETag: \"1\"\r\nLast-Modified: Mon, 30 Jan 2023 10:00:00 GMT\r\n".to_owned();
    if range.is_some() {
        let last = to.saturating_sub(1);
        write!(more, "Content-Range: bytes {from}-{last}/{}\r\n", bytes.len()).unwrap();
        match state.faults.get_mut(key) {
            Some((fault, n_times)) if *n_times > 0 => {
                *n_times -= 1;
                match fault {
                    Fault::Error => return error("500 Internal Server Error", "InternalError"),
                    Fault::Truncated => body.truncate(body.len() / 2),
                }
            }
            _ => {}
        }
    }
    (head(status, to - from, &more), body)
}

fn list(state: &State, query: &str) -> (String, Vec<u8>) {
    let parameter = |name: &str| {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.filter(|(other, _)| *other == name).map(|(_, value)| decoded(value)).next()
    };
    let prefix = parameter("prefix").unwrap_or_default();
    let after = parameter("continuation-token").unwrap_or_default();
    let keys: Vec<&String> = state
        .objects
        .keys()
        .filter(|key| key.starts_with(&prefix) && (after.is_empty() || **key > after))
        .collect();
    let is_truncated = keys.len() > PAGE_OBJECTS;
    let page = keys.get(..PAGE_OBJECTS).unwrap_or(&keys);
    let mut body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><Name>news</Name>\
         <Prefix>{prefix}</Prefix><KeyCount>{}</KeyCount><IsTruncated>{is_truncated}</IsTruncated>",
        page.len()
    );
    if let (true, Some(last)) = (is_truncated, page.last()) {
        write!(body, "<NextContinuationToken>{last}</NextContinuationToken>").unwrap();
    }
    for key in page {
        let size = state.objects[*key].len();
        write!(
            body,
            "<Contents><Key>{key}</Key><LastModified>2023-01-30T10:00:00.000Z</LastModified>\
             <ETag>\"1\"</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )
        .unwrap();
    }
    body.push_str("</ListBucketResult>");
    (head("200 OK", body.len(), "Content-Type: application/xml\r\n"), body.into_bytes())
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}
