//! Object stores as inputs, against a server on this machine.

#![cfg(feature = "object-store")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use newstance_corpus::{ArticleReader, CorpusSettings, StoreOptions};
use newstance_doc::{Article, Problem, ProblemKind};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

#[path = "../../../tests/store_server/mod.rs"]
mod store_server;

use store_server::{Fault, StoreServer};

const LINES: &[u8] = b"{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",\"text\":\"y\"}\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// `n_rows` rows of two columns, of which `filler` is large.
fn parquet(n_rows: usize, filler_bytes: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(1);
    let texts: StringArray = (0..n_rows).map(|n| Some(format!("row {n}"))).collect();
    let fillers: StringArray = (0..n_rows)
        .map(|_| Some((0..filler_bytes).map(|_| random.alphanumeric()).collect::<String>()))
        .collect();
    let batch = RecordBatch::try_from_iter([
        ("text", Arc::new(texts) as _),
        ("filler", Arc::new(fillers) as _),
    ])
    .unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(40)).build();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

/// An archive of several formats, by key.
fn archive() -> Vec<(String, Vec<u8>)> {
    let page = "<html><head><title>Talks</title></head><body><article><p>They met on Monday, and \
                said that they would meet again before the week was over.</p></article></body></html>";
    let long: String = (0..50_000).fold(String::new(), |mut text, n| {
        writeln!(
            text,
            "{{\"id\":\"long {n}\",\"text\":\"What was said on day {n} of the talks.\"}}"
        )
        .unwrap();
        text
    });
    [
        ("in/a.jsonl.gz", gzip(LINES)),
        ("in/b/", Vec::new()),
        ("in/b.txt", b"Beside the folder `b`.".to_vec()),
        ("in/b/c.txt", b"Title\n\nText.".to_vec()),
        ("in/b/d e.csv", b"id,text\nc,x\nd,y\n".to_vec()),
        ("in/b/page.html", page.into()),
        ("in/long.jsonl", long.into_bytes()),
        ("in/odd.png", b"png".to_vec()),
        ("in/rows.parquet", parquet(100, 10)),
        ("in/.hidden.txt", b"Hidden.".to_vec()),
        ("in/.hidden/e.txt", b"Hidden.".to_vec()),
        ("inner.txt", b"Not below `in`.".to_vec()),
    ]
    .map(|(key, bytes)| (key.to_owned(), bytes))
    .into()
}

fn start(objects: &[(String, Vec<u8>)]) -> StoreServer {
    let objects: Vec<(&str, &[u8])> =
        objects.iter().map(|(key, bytes)| (key.as_str(), bytes.as_slice())).collect();
    StoreServer::start(&objects)
}

type Read = (Vec<Article>, Vec<Problem>);

fn read(input: &str, options: &StoreOptions) -> (Read, (u64, Option<u64>)) {
    let settings = CorpusSettings::default();
    let mut reader = ArticleReader::open_with(&[PathBuf::from(input)], &settings, options).unwrap();
    let mut found = (Vec::new(), Vec::new());
    for next in &mut reader {
        match next {
            Ok(article) => found.0.push(article),
            Err(problem) => found.1.push(problem),
        }
    }
    (found, reader.progress())
}

fn s3(server: &StoreServer) -> StoreOptions {
    StoreOptions::of_variables(server.s3_variables())
}

fn error(input: &str, options: &StoreOptions) -> String {
    let settings = CorpusSettings::default();
    let error = ArticleReader::open_with(&[PathBuf::from(input)], &settings, options).unwrap_err();
    let source = std::error::Error::source(&error).map_or(String::new(), ToString::to_string);
    format!("{error}: {source}")
}

