//! Tests on texts that may not be committed: they lie in `../shared` beside
//! the checkout. Where they are absent the tests are skipped, and say so; with
//! `NEWSTANCE_SHARED=required` a skip is a failure.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a test runner says what it skips")]

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use std::path::PathBuf;
use std::process::ExitCode;

use harness::{CountryView, RunFolder, root, text};
use libtest_mimic::{Arguments, Failed, Trial};

fn shared() -> PathBuf {
    root().join("../shared")
}

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    args.test_threads = Some(1);
    let is_here = shared().join("sample/article.txt").exists();
    if !is_here && std::env::var("NEWSTANCE_SHARED").is_ok_and(|value| value == "required") {
        eprintln!("`{}` is required and is not there", shared().display());
        return ExitCode::FAILURE;
    }
    if !is_here {
        println!("skipped: `{}` is not there", shared().display());
    }
    let trial = |name: &str, test: fn() -> Result<(), Failed>| {
        Trial::test(name, test).with_ignored_flag(!is_here)
    };
    let trials = vec![
        trial("the_worked_example_is_read_as_a_careful_reader_would", worked_example),
        trial("rows_point_at_what_they_quote", rows_quote),
    ];
    libtest_mimic::run(&args, trials).exit_code()
}

fn ensure(holds: bool, message: &str) -> Result<(), Failed> {
    if holds { Ok(()) } else { Err(message.into()) }
}

fn run_sample() -> RunFolder {
    RunFolder::of(&[&shared().join("sample/article.txt")], &[])
}

fn worked_example() -> Result<(), Failed> {
    let view = CountryView::of(&run_sample());
    let (us, russia, china) = ("United States", "Russia", "China");
    let disputed = view.disputed(us, russia);
    let message = format!(
        "Russia denies no claim that the United States affirms: {:#?} against {:#?}",
        view.claims(us, "affirms"),
        view.claims(russia, "denies")
    );
    ensure(!disputed.is_empty(), &message)?;
    for (holder, target) in [(china, us), (russia, "Ukraine"), (us, china)] {
        ensure(
            view.stands(holder, "opposes", target),
            &format!("{holder} does not oppose {target}"),
        )?;
    }
    Ok(())
}

fn rows_quote() -> Result<(), Failed> {
    let run = run_sample();
    let articles = run.rows("articles");
    for row in run.rows("mentions") {
        let chars: Vec<char> = text(&articles[0], text(&row, "field")).chars().collect();
        let at =
            |column: &str| row[column].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        let quoted: String = chars[at("start_char")..at("end_char")].iter().collect();
        ensure(quoted == text(&row, "text"), &format!("{row} quotes `{quoted}`"))?;
    }
    Ok(())
}
