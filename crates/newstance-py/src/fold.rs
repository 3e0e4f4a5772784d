//! Layers of any number of batches into tables.

use std::collections::BTreeMap;
use std::error::Error;

use arrow::array::RecordBatch;
use newstance_aggregate::{AggregateSettings, Aggregated, Aggregator, ClaimModels};
use newstance_corpus::{IdRegistry, Identified};
use newstance_doc::{Annotated, Problem};
use newstance_tables::{AnnotatedRow, annotated_rows};

/// How much was left out on request, by the names that `run.json` uses.
pub(crate) type LeftOutCounts = BTreeMap<String, u64>;

/// Makes what is in the tables, and counts what was left out.
///
/// The order of the rows changes nothing. Of articles with one id and several
/// texts the first by text keeps it; the others are renamed as in a run. Of
/// those with one text the first by what else is known of them stays.
pub(crate) fn fold(
    layers: impl Iterator<Item = RecordBatch>,
    settings: AggregateSettings,
    models: ClaimModels<'_>,
) -> Result<(Aggregated, LeftOutCounts), Box<dyn Error + Send + Sync>> {
    let mut rows = Vec::new();
    for batch in layers {
        rows.extend(annotated_rows(&batch)?);
    }
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut ids = IdRegistry::default();
    let (mut problems, mut left_out) = (Vec::new(), LeftOutCounts::new());
    let mut aggregator = Aggregator::new(settings);
    for row in rows {
        if let Some(reason) = &row.left_out {
            *left_out.entry(format!("articles_by_{reason}_left_out")).or_default() += 1;
        }
        *left_out.entry("pairs_left_out".to_owned()).or_default() += row.n_pairs_left_out;
        let mut of_row = row.problems;
        if let Some(annotated) = row.annotated
            && let Some(annotated) = identified(annotated, &mut of_row, &mut ids)
        {
            aggregator.push(&annotated)?;
        }
        problems.append(&mut of_row);
    }
    left_out.retain(|_, n| *n > 0);
    Ok((aggregator.finish(models, problems)?, left_out))
}

fn key(row: &AnnotatedRow) -> impl Ord {
    row.annotated.as_ref().map(|annotated| {
        let article = &annotated.article;
        let dated = (article.date, &article.date_raw, &article.outlet);
        let rest = (&article.authors, &article.url, &article.language, &article.extra);
        (&article.id, &article.text, &article.title, dated, rest)
    })
}

/// The article under the id that it has in the archive; none where it is there
/// already. What is to be said of that is put with `problems`.
fn identified(
    mut annotated: Annotated,
    problems: &mut Vec<Problem>,
    ids: &mut IdRegistry,
) -> Option<Annotated> {
    let article = &mut annotated.article;
    let identified = ids.register(&article.id, &article.text);
    let problem = identified.problem(&article.id);
    match identified {
        Identified::New => {}
        Identified::Repeated => {
            // What was said of the same text before is not said twice.
            problems.clear();
            problems.extend(problem);
            return None;
        }
        Identified::Renamed(renamed) => {
            for said in problems.iter_mut() {
                said.article_id = Some(renamed.clone());
            }
            problems.extend(problem);
            article.id = renamed;
        }
    }
    Some(annotated)
}
