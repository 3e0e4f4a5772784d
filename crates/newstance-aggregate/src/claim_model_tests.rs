//! Claims as a model of relations tells them, on small archives.

use std::collections::BTreeSet;
use std::sync::Mutex;

use jiff::civil::date;
use newstance_doc::ActorKind::Country;
use newstance_doc::rows::Tables;
use newstance_doc::{Annotated, Force};
use newstance_model::{LabelSet, ModelError, Scores, TextPair, TextPairClassifier};
use proptest::prelude::*;

use crate::testing::Draft;
use crate::{AggregateError, AggregateSettings, Aggregator, ClaimModels};

/// Two texts with a word of one line say the same where it is on the same side
/// of the line, else the opposite; all others are unrelated.
const SIDES: &[[&[&str]; 2]] = &[[&["open", "ajar"], &["shut", "barred"]], [&["paid"], &["owed"]]];

/// Answers by [`SIDES`], and remembers what it was asked.
#[derive(Debug)]
pub(crate) struct Oracle {
    labels: LabelSet,
    asked: Mutex<Vec<(String, String)>>,
}

impl Oracle {
    fn new(labels: [&str; 3]) -> Self {
        let labels = LabelSet::new("claim", labels.map(str::to_owned).to_vec());
        Self { labels, asked: Mutex::default() }
    }

    fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap().clone()
    }
}

impl Default for Oracle {
    fn default() -> Self {
        Self::new(["unrelated", "opposite", "same"])
    }
}

fn side(words: &[&str]) -> Option<(usize, usize)> {
    let has = |side: &[&str]| side.iter().any(|word| words.contains(word));
    SIDES
        .iter()
        .enumerate()
        .find_map(|(line, sides)| Some((line, sides.iter().position(|s| has(s))?)))
}

impl TextPairClassifier for Oracle {
    fn labels(&self) -> &LabelSet {
        &self.labels
    }

