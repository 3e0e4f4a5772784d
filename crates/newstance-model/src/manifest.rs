//! `bundle.toml` as it is written.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::tag_names::Scheme;
use crate::template::Template;

/// The format of `bundle.toml` that this build reads.
const FORMAT: u32 = 1;

/// What a bundle is made of. Unknown keys are an error.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    format: u32,
    pub(crate) name: String,
    pub(crate) licence: String,
    #[serde(default)]
    pub(crate) trained_on: Vec<String>,
    #[serde(default)]
    pub(crate) checkpoints: BTreeMap<String, CheckpointEntry>,
    #[serde(default)]
    pub(crate) roles: BTreeMap<String, RoleEntry>,
}

/// A checkpoint of a bundle: one folder in the Hugging Face layout.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CheckpointEntry {
    /// The folder, relative to the bundle or absolute.
    pub folder: PathBuf,
    /// The longest sequence to give it, special pieces included; the model's
    /// own limit holds where this is absent or larger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_pieces: Option<usize>,
    /// Whether the token type of a piece tells the case of its word.
    #[serde(default)]
    pub case_types: bool,
    /// What its pieces are made of.
    #[serde(default)]
    pub text: TextForm,
    /// How much of an article a tagger reads at once.
    #[serde(default)]
    pub context: Context,
    /// The backend that is to run it.
    #[serde(default = "default_backend")]
    pub backend: String,
    /// The arithmetic that it is to be run in.
    #[serde(default)]
    pub precision: Precision,
    /// SHA-256 in hexadecimal digits by file name; without it nothing is checked.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// What a checkpoint's pieces are made of: what it saw in training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum TextForm {
    /// Each word by itself, as if after a space.
    #[default]
    Words,
    /// Running text, whose words may share a piece.
    Raw,
}

/// How much of an article a tagger reads at once: as much as in training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Context {
    /// As many whole paragraphs as it can.
    #[default]
    Article,
    /// One sentence.
    Sentence,
}

/// The arithmetic of a model. A setting, never chosen by the processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Precision {
    /// 32-bit floating point.
    #[default]
    F32,
    /// 16-bit floating point with the exponents of 32-bit (brain floating point).
    Bf16,
    /// 16-bit floating point (IEEE 754).
    Fp16,
    /// Weights and the inputs of layers rounded to bytes, sums in whole
    /// numbers, the rest in 32-bit floating point.
    Int8,
}

impl std::fmt::Display for Precision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::Bf16 => "bf16",
            Self::Fp16 => "fp16",
            Self::Int8 => "int8",
        })
    }
}

/// A role of a bundle: which head of which checkpoint answers a question.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RoleEntry {
    /// The checkpoint's name in the bundle.
    pub checkpoint: String,
    /// The head's name in the checkpoint; the role's own name where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// The labels in column order; those of `config.json` where empty.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Our name for each of those labels (for each type of tags, `O` for one
    /// that is left out), where they are not ours.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub label_map: BTreeMap<String, String>,
    /// How tags tell where a span begins, for a token head with a `label_map`.
    #[serde(default)]
    pub scheme: Scheme,
    /// Whether the labels exclude each other.
    #[serde(default)]
    pub activation: Activation,
    /// What scores are divided by before they become probabilities.
    #[serde(default = "one")]
    pub temperature: f32,
    /// The hidden states that the head reads; empty for one row a word.
    #[serde(default)]
    pub pooling: Vec<Pooling>,
    /// Whether vectors are of unit length; they always are.
    #[serde(default = "yes")]
    pub normalize: bool,
    /// How holder and target are marked, for a pair model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub markers: Option<Markers>,
    /// What is asked about a pair behind its text, for a model that reads two
    /// texts, each as its tokenizer puts them together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// The head that judges both directions of a pair of words on one pass,
    /// for a pair model that has one. Its own head then judges the other pairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub both_ways: Option<BothWaysEntry>,
}

/// Whether labels exclude each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// They do: one of them holds.
    #[default]
    Softmax,
    /// They do not: a score is the log-odds of its label, whatever the others.
    Sigmoid,
    /// Scores stay as they are, for whoever adds them up (the role `screen`).
    Identity,
}

/// A head over two marked spans, the first in the text marked as holder.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BothWaysEntry {
    /// The head's name in the role's checkpoint.
    pub head: String,
    /// `neutral`, `first_supports`, `second_supports`, `first_opposes`,
    /// `second_opposes` in column order.
    pub labels: Vec<String>,
    /// What scores are divided by before they become probabilities.
    #[serde(default = "one")]
    pub temperature: f32,
}

/// A place whose hidden state a pooled head reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Pooling {
    /// The first piece of the sequence.
    First,
    /// The piece that opens the holder, or stands for one without words.
    Holder,
    /// The piece that opens the target.
    Target,
    /// The mean over the holder's pieces; zeros for a holder without words.
    HolderMean,
    /// The mean over the target's pieces.
    TargetMean,
    /// The mean over all pieces, special ones included.
    Mean,
}

