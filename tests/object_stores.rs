//! Object stores as inputs of the program, against a server on this machine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;
mod store_server;

use harness::newstance;
use store_server::{Fault, StoreServer};

const LINES: &[u8] = b"{\"id\":\"a\",\"text\":\"The talks go on.\",\"date\":\"2020-03-01\"}\n";

/// What `corpus inspect` of an address shows, and whether it could.
fn inspect(address: &str, server: &StoreServer) -> (String, String, bool) {
    let mut command = newstance();
    for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.envs(server.s3_variables()).args(["corpus", "inspect", address]);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.success())
}

#[test]
fn inspect_reads_an_address_with_the_credentials_of_the_environment() {
    let server = StoreServer::start(&[
        ("in/a.jsonl", LINES),
        ("in/b/c.txt", b"Title\n\nText of the article."),
        ("in/d.txt", b"Broken."),
    ]);
    server.fail("in/d.txt", Fault::Error, usize::MAX);
    let (shown, errors, is_done) = inspect("s3://news/in", &server);
    assert!(is_done, "{errors}");
    for part in ["articles     2", "2020-03-01", "unreadable_file 1", "s3://news/in/d.txt"] {
        assert!(shown.contains(part), "`{part}` is not in\n{shown}");
    }
}

#[test]
fn an_address_that_cannot_be_read_ends_the_run_with_its_reason() {
    let server = StoreServer::start(&[]);
    for (address, reason) in [("s3://nowhere/in", "NoSuchBucket"), ("ftp://news/in", "ftp://")] {
        let (_, errors, is_done) = inspect(address, &server);
        assert!(!is_done && errors.contains(address) && errors.contains(reason), "{errors}");
    }
}
