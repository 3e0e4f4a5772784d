//! What stands around and between the paragraphs of a page's article.
//!
//! The rules go by structure (elements, roles, words of classes, share of
//! links), and know no publisher.

use std::collections::HashMap;

use dom_query::{Document, NodeRef};

use crate::date::parse_date;

/// Elements and roles that hold no part of an article.
const FURNITURE: &str = "aside, nav, footer, figcaption, form, button, dialog, video, audio, iframe, \
    [role='complementary'], [role='navigation'], [role='contentinfo'], [role='dialog'], \
    [role='search'], [hidden]";

/// Words of a class or an id, also two in a row (`sign-up`, `factBox`), that
/// name no part of an article.
const FURNITURE_WORDS: [&str; 49] = [
    "ad", "ads", "advert", "advertisement", "advertising", "author", "authors", "bio",
    "breadcrumb", "breadcrumbs", "byline", "caption", "comments", "consent", "cookie", "cookies",
    "credit", "disclaimer", "embed", "factbox", "infobox", "instagram", "login", "modal",
    "newsletter", "popup", "promo", "promotion", "readmore", "recirc", "recirculation",
    "recommended", "register", "related", "screenreader", "share", "sharing", "signin", "signup",
    "social", "sronly", "subscribe", "subscription", "tags", "timestamp", "toc", "tooltip",
    "twitter", "visuallyhidden",
];

/// How lines begin that lead elsewhere; a paragraph is longer than such a line.
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
const MAX_POINTER_CHARS: usize = 80;

/// How much of the page's paragraphs an element may hold and still be furniture.
const MAX_SHARE: f64 = 1.0 / 3.0;
/// From which share of links on a block leads elsewhere.
const MIN_LINKS: f64 = 0.6;
/// How often a short line stands on a page that is no text of the article.
const MIN_REPEATS: usize = 3;
/// How much more text the paragraphs of the `article` element must hold than
/// what was found, to be taken for the article.
const MIN_GAIN: f64 = 1.25;

/// Takes out what is no part of the article: by [`FURNITURE`] and [`FURNITURE_WORDS`],
/// but for what holds a third of the page's paragraphs or more: a class that
/// stands on the whole article says something else.
pub(crate) fn strip_furniture(document: &Document) {
    let n_chars = |node: &NodeRef| -> usize {
        node.descendants_it().filter(|inner| inner.has_name("p")).map(|p| p.text().len()).sum()
    };
    let Some(body) = document.body() else { return };
    let total = n_chars(&body);
    if total == 0 {
        return;
    }
    let mut furniture = document.select(FURNITURE).nodes().to_vec();
    furniture.extend(body.descendants_it().filter(is_named_furniture));
    for node in furniture {
        #[expect(clippy::cast_precision_loss, reason = "pages have fewer than 2^52 characters")]
        let share = n_chars(&node) as f64 / total as f64;
        if share < MAX_SHARE && !node.has_name("body") {
            node.remove_from_parent();
        }
    }
}

fn is_named_furniture(node: &NodeRef) -> bool {
    node.is_element()
        && [node.class(), node.id_attr()].iter().flatten().any(|names| {
            names.split_ascii_whitespace().any(|name| {
                let words = words_of(name);
                let pairs = words.windows(2).map(|pair| pair.concat());
                words.iter().cloned().chain(pairs).any(|w| FURNITURE_WORDS.contains(&w.as_str()))
            })
        })
}

/// The words of a name, lower case: `storyBox__sign-up2` is `story box sign up`.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphabetic() || (was_lower && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if c.is_ascii_alphabetic() {
            words.last_mut().expect("there is always one").push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The paragraphs of what was found, or of the page's `article` element where
/// those hold a good deal more: some publishers cut a text into several boxes.
pub(crate) fn paragraphs_of(page: &Document, content: &str, title: &str) -> String {
    let found = lines(&Document::from(content), title);
    let articles = page.select("article, [itemprop~='articleBody']");
    let longest = articles.nodes().iter().map(blocks_of).max_by_key(String::len);
    let whole = longest.map(|html| lines(&Document::from(html), title)).unwrap_or_default();
    let n_chars = |lines: &[String]| lines.iter().map(String::len).sum::<usize>();
    #[expect(clippy::cast_precision_loss, reason = "pages have fewer than 2^52 characters")]
    let gain = n_chars(&whole) as f64 / n_chars(&found).max(1) as f64;
    if gain > MIN_GAIN { whole } else { found }.join("\n\n")
}

/// The blocks of text in an element, without the boxes that they lie in.
fn blocks_of(node: &NodeRef) -> String {
    let is_block = |node: &NodeRef| {
        node.node_name().is_some_and(|name| {
            matches!(&*name, "p" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "blockquote" | "pre")
        })
    };
    let blocks = node.descendants_it().filter(is_block);
    let outer = blocks.filter(|block| !block.ancestors_it(None).any(|above| is_block(&above)));
    outer.map(|block| block.html().to_string()).collect()
}

/// The lines of an article, without those that are no text of it.
fn lines(content: &Document, title: &str) -> Vec<String> {
    let leads_away = content.select("p, h1, h2, h3, h4, h5, h6, ul, ol").nodes().to_vec();
    for block in leads_away {
        let links: usize = block.descendants_it().filter(|n| n.has_name("a")).map(|a| a.text().len()).sum();
        #[expect(clippy::cast_precision_loss, reason = "pages have fewer than 2^52 characters")]
        if links as f64 > block.text().trim().len() as f64 * MIN_LINKS {
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
        repeats[**line] < MIN_REPEATS && !is_pointer(line) && parse_date(line).is_none() && **line != title
    };
    lines.iter().filter(is_text).map(|&line| line.to_owned()).collect()
}

fn is_pointer(line: &str) -> bool {
    let lower = line.to_lowercase();
    line.chars().count() <= MAX_POINTER_CHARS && POINTERS.iter().any(|start| lower.starts_with(start))
}
