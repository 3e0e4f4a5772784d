//! The page of small tables.

use newstance_doc::rows::{ActorRow, ArticleRow, PairRow, SentenceRow, StanceRow, Tables};

use crate::{Format, MarkedPairs, ReportLimits, write_report, write_tables};

const HOSTILE: &str = "</script><script>alert(1)</script><!-- & {{data}} \u{2028}";

fn actor() -> ActorRow {
    ActorRow {
        actor_id: "x".to_owned(),
        name: HOSTILE.to_owned(),
        kind: "person".to_owned(),
        country: None,
        affiliation: None,
        role: Some(HOSTILE.to_owned()),
        wikidata: None,
        aliases: vec![HOSTILE.to_owned()],
        n_articles: 1,
        n_mentions: 3,
    }
}

/// One article of three sentences with a stance in each, hostile wherever an
/// article's words can be.
fn tables() -> Tables {
    let text = format!("{HOSTILE} one. {HOSTILE} two. {HOSTILE} three.");
    let n_chars = text.chars().count() as u64 / 3;
    let article = ArticleRow {
        article_id: "a".to_owned(),
        outlet: Some(HOSTILE.to_owned()),
        date: None,
        date_raw: None,
        title: HOSTILE.to_owned(),
        text,
        authors: vec![],
        url: Some("javascript:alert(2)".to_owned()),
        language: None,
        extra: None,
        n_sentences: 3,
        n_words: 9,
        text_sha256: String::new(),
        wire_group: "a".to_owned(),
        is_wire_copy: false,
        agency: None,
    };
    let sentences = (0..3).map(|n| SentenceRow {
        article_id: "a".to_owned(),
        sentence: n,
        field: "text".to_owned(),
        start_char: n * n_chars,
        end_char: (n + 1) * n_chars,
    });
    let stances = (0..3_u8).map(|n| StanceRow {
        stance_id: format!("a:t{n}"),
        article_id: "a".to_owned(),
        sentence: n.into(),
        field: "text".to_owned(),
        start_char: u64::from(n) * n_chars,
        end_char: u64::from(n + 1) * n_chars,
        holder_id: "outlet".to_owned(),
        target_id: "x".to_owned(),
        position: "opposes".to_owned(),
        p_supports: 0.0,
        p_neutral: 0.25 - f32::from(n) / 16.0,
        p_opposes: 0.75 + f32::from(n) / 16.0,
        basis: "outlet".to_owned(),
        statement_id: None,
    });
    Tables {
        articles: vec![article],
        sentences: sentences.collect(),
        stances: stances.collect(),
        actors: vec![actor()],
        ..Tables::default()
    }
}

fn page(limits: ReportLimits) -> String {
    page_of(&tables(), limits)
}

fn page_of(tables: &Tables, limits: ReportLimits) -> String {
    written(tables, MarkedPairs::new(None, limits), limits)
}

fn written(tables: &Tables, pairs: MarkedPairs, limits: ReportLimits) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.html");
    write_tables(folder.path(), tables, Format::Parquet).unwrap();
    let left_out = [("pairs left out".to_owned(), 7)];
    write_report(&path, folder.path(), pairs, &left_out, limits).unwrap();
    std::fs::read_to_string(path).unwrap()
}

