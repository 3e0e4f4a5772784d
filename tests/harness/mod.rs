//! Runs the program and reads what it wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the checkout is there")
}

/// The program, started in the root of the checkout.
pub(crate) fn newstance() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newstance"));
    command.current_dir(root()).env("NO_COLOR", "1");
    command
}

/// A run folder with tables in JSON Lines.
pub(crate) struct RunFolder {
    folder: TempDir,
}

impl RunFolder {
    /// Runs the program over `inputs`; it must succeed.
    pub(crate) fn of(inputs: &[&Path], flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        newstance()
            .arg("run")
            .args(inputs)
            .arg("-o")
            .arg(folder.path())
            .args(["--format", "jsonl"])
            .args(flags)
            .assert()
            .success();
        Self { folder }
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The rows of a table.
    pub(crate) fn rows(&self, table: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path().join(format!("{table}.jsonl")));
        let text = text.unwrap_or_else(|error| panic!("table `{table}`: {error}"));
        text.lines().map(|line| serde_json::from_str(line).expect("a row is JSON")).collect()
    }

    /// The bytes of every table, by file name.
    pub(crate) fn bytes(&self) -> BTreeMap<String, Vec<u8>> {
        let files = std::fs::read_dir(self.path()).expect("the run folder is there");
        let files = files.map(|file| file.expect("it can be listed").path());
        files
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .map(|path| {
                let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
                (name, std::fs::read(&path).expect("it can be read"))
            })
            .collect()
    }
}

/// Text of a field; empty where it is absent.
pub(crate) fn text<'v>(row: &'v Value, field: &str) -> &'v str {
    row[field].as_str().unwrap_or_default()
}

/// What a run says, seen from countries.
pub(crate) struct CountryView {
    country_of: BTreeMap<String, String>,
    stances: Vec<Value>,
    positions: Vec<Value>,
    claims: BTreeMap<String, String>,
}

impl CountryView {
    /// Reads the tables.
    pub(crate) fn of(run: &RunFolder) -> Self {
        let actors = run.rows("actors");
        let name: BTreeMap<_, _> =
            actors.iter().map(|row| (text(row, "actor_id"), text(row, "name"))).collect();
        let country_of = actors
            .iter()
            .filter_map(|row| {
                let country = name.get(row["country"].as_str()?)?;
                Some((text(row, "actor_id").to_owned(), (*country).to_owned()))
            })
            .collect();
        let claims = run.rows("claims");
        let claims = claims
            .iter()
            .map(|row| (text(row, "claim_id").to_owned(), text(row, "text").to_owned()));
        Self {
            country_of,
            stances: run.rows("stances"),
            positions: run.rows("positions"),
            claims: claims.collect(),
        }
    }

    /// True where somebody of country `holder` takes `position` to `target`.
    pub(crate) fn stands(&self, holder: &str, position: &str, target: &str) -> bool {
        self.stances.iter().any(|row| {
            text(row, "position") == position
                && self.is_of(row, "holder_id", holder)
                && self.is_of(row, "target_id", target)
        })
    }

    /// The claims to which somebody of country `holder` takes `position`, by text.
    pub(crate) fn claims(&self, holder: &str, position: &str) -> BTreeMap<&str, &str> {
        self.positions
            .iter()
            .filter(|row| text(row, "position") == position && self.is_of(row, "holder_id", holder))
            .map(|row| {
                let claim = text(row, "claim_id");
                (claim, self.claims[claim].as_str())
            })
            .collect()
    }

    /// The claims that `affirming` affirms and `denying` denies.
    pub(crate) fn disputed(&self, affirming: &str, denying: &str) -> Vec<&str> {
        let denied = self.claims(denying, "denies");
        let affirmed = self.claims(affirming, "affirms");
        affirmed
            .into_iter()
            .filter(|(id, _)| denied.contains_key(id))
            .map(|(_, text)| text)
            .collect()
    }

    /// True where nobody denies anything.
    pub(crate) fn nothing_is_denied(&self) -> bool {
        self.positions.iter().all(|row| text(row, "position") != "denies")
    }

    fn is_of(&self, row: &Value, column: &str, country: &str) -> bool {
        self.country_of.get(text(row, column)).is_some_and(|known| known == country)
    }
}
