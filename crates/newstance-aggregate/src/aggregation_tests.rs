//! The whole of an aggregation, on small archives.

use std::collections::BTreeMap;

use jiff::civil::date;
use newstance_doc::ActorKind::{Country, Group, Organisation, Person};
use newstance_doc::rows::{PairRow, SpeakerRow, Tables};
use newstance_doc::{Annotated, Force, Holder, Problem, ProblemKind};
use newstance_model::{ModelError, TextEmbedder};
use proptest::prelude::*;

use crate::testing::Draft;
use crate::{AggregateError, AggregateSettings, Aggregator, ClaimModels, Scratch};

/// Texts with a word in common of the same line here are alike.
const MEANINGS: &[&[&str]] = &[&["assistance", "help", "support"], &["gates"], &["engines"]];

/// Gives each line of [`MEANINGS`] a direction, and every other text its own.
#[derive(Debug)]
struct Thesaurus;

impl TextEmbedder for Thesaurus {
    fn dimension(&self) -> usize {
        16
    }

    fn embed(&self, batch: &[Vec<&str>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let vector = |words: &Vec<&str>| {
            let means = |line: &[&str]| line.iter().any(|word| words.contains(word));
            let other = MEANINGS.len() + words.join("").len() % (16 - MEANINGS.len());
            let axis = MEANINGS.iter().position(|line| means(line)).unwrap_or(other);
            (0..16).map(|at| f32::from(u8::from(at == axis))).collect()
        };
        Ok(batch.iter().map(vector).collect())
    }
}

fn tables(articles: &[Annotated], embedder: Option<&dyn TextEmbedder>) -> Tables {
    let mut aggregator = Aggregator::new(AggregateSettings::default());
    for article in articles {
        aggregator.push(article).unwrap();
    }
    aggregator
        .finish(ClaimModels { embedder, relations: None }, vec![])
        .unwrap()
        .all_tables()
        .unwrap()
}

#[test]
fn articles_on_a_disk_give_the_same_tables() {
    let folder = tempfile::tempdir().unwrap();
    let scratch = Scratch { folder: folder.path().to_owned(), max_bytes: 100 };
    let mut aggregator = Aggregator::with_scratch(AggregateSettings::default(), scratch);
    for article in archive() {
        aggregator.push(&article).unwrap();
    }
    let models = ClaimModels { embedder: Some(&Thesaurus), relations: None };
    let on_disk = aggregator.finish(models, vec![]).unwrap();
    assert_eq!(on_disk.all_tables().unwrap(), tables(&archive(), Some(&Thesaurus)));
}

#[test]
fn rows_come_by_their_ids_where_one_article_is_named_as_another_begins() {
    let articles = ["a", "a!", "a1", "a:", "a:n", "b"].map(|id| {
        let mut draft = Draft::new(id, "Ruritania said it rained.");
        let country = draft.actor("Ruritania", Country);
        draft.mention("Ruritania", country);
        draft.statement(Some(country), "said", "it rained", Force::Affirms);
        draft.stance(Holder::Outlet, country, (0.1, 0.8, 0.1));
        draft.done()
    });
    let tables = tables(&articles, None);
    assert!(tables.articles.is_sorted_by_key(|row| &row.article_id));
    assert!(tables.sentences.is_sorted_by_key(|row| &row.article_id));
    assert!(tables.mentions.is_sorted_by_key(|row| &row.mention_id));
    assert!(tables.statements.is_sorted_by_key(|row| &row.statement_id));
    assert!(tables.stances.is_sorted_by_key(|row| &row.stance_id));
    let ids: Vec<&str> = tables.mentions.iter().map(|row| row.article_id.as_str()).collect();
    assert_eq!(ids, ["a!", "a1", "a:", "a", "a:n", "b"]);
}

/// The rows of `pairs` and `speakers`.
fn counts(articles: &[Annotated]) -> (Vec<PairRow>, Vec<SpeakerRow>) {
    let settings = AggregateSettings::default();
    let mut aggregator = Aggregator::new(settings.clone());
    for article in articles {
        aggregator.push(article).unwrap();
    }
    let ledger = aggregator.finish(ClaimModels::default(), vec![]).unwrap().ledger;
    let (mut pairs, mut speakers) = (Vec::new(), Vec::new());
    ledger.pair_counts(&settings, |rows| pairs.extend(rows.iter().copied().map(PairRow::from)));
    ledger.speaker_rows(&settings, |row| speakers.push(row));
    (pairs, speakers)
}

/// Two reports of one request, told with any two countries.
fn request(asker: &str, giver: &str, with_denial: bool) -> Vec<Annotated> {
    let mut told = Draft::new(
        "told",
        &format!("Officials say {asker} is seeking military assistance from {giver}. It rained."),
    )
    .date(date(2023, 1, 30))
    .outlet("Wire");
    let (a, b) = (told.actor(asker, Country), told.actor(giver, Country));
    let officials = told.actor_of("Freedonian officials", Group, "Freedonia");
    told.mention(asker, a);
    told.mention(giver, b);
    let content = format!("{asker} is seeking military assistance from {giver}");
    told.statement(Some(officials), "say", &content, Force::Affirms);
    told.stance(Holder::Actor(a), b, (0.5, 0.4, 0.1));
    told.stance(Holder::Outlet, b, (0.1, 0.8, 0.1));
    if !with_denial {
        return vec![told.done()];
    }
    let mut denied = Draft::new(
        "denied",
        &format!(
            "Spokesman Ivan Doe also denied the allegations, saying that Capital had the means and had not asked \
             {giver} for help. When asked whether {asker}’s request for support from {giver} was true, Doe said, “No.”"
        ),
    )
    .date(date(2023, 1, 31));
    let (a, b) = (denied.actor(asker, Country), denied.actor(giver, Country));
    let capital = denied.actor_of("Capital", newstance_doc::ActorKind::Place, asker);
    let doe = denied.actor_of("Ivan Doe", Person, asker);
    denied.mention(asker, a);
    denied.mention(giver, b);
    denied.mention("Capital", capital);
    denied.mention("Ivan Doe", doe);
    let content = format!("that Capital had the means and had not asked {giver} for help");
    denied.statement(Some(doe), "denied", "the allegations", Force::Denies);
    denied.statement(Some(doe), "saying", &content, Force::Affirms);
    denied.statement(Some(doe), "Doe said", "“No.”", Force::Affirms);
    vec![told.done(), denied.done()]
}

/// For each claim of several statements its text and who takes which position.
fn disputes(tables: &Tables) -> Vec<String> {
    let shared = tables.claims.iter().filter(|claim| claim.n_statements > 1);
    shared
        .map(|claim| {
            let of_claim = tables.positions.iter().filter(|p| p.claim_id == claim.claim_id);
            let positions: Vec<String> = of_claim
                .map(|p| format!("{} {}", p.holder_id.as_deref().unwrap_or("?"), p.position))
                .collect();
            format!("{}: {}", claim.text, positions.join(", "))
        })
        .collect()
}

#[test]
fn the_denier_of_a_request_denies_it_whatever_the_countries() {
    for (asker, asked) in [("Russia", "China"), ("Ruritania", "Sylvania"), ("China", "Russia")] {
        let tables = tables(&request(asker, asked, true), Some(&Thesaurus));
        assert_eq!(
            disputes(&tables),
            [format!(
                "{asker} is seeking military assistance from {asked}: ivan-doe denies, ivan-doe denies, \
                 freedonian-officials affirms"
            )]
        );
    }
}

#[test]
fn nobody_denies_where_nobody_denied() {
    let tables = tables(&request("Russia", "China", false), Some(&Thesaurus));
    assert!(tables.positions.iter().all(|p| p.position == "affirms"), "{:?}", tables.positions);
    assert_eq!(tables.claims.len(), 1);
    assert_eq!(tables.claims[0].claim_id, "claim:told:s000000");
}

#[test]
fn without_a_model_shared_words_make_a_claim() {
    let mut articles = Vec::new();
    for (id, speaker, cue, content, force) in [
        ("a", "Mozambique", "said", "Zambia had closed four gates of the dam", Force::Affirms),
        ("b", "Zambia", "said", "Zambia had never closed the gates of the dam", Force::Affirms),
        ("c", "Malawi", "denied", "that Zambia closed the gates of the dam", Force::Denies),
        ("d", "Malawi", "asked", "whether Zambia closed gates of the dam", Force::Questions),
        ("e", "Malawi", "said", "Zambia would sell its maize", Force::Affirms),
    ] {
        let mut draft = Draft::new(id, &format!("{speaker} {cue} {content}."));
        let speaker = draft.actor(speaker, Country);
        draft.statement(Some(speaker), cue, content, force);
        articles.push(draft.done());
    }
    assert_eq!(
        disputes(&tables(&articles, None)),
        [
            "Zambia had closed four gates of the dam: mozambique affirms, zambia denies, malawi denies, malawi questions"
        ]
    );
}

#[test]
fn who_says_too_little_makes_no_claim_with_other_articles() {
    let said = |id: &str, content: &str| {
        let mut draft = Draft::new(id, &format!("Ann Lee said {content}. Tom Ray said {content}."));
        for name in ["Ann Lee", "Tom Ray"] {
            let speaker = draft.actor(name, Person);
            draft.statement(Some(speaker), "said", content, Force::Affirms);
        }
        draft.done()
    };
    let sizes = |content| -> Vec<u64> {
        let claims = tables(&[said("a", content), said("b", content)], None).claims;
        claims.iter().map(|claim| claim.n_articles).collect()
    };
    assert_eq!(sizes("the gates closed"), [1, 1]);
    assert_eq!(sizes("the gates of the dam closed"), [2]);
}

#[test]
fn denies_this_refers_to_what_another_said_just_before() {
    let mut draft = Draft::new(
        "a",
        "Mozambique alleges that its neighbour kept back the water. Zambia denies this. Judges smiled.",
    );
    let (mozambique, zambia) = (draft.actor("Mozambique", Country), draft.actor("Zambia", Country));
    draft.mention("Mozambique", mozambique);
    draft.mention("Zambia", zambia);
    let content = "that its neighbour kept back the water";
    draft.statement(Some(mozambique), "alleges", content, Force::Affirms);
    draft.statement(Some(zambia), "denies", "this", Force::Denies);
    assert_eq!(
        disputes(&tables(&[draft.done()], None)),
        ["its neighbour kept back the water: mozambique affirms, zambia denies"]
    );
}

#[test]
fn a_statement_that_passes_one_on_leaves_the_position_to_it() {
    let mut draft = Draft::new("a", "Burns told Congress that he thought Kiev would fall.");
    let burns = draft.actor("William Burns", Person);
    let outer =
        draft.statement(Some(burns), "told", "that he thought Kiev would fall", Force::Affirms);
    let inner = draft.statement(Some(burns), "thought", "Kiev would fall", Force::Predicts);
    draft.set_parent(inner, outer);
    let tables = tables(&[draft.done()], None);
    assert_eq!(tables.claims.len(), 1, "{:?}", tables.claims);
    assert_eq!(tables.claims[0].text, "Kiev would fall");
}

#[test]
fn pairs_are_counted_with_wire_copies_and_without() {
    let text = "Ruritania attacked Sylvania on the same grey morning as ever before, said nobody.";
    let mut articles = Vec::new();
    for (id, day, outlet) in [("a", 1, "Wire"), ("b", 2, "Flash")] {
        let mut draft = Draft::new(id, text).date(date(2023, 5, day)).outlet(outlet);
        let (a, b) = (draft.actor("Ruritania", Country), draft.actor("Sylvania", Country));
        let army = draft.actor_of("Ruritanian army", Organisation, "Ruritania");
        draft.stance(Holder::Actor(army), b, (0.0, 0.25, 0.75));
        draft.stance(Holder::Actor(army), a, (1.0, 0.0, 0.0));
        articles.push(draft.done());
    }
    let (pairs, _) = counts(&articles);
    let found: BTreeMap<(&str, &str, &str), String> = pairs
        .iter()
        .filter(|p| p.period_unit == "all" && p.outlet.is_none())
        .map(|p| {
            ((p.level.as_str(), p.holder_id.as_str(), p.wire.as_str()), p.n_opposes.to_string())
        })
        .collect();
    assert_eq!(found[&("actor", "ruritanian-army", "every")], "1.5");
    assert_eq!(found[&("actor", "ruritanian-army", "once")], "0.75");
    assert_eq!(found[&("country", "ruritania", "once")], "0.75");
    assert!(pairs.iter().all(|p| p.holder_id != p.target_id), "a pair with itself");
    let tables = tables(&articles, None);
    assert!(tables.articles[1].is_wire_copy && tables.articles[1].wire_group == "a");
}

#[test]
fn an_interval_is_given_where_enough_articles_speak() {
    let mut articles = Vec::new();
    for n in 0..12_i8 {
        let mut draft = Draft::new(&format!("a{n}"), &format!("Report number {n}."));
        let (a, b) = (draft.actor("Ruritania", Country), draft.actor("Sylvania", Country));
        let opposes = f32::from(n) / 20.0;
        draft.stance(Holder::Actor(a), b, (0.0, 1.0 - opposes, opposes));
        draft.statement(Some(a), "number", "Report", Force::Affirms);
        articles.push(draft.done());
    }
    let (few, _) = counts(&articles[..9]);
    assert!(few.iter().all(|p| p.net_low.is_none()));
    let (pairs, speakers) = counts(&articles);
    let pair = &pairs[0];
    assert!(pair.net_low.unwrap() < pair.net && pair.net < pair.net_high.unwrap(), "{pair:?}");
    let speaker = &speakers[0];
    assert!((speaker.share - 1.0).abs() < 1e-9 && speaker.share_high == Some(1.0));
    assert!(speaker.share_low.is_some_and(|low| low > 0.7 && low < 0.8), "{speaker:?}");
}

#[test]
fn who_affirms_and_later_denies_has_turned() {
    let mut articles = Vec::new();
    for (id, day, force) in
        [("a", 1, Force::Affirms), ("b", 3, Force::Denies), ("c", 2, Force::Affirms)]
    {
        let content = "that Zambia closed the gates of the dam";
        let mut draft = Draft::new(id, &format!("Malawi spoke {content} on day {day}."));
        draft = draft.date(date(2023, 5, day));
        let malawi = draft.actor("Malawi", Country);
        let zambia = draft.actor("Zambia", Country);
        draft.statement(Some(malawi), "spoke", content, force);
        let p = if day == 3 { (0.9, 0.1, 0.0) } else { (0.0, 0.2, 0.8) };
        draft.stance(Holder::Actor(malawi), zambia, p);
        articles.push(draft.done());
    }
    let turns = tables(&articles, None).turns;
    let told: Vec<String> = turns
        .iter()
        .map(|t| {
            let (from, to) = (&t.from_position, &t.to_position);
            format!("{} {from} {} {} {to} {}", t.holder_id, t.from_date, t.n_from, t.to_date)
        })
        .collect();
    assert_eq!(
        told,
        [
            "malawi opposes 2023-05-02 2 supports 2023-05-03",
            "malawi affirms 2023-05-02 2 denies 2023-05-03",
        ]
    );
    assert_eq!((turns[0].to_article_id.as_str(), turns[0].from_article_id.as_str()), ("b", "a"));
}

#[test]
fn a_denial_is_left_out_once_another_outlet_had_it() {
    let mut articles = Vec::new();
    let content = "that Zambia closed the gates of the dam";
    for (id, day, outlet, forces) in [
        ("a", 1, "Star", vec![Force::Affirms]),
        ("b", 2, "Post", vec![Force::Affirms, Force::Denies]),
        ("c", 3, "Star", vec![Force::Affirms]),
        ("d", 4, "Star", vec![Force::Affirms, Force::Denies]),
        ("e", 5, "Mail", vec![Force::Denies]),
    ] {
        let mut draft = Draft::new(id, &format!("Malawi said {content}. It was day {day}."));
        draft = draft.date(date(2023, 5, day)).outlet(outlet);
        for (n, force) in forces.into_iter().enumerate() {
            let speaker = draft.actor(&format!("Country {n}"), Country);
            draft.statement(Some(speaker), "said", content, force);
        }
        articles.push(draft.done());
    }
    let omissions = tables(&articles, None).omissions;
    let told: Vec<String> = omissions
        .iter()
        .map(|o| {
            let (n, with) = (o.n_articles, o.n_with_denial);
            format!(
                "{} {with}/{n} {} {}: {:?}",
                o.outlet, o.denial_date, o.denial_outlet, o.article_ids
            )
        })
        .collect();
    // Post had the denial itself, and affirmed nothing after another had one.
    assert_eq!(told, [r#"Star 1/2 2023-05-02 Post: ["c"]"#]);
}

#[test]
fn what_does_not_fit_is_an_error() {
    let mut twice = Aggregator::new(AggregateSettings::default());
    for text in ["One.", "Two."] {
        twice.push(&Draft::new("a", text).done()).unwrap();
    }
    let error = twice.finish(ClaimModels::default(), vec![]).unwrap_err();
    assert!(matches!(error, AggregateError::RepeatedArticle { .. }), "{error}");
    let mut broken = Draft::new("a", "Née.").done();
    broken.sentences[0].words[0].end = 2;
    let mut aggregator = Aggregator::new(AggregateSettings::default());
    let error = aggregator.push(&broken).unwrap_err();
    assert_eq!(error.to_string(), "article `a`: sentence 0 points outside of its article");
}

#[test]
fn nothing_gives_empty_tables_and_problems_are_sorted() {
    let problem = |line| Problem {
        article_id: None,
        file: Some("x.jsonl".to_owned()),
        line: Some(line),
        kind: ProblemKind::BrokenRecord,
        message: String::new(),
    };
    let problems = vec![problem(2), problem(1)];
    let aggregator = Aggregator::new(AggregateSettings::default());
    let aggregated = aggregator.finish(ClaimModels::default(), problems).unwrap();
    let tables = aggregated.all_tables().unwrap();
    assert_eq!(counts(&[]), (vec![], vec![]));
    assert_eq!(tables.problems, [problem(1), problem(2)]);
    assert!(tables.articles.is_empty() && tables.claims.is_empty());
}

#[test]
fn settings_reject_unknown_keys() {
    let settings: AggregateSettings = serde_json::from_str(r#"{"by_outlet": false}"#).unwrap();
    assert!(!settings.by_outlet && settings.bootstrap_resamples == 200);
    assert!(serde_json::from_str::<AggregateSettings>(r#"{"by_outlets": false}"#).is_err());
}

fn archive() -> Vec<Annotated> {
    let mut articles = request("Russia", "China", true);
    for (n, name) in ["Ann Lee", "Lee", "ANN LEE", "Ann Lee", "Lee"].into_iter().enumerate() {
        let country = ["Q1", "Q1", "", "Q2", "Q2"][n];
        let day = i8::try_from(n % 3 + 1).unwrap();
        let text = format!("{name} said that engines number {n} had been sold abroad.");
        let mut draft = Draft::new(&format!("n-{n}"), &text).outlet("Star");
        if n != 2 {
            draft = draft.date(date(2024, 2, day));
        }
        let lee = draft.actor_of(name, Person, country);
        draft.mention(name, lee);
        draft.statement(Some(lee), "said", "engines number", Force::Affirms);
        draft.stance(Holder::Outlet, lee, (0.3, 0.3, 0.4));
        articles.push(draft.done());
    }
    articles
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_order_of_pushing_does_not_change_the_tables(
        order in Just((0..archive().len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let articles = archive();
        let shuffled: Vec<_> = order.iter().map(|idx| articles[*idx].clone()).collect();
        prop_assert_eq!(counts(&shuffled), counts(&articles));
        prop_assert_eq!(tables(&shuffled, Some(&Thesaurus)), tables(&articles, Some(&Thesaurus)));
    }
}
