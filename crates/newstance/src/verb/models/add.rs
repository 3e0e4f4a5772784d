//! `models add`: a checkpoint of somebody else's becomes a bundle of one role.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use newstance_model::{
    Activation, AddedModel, CheckpointConfig, CheckpointEntry, Context, EncoderLoader, Markers,
    ModelError, Models, Placement, Pooling, Precision, RoleEntry, Scheme, Template, TextForm,
    backends_with, tag_parts,
};
use newstance_settings::{ROLES, Settings, backends};
use serde::Deserialize;

use super::labels::{Ours, is_entailment, label_map};
use super::trial;
use crate::Outcome;
use crate::args::{AddHow, Arithmetic, ContextKind, TextKind};

/// What the checkpoint of an added model is called in its bundle.
const CHECKPOINT: &str = "model";
/// Longer inputs cost more than they tell, and few models were trained on any.
const MOST_PIECES: usize = 512;

/// Adds the checkpoint in `folder` to the bundles in `models`.
pub(super) fn add(
    models: &Path,
    folder: &Path,
    how: &AddHow,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let Some(role) = how.role.as_deref() else {
        bail!("a model needs a role\nhint: `--role` is one of {}", ROLES.join(", "));
    };
    let folder = fs::canonicalize(folder)
        .with_context(|| format!("there is no checkpoint folder `{}`", folder.display()))?;
    require_files(&folder)?;
    let name = name_of(&folder, how)?;
    let place = models.join(&name);
    if place.join("bundle.toml").exists() && !how.replace {
        bail!(
            "`{}` holds a model already\nhint: `--name` gives another name, `--replace` takes its \
             place",
            place.display()
        );
    }
    let config = CheckpointConfig::read(&folder)?;
    let backends = backends(&Settings::default())?;
    let backends: Vec<&dyn EncoderLoader> = backends.iter().map(AsRef::as_ref).collect();
    let backends = wanted(backends, how)?;
    if how.context == ContextKind::Sentence && !is_tagger(role) {
        bail!("`--context` is for taggers, which a model of role {role} is not");
    }
    let (runner, longest) = runner(&config.architecture, &folder, &backends)?;
    let entry = role_entry(&folder, &config, how)?;
    let (files, size_bytes) = AddedModel::files(&folder)?;
    let mut checkpoint = checkpoint_entry(&folder, runner, how);
    checkpoint.max_pieces = Some(how.max_pieces.unwrap_or(MOST_PIECES).min(longest));
    checkpoint.files = files;
    let licence = how.licence.clone();
    let added = AddedModel { name, licence, role: role.to_owned(), entry, checkpoint };
    // Loading it is the check: every tensor, its shape, the labels, the tokenizer.
    let bundle = added.bundle(&place)?;
    let loaded = Models::load_roles(&bundle, &backends, &[role])
        .with_context(|| format!("`{}` cannot be a model of role {}", folder.display(), role))?;
    let tried = trial::answers(&loaded, role)?;
    write(&place, &added)?;
    tell(&added, &config, size_bytes, out)?;
    writeln!(out, "{tried}\n{} -> {}", added.name, place.display())?;
    writeln!(out, "use it with `--set {role}={}`", added.name)?;
    Ok(Outcome::Done)
}

fn checkpoint_entry(folder: &Path, runner: &str, how: &AddHow) -> CheckpointEntry {
    let mut entry = CheckpointEntry::new(folder.to_owned(), runner);
    entry.text = text_form(how);
    entry.precision = match how.precision {
        Arithmetic::F32 => Precision::F32,
        Arithmetic::Int8 => Precision::Int8,
        Arithmetic::Bf16 => Precision::Bf16,
        Arithmetic::Fp16 => Precision::Fp16,
    };
    entry.context = match how.context {
        ContextKind::Article => Context::Article,
        ContextKind::Sentence => Context::Sentence,
    };
    entry
}

/// Says what of a checkpoint is not there, before anything else is looked at.
fn require_files(folder: &Path) -> anyhow::Result<()> {
    for (file, hint) in [
        ("config.json", "a folder as `save_pretrained` writes it is needed"),
        (
            "tokenizer.json",
            "`AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)` in Python writes one",
        ),
        (
            "model.safetensors",
            "`AutoModel...from_pretrained(FOLDER).save_pretrained(FOLDER)` in Python writes one, \
             `max_shard_size=\"50GB\"` keeps it in one file",
        ),
    ] {
        if !folder.join(file).exists() {
            bail!("`{}` has no `{file}`\nhint: {hint}", folder.display());
        }
    }
    Ok(())
}

