//! brat's own layout: `NAME.txt` beside `NAME.ann`, spans and relations.

use std::collections::BTreeMap;
use std::path::Path;

use newstance_doc::CharOffsets;

use super::text_file::{CharToByte, files, read};
use super::{Columns, GoldError, LabelledSpan, LabelledText, SpanRelation};

/// Name of the relation that ties the parts of one span.
pub const PART: &str = "part";

/// Reads every `NAME.txt` of `folder` with its `NAME.ann`, sorted by name. A
/// span of several parts becomes several spans, each tied to the first by a
/// relation [`PART`].
///
/// # Errors
///
/// [`GoldError`], naming file, line and reason; a text without annotations is one.
pub fn read_brat_folder(folder: &Path) -> Result<Vec<LabelledText>, GoldError> {
    let mut texts = Vec::new();
    for path in files(folder)?.iter().filter(|path| path.extension().is_some_and(|e| e == "txt")) {
        let text = read(path)?;
        let (spans, relations) = read_annotations(&path.with_extension("ann"), &text)?;
        let id = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        texts.push(LabelledText { id, columns: Columns::new(), text, spans, relations });
    }
    if texts.is_empty() {
        return Err(GoldError::Empty { path: folder.to_owned() });
    }
    Ok(texts)
}

fn read_annotations(
    path: &Path,
    text: &str,
) -> Result<(Vec<LabelledSpan>, Vec<SpanRelation>), GoldError> {
    let offsets = CharToByte::new(text);
    let content = read(path)?;
    let wrong = |line: usize, reason: &str| GoldError::Line {
        path: path.to_owned(),
        line,
        reason: reason.to_owned(),
    };
    let (mut spans, mut relations) = (Vec::new(), Vec::new());
    let mut firsts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut arrows = Vec::new();
    for (idx, line) in content.lines().enumerate() {
        let mut fields = line.split('\t');
        let (id, what) = (fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        if id.starts_with('T') {
            let parts = labelled_parts(id, what, &offsets)
                .ok_or_else(|| wrong(idx + 1, "these spans are not of this text"))?;
            let first = spans.len();
            firsts.insert(id, first);
            relations.extend((1..parts.len()).map(|part| SpanRelation {
                from: first,
                to: first + part,
                labels: vec![PART.to_owned()],
            }));
            spans.extend(parts);
        } else if id.starts_with('R') {
            arrows.push((idx + 1, what));
        } else if !line.trim().is_empty() && !id.starts_with(['#', '*', 'A', 'N']) {
            return Err(wrong(idx + 1, "this line is no span, relation, attribute or note"));
        }
    }
    for (line, what) in arrows {
        let mut words = what.split_whitespace();
        let label = words.next().unwrap_or_default().to_owned();
        let mut end = || firsts.get(words.next()?.split_once(':')?.1).copied();
        let (from, to) = end().zip(end()).ok_or_else(|| wrong(line, "an end is no span"))?;
        relations.push(SpanRelation { from, to, labels: vec![label] });
    }
    Ok((spans, relations))
}

/// `Content 315 448;463 553` as spans.
fn labelled_parts(id: &str, what: &str, offsets: &CharToByte) -> Option<Vec<LabelledSpan>> {
    let (label, places) = what.split_once(' ')?;
    let part = |place: &str| {
        let (start, end) = place.split_once(' ')?;
        let span = offsets.span(start.parse().ok()?, end.parse().ok()?)?;
        let (id, label) = (id.to_owned(), label.to_owned());
        Some(LabelledSpan { id, span, label, choices: Vec::new() })
    };
    places.split(';').map(part).collect()
}

/// A text's annotations as brat writes them: `T1\tPER 0 3\tAna`, then
/// `R1\tOpposes Arg1:T1 Arg2:T2`.
pub fn brat_annotations(text: &LabelledText) -> String {
    let offsets = CharOffsets::new(&text.text);
    let spans = text.spans.iter().enumerate().map(|(idx, span)| {
        let (start, end) = offsets.span(span.span);
        let quote = span.span.of(&text.text).replace(['\n', '\r', '\t'], " ");
        format!("T{}\t{} {start} {end}\t{quote}\n", idx + 1, span.label)
    });
    let relations = text.relations.iter().enumerate().map(|(idx, relation)| {
        let label = relation.labels.first().map_or("", String::as_str);
        let (from, to) = (relation.from + 1, relation.to + 1);
        format!("R{}\t{label} Arg1:T{from} Arg2:T{to}\n", idx + 1)
    });
    spans.chain(relations).collect()
}

#[cfg(test)]
mod tests {
    use super::{brat_annotations, read_brat_folder};
    use crate::gold::GoldError;

    fn folder(text: &str, annotations: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.txt"), text).unwrap();
        std::fs::write(folder.path().join("a.ann"), annotations).unwrap();
        folder
    }

    const ANNOTATIONS: &str =
        "T1\tSOURCE 4 7\tAna\nT2\tCONTENT 0 3\t“é”\nR1\tsource Arg1:T2 Arg2:T1\n";

    #[test]
    fn what_was_written_is_read_back() {
        let folder = folder("“é” Ana said “ü”", ANNOTATIONS);
        let text = read_brat_folder(folder.path()).unwrap().remove(0);
        assert_eq!(text.spans[1].span.of(&text.text), "“é”");
        assert_eq!((text.relations[0].from, text.relations[0].to), (1, 0));
        assert_eq!(brat_annotations(&text), ANNOTATIONS);
    }

    #[test]
    fn parts_of_a_span_are_tied() {
        let folder = folder("“é” Ana said “ü”", "T1\tCONTENT 0 3;13 16\t“é” “ü”\n");
        let text = read_brat_folder(folder.path()).unwrap().remove(0);
        assert_eq!((text.spans.len(), text.relations[0].labels[0].as_str()), (2, "part"));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for annotations in ["T1\tPER 0 99\tx\n", "X\n", "R1\tsource Arg1:T1 Arg2:T2\n"] {
            let error = read_brat_folder(folder("Ana", annotations).path()).unwrap_err();
            assert!(matches!(&error, GoldError::Line { line: 1, .. }), "{error}");
        }
    }
}
