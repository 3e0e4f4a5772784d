//! What changes results: `newstance.toml`, and the flags that override it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use newstance_aggregate::AggregateSettings;
use newstance_corpus::CorpusSettings;
use newstance_encoder::InstructionSet;
use newstance_model::Precision;
use newstance_ner::ActorSettings;
use newstance_stance::StanceSettings;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::SettingsError;

/// The roles that a bundle may have.
pub const ROLES: [&str; 5] = ["ner", "attribution", "stance", "claim", "embedding"];

const DEFAULT_FILE: &str = "newstance.toml";

/// Everything that results depend on, besides articles and model files.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The models.
    pub models: ModelSettings,
    /// How archives are read.
    pub corpus: CorpusSettings,
    /// How actors are found.
    pub actors: ActorSettings,
    /// How statements and stances are found.
    pub stance: StanceSettings,
    /// How layers become tables.
    pub aggregate: AggregateSettings,
}

/// Which models, and which lists beside them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    /// Folder of the bundle.
    pub bundle: Option<PathBuf>,
    /// Roles that another bundle answers: its name or its folder, by role.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, String>,
    /// The backend of all models, `encoder` or `torch`; that of the bundle where absent.
    pub backend: Option<String>,
    /// Where the backend `torch` computes, `cpu`, `cuda` or `cuda:1`; `cpu` where absent.
    pub device: Option<String>,
    /// The arithmetic of all models, `f32`, `int8`, `bf16` or `fp16`; that of the bundle where absent.
    pub precision: Option<Precision>,
    /// The instructions, `portable`, `avx2`, `avx-vnni`, `avx512-vnni` or
    /// `amx-int8`; the highest of the processor where absent.
    pub instruction_set: Option<InstructionSet>,
    /// Folder of a gazetteer to use instead of the one built in.
    pub gazetteer: Option<PathBuf>,
    /// A list of cues and their force to use instead of the one built in.
    pub cues: Option<PathBuf>,
}

impl ModelSettings {
    /// The instructions that are used.
    pub fn instruction_set(&self) -> InstructionSet {
        self.instruction_set.unwrap_or_default()
    }
}

impl Settings {
    /// Reads the file of that name (or `newstance.toml` where there is one)
    /// and lays assignments (`stance.threshold=0.6`) over it.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] naming the file, the setting or the assignment.
    pub fn read(path: Option<&Path>, set: &[String]) -> Result<Self, SettingsError> {
        let mut table = match path {
            Some(path) => read(path)?,
            None if Path::new(DEFAULT_FILE).exists() => read(Path::new(DEFAULT_FILE))?,
            None => Table::new(),
        };
        for assignment in set {
            assign(&mut table, assignment)?;
        }
        Ok(table.try_into()?)
    }

    /// The settings of one file, and of no other.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] naming the file or the setting.
    pub fn from_path(path: &Path) -> Result<Self, SettingsError> {
        Self::read(Some(path), &[])
    }

    /// The settings of a JSON object; what is not named is as it is by default.
    ///
    /// # Errors
    ///
    /// [`SettingsError::Json`] naming the setting.
    pub fn from_json(json: &str) -> Result<Self, SettingsError> {
        Ok(serde_json::from_str(json)?)
    }
}

fn read(path: &Path) -> Result<Table, SettingsError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| SettingsError::Read { path: path.to_owned(), source })?;
    text.parse().map_err(|source| SettingsError::Toml { path: path.to_owned(), source })
}

/// Lays `key.key=value` over `table`; a value that is no TOML is a string, and
/// `role=NAME` is `models.roles.role=NAME`.
fn assign(table: &mut Table, assignment: &str) -> Result<(), SettingsError> {
    let Some((path, value)) = assignment.split_once('=') else {
        return Err(SettingsError::Assignment { assignment: assignment.to_owned() });
    };
    let value: Value = format!("value = {value}")
        .parse::<Table>()
        .ok()
        .and_then(|mut parsed| parsed.remove("value"))
        .unwrap_or_else(|| Value::String(value.to_owned()));
    let path = match (path.trim(), &value) {
        // A group of settings may be called as a role is, but has no value of its own.
        (role, Value::String(_)) if ROLES.contains(&role) => format!("models.roles.{role}"),
        // All groups are tables.
        (name, Value::String(_)) if !name.contains('.') => {
            let (assignment, name) = (assignment.to_owned(), name.to_owned());
            return Err(SettingsError::NoRole { assignment, name });
        }
        (path, _) => path.to_owned(),
    };
    let (folders, key) = path.rsplit_once('.').unwrap_or(("", &path));
    let mut place = table;
    for folder in folders.split('.').filter(|folder| !folder.is_empty()) {
        let entry = place.entry(folder).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = entry else {
            return Err(SettingsError::NoGroup {
                assignment: assignment.to_owned(),
                folder: folder.to_owned(),
            });
        };
        place = inner;
    }
    place.insert(key.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::{Settings, assign};

    #[track_caller]
    fn check(before: &str, assignment: &str, after: &str) {
        let mut table: Table = before.parse().unwrap();
        assign(&mut table, assignment).unwrap();
        assert_eq!(table, after.parse::<Table>().unwrap());
    }

    #[test]
    fn a_flag_overrides_one_setting() {
        check("", "a.b=1", "a.b = 1");
        check("[a]\nb = 1\nc = 2", "a.b=0.5", "[a]\nb = 0.5\nc = 2");
        check("", "models.bundle=models/mine", "models.bundle = \"models/mine\"");
        check("", "x=[\"p\", \"q\"]", "x = [\"p\", \"q\"]");
    }

    #[test]
    fn a_role_is_given_to_another_model_by_its_name() {
        check("", "stance=mine", "[models.roles]\nstance = \"mine\"");
        check(
            "[stance]\nthreshold = 0.5",
            "stance=../mine",
            "[stance]\nthreshold = 0.5\n[models.roles]\nstance = \"../mine\"",
        );
        check("", "ner.x=1", "[ner]\nx = 1");
    }

    #[test]
    fn a_flag_without_a_value_is_an_error() {
        assert!(assign(&mut Table::new(), "stance.threshold").is_err());
        let error = assign(&mut Table::new(), "stanse=mine").unwrap_err().to_string();
        assert!(error.contains("`stanse` is no role"), "{error}");
        assert!(assign(&mut "a = 1".parse().unwrap(), "a.b=2").is_err());
    }

    #[test]
    fn an_unknown_setting_is_an_error() {
        let table: Table = "[stance]\nno_such_key = 1".parse().unwrap();
        assert!(table.try_into::<Settings>().is_err());
    }
}
