//! Attributions in brat standoff: `text/NAME.txt` with `attributions/NAME*.ann`.

use std::collections::BTreeMap;
use std::path::Path;

use newstance_doc::Span;

use super::article_columns::{article_columns, name_columns};
use super::text_file::{CharToByte, files, read};
use super::{Columns, GoldError};

/// An article with its attributions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldAttributions {
    /// The file's name without its ending.
    pub id: String,
    /// The article.
    pub text: String,
    /// In the order of the file.
    pub attributions: Vec<GoldAttribution>,
    /// What it can be sliced by: from `articles.jsonl` beside the folders where
    /// there is one, and from the file's name.
    pub columns: Columns,
}

/// One attribution; each role may have several spans, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoldAttribution {
    /// Who, sorted.
    pub source: Vec<Span>,
    /// The words that attribute, sorted.
    pub cue: Vec<Span>,
    /// What, sorted.
    pub content: Vec<Span>,
}

/// Reads every article of `folder` that has annotations, sorted by id. Of
/// several annotators the first by file name counts.
///
/// # Errors
///
/// [`GoldError`], naming file and line.
pub fn read_attributions(folder: &Path) -> Result<Vec<GoldAttributions>, GoldError> {
    let annotations = files(&folder.join("attributions"))?;
    let mut known = article_columns(folder)?;
    let mut articles = Vec::new();
    for path in files(&folder.join("text"))? {
        let name =
            path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let first = annotations.iter().find(|file| {
            file.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&name))
        });
        let Some(annotation) = first else { continue };
        let text = read(&path)?;
        let attributions = read_annotation(annotation, &text)?;
        let mut columns = name_columns(&name);
        columns.extend(known.remove(&name).unwrap_or_default());
        articles.push(GoldAttributions { id: name, text, attributions, columns });
    }
    if articles.is_empty() {
        return Err(GoldError::Empty { path: folder.to_owned() });
    }
    Ok(articles)
}

fn read_annotation(path: &Path, text: &str) -> Result<Vec<GoldAttribution>, GoldError> {
    let offsets = CharToByte::new(text);
    let content = read(path)?;
    let mut spans: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    let mut events = Vec::new();
    for (idx, line) in content.lines().enumerate() {
        let wrong = |reason: &str| GoldError::Line {
            path: path.to_owned(),
            line: idx + 1,
            reason: reason.to_owned(),
        };
        let mut fields = line.split('\t');
        let (id, what) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        if id.starts_with('T') {
            let parts =
                parts(what, &offsets).ok_or_else(|| wrong("these spans are not of this text"))?;
            spans.insert(id, parts);
        } else if id.starts_with('E') {
            events.push((idx + 1, what));
        }
    }
    let mut attributions = Vec::new();
    for (line, event) in events {
        let attribution = attribution(event, &spans).map_err(|unknown| GoldError::Line {
            path: path.to_owned(),
            line,
            reason: format!("there is no span `{unknown}`"),
        })?;
        attributions.push(attribution);
    }
    Ok(attributions)
}

/// `Content 315 448;463 553` as spans.
fn parts(what: &str, offsets: &CharToByte) -> Option<Vec<Span>> {
    let (_label, places) = what.split_once(' ')?;
    let mut spans = Vec::new();
    for place in places.split(';') {
        let (start, end) = place.split_once(' ')?;
        spans.push(offsets.span(start.parse().ok()?, end.parse().ok()?)?);
    }
    spans.sort();
    Some(spans)
}

/// `Attribution:T4 Content:T3 Cue:T2 Source:T1`, roles possibly numbered.
fn attribution<'a>(
    event: &'a str,
    spans: &BTreeMap<&str, Vec<Span>>,
) -> Result<GoldAttribution, &'a str> {
    let mut result = GoldAttribution::default();
    for (role, id) in event.split_whitespace().filter_map(|pair| pair.split_once(':')) {
        let into = match role.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "Source" => &mut result.source,
            "Cue" => &mut result.cue,
            "Content" => &mut result.content,
            _ => continue,
        };
        into.extend_from_slice(spans.get(id).ok_or(id)?);
        into.sort();
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{GoldError, read_attributions};

    fn folder(text: &str, annotations: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &Path, content: &str| {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        };
        write(&folder.path().join("text/a.txt"), text);
        std::fs::create_dir_all(folder.path().join("attributions")).unwrap();
        for (name, content) in annotations {
            write(&folder.path().join("attributions").join(name), content);
        }
        folder
    }

    #[test]
    fn spans_count_characters_and_may_be_split() {
        let annotation = "T1\tSource 4 7\tAna\nT2\tCue 8 12\tsaid\nT3\tContent 0 3;13 16\t“é”\nE1\tAttribution:T2 Source:T1 Cue:T2 Content:T3\n";
        let folder = folder("“é” Ana said “ü”", &[("a_1.ann", annotation)]);
        let gold = read_attributions(folder.path()).unwrap();
        let attribution = &gold[0].attributions[0];
        let quoted = |spans: &[newstance_doc::Span]| {
            spans.iter().map(|span| span.of(&gold[0].text)).collect::<Vec<_>>()
        };
        assert_eq!(quoted(&attribution.content), ["“é”", "“ü”"]);
        assert_eq!(
            (quoted(&attribution.source), quoted(&attribution.cue)),
            (vec!["Ana"], vec!["said"])
        );
    }

    #[test]
    fn the_first_annotator_counts() {
        let one = "T1\tContent 0 1\tx\nE1\tAttribution:T1 Content:T1\n";
        let folder = folder("xyz", &[("a_1.ann", one), ("a_2.ann", "")]);
        assert_eq!(read_attributions(folder.path()).unwrap()[0].attributions.len(), 1);
    }

    #[test]
    fn a_span_past_the_text_is_an_error_with_its_line() {
        let folder = folder("xyz", &[("a_1.ann", "T1\tContent 0 1\tx\nT2\tContent 2 9\t\n")]);
        let error = read_attributions(folder.path()).unwrap_err();
        assert!(matches!(error, GoldError::Line { line: 2, .. }), "{error}");
    }

    #[test]
    fn a_role_without_its_span_is_an_error() {
        let folder = folder("xyz", &[("a_1.ann", "E1\tAttribution:T9 Content:T9\n")]);
        assert!(read_attributions(folder.path()).unwrap_err().to_string().contains("`T9`"));
    }
}
