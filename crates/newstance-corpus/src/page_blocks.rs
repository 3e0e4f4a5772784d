//! What stands around and between the paragraphs of a page's article.
//!
//! The rules go by structure (elements, roles, words of classes, share of
//! links), and know no publisher.

use std::collections::HashMap;

use dom_query::{Document, NodeId, NodeRef};

use crate::date::parse_date;

/// Elements and roles that hold no part of an article.
const FURNITURE: &str = "aside, nav, footer, figcaption, form, button, dialog, video, audio, iframe, \
    [role='complementary'], [role='navigation'], [role='contentinfo'], [role='dialog'], \
    [role='search'], [hidden]";

/// Words of a class or an id, also two in a row (`sign-up`, `factBox`), that
/// name no part of an article.
const FURNITURE_WORDS: [&str; 49] = [
    "ad",
    "ads",
    "advert",
    "advertisement",
    "advertising",
    "author",
    "authors",
    "bio",
    "breadcrumb",
    "breadcrumbs",
    "byline",
    "caption",
    "comments",
    "consent",
    "cookie",
    "cookies",
    "credit",
    "disclaimer",
    "embed",
    "factbox",
    "infobox",
    "instagram",
    "login",
    "modal",
    "newsletter",
    "popup",
    "promo",
    "promotion",
    "readmore",
    "recirc",
    "recirculation",
    "recommended",
    "register",
    "related",
    "screenreader",
    "share",
    "sharing",
    "signin",
    "signup",
    "social",
    "sronly",
    "subscribe",
    "subscription",
    "tags",
    "timestamp",
    "toc",
    "tooltip",
    "twitter",
    "visuallyhidden",
];

/// How lines begin that lead elsewhere.
const POINTERS: [&str; 14] = [
    "advertisement",
    "also read",
    "click here",
    "more about",
    "read also",
    "read more",
    "read next",
    "related:",
    "related topics",
    "see also",
    "share this",
    "sign up",
    "story continues",
    "watch now",
];
/// A paragraph is longer than a line that leads elsewhere, or stands there again and again.
const MAX_LINE_CHARS: usize = 80;

/// How much of the page's paragraphs an element may hold and still be furniture.
const MAX_SHARE: f64 = 1.0 / 3.0;
/// From which share of links on a block leads elsewhere.
const MIN_LINKS: f64 = 0.6;
/// A longer paragraph is text, whatever of it is a link.
const MAX_LINK_BYTES: usize = 120;
/// How often a short line stands on a page that is no text of the article.
const MIN_REPEATS: usize = 3;
/// How much more text the paragraphs of the `article` element must hold than
/// what was found, to be taken for the article.
const MIN_GAIN: f64 = 1.25;

/// Takes out what is no part of the article: by [`FURNITURE`] and [`FURNITURE_WORDS`],
/// but for what holds a third of the page's paragraphs or more: a class that
/// stands on the whole article says something else.
pub(crate) fn strip_furniture(document: &Document) {
    let Some(body) = document.body() else { return };
    let inside = body.descendants();
    let n_bytes = paragraph_bytes(&inside);
    let total: usize =
        inside.iter().filter(|node| node.has_name("p")).map(|p| n_bytes[&p.id]).sum();
    if total == 0 {
        return;
    }
    let mut furniture = document.select(FURNITURE).nodes().to_vec();
    furniture.extend(inside.into_iter().filter(is_named_furniture));
    for node in furniture {
        // What is not in the body (`nav` in a broken page's head) holds no paragraph.
        let held = n_bytes.get(&node.id).copied().unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "pages have fewer than 2^52 bytes")]
        let share = held as f64 / total as f64;
        if share < MAX_SHARE {
            node.remove_from_parent();
        }
    }
}

/// The bytes of the paragraphs that each of `nodes` is or holds; these are all
/// within one node, each before what it holds.
fn paragraph_bytes(nodes: &[NodeRef]) -> HashMap<NodeId, usize> {
    let mut n_bytes: HashMap<NodeId, usize> = HashMap::new();
    for node in nodes.iter().rev() {
        let own = if node.has_name("p") { node.text().len() } else { 0 };
        let all = n_bytes.entry(node.id).or_default();
        *all = own.max(*all);
        let all = *all;
        if let Some(parent) = node.parent() {
            *n_bytes.entry(parent.id).or_default() += all;
        }
    }
    n_bytes
}

