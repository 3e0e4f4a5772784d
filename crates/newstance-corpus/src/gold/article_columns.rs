//! What examples can be sliced by.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};

use super::GoldError;
use super::text_file::read;
use crate::parse_date;

/// Values by the name of their column (`outlet`, `region`, `decade`).
pub type Columns = BTreeMap<String, String>;

/// Fields of an article that say what it is, and slice nothing.
const OWN_FIELDS: [&str; 6] = ["id", "text", "title", "url", "headline", "body"];

/// The columns of each article, by its id, from `articles.jsonl` in `folder`;
/// nothing where there is none.
pub(crate) fn article_columns(folder: &Path) -> Result<BTreeMap<String, Columns>, GoldError> {
    let path = folder.join("articles.jsonl");
    let mut articles = BTreeMap::new();
    if !path.exists() {
        return Ok(articles);
    }
    for (idx, line) in read(&path)?.lines().enumerate().filter(|(_, line)| !line.trim().is_empty())
    {
        let wrong = |reason: String| GoldError::Line { path: path.clone(), line: idx + 1, reason };
        let fields = from_fields(line).map_err(|error| wrong(error.to_string()))?;
        let id = fields.get("id").and_then(Value::as_str);
        let id = id.ok_or_else(|| wrong("the article has no `id`".to_owned()))?;
        articles.insert(id.to_owned(), columns_of(&fields, &OWN_FIELDS));
    }
    Ok(articles)
}

/// The fields of a line of JSON.
pub(crate) fn from_fields(line: &str) -> Result<Map<String, Value>, serde_json::Error> {
    serde_json::from_str(line)
}

/// The fields that are one word or number, without those of `left_out`; a date
/// becomes its decade.
pub(crate) fn columns_of(fields: &Map<String, Value>, left_out: &[&str]) -> Columns {
    let mut columns = Columns::new();
    for (name, value) in fields.iter().filter(|(name, _)| !left_out.contains(&name.as_str())) {
        let value = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Bool(_) | Value::Number(_) => value.to_string(),
            _ => continue,
        };
        match parse_date(&value).filter(|_| name == "date") {
            Some(date) => {
                let year = i32::from(date.year());
                columns.insert("decade".to_owned(), format!("{}s", year - year.rem_euclid(10)));
            }
            None if !value.is_empty() => {
                columns.insert(name.clone(), value);
            }
            None => {}
        }
    }
    columns
}

/// The part of a file's name before its first `_`, as column `name`: corpora
/// keep outlet or region there (`nyt_2016-09-12_...`).
pub(crate) fn name_columns(name: &str) -> Columns {
    let part = name.split_once('_').map(|(part, _)| ("name".to_owned(), part.to_owned()));
    part.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{columns_of, from_fields, name_columns};

    #[track_caller]
    fn check(line: &str, expected: &[(&str, &str)]) {
        let columns = columns_of(&from_fields(line).unwrap(), &["id", "text"]);
        let found: Vec<(&str, &str)> =
            columns.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn single_values_are_columns() {
        check(
            r#"{"id": "1", "text": "x", "outlet": "Star", "wire": true, "page": 3, "tags": [1]}"#,
            &[("outlet", "Star"), ("page", "3"), ("wire", "true")],
        );
    }

    #[test]
    fn a_date_is_its_decade() {
        check(r#"{"date": "1987-03-01"}"#, &[("decade", "1980s")]);
        check(r#"{"date": "yesterday"}"#, &[("date", "yesterday")]);
    }

    #[test]
    fn the_name_of_a_file_may_say_where_it_is_from() {
        assert_eq!(name_columns("nyt_2016_x")["name"], "nyt");
        assert!(name_columns("plain").is_empty());
    }
}
