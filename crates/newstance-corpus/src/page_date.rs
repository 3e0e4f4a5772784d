//! When a page was published, from the places where pages say so.

use dom_query::{Document, NodeRef};
use jiff::civil::Date;
use serde_json::Value;

use crate::date::parse_date;

/// Names of `meta` elements that hold a day of publication, the more certain
/// ones first. What names a change (`modified`, `updated`) is not among them.
const META_NAMES: [&str; 30] = [
    "article:published_time",
    "article:published",
    "article_published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "date_published",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dc.date.created",
    "dcterms.created",
    "dc.created",
    "prism.publicationdate",
    "citation_publication_date",
    "citation_date",
    "parsely-pub-date",
    "cxenseparse:publishtime",
    "cxenseparse:recs:publishtime",
    "sailthru.date",
    "pubdate",
    "pub_date",
    "publishdate",
    "publish_date",
    "publish-date",
    "publication_date",
    "published",
    "date.created",
    "date",
];

/// The day of publication and how the page writes it.
///
/// Asked in this order; the first that gives a day is taken, and where none
/// does, the first that says anything (its day is then not known):
///
/// 1. `datePublished` of an article in linked data (JSON-LD), also in a graph;
/// 2. `meta` elements, by [`META_NAMES`];
/// 3. an element with `itemprop="datePublished"`;
/// 4. `datePublished` of the page in linked data, then an article's `dateCreated`;
/// 5. a `time` element with `pubdate`, then the first one of the article;
/// 6. a day in the address (`/2023/01/30/`).
pub(crate) fn published(document: &Document, url: Option<&str>) -> Option<(Option<Date>, String)> {
    let linked = LinkedData::of(document);
    let sources: [&dyn Fn() -> Vec<String>; 6] = [
        &|| linked.values(Of::Article, "datePublished"),
        &|| meta_dates(document),
        &|| item_dates(document),
        &|| {
            let mut dates = linked.values(Of::Page, "datePublished");
            dates.extend(linked.values(Of::Article, "dateCreated"));
            dates
        },
        &|| time_dates(document),
        &|| address_dates(document, url),
    ];
    let mut unknown = None;
    for raw in sources.iter().flat_map(|source| source()) {
        match parse_date(&raw) {
            Some(date) => return Some((Some(date), raw)),
            None => unknown = unknown.or(Some((None, raw))),
        }
    }
    unknown
}

/// What a node of linked data is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Article,
    Page,
}

/// The nodes of a page's linked data that are about an article or the page.
struct LinkedData(Vec<(Of, Value)>);

impl LinkedData {
    fn of(document: &Document) -> Self {
        let mut found = Self(Vec::new());
        for script in document.select("script[type='application/ld+json']").nodes() {
            // Control characters within strings are common, and not JSON.
            let json = script.text().replace(|c: char| c.is_control(), " ");
            let json = json.trim().trim_start_matches("<!--").trim_end_matches("-->");
            if let Ok(value) = serde_json::from_str(json) {
                found.add(value);
            }
        }
        found
    }

    fn add(&mut self, value: Value) {
        match value {
            Value::Array(values) => values.into_iter().for_each(|value| self.add(value)),
            Value::Object(mut object) => {
                for inner in ["@graph", "mainEntity"] {
                    if let Some(value) = object.remove(inner) {
                        self.add(value);
                    }
                }
                let value = Value::Object(object);
                if let Some(of) = kind_of(&value["@type"]) {
                    self.0.push((of, value));
                }
            }
            _ => {}
        }
    }

    fn values(&self, of: Of, field: &str) -> Vec<String> {
        let nodes = self.0.iter().filter(|(kind, _)| *kind == of);
        nodes.filter_map(|(_, node)| not_blank(node[field].as_str()?)).collect()
    }
}

/// What a type of schema.org is about: `NewsArticle`, `LiveBlogPosting`, `WebPage`.
fn kind_of(types: &Value) -> Option<Of> {
    let types: Vec<&str> = match types {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let ends = |ends: &[&str]| types.iter().any(|kind| ends.iter().any(|end| kind.ends_with(end)));
    if ends(&["Article", "BlogPosting", "Report"]) {
        Some(Of::Article)
    } else {
        ends(&["WebPage"]).then_some(Of::Page)
    }
}

fn meta_dates(document: &Document) -> Vec<String> {
    let mut found: Vec<(usize, String)> = Vec::new();
    for meta in document.select("meta[content]").nodes() {
        let names = ["property", "name", "itemprop"].map(|name| meta.attr(name));
        let place = names.iter().flatten().find_map(|name| {
            let name = name.trim().to_ascii_lowercase();
            META_NAMES.iter().position(|known| *known == name)
        });
        if let (Some(place), Some(raw)) = (place, meta.attr("content").and_then(|c| not_blank(&c)))
        {
            found.push((place, raw));
        }
    }
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, raw)| raw).collect()
}

fn item_dates(document: &Document) -> Vec<String> {
    let items = document.select("[itemprop~='datePublished']");
    items.nodes().iter().filter_map(written).collect()
}

/// The date that an element holds, for programs or else for readers.
fn written(node: &NodeRef) -> Option<String> {
    let attribute = ["content", "datetime"].iter().find_map(|name| not_blank(&node.attr(name)?));
    attribute.or_else(|| not_blank(&node.text()))
}

