//! What a shuffle needs to find wire copies.

#![expect(clippy::needless_pass_by_value, reason = "Python hands over values")]

use newstance_aggregate::{AggregateSettings, WireText};
use newstance_corpus::parse_date;
use newstance_doc::Article;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// Text, outlet, day (ISO 8601) and date as written of an article.
type Told = (String, Option<String>, Option<String>, Option<String>);
/// Key and probes of an article's text, and the article's signature.
type Signed = (Vec<u8>, Vec<u64>, Vec<u8>);

fn settings(json: &str) -> PyResult<AggregateSettings> {
    let settings = newstance_settings::Settings::from_json(json);
    Ok(settings.map_err(|error| crate::error::raised(&error))?.aggregate)
}

/// Key, probes and signature of each article.
#[pyfunction]
pub(crate) fn wire_signatures(
    py: Python<'_>,
    articles: Vec<Told>,
    settings_json: &str,
) -> PyResult<Vec<Signed>> {
    let settings = settings(settings_json)?;
    Ok(py.detach(|| {
        let signed = |(text, outlet, day, date_raw): Told| {
            let mut article = Article::plain("", text);
            article.outlet = outlet;
            article.date = day.as_deref().and_then(parse_date);
            article.date_raw = date_raw;
            let text = WireText::new(&article);
            (text.key.to_vec(), text.probes(&settings), text.to_bytes())
        };
        articles.into_iter().map(signed).collect()
    }))
}

/// True for each pair of articles, given by their signatures, that are copies.
#[pyfunction]
pub(crate) fn are_copies(
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
    settings_json: &str,
) -> PyResult<Vec<bool>> {
    let settings = settings(settings_json)?;
    let read = |bytes: &[u8]| {
        let known = WireText::from_bytes(bytes);
        known.ok_or_else(|| PyValueError::new_err("these bytes are no signature of an article"))
    };
    let judge = |(a, b): &(Vec<u8>, Vec<u8>)| {
        Ok(newstance_aggregate::are_copies(&read(a)?, &read(b)?, &settings))
    };
    pairs.iter().map(judge).collect()
}

/// How many texts may share a probe before it tells nothing.
#[pyfunction]
pub(crate) fn max_shared() -> usize {
    WireText::MAX_SHARED
}
