//! What is written into a run folder is what is read back, in the same bytes
//! every time.

#![expect(clippy::unwrap_used, reason = "helpers of tests stop where a test would")]

use std::{fs, path::Path};

use newstance_doc::{
    Actor, ActorKind, Annotated, Article, Basis, Field, Force, Holder, Mention, MentionForm,
    MentionLabel, Position, PositionProbabilities, Problem, ProblemKind, Sentence, Span,
    SpeakerKind, Stance, Statement, StatementForm,
    rows::{
        ActorRow, AffiliationRow, ArticleRow, CharSpan, ClaimPositionRow, ClaimRow, MentionRow,
        PairRow, SentenceRow, SpeakerRow, StanceRow, StatementRow, Tables,
    },
};
use newstance_tables::{
    Format, LAYERS_FOLDER, LayerReader, LayerWriter, LayersState, PartRecord, Table, TableWriter,
    TablesError, begin_layers, finish_layers, layers_state, read_parts, read_plan, read_problems,
    read_table, read_tables, table_rows, write_tables,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};

fn statement_row() -> StatementRow {
    serde_json::from_value(json!({
        "statement_id": "a:0", "article_id": "a", "sentence": 2, "field": "text",
        "form": "mixed", "force": "denies", "speaker_id": null, "speaker_kind": "none",
        "speaker_text": null, "source": [], "cue": [[3, 7]], "content": [[0, 2], [9, 11]],
        "content_text": "né, \"so\"\nhe said", "parent_id": "a:1", "probability": 0.1,
    }))
    .unwrap()
}

fn article_row(id: &str) -> ArticleRow {
    serde_json::from_value(json!({
        "article_id": id, "outlet": null, "date": "2022-03-15", "date_raw": "15 March 2022",
        "title": "", "text": "“No,” he said.\r\n=1+1", "authors": ["A. B", "C, \"D\""],
        "url": null, "language": "en", "extra": "{\"x\":1}", "n_sentences": 1, "n_words": 9,
        "text_sha256": "00", "wire_group": id, "is_wire_copy": false, "agency": "Reuters",
    }))
    .unwrap()
}

fn pair_row() -> PairRow {
    serde_json::from_value(json!({
        "level": "country", "holder_id": "Q159", "target_id": "Q212", "period_unit": "all",
        "period_start": null, "outlet": null, "wire": "once", "n_supports": 0.25,
        "n_neutral": 1.5, "n_opposes": 3.0, "n_articles": 2, "net": -0.6875,
        "net_low": null, "net_high": 0.5,
        "net_corrected": -0.75, "net_corrected_low": null, "net_corrected_high": null,
    }))
    .unwrap()
}

fn problem() -> Problem {
    Problem {
        article_id: None,
        file: Some("in.jsonl".to_owned()),
        line: Some(7),
        kind: ProblemKind::BrokenRecord,
        message: "expected `}`".to_owned(),
    }
}

/// One or more rows of each kind of column; the other tables are empty.
fn tables() -> Tables {
    Tables {
        articles: vec![article_row("a"), article_row("b")],
        statements: vec![statement_row()],
        problems: vec![problem()],
        ..Tables::default()
    }
}

fn bytes_of(folder: &Path, table: &str, format: Format) -> Vec<u8> {
    fs::read(folder.join(format!("{table}.{}", format.as_str()))).unwrap()
}

#[track_caller]
fn check_columns<T: Table>(row: &Value) {
    let expected: Vec<_> = T::COLUMNS.iter().map(|column| column.name).collect();
    let found: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(found, expected, "columns of table `{}`", T::NAME);
}

/// The fields of a row type, all of them absent or empty where they may be.
macro_rules! row_of {
    ($row:ident) => {{
        let columns = <$row as Table>::COLUMNS.iter().map(|column| {
            use newstance_tables::ColumnType;
            let value = match column.column_type {
                _ if column.nullable => Value::Null,
                ColumnType::Text if column.name == "kind" => json!("analysis"),
                ColumnType::Text => json!("x"),
                ColumnType::Count => json!(1),
                ColumnType::Probability | ColumnType::Number => json!(0.5),
                ColumnType::Flag => json!(true),
                ColumnType::Day => json!("2022-03-15"),
                ColumnType::Texts | ColumnType::Spans => json!([]),
            };
            (column.name.to_owned(), value)
        });
        let row: $row = serde_json::from_value(Value::Object(columns.collect())).unwrap();
        serde_json::to_value(row).unwrap()
    }};
}

