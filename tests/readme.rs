//! What README shows of the program is what the program prints.

#[expect(dead_code, reason = "each test file uses its part of the harness")]
mod harness;

use harness::{newstance, root};

/// The first block of README that is fenced as `language`.
fn block<'r>(readme: &'r str, language: &str) -> &'r str {
    let (_, rest) = readme.split_once(&format!("```{language}\n")).expect("README has the block");
    rest.split_once("```").expect("the block ends").0
}

#[test]
fn the_sample_articles_give_what_readme_shows() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = newstance().args(["run", "data/sample", "-o"]).arg(folder.path()).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let said = String::from_utf8(out.stdout).unwrap();
    let said = said.replace(&folder.path().display().to_string(), "out");
    assert_eq!(said.trim(), block(&readme, "text").trim());
}