/// The pieces that mark a pair, as the vocabulary writes them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Markers {
    /// Before and after the holder's words.
    pub holder: [String; 2],
    /// Before and after the target's words.
    pub target: [String; 2],
    /// Stands after the first piece where the holder is anyone.
    pub any: String,
    /// Stands after the first piece where the holder is the author.
    pub outlet: String,
    /// Where they stand.
    #[serde(default)]
    pub placement: Placement,
}

/// Where the pieces that mark a pair stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Placement {
    /// Before and after the words that they mark: each pair is a text of its own.
    #[default]
    Among,
    /// In an aside of the text, at the positions of the first and the last piece
    /// of what they mark (Ye et al., 2022): a text is read once for all its pairs.
    Beside,
}

impl Manifest {
    /// A manifest of one checkpoint and one role that reads it.
    pub(crate) fn of_role(
        (name, licence): (&str, &str),
        (role, entry): (&str, RoleEntry),
        checkpoint: CheckpointEntry,
    ) -> Self {
        Self {
            format: FORMAT,
            name: name.to_owned(),
            licence: licence.to_owned(),
            trained_on: Vec::new(),
            checkpoints: BTreeMap::from([(entry.checkpoint.clone(), checkpoint)]),
            roles: BTreeMap::from([(role.to_owned(), entry)]),
        }
    }
}

impl CheckpointEntry {
    /// A checkpoint in `folder` that `backend` runs, as the default is.
    pub fn new(folder: PathBuf, backend: &str) -> Self {
        Self {
            folder,
            max_pieces: None,
            case_types: false,
            text: TextForm::default(),
            context: Context::default(),
            backend: backend.to_owned(),
            precision: Precision::default(),
            files: BTreeMap::new(),
        }
    }
}

impl RoleEntry {
    /// A role that reads `checkpoint`, a row for each word, as the default is.
    pub fn new(checkpoint: &str) -> Self {
        Self {
            checkpoint: checkpoint.to_owned(),
            head: None,
            labels: Vec::new(),
            label_map: BTreeMap::new(),
            scheme: Scheme::default(),
            activation: Activation::default(),
            temperature: one(),
            pooling: Vec::new(),
            normalize: true,
            markers: None,
            template: None,
            both_ways: None,
        }
    }
}

fn default_backend() -> String {
    "encoder".to_owned()
}

fn one() -> f32 {
    1.0
}

fn yes() -> bool {
    true
}

/// Reads a manifest; gives what is wrong with it otherwise.
pub(crate) fn parse(text: &str) -> Result<Manifest, String> {
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    // The format comes first: another one may have other keys.
    let version: Version = toml::from_str(text).map_err(|error| error.to_string())?;
    if version.format != FORMAT {
        return Err(format!("its format is {}, this build reads {FORMAT}", version.format));
    }
    let manifest: Manifest = toml::from_str(text).map_err(|error| error.to_string())?;
    for (name, role) in &manifest.roles {
        check_role(role, &manifest)
            .and_then(|()| check_template(name, role))
            .map_err(|problem| format!("role `{name}` {problem}"))?;
    }
    for (name, checkpoint) in &manifest.checkpoints {
        check_files(checkpoint).map_err(|problem| format!("checkpoint `{name}` {problem}"))?;
    }
    Ok(manifest)
}

fn check_role(role: &RoleEntry, manifest: &Manifest) -> Result<(), String> {
    if !manifest.checkpoints.contains_key(&role.checkpoint) {
        return Err(format!("names a checkpoint `{}` that is not there", role.checkpoint));
    }
    check_head(role.temperature, &role.labels)?;
    if let Some(both_ways) = &role.both_ways {
        check_head(both_ways.temperature, &both_ways.labels)?;
        if role.markers.is_none() {
            return Err("has `both_ways` but no markers".to_owned());
        }
    }
    check_foreign(role)?;
    let gives_words_rows = role.pooling.is_empty() && role.markers.is_none();
    if role.activation == Activation::Identity && !(gives_words_rows && role.label_map.is_empty()) {
        return Err(
            "has `activation = \"identity\"`, but is no token head of our labels".to_owned()
        );
    }
    if !role.normalize {
        return Err("has `normalize = false`, but vectors are always of unit length".to_owned());
    }
    if role.pooling.contains(&Pooling::Mean) && role.pooling.len() > 1 {
        return Err("pools `mean` together with single pieces".to_owned());
    }
    Ok(())
}

/// Whether a template asks what its role is asked about, alone.
fn check_template(name: &str, role: &RoleEntry) -> Result<(), String> {
    let Some(template) = &role.template else { return Ok(()) };
    template.check(name).map_err(|problem| format!("has a template: {problem}"))?;
    if role.markers.is_some() || role.pooling != [Pooling::First] {
        return Err("has a template, but does not read the first piece alone".to_owned());
    }
    Ok(())
}

