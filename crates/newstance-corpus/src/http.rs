//! Answers of web servers, as web archives keep them.

use std::io::Read;

use newstance_doc::ProblemKind;

use crate::record::Unusable;

const MAX_HEADERS: usize = 256;

/// What a server sent, with its encodings undone.
#[derive(Debug)]
pub(crate) struct Payload {
    pub(crate) status: u16,
    /// In lower case, with its parameters.
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

impl Payload {
    pub(crate) fn is_html(&self) -> bool {
        let (kind, _) = self.content_type.split_once(';').unwrap_or((&self.content_type, ""));
        matches!(kind.trim(), "text/html" | "application/xhtml+xml")
            || (kind.trim().is_empty() && self.body.trim_ascii_start().starts_with(b"<"))
    }

    /// The encoding of the characters, where the server names one.
    pub(crate) fn charset(&self) -> Option<&str> {
        let (_, after) = self.content_type.split_once("charset=")?;
        let name = after.split(';').next()?.trim().trim_matches(['"', '\'']);
        (!name.is_empty()).then_some(name)
    }
}

/// Reads an answer; its body may be `max_bytes` long at most.
pub(crate) fn payload(message: &[u8], max_bytes: usize) -> Result<Payload, Unusable> {
    let broken = |message: &str| Unusable::new(ProblemKind::BrokenRecord, message.to_owned());
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let head = httparse::ParserConfig::default()
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .parse_response(&mut response, message);
    let Ok(httparse::Status::Complete(head_bytes)) = head else {
        return Err(broken("the answer of the server has no head"));
    };
    let header = |name: &str| {
        let found = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|h| String::from_utf8_lossy(h.value).trim().to_ascii_lowercase())
    };
    let status = response.code.unwrap_or_default();
    let content_type = header("content-type").unwrap_or_default();
    let is_chunked = header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
    let encoding = header("content-encoding").unwrap_or_default();
    let mut body = message.get(head_bytes..).unwrap_or_default().to_vec();
    // Crawlers may have undone the encodings and kept the headers that name them.
    if is_chunked && let Some(joined) = joined_chunks(&body) {
        body = joined;
    }
    let body = decoded(body, &encoding, max_bytes)?;
    Ok(Payload { status, content_type, body })
}

/// The chunks of a body in one piece; none where it is not in chunks.
fn joined_chunks(body: &[u8]) -> Option<Vec<u8>> {
    let (mut rest, mut joined) = (body, Vec::new());
    loop {
        let Ok(httparse::Status::Complete((start, size))) = httparse::parse_chunk_size(rest) else {
            return None;
        };
        if size == 0 {
            return Some(joined);
        }
        let end = start.checked_add(usize::try_from(size).ok()?)?;
        joined.extend_from_slice(rest.get(start..end)?);
        rest = rest.get(end..)?;
        rest = rest.strip_prefix(b"\r\n").unwrap_or(rest);
    }
}

fn decoded(body: Vec<u8>, encoding: &str, max_bytes: usize) -> Result<Vec<u8>, Unusable> {
    let reader: Box<dyn Read + '_> = match encoding {
        "gzip" | "x-gzip" if body.starts_with(b"\x1f\x8b") => {
            Box::new(flate2::read::MultiGzDecoder::new(body.as_slice()))
        }
        "deflate" if body.first().is_some_and(|byte| byte & 0x0f == 8) => {
            Box::new(flate2::read::ZlibDecoder::new(body.as_slice()))
        }
        "br" | "zstd" if !body.trim_ascii_start().starts_with(b"<") => {
            let message = format!("the content encoding `{encoding}` is not read");
            return Err(Unusable::new(ProblemKind::BrokenCompression, message));
        }
        _ => return Ok(body),
    };
    let mut decoded = Vec::new();
    if let Err(error) = reader.take(max_bytes as u64 + 1).read_to_end(&mut decoded) {
        let message = format!("its content encoding is broken: {error}");
        return Err(Unusable::new(ProblemKind::BrokenCompression, message));
    }
    if decoded.len() > max_bytes {
        let message = format!("the page is longer than {max_bytes} bytes");
        return Err(Unusable::new(ProblemKind::BrokenRecord, message));
    }
    Ok(decoded)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::payload;

    #[track_caller]
    fn check(head: &str, body: &[u8], expected: Option<&[u8]>) {
        let message = [b"HTTP/1.1 200 OK\r\n", head.as_bytes(), b"\r\n\r\n", body].concat();
        let found = payload(&message, 100).ok().map(|payload| payload.body);
        assert_eq!(found.as_deref(), expected, "{head}");
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn encodings_are_undone_where_they_are_there() {
        check("Content-Type: text/html", b"<p>x", Some(b"<p>x"));
        check("Transfer-Encoding: chunked", b"3\r\n<p>\r\n1;a=b\r\nx\r\n0\r\n\r\n", Some(b"<p>x"));
        check("Transfer-Encoding: chunked", b"<p>x", Some(b"<p>x"));
        check("Content-Encoding: gzip", &gzip(b"<p>x"), Some(b"<p>x"));
        check("Content-Encoding: gzip", b"<p>x", Some(b"<p>x"));
        check("Content-Encoding: br", b"\x1b\x03", None);
        check("Content-Encoding: br", b"<p>x", Some(b"<p>x"));
    }

    #[test]
    fn a_page_over_the_limit_or_broken_is_an_error() {
        check("Content-Encoding: gzip", &gzip(&[b'x'; 101]), None);
        check("Content-Encoding: gzip", gzip(b"<p>x").split_at(12).0, None);
        assert!(payload(b"no head", 100).is_err());
    }

    #[test]
    fn type_and_charset_are_told() {
        let message =
            b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=\"ISO-8859-1\"\r\n\r\nx";
        let payload = payload(message, 100).unwrap();
        assert!(payload.is_html());
        assert_eq!(payload.charset(), Some("iso-8859-1"));
    }
}