#[test]
fn an_archive_in_a_store_reads_as_the_same_archive_in_a_folder() {
    let archive = archive();
    let folder = tempfile::tempdir().unwrap();
    for (key, bytes) in archive.iter().filter(|(key, _)| !key.ends_with('/')) {
        let path = folder.path().join(key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let server = start(&archive);
    let local = folder.path().join("in");
    let ((articles, problems), (bytes_read, bytes_total)) =
        read(local.to_str().unwrap(), &StoreOptions::default());
    assert!(articles.len() > 50_000 && problems.len() == 1, "{problems:?}");
    let google = serde_json::json!({
        "gcs_base_url": server.endpoint(), "disable_oauth": true, "client_email": "", "private_key": "",
        "private_key_id": "",
    });
    let google = StoreOptions::from_iter([
        ("google_service_account_key".to_owned(), google.to_string()),
        ("allow_http".to_owned(), "true".to_owned()),
    ]);
    for (address, options) in
        [("s3://news/in", s3(&server)), ("s3://news/in/", s3(&server)), ("gs://news/in", google)]
    {
        let ((stored, odd), progress) = read(address, &options);
        assert_eq!(stored, articles, "{address}");
        assert_eq!(progress, (bytes_read, bytes_total), "{address}");
        let name = address.trim_end_matches('/').to_owned() + "/odd.png";
        assert_eq!(odd.len(), 1);
        assert_eq!(odd[0].file, Some(name));
        assert_eq!(odd[0].message, problems[0].message);
    }
    // The listing did not fit on one page.
    assert!(server.requests().iter().any(|request| request.contains("continuation-token=")));
}

#[test]
fn an_address_may_name_one_object() {
    let server = start(&archive());
    let ((articles, problems), progress) = read("s3://news/in/b/c.txt", &s3(&server));
    assert_eq!((articles.len(), articles[0].id.as_str()), (1, "c.txt"));
    assert_eq!((problems, progress), (vec![], (12, Some(12))));
    let http = StoreOptions::from_iter([("allow_http".to_owned(), "true".to_owned())]);
    let ((articles, _), _) = read(&format!("{}/news/in/a.jsonl.gz", server.endpoint()), &http);
    assert_eq!(articles.iter().map(|article| article.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn a_large_object_is_read_in_pieces_and_parquet_by_ranges() {
    let rows = parquet(120, 100_000);
    let n_bytes = rows.len();
    assert!(n_bytes > 10 << 20);
    let server =
        start(&[("rows.parquet".to_owned(), rows), ("long.txt".to_owned(), vec![b'x'; 9 << 20])]);
    let ((articles, _), progress) = read("s3://news/rows.parquet", &s3(&server));
    assert_eq!(articles.len(), 120);
    assert_eq!(progress, (n_bytes as u64, Some(n_bytes as u64)));
    let ((articles, _), _) = read("s3://news/long.txt", &s3(&server));
    assert_eq!(articles[0].text.len(), 9 << 20);
    let requests = server.requests();
    let gets: Vec<_> = requests.iter().filter(|request| request.starts_with("GET")).collect();
    for get in &gets {
        let (from, to) = get.rsplit_once(' ').unwrap().1.split_once('-').unwrap();
        let length = to.parse::<usize>().unwrap() + 1 - from.parse::<usize>().unwrap();
        assert!(length <= 4 << 20, "{get}");
    }
    // No part of the file is fetched over and over.
    let of_rows = gets.iter().filter(|get| get.contains("rows.parquet")).count();
    assert!(of_rows <= n_bytes.div_ceil(1 << 20) + 4, "{of_rows} requests");
}

#[test]
fn failures_that_pass_are_not_seen() {
    let server = start(&archive());
    for fault in [Fault::Error, Fault::Truncated] {
        server.fail("in/b/c.txt", fault, 1);
        let ((articles, problems), _) = read("s3://news/in/b/c.txt", &s3(&server));
        assert_eq!((articles.len(), problems), (1, vec![]), "{fault:?}");
    }
}

#[test]
fn failures_that_stay_cost_one_object() {
    let server = start(&archive());
    for fault in [Fault::Error, Fault::Truncated] {
        server.fail("in/b/c.txt", fault, usize::MAX);
        let ((articles, problems), _) = read("s3://news/in/b", &s3(&server));
        assert_eq!(articles.len(), 3, "{fault:?}");
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].kind, ProblemKind::UnreadableFile, "{problems:?}");
        assert_eq!(problems[0].file.as_deref(), Some("s3://news/in/b/c.txt"));
        assert!(problems[0].message.starts_with("reading stops: "), "{problems:?}");
    }
    assert!(server.requests().len() < 60, "{}", server.requests().len());
}

#[test]
fn what_cannot_be_listed_says_why() {
    let server = start(&archive());
    let options = s3(&server);
    let check = |input: &str, options: &StoreOptions, expected: &str| {
        let error = error(input, options);
        assert!(error.starts_with(&format!("cannot read `{input}`: ")), "{error}");
        assert!(error.contains(expected) && !error.contains('\n'), "{error}");
    };
    check("s3://nowhere/in", &options, "NoSuchBucket");
    check("s3://secret/in", &options, "privileges");
    check("s3://news/none", &options, "nothing is stored there");
    check("ftp://news/in", &options, "`ftp://` is not read");
    check("http://127.0.0.1/in", &options, "`http://` is not read");
    check("https://127.0.0.1/in?a=b", &options, "`?`");
    check("https://127.0.0.1:9/in.txt", &options, "127.0.0.1:9");
    let mut variables = server.s3_variables();
    // Nobody listens at port 9, and the way there is short.
    variables.push(("AWS_ENDPOINT".to_owned(), "http://127.0.0.1:9".to_owned()));
    check("s3://news/in", &StoreOptions::of_variables(variables), "127.0.0.1:9");
}

#[test]
fn secrets_are_not_printed() {
    let variables = [("AWS_SECRET_ACCESS_KEY", "hush"), ("PATH", "/bin")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let printed = format!("{:?}", StoreOptions::of_variables(variables));
    assert_eq!(printed, "StoreOptions([\"aws_secret_access_key\"])");
}
