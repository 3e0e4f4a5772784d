//! The lines of gold that docs/evaluation.md shows are what `evaluate` reads.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use newstance_corpus::gold::{
    GoldError, read_attributions, read_directed_pairs, read_entities, read_passages,
    read_target_pairs, read_text_pairs,
};

/// The samples: the files of each task by name.
fn samples() -> BTreeMap<String, BTreeMap<String, String>> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/evaluation.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, section) = page.split_once("### A line of each").unwrap();
    let (section, _) = section.split_once("Do not start from nothing").unwrap();
    let mut samples: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut task = String::new();
    // What is told before each block, then the block.
    let parts: Vec<&str> = section.split("```").collect();
    for pair in parts.chunks_exact(2) {
        let named: Vec<&str> = pair[0].split('`').skip(1).step_by(2).collect();
        let file = named.iter().find(|name| name.starts_with("gold")).unwrap();
        if !named[0].starts_with("gold") {
            named[0].clone_into(&mut task);
        }
        let (_, content) = pair[1].split_once('\n').unwrap();
        samples.entry(task.clone()).or_default().insert((*file).to_owned(), content.to_owned());
    }
    samples
}

/// How many examples a task reads of its sample.
fn read(task: &str, path: &Path) -> Result<usize, GoldError> {
    Ok(match task {
        "ner" => read_entities(path)?.len(),
        "stance-target" => read_target_pairs(path)?.len(),
        "stance-pair" => read_directed_pairs(path)?.len(),
        "attribution" => read_attributions(path)?[0].attributions.len(),
        "claim-pair" | "factuality" => read_text_pairs(path)?.pairs.len(),
        "article" => read_passages(path)?[0].stances.len(),
        other => panic!("no task {other}"),
    })
}

#[test]
fn every_sample_is_read() {
    let samples = samples();
    assert_eq!(samples.len(), 7, "{:?}", samples.keys());
    for (task, files) in samples {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in &files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let (first, _) = files.first_key_value().unwrap();
        let root = folder.path().join(first.split('/').next().unwrap());
        assert_eq!(read(&task, &root).unwrap(), 1, "{task}");
    }
}

#[test]
fn the_spans_of_the_samples_are_what_they_mark() {
    let samples = samples();
    let lines = |task: &str| samples[task].values().next().unwrap().clone();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), lines("stance-pair")).unwrap();
    let pair = read_directed_pairs(file.path()).unwrap().remove(0);
    assert_eq!(pair.first.unwrap().of(&pair.text), "Ana Koroma");
    assert_eq!(pair.second.of(&pair.text), "Luis Ferreira");
    fs::write(file.path(), lines("stance-target")).unwrap();
    let pair = read_target_pairs(file.path()).unwrap().remove(0);
    assert_eq!(pair.second.of(&pair.text), "Ana Koroma");
}