fn is_named_furniture(node: &NodeRef) -> bool {
    node.is_element()
        && [node.class(), node.id_attr()].iter().flatten().any(|names| {
            names.split_ascii_whitespace().any(|name| {
                let words = words_of(name);
                let pairs = words.windows(2).map(<[String]>::concat);
                words.iter().cloned().chain(pairs).any(|w| FURNITURE_WORDS.contains(&w.as_str()))
            })
        })
}

/// The words of a name, lower case, without digits behind them: `storyBox__sign-up2`
/// is `story box sign up`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (was_lower && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric() {
            words.last_mut().expect("there is always one").push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase();
    }
    let words = words.iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The paragraphs of what was found, or of the page's `article` element where
/// those hold a good deal more: some publishers cut a text into several boxes.
pub(crate) fn paragraphs_of(page: &Document, content: &str, title: &str) -> String {
    let found = lines(&Document::from(content), title);
    let articles = page.select("article, [itemprop~='articleBody']");
    let is_article = |node: &NodeRef| {
        let property = node.attr("itemprop").unwrap_or_default();
        node.has_name("article") || property.split_ascii_whitespace().any(|p| p == "articleBody")
    };
    // Those within others are read with them: each text is read once.
    let outer =
        articles.nodes().iter().filter(|node| !node.ancestors_it(None).any(|n| is_article(&n)));
    let longest = outer.map(blocks_of).max_by_key(String::len);
    let whole = longest.map(|html| lines(&Document::from(html), title)).unwrap_or_default();
    let n_bytes = |lines: &[String]| lines.iter().map(String::len).sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "pages have fewer than 2^52 bytes")]
    let gain = n_bytes(&whole) as f64 / n_bytes(&found).max(1) as f64;
    if gain > MIN_GAIN { whole } else { found }.join("\n\n")
}

/// The blocks of text in an element, without the boxes that they lie in.
fn blocks_of(node: &NodeRef) -> String {
    let is_block = |node: &NodeRef| {
        node.node_name().is_some_and(|name| {
            matches!(
                &*name,
                "p" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" | "pre"
            )
        })
    };
    let blocks = node.descendants_it().filter(is_block);
    let outer = blocks.filter(|block| !block.ancestors_it(None).any(|above| is_block(&above)));
    outer.map(|block| block.html().to_string()).collect()
}

/// The lines of an article, without those that are no text of it.
fn lines(content: &Document, title: &str) -> Vec<String> {
    content.select("script, style, noscript, template").remove();
    let is_list = |node: &NodeRef| node.has_name("ul") || node.has_name("ol");
    for block in content.select("p, h1, h2, h3, h4, h5, h6, ul, ol").nodes() {
        if is_list(block) && block.ancestors_it(None).any(|above| is_list(&above)) {
            continue;
        }
        let links: usize =
            block.descendants_it().filter(|n| n.has_name("a")).map(|a| a.text().len()).sum();
        let whole = block.text().trim().len();
        let is_short = whole <= MAX_LINK_BYTES || !block.has_name("p");
        #[expect(clippy::cast_precision_loss, reason = "pages have fewer than 2^52 bytes")]
        if is_short && links as f64 > whole as f64 * MIN_LINKS {
            block.remove_from_parent();
        }
    }
    let text = content.formatted_text();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut repeats: HashMap<&str, usize> = HashMap::new();
    for line in &lines {
        *repeats.entry(line).or_default() += 1;
    }
    let is_text = |line: &&&str| {
        let is_short = line.chars().count() <= MAX_LINE_CHARS;
        !(is_short && (repeats[**line] >= MIN_REPEATS || is_pointer(line)))
            && parse_date(line).is_none()
            && **line != title
    };
    lines.iter().filter(is_text).map(|&line| line.to_owned()).collect()
}