fn time_dates(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    for selector in ["time[pubdate]", "article time", "main time", "header time"] {
        let times = document.select(selector);
        let times = times.nodes().iter().filter(|time| !tells_a_change(time));
        found.extend(times.filter_map(written));
    }
    found
}

/// True for a time whose class, or that of what it stands in, says that it is
/// that of a change, and for one in a list of other articles.
fn tells_a_change(time: &NodeRef) -> bool {
    let says = |node: &NodeRef| {
        let class = node.class().unwrap_or_default().to_ascii_lowercase();
        // WordPress calls a time that is both `published updated`.
        ["updated", "modified", "moddate"].iter().any(|word| class.contains(word))
            && !class.contains("publish")
            && !class.contains("entry-date")
    };
    says(time)
        || time.parent().is_some_and(|parent| says(&parent))
        || time.ancestors_it(None).any(|above| above.has_name("aside") || above.has_name("nav"))
}

fn address_dates(document: &Document, url: Option<&str>) -> Vec<String> {
    let canonical = document.select("link[rel='canonical']").attr("href");
    let own = document.select("meta[property='og:url']").attr("content");
    let addresses = [url, canonical.as_deref(), own.as_deref()];
    addresses.into_iter().flatten().filter_map(day_in_address).collect()
}

/// The day that an address names as `/2023/01/30/`, `2023-01-30` or `20230130`.
fn day_in_address(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next()?;
    let numbers: Vec<&str> = path.split(['/', '-', '_', '.']).collect();
    let is_day = |raw: &String| {
        // A number of an article may look like a day of another age.
        parse_date(raw).is_some_and(|day| (1980..2100).contains(&day.year()))
    };
    let whole = numbers.iter().filter(|number| number.len() == 8).map(|&n| n.to_owned());
    let apart = numbers.windows(3).filter(|parts| parts[0].len() == 4).map(|parts| parts.join("-"));
    apart.chain(whole).find(is_day)
}

fn not_blank(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::published;

    #[track_caller]
    fn check(html: &str, url: Option<&str>, expected: Option<&str>) {
        let found = published(&Document::from(html), url);
        let found =
            found.map(|(date, raw)| date.map_or(format!("?{raw}"), |date| date.to_string()));
        assert_eq!(found.as_deref(), expected, "{html}");
    }

    fn linked(json: &str) -> String {
        format!("<script type='application/ld+json'>{json}</script>")
    }

    #[test]
    fn linked_data_is_asked_first_also_in_graphs_and_lists() {
        let graph = linked(
            r#"{"@graph": [{"@type": "WebPage", "datePublished": "2020-01-01"},
                {"@type": ["NewsArticle"], "datePublished": "2023-01-30T10:00:00Z"}]}"#,
        );
        check(&graph, None, Some("2023-01-30"));
        let list =
            linked(r#"[{"@type": "Person"}, {"@type": "Article", "datePublished": "2023-01-30"}]"#);
        let meta = "<meta property='article:published_time' content='2022-02-02'>";
        check(&(meta.to_owned() + &list), None, Some("2023-01-30"));
        let page = linked(r#"{"@type": "WebPage", "datePublished": "2020-01-01"}"#);
        check(&(page.clone() + meta), None, Some("2022-02-02"));
        check(&page, None, Some("2020-01-01"));
        let broken = linked(
            "{\"@type\": \"Article\", \"headline\": \"a\nb\", \"datePublished\": \"2023-01-30\"}",
        );
        check(&broken, None, Some("2023-01-30"));
        check(&(linked("{nonsense") + meta), None, Some("2022-02-02"));
    }

    #[test]
    fn names_of_meta_elements_have_an_order() {
        let meta = |name: &str, day: &str| format!("<meta name='{name}' content='{day}'>");
        check(
            &(meta("date", "2020-01-01") + &meta("DC.date", "2023-01-30")),
            None,
            Some("2023-01-30"),
        );
        check(&meta("date.created", "2023-01-30 10:00:00"), None, Some("2023-01-30"));
        check(&(meta("dc.date", "soon") + &meta("date", "2023-01-30")), None, Some("2023-01-30"));
        check(&meta("dc.date", "soon"), None, Some("?soon"));
    }

    #[test]
    fn a_change_is_no_publication() {
        check(&linked(r#"{"@type": "Article", "dateModified": "2023-01-30"}"#), None, None);
        check("<meta property='article:modified_time' content='2023-01-30'>", None, None);
        check("<article><time class='updated' datetime='2023-01-30'></time></article>", None, None);
        check("<article><aside><time datetime='2023-01-30'></time></aside></article>", None, None);
        check(
            "<article><p class='last-modified'><time datetime='2023-01-30'></p></article>",
            None,
            None,
        );
    }

    #[test]
    fn times_and_addresses_come_last() {
        let time = "<article><time datetime='2023-01-30T10:00'>3 h</time></article>";
        check(time, Some("http://a.com/2020/01/01/x"), Some("2023-01-30"));
        check("<span itemprop='datePublished'>30 January 2023</span>", None, Some("2023-01-30"));
        check("", Some("http://a.com/2023/01/30/talks-go-on/"), Some("2023-01-30"));
        check("", Some("http://a.com/talks-20230130-p60.html"), Some("2023-01-30"));
        check("<link rel='canonical' href='http://a.com/2023/1/30'>", None, Some("2023-01-30"));
        check("", Some("http://a.com/talks-12345678?2023-01-30"), None);
        check("", None, None);
    }
}
