//! Which fields of a record mean what.

use serde::{Deserialize, Serialize};

use crate::FilterSettings;

/// How records become articles; the part `[corpus]` of the settings.
///
/// Each list names fields of a record in order of preference: the first one
/// that is there and not blank is taken. A dot in a name leads into an object
/// (`publisher.name`), unless the record has a field of just that name. Fields
/// that were not taken are kept in the article's `extra`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorpusSettings {
    /// Fields for the article's id.
    pub id: Vec<String>,
    /// Fields for the headline.
    pub title: Vec<String>,
    /// Fields for the body.
    pub text: Vec<String>,
    /// Fields for the day of publication.
    pub date: Vec<String>,
    /// Fields for the publisher.
    pub outlet: Vec<String>,
    /// Fields for the authors, a list or one string.
    pub authors: Vec<String>,
    /// Fields for the address.
    pub url: Vec<String>,
    /// Fields for the language.
    pub language: Vec<String>,
    /// The longest record (a line, a row, a page, or a text file) that is read, in bytes.
    pub max_record_bytes: usize,
    /// The longest article that is analysed, title and text, in bytes. One takes
    /// about 75 times its size in memory, beside the others.
    pub max_article_bytes: usize,
    /// How many times larger than its file decompressed data may be, beyond
    /// the first 64 MiB.
    pub max_expansion: u64,
    /// Which articles are left out.
    pub filter: FilterSettings,
}

impl Default for CorpusSettings {
    fn default() -> Self {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
        Self {
            id: names(&["id", "article_id", "_id", "_id.$oid", "uuid"]),
            title: names(&["title", "headline"]),
            text: names(&["text", "body", "content", "maintext", "article"]),
            date: names(&[
                "date",
                "published",
                "date_publish",
                "publish_date",
                "publishing_date",
                "pub_date",
                "published_at",
                "publishedAt",
                "datePublished",
            ]),
            outlet: names(&[
                "outlet",
                "source",
                "publisher",
                "source_domain",
                "site",
                "newspaper",
                "publication",
            ]),
            authors: names(&["authors", "author", "byline"]),
            url: names(&["url", "link"]),
            language: names(&["language", "lang"]),
            max_record_bytes: 64 * 1024 * 1024,
            max_article_bytes: 16 * 1024 * 1024,
            max_expansion: 300,
            filter: FilterSettings::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CorpusSettings;

    #[test]
    fn what_is_not_set_is_the_default_and_unknown_keys_are_errors() {
        let settings: CorpusSettings = serde_json::from_str(r#"{"text": ["story"]}"#).unwrap();
        assert_eq!(settings.text, ["story"]);
        assert_eq!(settings.title, CorpusSettings::default().title);
        assert!(serde_json::from_str::<CorpusSettings>(r#"{"txt": []}"#).is_err());
    }
}
