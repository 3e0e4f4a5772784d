//! One JSON object to an article.

use jiff::civil::Date;
use newstance_doc::{Article, ProblemKind};
use serde_json::{Map, Value};

use crate::CorpusSettings;
use crate::date::{from_epoch, parse_date};
use crate::ids::hashed_id;

/// The fields of an article before it has its final id.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) id: Option<String>,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) date: Option<Date>,
    pub(crate) date_raw: Option<String>,
    pub(crate) outlet: Option<String>,
    pub(crate) authors: Vec<String>,
    pub(crate) url: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) extra: Option<String>,
    /// Which field of the article came from which field of the input.
    pub(crate) taken: Vec<(&'static str, String)>,
}

impl Record {
    /// The article, with the id that it has or a hash of what it says.
    pub(crate) fn into_article(self) -> Article {
        let id = self.id.unwrap_or_else(|| hashed_id(self.url.as_deref(), &self.title, &self.text));
        Article {
            id,
            title: self.title,
            text: self.text,
            date: self.date,
            date_raw: self.date_raw,
            outlet: self.outlet,
            authors: self.authors,
            url: self.url,
            language: self.language,
            extra: self.extra,
        }
    }
}

/// Why a line gives no article.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    pub(crate) kind: ProblemKind,
    pub(crate) message: String,
    pub(crate) article_id: Option<String>,
}

impl Unusable {
    /// One of an article without id.
    pub(crate) fn new(kind: ProblemKind, message: String) -> Self {
        Self { kind, message, article_id: None }
    }
}

/// Reads one JSON object.
pub(crate) fn read_record(json: &str, settings: &CorpusSettings) -> Result<Record, Unusable> {
    let broken = |message| Unusable::new(ProblemKind::BrokenRecord, message);
    match serde_json::from_str(json) {
        Ok(Value::Object(object)) => record_of(object, settings),
        Ok(_) => Err(broken("it is JSON, but not an object".to_owned())),
        Err(error) => Err(broken(format!("it is not JSON: {error}"))),
    }
}

/// Takes the fields of an object for those of an article.
pub(crate) fn record_of(
    object: Map<String, Value>,
    settings: &CorpusSettings,
) -> Result<Record, Unusable> {
    let mut fields = Fields { object, taken: Vec::new(), sources: Vec::new() };
    let id = fields.take("id", &settings.id, id_of);
    let title = fields.take("title", &settings.title, text_of).unwrap_or_default();
    let Some(text) = fields.take("text", &settings.text, body_of) else {
        return Err(Unusable {
            kind: ProblemKind::MissingText,
            message: format!("none of the fields {} holds text", settings.text.join(", ")),
            article_id: id,
        });
    };
    let (date, date_raw) = fields.take("date", &settings.date, date_of).unwrap_or_default();
    Ok(Record {
        id,
        title,
        text,
        date,
        date_raw,
        outlet: fields.take("outlet", &settings.outlet, name_of),
        authors: fields.take("authors", &settings.authors, names_of).unwrap_or_default(),
        url: fields.take("url", &settings.url, text_of),
        language: fields.take("language", &settings.language, text_of),
        taken: std::mem::take(&mut fields.sources),
        extra: fields.extra(),
    })
}

/// The fields of a record, less those that were taken.
struct Fields {
    object: Map<String, Value>,
    taken: Vec<String>,
    sources: Vec<(&'static str, String)>,
}

impl Fields {
    /// What `read` makes of the first of `names` for which it makes anything;
    /// it is for the article's field `field`.
    fn take<T>(
        &mut self,
        field: &'static str,
        names: &[String],
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        for name in names {
            let whole = self.object.get(name).and_then(&read);
            if whole.is_some() {
                self.taken.push(name.clone());
            }
            // A field inside an object is not taken out of it.
            if let Some(value) = whole.or_else(|| self.nested(name).and_then(&read)) {
                self.sources.push((field, name.clone()));
                return Some(value);
            }
        }
        None
    }

    fn nested(&self, name: &str) -> Option<&Value> {
        let (first, path) = name.split_once('.')?;
        path.split('.').try_fold(self.object.get(first)?, |value, part| value.get(part))
    }

