//! `models`: what bundles there are, whether their files are whole, and new ones.

mod add;
mod fetch;
mod label_question;
mod labels;
mod trial;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use newstance_model::{Bundle, FileState};

use crate::Outcome;
use crate::args::{ModelsArgs, ModelsVerb};

/// Runs the verb.
pub(crate) fn run(args: &ModelsArgs) -> anyhow::Result<Outcome> {
    let mut out = anstream::stdout().lock();
    match &args.verb {
        ModelsVerb::List => list(&bundles_in(&args.folder)?, &mut out),
        ModelsVerb::Verify => verify(&bundles_in(&args.folder)?, &mut out),
        ModelsVerb::Add(add) => add::add(&args.folder, &add.checkpoint, &add.how, &mut out),
        ModelsVerb::Fetch(fetch) => fetch::fetch(&args.folder, fetch, &mut out),
    }
}

fn bundles_in(folder: &Path) -> anyhow::Result<Vec<Bundle>> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("cannot read the folder of bundles `{}`", folder.display()))?;
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.join("bundle.toml").exists())
        .collect();
    folders.sort();
    if folders.is_empty() {
        bail!("`{}` holds no folder with a bundle.toml", folder.display());
    }
    folders.iter().map(|folder| Ok(Bundle::open(folder)?)).collect()
}

fn list(bundles: &[Bundle], out: &mut dyn Write) -> anyhow::Result<Outcome> {
    for bundle in bundles {
        writeln!(out, "{}  ({})", bundle.name(), bundle.folder().display())?;
        writeln!(out, "  licence     {}", bundle.licence())?;
        writeln!(out, "  trained on  {}", bundle.trained_on().join(", "))?;
        for (name, checkpoint) in bundle.checkpoints() {
            let bytes: u64 = checkpoint
                .files
                .keys()
                .filter_map(|file| bundle.checkpoint_folder(checkpoint).join(file).metadata().ok())
                .map(|metadata| metadata.len())
                .sum();
            writeln!(
                out,
                "  checkpoint  {name}: {} MB, backend {}, precision {}",
                bytes / 1_000_000,
                checkpoint.backend,
                checkpoint.precision
            )?;
        }
        for (name, role) in bundle.roles() {
            let labels = match (role.labels.as_slice(), role.label_map.is_empty()) {
                ([], true) => "-".to_owned(),
                ([], false) => role
                    .label_map
                    .iter()
                    .map(|(its, ours)| format!("{its}={ours}"))
                    .collect::<Vec<_>>()
                    .join(" "),
                (labels, _) => labels.join(" "),
            };
            writeln!(out, "  role        {name}: checkpoint {}, labels {labels}", role.checkpoint)?;
        }
    }
    Ok(Outcome::Done)
}

fn verify(bundles: &[Bundle], out: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Done;
    for check in bundles.iter().flat_map(Bundle::verify) {
        let path = check.path.display();
        match &check.state {
            FileState::Good { size_bytes } => {
                writeln!(out, "good        {path}  {size_bytes} bytes")?;
            }
            FileState::Differs { got, .. } => {
                writeln!(out, "differs     {path}  SHA-256 {got}, expected {}", check.expected)?;
            }
            FileState::Unreadable { source } => writeln!(out, "unreadable  {path}  {source}")?,
            other => writeln!(out, "{other:?}  {path}")?,
        }
        if !check.is_good() {
            outcome = Outcome::Missed;
        }
    }
    Ok(outcome)
}