#[test]
fn the_columns_of_each_table_are_the_fields_of_its_row_in_their_order() {
    check_columns::<ArticleRow>(&row_of!(ArticleRow));
    check_columns::<SentenceRow>(&row_of!(SentenceRow));
    check_columns::<MentionRow>(&row_of!(MentionRow));
    check_columns::<ActorRow>(&row_of!(ActorRow));
    check_columns::<AffiliationRow>(&row_of!(AffiliationRow));
    check_columns::<StatementRow>(&row_of!(StatementRow));
    check_columns::<StanceRow>(&row_of!(StanceRow));
    check_columns::<ClaimRow>(&row_of!(ClaimRow));
    check_columns::<ClaimPositionRow>(&row_of!(ClaimPositionRow));
    check_columns::<PairRow>(&row_of!(PairRow));
    check_columns::<SpeakerRow>(&row_of!(SpeakerRow));
    check_columns::<Problem>(&row_of!(Problem));
}

#[test]
fn tables_come_back_as_they_were_in_every_format() {
    for format in Format::ALL {
        let folder = tempfile::tempdir().unwrap();
        write_tables(folder.path(), &tables(), format).unwrap();
        assert_eq!(read_tables(folder.path()).unwrap(), tables(), "{format:?}");
    }
}

#[test]
fn rows_that_are_pushed_come_back_in_order_in_every_format() {
    let rows: Vec<PairRow> =
        (0..2500_u32).map(|n| PairRow { n_supports: f64::from(n) / 8.0, ..pair_row() }).collect();
    for format in Format::ALL {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = TableWriter::<PairRow>::create(folder.path(), format).unwrap();
        for row in &rows {
            writer.push(row).unwrap();
        }
        assert!(read_table::<PairRow>(folder.path()).is_err(), "it is not complete");
        assert_eq!(writer.finish().unwrap(), 2500);
        let read: Vec<PairRow> = table_rows(folder.path()).unwrap().map(Result::unwrap).collect();
        assert_eq!(read, rows, "{format:?}");
        let empty = TableWriter::<SpeakerRow>::create(folder.path(), format).unwrap();
        assert_eq!(empty.finish().unwrap(), 0);
        assert_eq!(read_table::<SpeakerRow>(folder.path()).unwrap(), []);
    }
}

#[test]
fn a_row_of_other_columns_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = TableWriter::<PairRow>::create(folder.path(), Format::Parquet).unwrap();
    writer.push(&pair_row()).unwrap();
    let error = writer.push(&json!({"level": "actor"})).unwrap_err().to_string();
    assert!(error.contains("row 2 of") && error.contains("pairs.parquet"), "{error}");
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    for format in Format::ALL {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        write_tables(one.path(), &tables(), format).unwrap();
        write_tables(other.path(), &tables(), format).unwrap();
        for table in ["articles", "actors", "statements", "problems"] {
            let (one, other) =
                (bytes_of(one.path(), table, format), bytes_of(other.path(), table, format));
            assert_eq!(one, other, "{table} as {format:?}");
        }
    }
}