    /// The fields that were not taken, as JSON; none where there are none.
    fn extra(mut self) -> Option<String> {
        self.object.retain(|name, value| !value.is_null() && !self.taken.contains(name));
        (!self.object.is_empty()).then(|| Value::Object(self.object).to_string())
    }
}

/// A string that is not blank, untouched.
fn text_of(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

/// A string that is not blank; or the sections of a body, as Fundus writes
/// them, with an empty line between paragraphs.
fn body_of(value: &Value) -> Option<String> {
    let Some(sections) = value.get("sections").and_then(Value::as_array) else {
        return text_of(value);
    };
    let parts = |of: &Value, name: &str| -> Vec<String> {
        of[name].as_array().into_iter().flatten().filter_map(text_of).collect()
    };
    let mut paragraphs = parts(value, "summary");
    for section in sections {
        paragraphs.extend(parts(section, "headline"));
        paragraphs.extend(parts(section, "paragraphs"));
    }
    (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
}

/// A string that is not blank, without white space around, or a number.
fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        value => text_of(value).map(|id| id.trim().to_owned()),
    }
}

/// A string, or the `name` of an object.
fn name_of(value: &Value) -> Option<String> {
    text_of(value.get("name").unwrap_or(value)).map(|name| name.trim().to_owned())
}

/// A list of names, or one name.
fn names_of(value: &Value) -> Option<Vec<String>> {
    let names: Vec<String> = match value {
        Value::Array(values) => values.iter().filter_map(name_of).collect(),
        value => name_of(value).into_iter().collect(),
    };
    (!names.is_empty()).then_some(names)
}

/// A date, where its form is known, and how it is written.
fn date_of(value: &Value) -> Option<(Option<Date>, Option<String>)> {
    let raw = id_of(value)?;
    let date = match value {
        Value::Number(number) => {
            parse_date(&raw).filter(|_| raw.len() == 8).or_else(|| from_epoch(whole(number)?))
        }
        _ => parse_date(&raw),
    };
    Some((date, Some(raw)))
}

/// A number without its fraction.
fn whole(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let text = number.to_string();
        text.split_once('.')?.0.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use newstance_doc::ProblemKind;

    use super::{Record, read_record};
    use crate::CorpusSettings;

    fn read(line: &str) -> Record {
        read_record(line, &CorpusSettings::default()).unwrap()
    }

    #[track_caller]
    fn check_unusable(line: &str, kind: ProblemKind, article_id: Option<&str>) {
        let unusable = read_record(line, &CorpusSettings::default()).unwrap_err();
        assert_eq!((unusable.kind, unusable.article_id.as_deref()), (kind, article_id));
    }

    #[test]
    fn fields_are_found_by_name_and_the_others_are_kept() {
        let record = read(
            r#"{"id": 7, "headline": "Talks", "body": " They\u0000 met. ", "published": "2023-01-30",
                "source": {"id": "x", "name": "The Post"}, "byline": "By A", "url": "http://a",
                "lang": "en", "topic": "war", "none": null, "n": [1, {"b": 2}]}"#,
        );
        let expected = Record {
            id: Some("7".into()),
            title: "Talks".into(),
            text: " They\0 met. ".into(),
            date: Some(date(2023, 1, 30)),
            date_raw: Some("2023-01-30".into()),
            outlet: Some("The Post".into()),
            authors: vec!["By A".into()],
            url: Some("http://a".into()),
            language: Some("en".into()),
            extra: Some(r#"{"topic":"war","n":[1,{"b":2}]}"#.into()),
            taken: [
                ("id", "id"),
                ("title", "headline"),
                ("text", "body"),
                ("date", "published"),
                ("outlet", "source"),
                ("authors", "byline"),
                ("url", "url"),
                ("language", "lang"),
            ]
            .map(|(field, name)| (field, name.to_owned()))
            .into(),
        };
        assert_eq!(record, expected);
    }

    #[test]
    fn the_first_field_that_is_not_blank_is_taken() {
        let record = read(r#"{"text": " ", "body": 5, "content": "c", "article": "a"}"#);
        assert_eq!(record.text, "c");
        assert_eq!(record.extra.as_deref(), Some(r#"{"text":" ","body":5,"article":"a"}"#));
        assert_eq!(read(r#"{"id": " ", "text": "x"}"#).id, None);
    }

    #[test]
    fn dots_lead_into_objects() {
        let settings = CorpusSettings {
            text: vec!["doc.body.plain".into()],
            outlet: vec!["a.b".into()],
            ..CorpusSettings::default()
        };
        let line = r#"{"doc": {"body": {"plain": "x"}}, "a.b": "literal", "a": {"b": "nested"}}"#;
        let record = read_record(line, &settings).unwrap();
        assert_eq!((record.text.as_str(), record.outlet.as_deref()), ("x", Some("literal")));
    }

    #[test]
    fn dates_may_be_numbers_and_unknown_ones_are_kept_as_written() {
        for (raw, known) in [
            ("1675080000", true),
            ("1675080000000", true),
            ("1675080000.25", true),
            ("20230130", true),
            ("\"1675080000\"", true),
            ("\"30.1.23\"", false),
            ("1e300", false),
        ] {
            let record = read(&format!(r#"{{"text": "x", "date": {raw}}}"#));
            assert_eq!(record.date, known.then(|| date(2023, 1, 30)), "{raw}");
            assert!(record.date_raw.is_some());
        }
        assert_eq!(read(r#"{"text": "x", "date": null}"#).date_raw, None);
    }

    #[test]
    fn news_please_is_read_by_its_names() {
        let record = read(
            r#"{"authors": ["A B"], "date_download": "2023-02-01 00:00:00",
                "date_publish": "2023-01-30 10:11:12", "language": "en", "maintext": "They met.",
                "source_domain": "post.com", "title": "Talks", "url": "http://post.com/1"}"#,
        );
        assert_eq!((record.title.as_str(), record.text.as_str()), ("Talks", "They met."));
        assert_eq!(record.date, Some(date(2023, 1, 30)));
        assert_eq!(record.outlet.as_deref(), Some("post.com"));
        assert_eq!(record.authors, ["A B"]);
        assert_eq!(record.extra.as_deref(), Some(r#"{"date_download":"2023-02-01 00:00:00"}"#));
    }

    #[test]
    fn fundus_is_read_by_its_names() {
        let record = read(
            r#"{"title": "Talks", "publishing_date": "2023-01-30 10:11:12+00:00", "authors": ["A"],
                "body": {"summary": ["In short."], "sections": [
                    {"headline": [], "paragraphs": ["One.", "Two."]},
                    {"headline": ["More"], "paragraphs": ["Three."]}]}}"#,
        );
        assert_eq!(record.text, "In short.\n\nOne.\n\nTwo.\n\nMore\n\nThree.");
        assert_eq!(record.date, Some(date(2023, 1, 30)));
        assert_eq!(record.extra, None);
        check_unusable(
            r#"{"body": {"summary": [], "sections": []}}"#,
            ProblemKind::MissingText,
            None,
        );
    }

    #[test]
    fn authors_may_be_objects() {
        let record = read(r#"{"text": "x", "authors": [{"name": "A"}, "B", "", 3]}"#);
        assert_eq!(record.authors, ["A", "B"]);
    }

    #[test]
    fn what_is_no_record_says_why() {
        check_unusable("{\"text\": ", ProblemKind::BrokenRecord, None);
        check_unusable("[1]", ProblemKind::BrokenRecord, None);
        check_unusable("nonsense", ProblemKind::BrokenRecord, None);
        check_unusable(r#"{"text": "\ud800"}"#, ProblemKind::BrokenRecord, None);
        check_unusable(&"[".repeat(10_000), ProblemKind::BrokenRecord, None);
        check_unusable(r#"{"id": "a", "title": "t"}"#, ProblemKind::MissingText, Some("a"));
        check_unusable(r#"{"id": "a", "text": " \n "}"#, ProblemKind::MissingText, Some("a"));
        check_unusable(r#"{"text": null}"#, ProblemKind::MissingText, None);
    }
}
