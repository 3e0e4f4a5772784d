//! `gold`: pre-annotated articles out, corrected ones in.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use newstance_corpus::gold::{
    LabelledText, label_studio_config, label_studio_task, read_brat_folder, read_label_studio,
};
use rayon::prelude::*;

use crate::Outcome;
use crate::archive::open_archive;
use crate::args::{
    GoldArgs, GoldCorrectionArgs, GoldImportArgs, GoldInitArgs, GoldSampleArgs, GoldVerb,
};
use crate::gold_files::{
    ENTITY_LABELS, RELATIONS, STATEMENT_LABELS, labelled, write, write_brat, write_gold,
};
use crate::progress::say;
use crate::session::{Session, read_settings};
use crate::stance_sample;

/// Runs the verb.
pub(crate) fn run(args: &GoldArgs) -> anyhow::Result<Outcome> {
    match &args.verb {
        GoldVerb::Init(args) => init(args),
        GoldVerb::Import(args) => import(args),
        GoldVerb::Sample(args) => sample(args),
        GoldVerb::Correction(args) => correction(args),
    }
}

fn init(args: &GoldInitArgs) -> anyhow::Result<Outcome> {
    let settings = read_settings(&args.settings)?;
    let mut articles = Vec::new();
    for next in open_archive(&args.inputs, &settings.corpus)? {
        match next {
            Ok(article) => articles.push(article),
            Err(problem) => say(&problem.message),
        }
        if args.limit.is_some_and(|limit| articles.len() >= limit) {
            break;
        }
    }
    if articles.is_empty() {
        bail!("there is no article that can be read");
    }
    let session = Session::with(settings, &args.settings)?;
    let texts: anyhow::Result<Vec<LabelledText>> = articles
        .into_par_iter()
        .map(|article| Ok(labelled(&session.annotator.annotate(article)?.layers)))
        .collect();
    let texts = texts?;
    let (brat, studio) = (args.output.join("brat"), args.output.join("label-studio"));
    for folder in [&brat, &studio] {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
    }
    for text in &texts {
        write_brat(text, &brat)?;
    }
    write(&brat.join("annotation.conf"), &brat_config())?;
    let tasks: Vec<_> = texts.iter().map(label_studio_task).collect();
    write(&studio.join("tasks.json"), &format!("{}\n", serde_json::to_string_pretty(&tasks)?))?;
    let labels = [&ENTITY_LABELS[..], &STATEMENT_LABELS[..]].concat();
    write(&studio.join("config.xml"), &label_studio_config(&labels, &RELATIONS))?;
    let n = texts.len();
    let articles = if n == 1 { "article" } else { "articles" };
    writeln!(anstream::stdout().lock(), "{n} {articles} -> {}", args.output.display())?;
    Ok(Outcome::Done)
}

/// What may be drawn, for brat.
fn brat_config() -> String {
    let labels = [&ENTITY_LABELS[..], &STATEMENT_LABELS[..]].concat().join("\n");
    let part = "part\tArg1:SOURCE|CUE|CONTENT, Arg2:SOURCE|CUE|CONTENT";
    let names = ENTITY_LABELS.join("|");
    format!(
        "[entities]\n{labels}\n\n[relations]\nsource\tArg1:CONTENT, Arg2:SOURCE\n\
         cue\tArg1:CONTENT, Arg2:CUE\n{part}\nsupports\tArg1:{names}, Arg2:{names}\n\
         opposes\tArg1:{names}, Arg2:{names}\n<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>\n\
         \n[events]\n\n[attributes]\n"
    )
}

fn import(args: &GoldImportArgs) -> anyhow::Result<Outcome> {
    let texts = read(&args.source)?;
    let [statements, entities, pairs] = write_gold(&texts, &args.output)?;
    let folder = args.output.display();
    let mut out = anstream::stdout().lock();
    writeln!(out, "{} articles -> {folder}", texts.len())?;
    for (task, path, n) in [
        ("attribution", "attribution", statements),
        ("ner", "entities.jsonl", entities),
        ("stance-pair", "stance-pair.jsonl", pairs),
    ] {
        writeln!(
            out,
            "  newstance evaluate --task {task} --gold {folder}/{path}   ({n} examples)"
        )?;
    }
    Ok(Outcome::Done)
}

fn sample(args: &GoldSampleArgs) -> anyhow::Result<Outcome> {
    if args.output.exists() {
        bail!(
            "`{}` is there already\nhint: labels may be in it; name another file",
            args.output.display()
        );
    }
    let lines = stance_sample::draw(&args.folder, args.n, args.seed)?;
    write(&args.output, &format!("{}\n", lines.join("\n")))?;
    writeln!(anstream::stdout().lock(), "{} stances -> {}", lines.len(), args.output.display())?;
    Ok(Outcome::Done)
}

fn correction(args: &GoldCorrectionArgs) -> anyhow::Result<Outcome> {
    let (correction, n_open) = stance_sample::correction(&args.sample)?;
    if n_open > 0 {
        say(&format!("{n_open} stances have no label and are left out"));
    }
    write!(anstream::stdout().lock(), "{}", stance_sample::as_settings(&correction))?;
    Ok(Outcome::Done)
}

/// brat where it is a folder, an export of Label Studio where it is a file.
fn read(source: &Path) -> anyhow::Result<Vec<LabelledText>> {
    let texts =
        if source.is_dir() { read_brat_folder(source)? } else { read_label_studio(source)? };
    Ok(texts)
}