/// True for a line that begins as those do that lead elsewhere.
fn is_pointer(line: &str) -> bool {
    let lower = line.to_lowercase();
    POINTERS.iter().any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::{paragraphs_of, strip_furniture, words_of};

    const LONG: &str = "The minister said on Monday that the talks with the unions would go on.";

    /// What is left of an article of two paragraphs with `between` between them.
    #[track_caller]
    fn check(between: &str, expected: &[&str]) {
        let html = format!(
            "<body><article><p>{LONG}</p>{between}<p>The unions denied it.</p></article></body>"
        );
        let document = Document::from(html);
        strip_furniture(&document);
        let content = document.select("article").html();
        let text = paragraphs_of(&document, &content, "Talks go on");
        let expected = [&[LONG], expected, &["The unions denied it."]].concat();
        assert_eq!(text.split("\n\n").collect::<Vec<_>>(), expected, "{between}");
    }

    #[test]
    fn furniture_goes_by_element_role_and_class() {
        for furniture in [
            "<figure><img><figcaption>The minister. Getty Images</figcaption></figure>",
            "<aside><p>Four more talks</p></aside>",
            "<div role='complementary'><p>Four more talks</p></div>",
            "<div class='storyBox__sign-up2'><p>Get our letter</p></div>",
            "<section id='newsletterWidget'><p>Get our letter</p></section>",
            "<span class='image-caption'>The minister</span>",
            "<p class='cookie'>We use cookies</p>",
            "<blockquote class='twitter-tweet'>So true</blockquote>",
            "<script>var a = 1;</script>",
        ] {
            check(furniture, &[]);
        }
        check("<h2 class='shade'>Quotes</h2>", &["Quotes"]);
        check("<p id='elk-7a-d8-20ad-4cad'>So he said.</p>", &["So he said."]);
        check("<p class='paywall'>So he said.</p>", &["So he said."]);
    }

    #[test]
    fn a_class_of_the_whole_article_takes_nothing_out() {
        let html =
            format!("<body class='ads'><article class='author-ana'><p>{LONG}</p></article></body>");
        let document = Document::from(html);
        strip_furniture(&document);
        assert_eq!(document.select("p").text().as_ref(), LONG);
        let without_paragraphs = Document::from("<body><div class='ads'>Text</div></body>");
        strip_furniture(&without_paragraphs);
        assert_eq!(without_paragraphs.select("div").text().as_ref(), "Text");
    }

    #[test]
    fn lines_that_lead_elsewhere_are_left_out() {
        check("<p>ALSO READ: <a href='/2'>Four more talks that went wrong</a></p>", &[]);
        check("<ul><li><a href='/2'>One</a></li><li><a href='/3'>Two</a></li></ul>", &[]);
        check("<p>Story continues below</p><p>30 January 2023</p><h1>Talks go on</h1>", &[]);
        check("<p>Article content</p><p>Article content</p><p>Article content</p>", &[]);
        check("<p>He spoke to <a href='/p'>the Post</a>.</p>", &["He spoke to the Post."]);
        let linked = format!("<a href='/2'>{LONG}</a> {LONG}");
        check(&format!("<p>{linked}</p>"), &[&format!("{LONG} {LONG}")]);
    }

    #[test]
    fn a_text_in_several_boxes_is_read_whole() {
        let boxes = format!("<div><p>{LONG}</p></div>").repeat(2);
        let page =
            Document::from(format!("<article>{boxes}<div><ul><li>One</li></ul></div></article>"));
        let found = paragraphs_of(&page, &format!("<div><p>{LONG}</p></div>"), "");
        assert!(
            found.starts_with(&format!("{LONG}\n\n{LONG}\n\n")) && found.ends_with("One"),
            "{found}"
        );
    }

    #[test]
    fn names_are_cut_into_words() {
        assert_eq!(words_of("storyBox__sign-up2"), ["story", "box", "sign", "up"]);
        assert_eq!(words_of("20ad-4cad-7"), ["20ad", "4cad"]);
    }
}
