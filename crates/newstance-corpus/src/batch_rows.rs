//! Rows that somebody else holds: articles without a file.

use arrow::array::RecordBatch;
use arrow::json::LineDelimitedWriter;
use newstance_doc::{Article, Problem, ProblemKind};

use crate::record::{Unusable, read_record};
use crate::{ArticleFilter, CorpusError, CorpusSettings, LeftOut};

/// What one row gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The article; none where there is none, or where it is left out.
    pub article: Option<Article>,
    /// What is to be said of it, without a file.
    pub problems: Vec<Problem>,
    /// Why it is left out on request.
    pub left_out: Option<LeftOut>,
}

/// Reads rows one by one, as [`crate::ArticleReader`] reads the records of a
/// file. A row's article depends on the row alone: ids that are there twice
/// are for whoever sees all rows to tell ([`crate::IdRegistry`]).
#[derive(Debug)]
pub struct RowReader {
    settings: CorpusSettings,
    filter: ArticleFilter,
}

impl RowReader {
    /// A reader of these settings, their filter included.
    pub fn new(settings: &CorpusSettings) -> Self {
        Self { settings: settings.clone(), filter: ArticleFilter::new(&settings.filter) }
    }

    /// Reads one JSON object.
    pub fn read_json(&self, json: &str) -> Row {
        let record = match read_record(json, &self.settings) {
            Ok(record) => record,
            Err(Unusable { kind, message, article_id }) => {
                let problem = Problem { article_id, file: None, line: None, kind, message };
                return Row { problems: vec![problem], ..Row::default() };
            }
        };
        let article = record.into_article();
        if let Some(problem) = too_long(&article, self.settings.max_article_bytes) {
            return Row { problems: vec![problem], ..Row::default() };
        }
        let problems = unknown_date(&article).into_iter().collect();
        match self.filter.leaves_out(&article) {
            Some(reason) => Row { article: None, problems, left_out: Some(reason) },
            None => Row { article: Some(article), problems, left_out: None },
        }
    }

    /// Reads the rows of an Arrow batch, whose columns are the fields.
    ///
    /// # Errors
    ///
    /// [`CorpusError::Rows`] where a column is of a type that has no JSON.
    pub fn read_batch(&self, batch: &RecordBatch) -> Result<Vec<Row>, CorpusError> {
        let rows = as_json(batch).map_err(|source| CorpusError::Rows { source })?;
        Ok(rows.iter().map(|row| self.read_json(row)).collect())
    }
}

/// What is to be said of an article that is not to be analysed for its length.
pub(crate) fn too_long(article: &Article, max_bytes: usize) -> Option<Problem> {
    let n_bytes = article.title.len() + article.text.len();
    (n_bytes > max_bytes).then(|| Problem {
        article_id: Some(article.id.clone()),
        file: None,
        line: None,
        kind: ProblemKind::TooLong,
        message: format!(
            "the article is {n_bytes} bytes long, over `corpus.max_article_bytes` ({max_bytes})"
        ),
    })
}

/// What is to be said of a date that is not understood.
pub(crate) fn unknown_date(article: &Article) -> Option<Problem> {
    let raw = article.date_raw.as_ref().filter(|_| article.date.is_none())?;
    Some(Problem {
        article_id: Some(article.id.clone()),
        file: None,
        line: None,
        kind: ProblemKind::UnknownDate,
        message: format!("the date `{raw}` is not understood"),
    })
}

/// The rows of a batch as JSON objects; absent values are left out.
pub(crate) fn as_json(
    batch: &RecordBatch,
) -> Result<Vec<String>, Box<dyn std::error::Error + Send + Sync>> {
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(batch)?;
    writer.finish()?;
    let json = String::from_utf8(writer.into_inner())?;
    Ok(json.lines().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{RecordBatch, StringArray};

    use super::RowReader;
    use crate::{CorpusSettings, LeftOut};

    #[test]
    fn every_row_gives_an_article_or_says_why_not() {
        let column = |values: [Option<&str>; 3]| Arc::new(StringArray::from(values.to_vec())) as _;
        let batch = RecordBatch::try_from_iter([
            ("id", column([Some("a"), Some("b"), None])),
            ("body", column([Some("They met\nin May."), None, Some("They met again.")])),
            ("date", column([Some("30.1.23"), None, Some("2023-01-30")])),
        ])
        .unwrap();
        let rows = RowReader::new(&CorpusSettings::default()).read_batch(&batch).unwrap();
        let kinds = |row: usize| -> Vec<_> {
            rows[row].problems.iter().map(|p| (p.kind.as_str(), p.article_id.clone())).collect()
        };
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].article.as_ref().unwrap().text, "They met\nin May.");
        assert_eq!(kinds(0), [("unknown_date", Some("a".to_owned()))]);
        assert!(rows[1].article.is_none());
        assert_eq!(kinds(1), [("missing_text", Some("b".to_owned()))]);
        assert_eq!(rows[2].article.as_ref().unwrap().id.len(), 32);
    }

    #[test]
    fn a_row_that_the_filter_leaves_out_says_why() {
        let row = RowReader::new(&CorpusSettings::default())
            .read_json(r#"{"id": "a", "text": "Hier.", "language": "fr"}"#);
        assert_eq!((row.article, row.left_out), (None, Some(LeftOut::Language)));
    }
}