/// What a role has of models that were not made for us.
fn check_foreign(role: &RoleEntry) -> Result<(), String> {
    let is_foreign = role.template.is_some() || !role.label_map.is_empty();
    if role.activation == Activation::Sigmoid && !is_foreign {
        return Err("has `activation = \"sigmoid\"` without a `label_map`".to_owned());
    }
    if role.scheme != Scheme::Bio && !is_foreign {
        return Err("has a `scheme` without a `label_map`".to_owned());
    }
    if role.both_ways.is_some() && is_foreign {
        return Err("has `both_ways` together with a `label_map`".to_owned());
    }
    Ok(())
}

fn check_head(temperature: f32, labels: &[String]) -> Result<(), String> {
    if !(temperature.is_finite() && temperature > 0.0) {
        return Err(format!("has temperature {temperature}, which is not positive"));
    }
    let mut seen = BTreeSet::new();
    match labels.iter().find(|label| !seen.insert(*label)) {
        Some(twice) => Err(format!("has the label `{twice}` twice")),
        None => Ok(()),
    }
}

fn check_files(checkpoint: &CheckpointEntry) -> Result<(), String> {
    let is_hash = |hash: &str| hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    match checkpoint.files.iter().find(|(_, hash)| !is_hash(hash)) {
        Some((file, _)) => Err(format!("gives no SHA-256 of 64 hexadecimal digits for `{file}`")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Pooling, Precision, parse};

    const MINIMAL: &str = r#"
        format = 1
        name = "test"
        licence = "none"
        [checkpoints.c]
        folder = "c"
        [roles.ner]
        checkpoint = "c"
        labels = ["O", "B-PER"]
    "#;

    #[track_caller]
    fn check_refused(old: &str, new: &str, expected: &str) {
        let error = parse(&MINIMAL.replace(old, new)).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn a_template_has_places_for_what_its_role_is_asked_about() {
        let problem = |role: &str, second: &str| {
            let template =
                format!("pooling = [\"first\"]\ntemplate = {{ second = '{second}' }}\nlabels = ");
            let role = MINIMAL.replace("roles.ner", &format!("roles.{role}"));
            parse(&role.replace("labels = ", &template)).err().unwrap_or_default()
        };
        assert_eq!(problem("claim", "It is true that {second}"), "");
        assert_eq!(problem("stance", "{holder} likes {target}"), "");
        assert!(problem("claim", "It is true that {target}").contains("other than {second}"));
        assert!(
            problem("stance", "It is true that {second}")
                .contains("other than {holder} and {target}")
        );
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let manifest = parse(MINIMAL).unwrap();
        let checkpoint = &manifest.checkpoints["c"];
        assert_eq!((checkpoint.backend.as_str(), checkpoint.case_types), ("encoder", false));
        assert_eq!(checkpoint.precision, Precision::F32);
        assert_eq!(manifest.roles["ner"].pooling, Vec::<Pooling>::new());
        assert!((manifest.roles["ner"].temperature - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn an_unknown_key_is_refused() {
        check_refused("name = ", "colour = 1\nname = ", "unknown field `colour`");
        check_refused("folder = ", "fodler = \"x\"\nfolder = ", "unknown field `fodler`");
    }

    #[test]
    fn another_format_is_refused_before_its_keys() {
        check_refused("format = 1", "format = 2\nshape = 3", "its format is 2, this build reads 1");
    }

    #[test]
    fn a_role_without_a_checkpoint_is_refused() {
        check_refused("checkpoint = \"c\"", "checkpoint = \"d\"", "names a checkpoint `d`");
    }

    #[test]
    fn nonsense_in_a_role_is_refused() {
        check_refused("labels = ", "temperature = 0.0\nlabels = ", "temperature 0");
        check_refused("\"B-PER\"", "\"O\"", "label `O` twice");
        let both_ways = "both_ways = { head = \"x\", labels = [] }\nlabels = ";
        check_refused("labels = ", both_ways, "`both_ways` but no markers");
        check_refused("labels = ", "normalize = false\nlabels = ", "unit length");
        check_refused("labels = ", "activation = \"sigmoid\"\nlabels = ", "without a `label_map`");
        let pooled = "activation = \"identity\"\npooling = [\"first\"]\nlabels = ";
        check_refused("labels = ", pooled, "is no token head");
        check_refused("labels = ", "scheme = \"iob1\"\nlabels = ", "without a `label_map`");
        check_refused("labels = ", "template = {}\nlabels = ", "needs `second` or");
        let template = "template = { second = '{target}' }\nlabels = ";
        check_refused("labels = ", template, "does not read the first piece alone");
    }

    #[test]
    fn a_hash_that_is_none_is_refused() {
        check_refused("[roles.ner]", "files = { \"a\" = \"12\" }\n[roles.ner]", "no SHA-256");
    }
}