#[test]
fn text_formats_read_as_the_contract_says() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path(), &tables(), Format::Jsonl).unwrap();
    let line = String::from_utf8(bytes_of(folder.path(), "statements", Format::Jsonl)).unwrap();
    assert!(line.contains(r#""source":[],"cue":[[3,7]],"content":[[0,2],[9,11]]"#), "{line}");
    assert!(line.contains(r#""speaker_id":null"#) && line.ends_with("\"probability\":0.1}\n"));

    write_tables(folder.path(), &tables(), Format::Csv).unwrap();
    let csv = String::from_utf8(bytes_of(folder.path(), "statements", Format::Csv)).unwrap();
    assert!(csv.starts_with("statement_id,article_id,sentence,field,form,force,speaker_id,"));
    assert!(csv.contains(r#",none,,[],"[[3,7]]","[[0,2],[9,11]]","#), "{csv}");
    assert!(csv.ends_with(",a:1,0.1\n"), "{csv}");
}

#[test]
fn an_empty_table_keeps_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path(), &Tables::default(), Format::Csv).unwrap();
    let csv = String::from_utf8(bytes_of(folder.path(), "problems", Format::Csv)).unwrap();
    assert_eq!(csv, "article_id,file,line,kind,message\n");
    write_tables(folder.path(), &Tables::default(), Format::Parquet).unwrap();
    assert_eq!(read_tables(folder.path()).unwrap(), Tables::default());
}

#[test]
fn a_table_is_in_a_folder_once() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path(), &tables(), Format::Csv).unwrap();
    write_tables(folder.path(), &tables(), Format::Parquet).unwrap();
    assert!(!folder.path().join("articles.csv").exists());
    fs::write(folder.path().join("articles.csv"), "").unwrap();
    let error = read_table::<ArticleRow>(folder.path()).unwrap_err();
    assert!(error.to_string().contains("parquet and csv"), "{error}");
}

#[test]
fn a_missing_table_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = read_table::<PairRow>(folder.path()).unwrap_err();
    assert!(matches!(error, TablesError::Missing { table: "pairs", .. }), "{error}");
}

#[test]
fn a_broken_file_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pairs.parquet"), "no parquet").unwrap();
    fs::write(folder.path().join("claims.jsonl"), "{\"claim_id\":1}\n").unwrap();
    fs::write(folder.path().join("actors.csv"), "actor,name\n").unwrap();
    let pairs = read_table::<PairRow>(folder.path()).unwrap_err();
    let claims = read_table::<ClaimRow>(folder.path()).unwrap_err();
    let actors = read_table::<ActorRow>(folder.path()).unwrap_err();
    assert!(pairs.to_string().contains("pairs.parquet"), "{pairs}");
    assert!(claims.to_string().contains("line 1 of"), "{claims}");
    assert!(matches!(actors, TablesError::Columns { .. }), "{actors}");
}

#[test]
fn more_rows_than_a_batch_come_back_in_order() {
    let articles: Vec<_> = (0..2500).map(|idx| article_row(&format!("{idx:05}"))).collect();
    let folder = tempfile::tempdir().unwrap();
    let tables = Tables { articles, ..Tables::default() };
    write_tables(folder.path(), &tables, Format::Parquet).unwrap();
    assert_eq!(read_table::<ArticleRow>(folder.path()).unwrap(), tables.articles);
}

fn record(n_items: u64, problems: Vec<Problem>) -> PartRecord {
    let counts = [("articles".to_owned(), n_items)].into();
    PartRecord { n_items, items_hash: "00".to_owned(), counts, problems }
}

fn write_part(folder: &Path, part_idx: usize, all: &[Annotated], record: &PartRecord) {
    let mut writer = LayerWriter::create(folder, part_idx).unwrap();
    for annotated in all {
        writer.append(annotated).unwrap();
    }
    assert_eq!(writer.finish(record).unwrap(), all.len() as u64);
}

fn write_layers(folder: &Path, all: &[Annotated]) {
    write_part(folder, 0, all, &record(all.len() as u64, Vec::new()));
    finish_layers(folder, 1).unwrap();
}

fn read_layers(folder: &Path) -> Vec<Annotated> {
    LayerReader::open(folder).unwrap().map(Result::unwrap).collect()
}

#[test]
fn problems_of_all_parts_are_handed_on() {
    let folder = tempfile::tempdir().unwrap();
    write_part(folder.path(), 0, &[], &record(1, vec![problem()]));
    write_part(folder.path(), 1, &[bare("a")], &record(3, vec![problem(), problem()]));
    finish_layers(folder.path(), 2).unwrap();
    assert_eq!(read_problems(folder.path()).unwrap(), [problem(), problem(), problem()]);
}

