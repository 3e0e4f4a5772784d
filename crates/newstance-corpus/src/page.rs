//! Pages of publishers: the article without what stands around it.

use std::borrow::Cow;

use dom_query::Document;
use dom_smoothie::{Config, Readability};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use newstance_doc::ProblemKind;

use crate::page_blocks::{paragraphs_of, strip_furniture};
use crate::page_date::published;
use crate::page_shape::{PageShape, shape_of};
use crate::record::{Record, Unusable};

/// Nodes of a page, text apart, at most, and how deep they may lie in one another.
const MAX_NODES: usize = 200_000;
const MAX_DEPTH: usize = 1000;
/// The part of a page in which it names its encoding.
const HEAD_BYTES: usize = 2048;

/// Reads a page. `charset` is the encoding that the server named, `url` where
/// the page was fetched.
pub(crate) fn read_page(
    bytes: &[u8],
    charset: Option<&str>,
    url: Option<&str>,
) -> Result<Record, Unusable> {
    let html = decoded(bytes, charset);
    let broken = |message| Err(Unusable::new(ProblemKind::BrokenRecord, message));
    match shape_of(&html, MAX_NODES, MAX_DEPTH) {
        PageShape::Usual => {}
        PageShape::TooLarge => {
            return broken(format!("the page has over {MAX_NODES} elements"));
        }
        PageShape::TooDeep => {
            return broken(format!(
                "the elements of the page lie over {MAX_DEPTH} deep in one another"
            ));
        }
    }
    let missing = |message: String| Unusable::new(ProblemKind::MissingText, message);
    let config = Config { max_elements_to_parse: MAX_NODES, ..Config::default() };
    let document = Document::from(html.as_ref());
    let published = published(&document, url);
    strip_furniture(&document);
    // An address that is none is no reason to leave the page unread.
    let mut page = Readability::with_document(document.clone(), url, Some(config.clone()))
        .or_else(|_| Readability::with_document(document.clone(), None, Some(config)))
        .map_err(|error| missing(format!("the page is not read: {error}")))?;
    let found = page
        .parse()
        .map_err(|error| missing(format!("no article is found in the page: {error}")))?;
    let title = found.title.trim().to_owned();
    let text = paragraphs_of(&document, &found.content, &title);
    if text.is_empty() {
        return Err(missing("no article is found in the page".to_owned()));
    }
    let (date, date_raw) = published.map_or((None, None), |(date, raw)| (date, Some(raw)));
    Ok(Record {
        title,
        text,
        date,
        date_raw,
        outlet: found.site_name.and_then(|name| not_blank(&name)),
        authors: found.byline.as_deref().map(authors).unwrap_or_default(),
        url: url.map(str::to_owned).or(found.url.and_then(|url| not_blank(&url))),
        language: found.lang.and_then(|language| not_blank(&language)),
        ..Record::default()
    })
}

fn not_blank(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The characters of a page: in the encoding of its byte order mark, that of
/// the server, or that which it names itself; else UTF-8 where it is that, and
/// Windows-1252 where not, as browsers do.
fn decoded<'b>(bytes: &'b [u8], charset: Option<&str>) -> Cow<'b, str> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let named = || charset.and_then(|name| Encoding::for_label(name.as_bytes()));
    let told = || Encoding::for_label(own_charset(head)?.as_bytes());
    let guessed = || if str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
    let encoding = named().or_else(told).unwrap_or_else(guessed);
    // A byte order mark goes before all of them.
    encoding.decode(bytes).0
}

/// The encoding that a page names in a `meta` element.
fn own_charset(head: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let after = after.trim_start_matches(['"', '\'']);
    let name = after.split(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c)).next()?;
    // A page that says so in a readable `meta` element is not UTF-16, whatever it says.
    Some(if name.starts_with("utf-16") { "utf-8".to_owned() } else { name.to_owned() })
}

