//! What a shuffle needs to find wire copies.

#![expect(clippy::needless_pass_by_value, reason = "Python hands over values")]

use newstance_aggregate::{AggregateSettings, WireText};
use pyo3::prelude::*;

/// Key, probes and shingles of a text.
type Signature = (Vec<u8>, Vec<u64>, Vec<u64>);

fn settings(json: &str) -> PyResult<AggregateSettings> {
    let settings = newstance_settings::Settings::from_json(json);
    Ok(settings.map_err(|error| crate::error::raised(&error))?.aggregate)
}

/// Key, probes and shingles of each text.
#[pyfunction]
pub(crate) fn wire_signatures(
    py: Python<'_>,
    texts: Vec<String>,
    settings_json: &str,
) -> PyResult<Vec<Signature>> {
    let settings = settings(settings_json)?;
    Ok(py.detach(|| {
        let signature = |text: &String| {
            let text = WireText::new(text);
            (text.key.to_vec(), text.probes(&settings), text.shingles)
        };
        texts.iter().map(signature).collect()
    }))
}

/// True for each pair of texts, given by their shingles, that are copies.
#[pyfunction]
pub(crate) fn are_copies(
    pairs: Vec<(Vec<u64>, Vec<u64>)>,
    settings_json: &str,
) -> PyResult<Vec<bool>> {
    let settings = settings(settings_json)?;
    let judge = |(a, b): &(Vec<u64>, Vec<u64>)| newstance_aggregate::are_copies(a, b, &settings);
    Ok(pairs.iter().map(judge).collect())
}

/// How many texts may share a probe before it tells nothing.
#[pyfunction]
pub(crate) fn max_shared() -> usize {
    WireText::MAX_SHARED
}