/// What stands between the tags of the element that holds the data.
fn data(page: &str) -> serde_json::Value {
    let (_, after) = page.split_once(r#"type="application/json">"#).unwrap();
    serde_json::from_str(after.split_once("</script>").unwrap().0).unwrap()
}

#[test]
fn hostile_texts_stay_in_the_data() {
    let page = page(ReportLimits::default());
    let data = data(&page);
    assert_eq!(data["articles"][0][3], HOSTILE);
    assert_eq!(data["actors"][0][1], HOSTILE);
    assert!(!page.contains("<script>alert"), "a script of an article is in the page");
    assert_eq!(data["left_out"][0][1], 7);
}

#[test]
fn a_passage_is_the_sentence_to_the_character() {
    let data = data(&page(ReportLimits::default()));
    let mut passages: Vec<(u64, &str)> = data["passages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|passage| (passage[2].as_u64().unwrap(), passage[3].as_str().unwrap()))
        .collect();
    passages.sort_unstable();
    let joined: String = passages.iter().map(|(_, text)| *text).collect();
    assert_eq!(passages.len(), 3);
    assert!(tables().articles[0].text.starts_with(&joined), "{joined}");
}

#[test]
fn what_has_no_room_is_counted_and_the_most_marked_stay() {
    let data = data(&page(ReportLimits { stances: 2, ..ReportLimits::default() }));
    let kept: Vec<u64> = data["stances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|stance| stance[4].as_u64().unwrap())
        .collect();
    assert_eq!(kept, [875, 813]);
    assert_eq!(data["not_shown"]["stances"], 1);
}

#[test]
fn actors_that_the_page_does_not_name_give_way() {
    let mut tables = tables();
    let named = tables.actors[0].clone();
    for n in 0..5 {
        let (actor_id, n_mentions) = (format!("a-{n}"), 100 + n);
        tables.actors.push(ActorRow { actor_id, n_mentions, ..named.clone() });
    }
    tables.actors.sort_by(|a, b| a.actor_id.cmp(&b.actor_id));
    let data = |actors| data(&page_of(&tables, ReportLimits { actors, ..ReportLimits::default() }));
    let ids = |data: &serde_json::Value| -> Vec<String> {
        let rows = data["actors"].as_array().unwrap().iter();
        rows.map(|row| row[0].as_str().unwrap().to_owned()).collect()
    };
    let (whole, short) = (data(10), data(2));
    assert_eq!((ids(&whole).len(), &whole["not_shown"]["actors"]), (6, &0.into()));
    assert_eq!(
        (ids(&short), &short["not_shown"]["actors"]),
        (vec!["a-4".to_owned(), "x".to_owned()], &4.into())
    );
    // The target of a stance is a number of this list.
    assert_eq!((&whole["stances"][0][1], &short["stances"][0][1]), (&5.into(), &1.into()));
}

fn pair(holder_id: &str, target_id: &str) -> PairRow {
    PairRow {
        level: "actor".to_owned(),
        holder_id: holder_id.to_owned(),
        target_id: target_id.to_owned(),
        period_unit: "all".to_owned(),
        period_start: None,
        outlet: None,
        wire: "once".to_owned(),
        n_supports: 1.234_567,
        n_neutral: 2.345_678,
        n_opposes: 3.456_789,
        n_articles: 10,
        net: -0.315_789,
        net_low: Some(-0.715_789),
        net_high: Some(0.115_789),
        net_corrected: None,
        net_corrected_low: None,
        net_corrected_high: None,
    }
}

#[test]
fn the_most_marked_pairs_have_room_first() {
    let tables = tables();
    let of = |holder: &str, n_opposes: f64, n_rows: usize| {
        vec![PairRow { n_opposes, ..pair(holder, "x") }; n_rows]
    };
    // Sorted as the table is; the week is not for a page of days.
    let week = PairRow { period_unit: "week".to_owned(), ..pair("a", "x") };
    let rows = [of("a", 4.0, 2), vec![week], of("b", 9.0, 2), of("c", 7.0, 3), of("d", 2.0, 1)];
    let shown = |pair_rows| {
        let limits = ReportLimits { pair_rows, ..ReportLimits::default() };
        let mut pairs = MarkedPairs::new(None, limits);
        rows.iter().flatten().for_each(|row| pairs.push(row.clone()));
        let data = data(&written(&tables, pairs, limits));
        let holders: Vec<(String, usize)> = data["pairs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[1].as_str().unwrap().to_owned(), pair[3].as_array().unwrap().len()))
            .collect();
        (holders, data["not_shown"]["pairs"].as_u64().unwrap())
    };
    let kept = |ids: &[(&str, usize)]| -> Vec<(String, usize)> {
        ids.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect()
    };
    assert_eq!(shown(8), (kept(&[("b", 2), ("c", 3), ("a", 2), ("d", 1)]), 0));
    assert_eq!(shown(7), (kept(&[("b", 2), ("c", 3), ("a", 2)]), 1));
    assert_eq!(shown(4), (kept(&[("b", 2)]), 3));
    assert_eq!(shown(1), (kept(&[]), 4));
}

#[test]
fn a_corrected_net_stance_stands_beside_the_plain_one() {
    let corrected = PairRow {
        net_corrected: Some(-0.512_34),
        net_corrected_low: Some(-0.75),
        net_corrected_high: Some(-0.25),
        ..pair("a", "x")
    };
    let (tables, limits) = (tables(), ReportLimits::default());
    let mut pairs = MarkedPairs::new(None, limits);
    pairs.push(corrected);
    pairs.push(pair("b", "x"));
    let data = data(&written(&tables, pairs, limits));
    let of = |pair: usize| &data["pairs"][pair][3][0][10];
    assert_eq!(of(0), &serde_json::json!([-0.5123, -0.75, -0.25]));
    assert!(of(1).is_null());
}

/// A hundred thousand stances, each with a sentence of its own, and as many
/// rows of pairs.
fn many() -> Tables {
    let mut tables = tables();
    let (mut article, sentence) = (tables.articles[0].clone(), tables.sentences[0].clone());
    let (stance, mut actor) = (tables.stances[0].clone(), tables.actors[0].clone());
    actor.role = None;
    article.title = "Minister says nobody asked for help".to_owned();
    article.outlet = Some("The Daily".to_owned());
    article.text =
        "The minister said in Parliament that nobody had ever asked for such help. ".repeat(10);
    let n_chars = article.text.chars().count() as u64 / 10;
    tables = Tables::default();
    for n in 0..10_000_u64 {
        let article_id = format!("article-{n:06}");
        tables.articles.push(ArticleRow { article_id: article_id.clone(), ..article.clone() });
        let name = format!("Actor number {n}");
        tables.actors.push(ActorRow {
            actor_id: format!("actor-{n:06}"),
            name,
            aliases: vec![],
            ..actor.clone()
        });
        for at in 0..10 {
            let (start_char, end_char) = (at * n_chars, (at + 1) * n_chars);
            let article_id = article_id.clone();
            let stance_id = format!("{article_id}:t{at:06}");
            tables.sentences.push(SentenceRow {
                article_id: article_id.clone(),
                sentence: at,
                start_char,
                end_char,
                ..sentence.clone()
            });
            let (holder_id, target_id) =
                (format!("actor-{n:06}"), format!("actor-{:06}", (n + 1) % 10_000));
            tables.stances.push(StanceRow {
                stance_id,
                article_id,
                sentence: at,
                start_char,
                end_char,
                holder_id,
                target_id,
                ..stance.clone()
            });
        }
    }
    tables
}

#[test]
fn the_page_of_a_hundred_thousand_stances_is_under_15_megabytes() {
    let (tables, limits) = (many(), ReportLimits::default());
    let mut pairs = MarkedPairs::new(None, limits);
    for stance in &tables.stances {
        pairs.push(pair(&stance.holder_id, &stance.target_id));
    }
    let page = written(&tables, pairs, limits);
    let data = data(&page);
    let shown = data["stances"].as_array().unwrap().len() as u64;
    assert_eq!(shown + data["not_shown"]["stances"].as_u64().unwrap(), 100_000);
    assert!(shown > 50_000 && page.len() < 15_000_000, "{shown} stances, {} bytes", page.len());
    // Whoever wants to see it in a browser can have it.
    if let Some(kept) = std::env::var_os("NEWSTANCE_LARGE_PAGE") {
        std::fs::write(kept, page).unwrap();
    }
}

#[test]
fn the_same_tables_give_the_same_page() {
    assert_eq!(page(ReportLimits::default()), page(ReportLimits::default()));
}

#[test]
fn a_page_that_cannot_be_written_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("report.html");
    write_tables(folder.path(), &Tables::default(), Format::Csv).unwrap();
    let limits = ReportLimits::default();
    let pairs = MarkedPairs::new(None, limits);
    let error = write_report(&path, folder.path(), pairs, &[], limits).unwrap_err();
    assert!(error.to_string().contains("missing/report.html"), "{error}");
}