/// The names of a byline.
fn authors(byline: &str) -> Vec<String> {
    let byline = byline.trim();
    let byline = byline.strip_prefix("By ").or(byline.strip_prefix("by ")).unwrap_or(byline);
    byline
        .split([',', ';', '|'])
        .flat_map(|part| part.split(" and "))
        .filter_map(not_blank)
        .collect()
}

#[cfg(test)]
mod tests {
    use newstance_doc::ProblemKind;

    use super::{authors, decoded, read_page};

    const PAGE: &str = r#"<!DOCTYPE html><html lang="en"><head><title>Talks go on | The Post</title>
        <meta property="og:title" content="Talks go on">
        <meta property="og:site_name" content="The Post">
        <meta property="article:published_time" content="2023-01-30T10:00:00Z">
        <meta name="author" content="Ana Silva and Bo Lee"></head>
        <body><nav><a href="/">Home</a> <a href="/world">World</a></nav>
        <article><h1>Talks go on</h1>
        <p>The minister said on Monday that the talks with the unions would go on, whatever it took.</p>
        <p>The unions, who have been on strike for three weeks, denied that any talks were planned.</p>
        <p>A spokesman of the ministry said that nobody had been asked, and that nobody would be.</p>
        </article><footer>Copyright The Post. All rights reserved.</footer></body></html>"#;

    #[test]
    fn an_article_is_told_from_what_stands_around_it() {
        let record = read_page(PAGE.as_bytes(), None, Some("http://post.com/1")).unwrap();
        assert_eq!(record.title, "Talks go on");
        assert!(record.text.starts_with("The minister said") || record.text.starts_with("Talks"));
        assert!(record.text.contains("planned.\n\nA spokesman"), "{}", record.text);
        assert!(!record.text.contains("Copyright") && !record.text.contains("World"));
        assert_eq!(record.date, Some(jiff::civil::date(2023, 1, 30)));
        assert_eq!(record.outlet.as_deref(), Some("The Post"));
        assert_eq!(record.authors, ["Ana Silva", "Bo Lee"]);
        assert_eq!(record.url.as_deref(), Some("http://post.com/1"));
        assert_eq!(record.language.as_deref(), Some("en"));
    }

    #[test]
    fn the_encoding_is_the_one_that_is_named() {
        assert_eq!(decoded(b"caf\xe9", Some("iso-8859-1")), "café");
        assert_eq!(
            decoded(b"<meta charset=\"windows-1251\">\xc4\xe0", None),
            "<meta charset=\"windows-1251\">Да"
        );
        assert_eq!(decoded("café".as_bytes(), None), "café");
        assert_eq!(decoded(b"caf\xe9", None), "café");
        assert_eq!(decoded(b"\xef\xbb\xbfcaf\xc3\xa9", Some("latin1")), "café");
        assert_eq!(decoded(b"caf\xc3\xa9", Some("no such thing")), "café");
    }

    #[test]
    fn pages_that_are_too_deep_or_empty_say_so() {
        let deep = format!("{}text{}", "<div>".repeat(10_000), "</div>".repeat(10_000));
        assert_eq!(
            read_page(deep.as_bytes(), None, None).unwrap_err().kind,
            ProblemKind::BrokenRecord
        );
        for empty in ["", "<html></html>", "\0"] {
            let unusable = read_page(empty.as_bytes(), None, None).unwrap_err();
            assert_eq!(unusable.kind, ProblemKind::MissingText, "{empty}");
        }
    }

    #[test]
    fn a_page_as_deep_as_may_be_is_read() {
        let page = PAGE.replace("<article>", &"<div>".repeat(990));
        let page = page.replace("</article>", &"</div>".repeat(990));
        read_page(page.as_bytes(), None, None).unwrap();
    }

    #[test]
    fn bylines_are_cut_into_names() {
        assert_eq!(authors("By Ana Silva, Bo Lee and Cy Rus"), ["Ana Silva", "Bo Lee", "Cy Rus"]);
        assert_eq!(authors("Reuters"), ["Reuters"]);
        assert_eq!(authors(" "), Vec::<String>::new());
    }
}
