//! The worked example: accusation, denial, invasion, warning. The article is
//! told twice with all names exchanged, and once without the denial, so that
//! nothing in code or gazetteer can be about one article.

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use harness::{CountryView, RunFolder, root};

fn read(file: &str) -> CountryView {
    let path = root().join("tests/fixtures/texts").join(file);
    CountryView::of(&RunFolder::of(&[&path], &[]))
}

#[track_caller]
fn check(file: &str, [accuser, asking, asked, invaded]: [&str; 4]) {
    let view = read(file);
    assert!(
        !view.disputed(accuser, asking).is_empty(),
        "{asking} denies no claim that {accuser} affirms; {accuser} affirms {:#?}; {asking} denies {:#?}",
        view.claims(accuser, "affirms"),
        view.claims(asking, "denies"),
    );
    assert!(view.stands(asked, "opposes", accuser), "{asked} does not oppose {accuser}");
    assert!(view.stands(asking, "opposes", invaded), "{asking} does not oppose {invaded}");
}

#[test]
fn a_denial_is_seen_from_the_countries_behind_the_speakers() {
    check("denial.txt", ["France", "Peru", "India", "Ecuador"]);
}

#[test]
fn the_same_is_seen_when_all_names_are_exchanged() {
    check("denial_swapped.txt", ["Japan", "Chile", "Turkey", "Argentina"]);
}

/// In the article of exchanged names the model is not sure enough of this one.
#[test]
fn the_accuser_opposes_whom_it_warns() {
    let view = read("denial.txt");
    assert!(view.stands("France", "opposes", "India"), "France does not oppose India");
}

#[test]
fn where_nobody_denies_there_is_no_denial() {
    let view = read("no_denial.txt");
    assert!(view.nothing_is_denied(), "Peru denies {:#?}", view.claims("Peru", "denies"));
}