    fn score_text_pairs(&self, batch: &[TextPair<'_>]) -> Result<Scores, ModelError> {
        let mut asked = self.asked.lock().unwrap();
        let mut values = Vec::new();
        for TextPair { first, second } in batch {
            asked.push((first.join(" "), second.join(" ")));
            values.extend(match (side(first), side(second)) {
                (Some((one, a)), Some((other, b))) if one == other => {
                    if a == b {
                        [0.1, 0.1, 0.8]
                    } else {
                        [0.1, 0.8, 0.1]
                    }
                }
                _ => [0.8, 0.1, 0.1],
            });
        }
        Ok(Scores::new(3, values))
    }
}

/// An article a speaker, one day after the other.
pub(crate) fn articles(said: &[(&str, &str, Force)]) -> Vec<Annotated> {
    let mut articles = Vec::new();
    for (n, (speaker, content, force)) in said.iter().enumerate() {
        let day = i8::try_from(n + 1).unwrap();
        let mut draft = Draft::new(&format!("a{n}"), &format!("{speaker} told us: {content}."));
        draft = draft.date(date(2023, 5, day));
        let speaker = draft.actor(speaker, Country);
        draft.statement(Some(speaker), "told", content, *force);
        articles.push(draft.done());
    }
    articles
}

pub(crate) fn settings() -> AggregateSettings {
    AggregateSettings { claim_candidate_similarity: 0.0, ..AggregateSettings::default() }
}

fn finish(
    articles: Vec<Annotated>,
    model: &Oracle,
    settings: AggregateSettings,
) -> Result<Tables, AggregateError> {
    let mut aggregator = Aggregator::new(settings);
    for article in articles {
        aggregator.push(&article).unwrap();
    }
    let models = ClaimModels { embedder: None, relations: Some(model) };
    aggregator.finish(models, vec![]).map(|aggregated| aggregated.all_tables().unwrap())
}

/// For each claim its text and who takes which position.
#[track_caller]
fn check(said: &[(&str, &str, Force)], expected: &[&str]) {
    let tables = finish(articles(said), &Oracle::default(), settings()).unwrap();
    let claim = |claim: &newstance_doc::rows::ClaimRow| {
        let of_claim = tables.positions.iter().filter(|p| p.claim_id == claim.claim_id);
        let positions: Vec<String> = of_claim
            .map(|p| format!("{} {}", p.holder_id.as_deref().unwrap_or("?"), p.position))
            .collect();
        format!("{}: {}", claim.text, positions.join(", "))
    };
    assert_eq!(tables.claims.iter().map(claim).collect::<Vec<_>>(), expected);
}

#[test]
fn the_model_tells_the_side_that_no_negation_tells() {
    check(
        &[
            ("Zambia", "the river gates were open", Force::Affirms),
            ("Malawi", "the river gates were shut", Force::Affirms),
            ("Angola", "the river gates were barred", Force::Denies),
            ("Uganda", "the river gates were ajar", Force::Questions),
        ],
        &[
            "the river gates were open: zambia affirms, malawi denies, angola affirms, uganda questions",
        ],
    );
}

#[test]
fn a_negation_is_no_side_where_the_model_sees_none() {
    check(
        &[
            ("Zambia", "the river gates were never open", Force::Affirms),
            ("Malawi", "the river gates were open", Force::Affirms),
        ],
        // Its text is the affirmative content.
        &["the river gates were open: zambia affirms, malawi affirms"],
    );
}

#[test]
fn what_is_unrelated_is_a_claim_of_its_own_however_alike() {
    check(
        &[
            ("Zambia", "the river gates were open", Force::Affirms),
            ("Malawi", "the river gates were painted", Force::Affirms),
        ],
        &[
            "the river gates were open: zambia affirms",
            "the river gates were painted: malawi affirms",
        ],
    );
}

#[test]
fn a_doubtful_verdict_begins_a_claim() {
    let said = [
        ("Zambia", "the river gates were open", Force::Affirms),
        ("Malawi", "the river gates were ajar", Force::Affirms),
    ];
    let n_claims = |claim_threshold| {
        let settings = AggregateSettings { claim_threshold, ..settings() };
        finish(articles(&said), &Oracle::default(), settings).unwrap().claims.len()
    };
    assert_eq!((n_claims(0.89), n_claims(0.91)), (1, 2));
}

#[test]
fn the_model_is_asked_of_few_seeds_and_of_each_two_texts_once() {
    let mut said = vec![
        ("Zambia", "the river gates were blue", Force::Affirms),
        ("Malawi", "the river gates were green", Force::Affirms),
        ("Angola", "the river gates were red", Force::Affirms),
        ("Uganda", "the river gates were grey", Force::Affirms),
    ];
    said.extend(said.clone());
    let oracle = Oracle::default();
    let settings = AggregateSettings { claim_max_decisions: 2, ..settings() };
    finish(articles(&said), &oracle, settings.clone()).unwrap();
    let asked = oracle.asked();
    let distinct: BTreeSet<_> = asked.iter().collect();
    assert_eq!(asked.len(), distinct.len(), "{asked:?}");
    assert!(!asked.is_empty() && asked.len() <= said.len() * settings.claim_max_decisions);
    let none = Oracle::default();
    finish(articles(&said), &none, AggregateSettings { claim_max_decisions: 0, ..settings })
        .unwrap();
    assert!(none.asked().is_empty());
}

#[test]
fn names_and_pronouns_are_asked_about_as_they_stand() {
    let oracle = Oracle::default();
    let said = [
        ("Zambia", "that Malawi’s river gates had been open", Force::Affirms),
        ("Malawi", "that its river gates had not been open", Force::Affirms),
    ];
    finish(articles(&said), &oracle, settings()).unwrap();
    let asked = ("Malawi ’ s river gates had been open", "its river gates had not been open");
    assert_eq!(oracle.asked(), [(asked.0.to_owned(), asked.1.to_owned())]);
}

#[test]
fn a_model_without_a_relation_is_an_error() {
    let oracle = Oracle::new(["unrelated", "contrary", "same"]);
    let error = finish(articles(&[]), &oracle, settings()).unwrap_err();
    assert!(matches!(error, AggregateError::Compare { .. }), "{error}");
}

/// Answers with one row too few.
#[derive(Debug)]
struct Short(Oracle);

impl TextPairClassifier for Short {
    fn labels(&self) -> &LabelSet {
        self.0.labels()
    }

    fn score_text_pairs(&self, batch: &[TextPair<'_>]) -> Result<Scores, ModelError> {
        self.0.score_text_pairs(&batch[1..])
    }
}

#[test]
fn a_model_that_leaves_a_pair_out_is_an_error() {
    let mut aggregator = Aggregator::new(settings());
    for article in archive() {
        aggregator.push(&article).unwrap();
    }
    let short = Short(Oracle::default());
    let models = ClaimModels { embedder: None, relations: Some(&short) };
    let error = aggregator.finish(models, vec![]).unwrap_err();
    let AggregateError::Compare { source: ModelError::Shape { expected, got, .. } } = error else {
        panic!("{error}")
    };
    assert_eq!([expected[0] - 1, expected[1]], got);
}

pub(crate) fn archive() -> Vec<Annotated> {
    let mut said = Vec::new();
    for (n, word) in ["open", "shut", "ajar", "paid", "owed", "blue", "barred"].iter().enumerate() {
        let force = if n % 3 == 2 { Force::Denies } else { Force::Affirms };
        said.push((["Zambia", "Malawi"][n % 2], format!("the river gates were {word}"), force));
        said.push(("Angola", format!("the gates of the lake had been {word}"), Force::Affirms));
    }
    let said: Vec<_> =
        said.iter().map(|(who, what, force)| (*who, what.as_str(), *force)).collect();
    articles(&said)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn the_order_of_pushing_does_not_change_the_tables(
        order in Just((0..archive().len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let articles = archive();
        let shuffled = order.iter().map(|idx| articles[*idx].clone()).collect();
        let tables = |articles| finish(articles, &Oracle::default(), settings()).unwrap();
        prop_assert_eq!(tables(shuffled), tables(articles));
    }
}