/// The name that was given, or the folder's, as a name of a folder.
fn name_of(folder: &Path, how: &AddHow) -> anyhow::Result<String> {
    let given = how.name.clone().or_else(|| {
        let name = folder.file_name()?.to_str()?;
        let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        Some(name.chars().map(plain).collect())
    });
    let name = given.with_context(|| format!("`{}` has no name", folder.display()))?;
    if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') || name == "default" {
        bail!("a model cannot be called `{name}`\nhint: `--name` gives it another name");
    }
    Ok(name)
}

/// The backend that was asked for, or all.
fn wanted<'b>(
    backends: Vec<&'b dyn EncoderLoader>,
    how: &AddHow,
) -> anyhow::Result<Vec<&'b dyn EncoderLoader>> {
    let Some(name) = &how.backend else { return Ok(backends) };
    match backends.iter().find(|backend| backend.name() == name) {
        Some(backend) => Ok(vec![*backend]),
        None => Err(ModelError::BackendMissing {
            backend: name.clone(),
            available: backends.iter().map(|backend| backend.name()).collect(),
        }
        .into()),
    }
}

fn is_tagger(role: &str) -> bool {
    matches!(role, "ner" | "attribution")
}

/// The first of the backends that runs the checkpoint, and how many pieces it can read then.
fn runner(
    architecture: &str,
    folder: &Path,
    backends: &[&dyn EncoderLoader],
) -> anyhow::Result<(&'static str, usize)> {
    for backend in backends {
        match backend.load(folder, Precision::F32) {
            Ok(encoder) => return Ok((backend.name(), encoder.max_pieces())),
            Err(ModelError::Architecture { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let names: Vec<&str> = backends.iter().map(|backend| backend.name()).collect();
    let others = backends_with(architecture);
    let hint = if others.is_empty() {
        "no backend of newstance runs it".to_owned()
    } else {
        format!("backend `{}` runs it: it is a build of its own", others.join("` or `"))
    };
    bail!(
        "no backend of this build runs architecture `{architecture}` (it has {})\nhint: {hint}",
        names.join(", ")
    )
}

/// Running text for models of texts, words for those of words.
fn text_form(how: &AddHow) -> TextForm {
    match how.text {
        Some(TextKind::Words) => TextForm::Words,
        None if how.role.as_deref().is_some_and(is_tagger) => TextForm::Words,
        Some(TextKind::Raw) | None => TextForm::Raw,
    }
}

/// How the checkpoint answers its role.
fn role_entry(folder: &Path, config: &CheckpointConfig, how: &AddHow) -> anyhow::Result<RoleEntry> {
    let mut entry = RoleEntry::new(CHECKPOINT);
    let role = how.role.as_deref().unwrap_or_default();
    let template = template(config, how)?;
    if let Some(Err(problem)) = template.as_ref().map(|template| template.check(role)) {
        bail!("the template {problem}");
    }
    let by_hypotheses = template.as_ref().is_some_and(|template| template.second.is_none());
    let Some(ours) = Ours::of(role, by_hypotheses) else {
        entry.pooling = vec![embedding_pooling(folder)?];
        return Ok(entry);
    };
    if config.labels.is_empty() {
        bail!(
            "`{}` names no labels (`id2label`): it has no head of its own\n\
             hint: add a checkpoint that was trained for the task",
            folder.join("config.json").display()
        );
    }
    entry.label_map = label_map(&ours, &config.labels, how)?;
    if how.multi_label || config.is_multi_label {
        entry.activation = Activation::Sigmoid;
    }
    if ours.is_tags {
        if how.iob1 || lacks_beginnings(&config.labels, &entry.label_map) {
            entry.scheme = Scheme::Iob1;
        }
        return Ok(entry);
    }
    entry.pooling = vec![Pooling::First];
    entry.template = template;
    entry.markers = markers(how);
    Ok(entry)
}

/// True where some type of tags that is ours has no tag that begins a span.
fn lacks_beginnings(labels: &[String], map: &BTreeMap<String, String>) -> bool {
    let part = |label| {
        let (prefix, kind) = tag_parts(map.get(label).unwrap_or(label))?;
        let kind = map.get(kind).map_or(kind, String::as_str);
        (kind != "O").then_some((prefix, kind))
    };
    let parts: Vec<(char, &str)> = labels.iter().filter_map(part).collect();
    parts.iter().any(|(prefix, kind)| *prefix == 'I' && !parts.contains(&('B', kind)))
}

fn markers(how: &AddHow) -> Option<Markers> {
    let [holder, holder_end, target, target_end, any, outlet] = how.markers.as_slice() else {
        return None;
    };
    Some(Markers {
        holder: [holder.clone(), holder_end.clone()],
        target: [target.clone(), target_end.clone()],
        any: any.clone(),
        outlet: outlet.clone(),
        placement: Placement::Among,
    })
}

/// What stands behind the sentence; none where nothing does.
fn template(config: &CheckpointConfig, how: &AddHow) -> anyhow::Result<Option<Template>> {
    if let Some(second) = &how.second {
        return Ok(Some(Template::of_second(second)));
    }
    let mut hypotheses = BTreeMap::new();
    for flag in &how.hypothesis {
        let Some((position, text)) = flag.split_once('=') else {
            bail!(
                "`--hypothesis {flag}` has no `=`\n\
                 hint: write `--hypothesis 'opposes={{holder}} opposes {{target}}.'`"
            );
        };
        hypotheses.insert(position.to_owned(), text.to_owned());
    }
    if !hypotheses.is_empty() {
        return Ok(Some(Template::of_hypotheses(hypotheses)));
    }
    Ok(match how.role.as_deref().unwrap_or_default() {
        "claim" => Some(Template::of_second("{second}")),
        "stance" if !how.markers.is_empty() => None,
        "stance" if is_entailment(&config.labels) && !names_positions(how) => {
            let text = |verb: &str| (verb.to_owned(), format!("{{holder}} {verb} {{target}}."));
            Some(Template::of_hypotheses(["supports", "opposes"].map(text).into()))
        }
        "stance" => Some(Template::of_second("{target}")),
        _ => None,
    })
}

/// True where a label is said to be a position: the model is asked for that itself.
fn names_positions(how: &AddHow) -> bool {
    how.label.iter().any(|flag| flag.starts_with("supports=") || flag.starts_with("opposes="))
}

/// As sentence-transformers notes it beside a checkpoint; the mean without a note.
fn embedding_pooling(folder: &Path) -> anyhow::Result<Pooling> {
    #[derive(Deserialize)]
    struct Note {
        #[serde(default)]
        pooling_mode_cls_token: bool,
        #[serde(default)]
        pooling_mode_mean_tokens: bool,
    }
    let path = folder.join("1_Pooling/config.json");
    if !path.exists() {
        return Ok(Pooling::Mean);
    }
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let note: Note = serde_json::from_str(&text)
        .with_context(|| format!("cannot understand `{}`", path.display()))?;
    match (note.pooling_mode_cls_token, note.pooling_mode_mean_tokens) {
        (true, false) => Ok(Pooling::First),
        (false, true) => Ok(Pooling::Mean),
        _ => bail!("`{}` asks for neither the first piece nor the mean", path.display()),
    }
}

/// Writes the bundle whole or not at all.
fn write(place: &Path, added: &AddedModel) -> anyhow::Result<()> {
    let path = place.join("bundle.toml");
    let partial: PathBuf = place.join("bundle.toml.partial");
    let text = format!(
        "# Written by `newstance models add`; docs/models.md tells what may be changed here.\n{}",
        added.to_toml()?
    );
    fs::create_dir_all(place)
        .and_then(|()| fs::write(&partial, text))
        .and_then(|()| fs::rename(&partial, &path))
        .with_context(|| format!("cannot write `{}`", path.display()))
}

/// Says what was understood of the model.
fn tell(
    added: &AddedModel,
    config: &CheckpointConfig,
    size_bytes: u64,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let AddedModel { role, entry, checkpoint, .. } = added;
    let (backend, precision) = (&checkpoint.backend, checkpoint.precision);
    let (architecture, megabytes) = (&config.architecture, size_bytes / 1_000_000);
    writeln!(out, "{architecture}, {megabytes} MB, backend {backend}, {precision}, role {role}")?;
    let text = match checkpoint.text {
        TextForm::Raw => "running text",
        _ => "words",
    };
    let context = match checkpoint.context {
        Context::Sentence => ", a sentence at a time",
        _ => "",
    };
    let most = checkpoint.max_pieces.unwrap_or(MOST_PIECES);
    writeln!(out, "  reads       {text}{context}, at most {most} pieces at once")?;
    let hypotheses = entry.template.iter().flat_map(|template| &template.hypotheses);
    for (position, text) in hypotheses {
        writeln!(out, "  asks        {position}: \"{text}\"")?;
    }
    if let Some(second) = entry.template.as_ref().and_then(|template| template.second.as_ref()) {
        writeln!(out, "  asks        behind the text: \"{second}\"")?;
    }
    for (its, ours) in &entry.label_map {
        writeln!(out, "  label       {its} is {ours}")?;
    }
    Ok(())
}
