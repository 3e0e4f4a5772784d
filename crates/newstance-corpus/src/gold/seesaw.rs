//! SEESAW: stories with canonical entities and who stands how to whom.

use std::collections::BTreeMap;
use std::path::Path;

use newstance_doc::Position;
use serde::Deserialize;

use super::article_columns::article_columns;
use super::text_file::{files, read};
use super::{Columns, GoldError};

/// An article with its entities and triples.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldStory {
    /// The file's name without its ending.
    pub id: String,
    /// What it can be sliced by.
    pub columns: Columns,
    /// The headline.
    pub title: String,
    /// The sentences, a line each.
    pub text: String,
    /// Canonical names.
    pub entities: Vec<String>,
    /// Who stands how to whom; only between entities and the author.
    pub triples: Vec<GoldTriple>,
}

/// A stance that one sentence shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GoldTriple {
    /// Index of the entity that stands; none for the author.
    pub holder: Option<usize>,
    /// Index of the entity toward whom.
    pub target: usize,
    /// Supports or opposes.
    pub position: Position,
}

#[derive(Deserialize)]
struct ArticleFile {
    title: String,
    text: Vec<SentenceEntry>,
}

#[derive(Deserialize)]
struct SentenceEntry {
    text: String,
}

/// Name, then types, salience and annotators.
type EntityEntry = (String, Vec<String>, Vec<String>, Vec<String>);

#[derive(Deserialize)]
struct AnnotationFile {
    #[serde(rename = "entity lists")]
    entities: Vec<EntityEntry>,
    #[serde(rename = "sentence-level stances")]
    stances: BTreeMap<String, Vec<TripleEntry>>,
}

#[derive(Deserialize)]
struct TripleEntry {
    subject: String,
    sentiment: String,
    object: String,
}

const AUTHOR: &str = "None";
const SOMEBODY_ELSE: &str = "Not in the list";

/// Reads `annotations/NAME.json` with `articles/NAME.json`, sorted by name.
/// Triples with somebody who is not in the list are left out.
///
/// # Errors
///
/// [`GoldError`], naming file and reason.
pub fn read_seesaw(folder: &Path) -> Result<Vec<GoldStory>, GoldError> {
    let mut known = article_columns(folder)?;
    let mut stories = Vec::new();
    for path in files(&folder.join("annotations"))? {
        let name = path.file_name().unwrap_or_default();
        let article: ArticleFile = parse(&folder.join("articles").join(name))?;
        let annotation: AnnotationFile = parse(&path)?;
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let entities: Vec<String> =
            annotation.entities.into_iter().map(|(name, ..)| name).collect();
        let entries = annotation.stances.into_values().flatten();
        let mut triples = Vec::new();
        for entry in entries {
            let wrong = |reason| GoldError::Line { path: path.clone(), line: 1, reason };
            triples.extend(triple(&entry, &entities).map_err(wrong)?);
        }
        triples.sort();
        triples.dedup();
        let lines: Vec<String> = article.text.into_iter().map(|sentence| sentence.text).collect();
        let (columns, text) = (known.remove(&id).unwrap_or_default(), lines.join("\n"));
        stories.push(GoldStory { id, columns, title: article.title, text, entities, triples });
    }
    if stories.is_empty() {
        return Err(GoldError::Empty { path: folder.to_owned() });
    }
    Ok(stories)
}

fn triple(entry: &TripleEntry, entities: &[String]) -> Result<Option<GoldTriple>, String> {
    let find = |name: &str| entities.iter().position(|entity| entity == name);
    let position = match entry.sentiment.as_str() {
        "POS" => Position::Supports,
        "NEG" => Position::Opposes,
        other => return Err(format!("there is no sentiment `{other}`")),
    };
    let is_else = |name: &str| name == SOMEBODY_ELSE || (name != AUTHOR && find(name).is_none());
    if is_else(&entry.subject) || is_else(&entry.object) {
        return Ok(None);
    }
    let target = find(&entry.object);
    Ok(target.map(|target| GoldTriple { holder: find(&entry.subject), target, position }))
}

fn parse<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, GoldError> {
    serde_json::from_str(&read(path)?).map_err(|error| GoldError::Line {
        path: path.to_owned(),
        line: error.line(),
        reason: error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use newstance_doc::Position;

    use super::read_seesaw;

    fn folder(sentiment: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |part: &str, content: String| {
            std::fs::create_dir_all(folder.path().join(part)).unwrap();
            std::fs::write(folder.path().join(part).join("a.json"), content).unwrap();
        };
        write(
            "articles",
            r#"{"title": "T", "text": [{"id": 0, "text": "Ana met Bo."}]}"#.to_owned(),
        );
        let triple = |subject: &str, object: &str| {
            format!(
                r#"{{"id": 0, "subject": "{subject}", "sentiment": "{sentiment}", "object": "{object}", "annotators": []}}"#
            )
        };
        let triples = [triple("Ana", "Bo"), triple("None", "Ana"), triple("Not in the list", "Bo")];
        write(
            "annotations",
            format!(
                r#"{{"title": "T", "entity lists": [["Ana", [], [], []], ["Bo", [], [], []]], "sentence-level stances": {{"0": [{}]}}}}"#,
                triples.join(", ")
            ),
        );
        folder
    }

    #[test]
    fn triples_between_entities_and_the_author_are_kept() {
        let stories = read_seesaw(folder("NEG").path()).unwrap();
        let triples: Vec<_> =
            stories[0].triples.iter().map(|t| (t.holder, t.target, t.position)).collect();
        assert_eq!(triples, [(None, 0, Position::Opposes), (Some(0), 1, Position::Opposes)]);
    }

    #[test]
    fn an_unknown_sentiment_is_an_error() {
        let error = read_seesaw(folder("MEH").path()).unwrap_err();
        assert!(error.to_string().contains("`MEH`"), "{error}");
    }
}
