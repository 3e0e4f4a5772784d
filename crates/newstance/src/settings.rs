//! What changes results: `newstance.toml`, and the flags that override it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use newstance_aggregate::AggregateSettings;
use newstance_corpus::CorpusSettings;
use newstance_encoder::InstructionSet;
use newstance_model::Precision;
use newstance_ner::ActorSettings;
use newstance_stance::StanceSettings;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use crate::args::SettingsArgs;

/// The roles that a bundle may have.
pub(crate) const ROLES: [&str; 5] = ["ner", "attribution", "stance", "claim", "embedding"];

const DEFAULT_FILE: &str = "newstance.toml";

/// Everything that results depend on, besides articles and model files.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// The models.
    pub(crate) models: ModelSettings,
    /// How archives are read.
    pub(crate) corpus: CorpusSettings,
    /// How actors are found.
    pub(crate) actors: ActorSettings,
    /// How statements and stances are found.
    pub(crate) stance: StanceSettings,
    /// How layers become tables.
    pub(crate) aggregate: AggregateSettings,
}

/// Which models, and which lists beside them.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ModelSettings {
    /// Folder of the bundle.
    pub(crate) bundle: Option<PathBuf>,
    /// Roles that another bundle answers: its name or its folder, by role.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) roles: BTreeMap<String, String>,
    /// The backend of all models, `encoder` or `torch`; that of the bundle where absent.
    pub(crate) backend: Option<String>,
    /// Where the backend `torch` computes, `cpu`, `cuda` or `cuda:1`; `cpu` where absent.
    pub(crate) device: Option<String>,
    /// The arithmetic of all models, `f32`, `int8`, `bf16` or `fp16`; that of the bundle where absent.
    pub(crate) precision: Option<Precision>,
    /// The vector instructions, `portable`, `avx2`, `avx-vnni` or `avx512-vnni`;
    /// the highest of the processor where absent.
    pub(crate) instruction_set: Option<InstructionSet>,
    /// Folder of a gazetteer to use instead of the one built in.
    pub(crate) gazetteer: Option<PathBuf>,
    /// A list of cues and their force to use instead of the one built in.
    pub(crate) cues: Option<PathBuf>,
}

impl ModelSettings {
    /// The vector instructions that are used.
    pub(crate) fn instruction_set(&self) -> InstructionSet {
        self.instruction_set.unwrap_or_default()
    }
}

impl Settings {
    /// Reads the file that `args` name (or `newstance.toml` where there is
    /// one) and lays `--set`, `--bundle`, `--backend` and `--device` over it.
    pub(crate) fn load(args: &SettingsArgs) -> anyhow::Result<Self> {
        let mut settings = Self::read(args.settings.as_deref(), &args.set)?;
        if let Some(bundle) = &args.bundle {
            settings.models.bundle = Some(bundle.clone());
        }
        if let Some(backend) = &args.backend {
            settings.models.backend = Some(backend.clone());
        }
        if let Some(device) = &args.device {
            settings.models.device = Some(device.clone());
        }
        Ok(settings)
    }

    /// Reads the file of that name (or `newstance.toml` where there is one)
    /// and lays assignments over it.
    pub(crate) fn read(path: Option<&Path>, set: &[String]) -> anyhow::Result<Self> {
        let mut table = match path {
            Some(path) => read(path)?,
            None if Path::new(DEFAULT_FILE).exists() => read(Path::new(DEFAULT_FILE))?,
            None => Table::new(),
        };
        for assignment in set {
            assign(&mut table, assignment)?;
        }
        table.try_into().context("cannot understand the settings")
    }
}

fn read(path: &Path) -> anyhow::Result<Table> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read settings `{}`", path.display()))?;
    text.parse().with_context(|| format!("cannot understand settings `{}`", path.display()))
}

/// Lays `key.key=value` over `table`; a value that is no TOML is a string, and
/// `role=NAME` is `models.roles.role=NAME`.
fn assign(table: &mut Table, assignment: &str) -> anyhow::Result<()> {
    let Some((path, value)) = assignment.split_once('=') else {
        bail!("`--set {assignment}` has no `=`\nhint: write `--set stance.threshold=0.6`");
    };
    let value: Value = format!("value = {value}")
        .parse::<Table>()
        .ok()
        .and_then(|mut parsed| parsed.remove("value"))
        .unwrap_or_else(|| Value::String(value.to_owned()));
    let path = match (path.trim(), &value) {
        // A group of settings may be called as a role is, but has no value of its own.
        (role, Value::String(_)) if ROLES.contains(&role) => format!("models.roles.{role}"),
        (path, _) => path.to_owned(),
    };
    let (folders, key) = path.rsplit_once('.').unwrap_or(("", &path));
    let mut place = table;
    for folder in folders.split('.').filter(|folder| !folder.is_empty()) {
        let entry = place.entry(folder).or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = entry else {
            bail!("`--set {assignment}`: `{folder}` is a value, not a group of settings");
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
        assert!(assign(&mut "a = 1".parse().unwrap(), "a.b=2").is_err());
    }

    #[test]
    fn an_unknown_setting_is_an_error() {
        let table: Table = "[stance]\nno_such_key = 1".parse().unwrap();
        assert!(table.try_into::<Settings>().is_err());
    }
}