#[test]
fn a_part_counts_when_its_record_is_there() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(layers_state(folder.path()), LayersState::Absent);
    begin_layers(folder.path(), &json!({"a": 1})).unwrap();
    assert_eq!(layers_state(folder.path()), LayersState::Begun);
    assert_eq!(read_plan(folder.path()).unwrap(), json!({"a": 1}));
    let mut writer = LayerWriter::create(folder.path(), 0).unwrap();
    writer.append(&bare("lost")).unwrap();
    drop(writer);
    assert_eq!(read_parts(folder.path()).unwrap(), []);
    assert!(matches!(LayerReader::open(folder.path()), Err(TablesError::Unfinished { .. })));
    let records = [record(1, Vec::new()), record(2, vec![problem()])];
    write_part(folder.path(), 0, &[bare("a")], &records[0]);
    write_part(folder.path(), 1, &[bare("b")], &records[1]);
    assert_eq!(read_parts(folder.path()).unwrap(), records);
    finish_layers(folder.path(), 2).unwrap();
    assert_eq!(read_layers(folder.path()), [bare("a"), bare("b")]);
}

#[test]
fn finished_layers_that_lack_a_part_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    write_layers(folder.path(), &[bare("a")]);
    fs::remove_file(folder.path().join(LAYERS_FOLDER).join("part-00000.parquet")).unwrap();
    assert!(matches!(read_parts(folder.path()), Err(TablesError::PartMissing { .. })));
    assert!(matches!(LayerReader::open(folder.path()), Err(TablesError::PartMissing { .. })));
    begin_layers(folder.path(), &json!({})).unwrap();
    assert_eq!(read_parts(folder.path()).unwrap(), []);
}

#[test]
fn layers_of_many_articles_come_back_in_order_and_in_the_same_bytes() {
    let all: Vec<_> = (0..150).map(|idx| bare(&idx.to_string())).collect();
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write_layers(one.path(), &all);
    write_layers(other.path(), &all);
    assert_eq!(read_layers(one.path()), all);
    let part = Path::new(LAYERS_FOLDER).join("part-00000.parquet");
    let bytes = fs::read(one.path().join(&part)).unwrap();
    assert_eq!(bytes, fs::read(other.path().join(&part)).unwrap());
}

#[test]
fn no_byte_of_layers_that_is_wrong_is_too_odd() {
    let folder = tempfile::tempdir().unwrap();
    let all: Vec<_> = (0..5).map(|n| bare(&n.to_string())).collect();
    write_layers(folder.path(), &all);
    let part = folder.path().join(LAYERS_FOLDER).join("part-00000.parquet");
    let whole = fs::read(&part).unwrap();
    let mut n_errors = 0;
    for at in (0..whole.len()).step_by(7) {
        let mut broken = whole.clone();
        broken[at] ^= 0x55;
        fs::write(&part, broken).unwrap();
        let first_error = LayerReader::open(folder.path()).unwrap().find_map(Result::err);
        if let Some(error) = first_error {
            assert!(error.to_string().contains("part-00000.parquet"), "{error}");
            n_errors += 1;
        }
    }
    assert!(n_errors > whole.len() / 70, "hardly anything is told: {n_errors}");
}

fn bare(id: &str) -> Annotated {
    let article = Article::plain(id, "No.");
    Annotated {
        article,
        sentences: Vec::new(),
        mentions: Vec::new(),
        actors: Vec::new(),
        statements: Vec::new(),
        stances: Vec::new(),
    }
}

fn words() -> impl Strategy<Value = String> {
    "\\PC{0,8}"
}

fn spans() -> impl Strategy<Value = Vec<Span>> {
    vec(span(), 0..3)
}

fn span() -> impl Strategy<Value = Span> {
    (0..5_000_000usize, 0..100usize).prop_map(|(start, len)| Span::new(start, start + len))
}

fn field() -> impl Strategy<Value = Field> {
    select(Field::ALL.to_vec())
}

/// Any bits that are a number: probabilities must come back bit for bit.
fn probability() -> impl Strategy<Value = f32> {
    any::<f32>().prop_filter("a number", |number| number.is_finite())
}

prop_compose! {
    fn article()(
        (id, title, text) in (words(), words(), words()),
        date in option::of((1i16..9999, 1i8..=12, 1i8..=28)),
        (date_raw, outlet, url) in (option::of(words()), option::of(words()), option::of(words())),
        (language, extra) in (option::of(words()), option::of(words())),
        authors in vec(words(), 0..3),
    ) -> Article {
        let date = date.map(|(year, month, day)| {
            serde_json::from_value(json!(format!("{year:04}-{month:02}-{day:02}"))).unwrap()
        });
        Article { id, title, text, date, date_raw, outlet, authors, url, language, extra }
    }
}

