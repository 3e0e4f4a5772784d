//! Entities in columns: a token a line, blank lines between sentences.

use std::path::Path;

use newstance_doc::Span;

use super::article_columns::name_columns;
use super::text_file::read;
use super::{GoldEntities, GoldError, GoldToken};

/// Reads one file. A line is a token and its tag: the second column where
/// columns are parted by tabs (further ones hold nested entities), else the
/// last. `-DOCSTART-` begins a document; a file begins one.
pub(crate) fn read_columns(
    path: &Path,
    documents: &mut Vec<GoldEntities>,
) -> Result<(), GoldError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let before = documents.len();
    let start = |n: usize| GoldEntities {
        id: format!("{name}#{n}"),
        columns: name_columns(&name),
        text: String::new(),
        sentences: Vec::new(),
        entities: Vec::new(),
    };
    let mut document = start(0);
    let mut sentence = Vec::new();
    let content = read(path)?;
    for (idx, line) in content.lines().enumerate() {
        let begins = line.starts_with("-DOCSTART-");
        if begins || line.trim().is_empty() {
            close(&mut sentence, &mut document);
        }
        if begins {
            let next = start(documents.len() - before + 1);
            documents.push(std::mem::replace(&mut document, next));
        } else if !line.trim().is_empty() {
            let (token, tags) = columns(line).ok_or_else(|| GoldError::Line {
                path: path.to_owned(),
                line: idx + 1,
                reason: format!("`{line}` is not a token with a tag (O, B-..., I-...)"),
            })?;
            if !document.text.is_empty() && !sentence.is_empty() {
                document.text.push(' ');
            }
            let from = document.text.len();
            document.text.push_str(token);
            let span = Span::new(from, document.text.len());
            let mut tags = tags.into_iter().map(str::to_owned);
            let tag = tags.next().unwrap_or_default();
            sentence.push(GoldToken { span, tag, nested: tags.collect() });
        }
    }
    close(&mut sentence, &mut document);
    documents.push(document);
    Ok(())
}

fn close(sentence: &mut Vec<GoldToken>, document: &mut GoldEntities) {
    if !sentence.is_empty() {
        document.text.push('\n');
        document.sentences.push(std::mem::take(sentence));
    }
}

/// A token with its tags, the outer one first.
fn columns(line: &str) -> Option<(&str, Vec<&str>)> {
    let (token, tags) = if line.contains('\t') {
        let mut columns = line.split('\t');
        (columns.next()?, columns.collect())
    } else {
        let mut columns = line.split_whitespace();
        (columns.next()?, vec![columns.next_back()?])
    };
    let is_tag = |tag: &&str| *tag == "O" || tag.starts_with("B-") || tag.starts_with("I-");
    let is_good = !tags.is_empty() && tags.iter().all(|tag| is_tag(tag) || tag.is_empty());
    let (token, outer) = (token.trim(), tags.first()?);
    (is_good && is_tag(outer) && !token.is_empty()).then_some((token, tags))
}

#[cfg(test)]
mod tests {
    use crate::gold::{GoldError, read_entities};

    fn write(content: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.txt"), content).unwrap();
        folder
    }

    #[track_caller]
    fn check(content: &str, expected: &[&[&str]]) {
        let folder = write(content);
        let documents = read_entities(folder.path()).unwrap();
        let found: Vec<Vec<String>> = documents
            .iter()
            .map(|document| {
                let tokens = document.sentences.iter().flatten();
                tokens.map(|t| format!("{}/{}", t.span.of(&document.text), t.tag)).collect()
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_last_column_is_the_tag_or_the_second_behind_a_tab() {
        check("Ana NNP B-NP B-PER\nsaid VBD B-VP O\n", &[&["Ana/B-PER", "said/O"]]);
        check("Ana\tB-Person\tO\nsaid\tO\n", &[&["Ana/B-Person", "said/O"]]);
    }

    #[test]
    fn documents_begin_where_the_file_says() {
        let content = "-DOCSTART- -X- -X- O\n\nA B-PER\n\nb O\n\n-DOCSTART- -X- -X- O\n\nC O\n";
        check(content, &[&["A/B-PER", "b/O"], &["C/O"]]);
    }

    #[test]
    fn further_columns_are_nested_tags() {
        let folder = write("the\tO\tO\nBank\tB-ORG\tO\nof\tI-ORG\tO\nChad\tI-ORG\tB-LOC\n");
        let documents = read_entities(folder.path()).unwrap();
        let nested = |token: &crate::gold::GoldToken| token.nested.join(" ");
        let nested: Vec<String> = documents[0].sentences[0].iter().map(nested).collect();
        assert_eq!(nested, ["O", "O", "O", "B-LOC"]);
        let broken = write("Chad\tB-LOC\tyes\n");
        assert!(read_entities(broken.path()).is_err());
    }

    #[test]
    fn a_line_without_a_tag_is_an_error_with_its_number() {
        let folder = write("A B-PER\nb\n");
        let error = read_entities(folder.path()).unwrap_err();
        assert!(matches!(error, GoldError::Line { line: 2, .. }), "{error}");
    }
}