prop_compose! {
    fn sentence()(
        (field, span, paragraph, words) in (field(), span(), 0..9usize, spans()),
    ) -> Sentence {
        Sentence { field, span, paragraph, words }
    }
}

prop_compose! {
    fn mention()(
        (sentence_idx, field, span) in (0..9usize, field(), span()),
        label in select(vec![MentionLabel::Per, MentionLabel::Gpe, MentionLabel::Misc]),
        form in select(vec![MentionForm::Name, MentionForm::Nominal, MentionForm::Pronoun]),
        (probability, actor_idx) in (probability(), option::of(0..9usize)),
    ) -> Mention {
        Mention { sentence_idx, field, span, label, form, probability, actor_idx }
    }
}

prop_compose! {
    fn actor()(
        (name, aliases) in (words(), vec(words(), 0..3)),
        kind in select(vec![ActorKind::Person, ActorKind::Country, ActorKind::Group]),
        (wikidata, role) in (option::of(words()), option::of(words())),
        (country_idx, affiliation_idx) in (option::of(0..9usize), option::of(0..9usize)),
    ) -> Actor {
        Actor { name, kind, aliases, wikidata, country_idx, affiliation_idx, role }
    }
}

prop_compose! {
    fn statement()(
        (sentence_idx, field, force) in (0..9usize, field(), select(Force::ALL.to_vec())),
        form in select(vec![StatementForm::Direct, StatementForm::Mixed, StatementForm::Indirect]),
        speaker_kind in select(vec![SpeakerKind::Name, SpeakerKind::None]),
        (speaker_idx, parent_idx) in (option::of(0..9usize), option::of(0..9usize)),
        (source, cue, content, probability) in (spans(), spans(), spans(), probability()),
    ) -> Statement {
        Statement {
            sentence_idx, field, form, force, speaker_idx, speaker_kind, source, cue, content,
            parent_idx, probability,
        }
    }
}

prop_compose! {
    fn stance()(
        (sentence_idx, field, span, target_idx) in (0..9usize, field(), span(), 0..9usize),
        holder in prop_oneof![Just(Holder::Outlet), (0..9usize).prop_map(Holder::Actor)],
        position in select(Position::ALL.to_vec()),
        (supports, neutral, opposes) in (probability(), probability(), probability()),
        basis in prop_oneof![
            Just(Basis::Told), Just(Basis::Outlet), (0..9usize).prop_map(Basis::Statement)
        ],
    ) -> Stance {
        let probabilities = PositionProbabilities { supports, neutral, opposes };
        Stance { sentence_idx, field, span, holder, target_idx, position, probabilities, basis }
    }
}

prop_compose! {
    fn annotated()(
        article in article(),
        (sentences, mentions) in (vec(sentence(), 0..3), vec(mention(), 0..3)),
        (actors, statements) in (vec(actor(), 0..3), vec(statement(), 0..3)),
        stances in vec(stance(), 0..3),
    ) -> Annotated {
        Annotated { article, sentences, mentions, actors, statements, stances }
    }
}

fn char_spans() -> impl Strategy<Value = Vec<CharSpan>> {
    vec((0..99u64, 0..99u64).prop_map(CharSpan::from), 0..3)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn layers_come_back_bit_for_bit(all in vec(annotated(), 0..20)) {
        let folder = tempfile::tempdir().unwrap();
        write_layers(folder.path(), &all);
        prop_assert_eq!(read_layers(folder.path()), all);
    }

    #[test]
    fn statements_come_back_in_every_format(
        (content, source, cue) in (char_spans(), char_spans(), char_spans()),
        (content_text, probability) in (words(), probability()),
        speaker_text in option::of("\\PC{1,8}"),
    ) {
        let row = StatementRow {
            content, source, cue, content_text, speaker_text, probability, ..statement_row()
        };
        let tables = Tables { statements: vec![row], ..Tables::default() };
        for format in Format::ALL {
            let folder = tempfile::tempdir().unwrap();
            write_tables(folder.path(), &tables, format).unwrap();
            prop_assert_eq!(&read_tables(folder.path()).unwrap(), &tables);
        }
    }
}
