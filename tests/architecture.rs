//! Holds the workspace to the table of arrows in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Rows `| `crate` | ... | may use |` of ARCHITECTURE.md, short names.
fn allowed() -> Arrows {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ARCHITECTURE.md");
    let page = std::fs::read_to_string(page).expect("ARCHITECTURE.md is there");
    let rows = page.lines().filter(|line| line.starts_with("| `newstance"));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let uses = cells[cells.len() - 2];
        let uses = uses.split(',').map(str::trim).filter(|name| *name != "-");
        (
            cells[1].trim_matches('`').to_owned(),
            uses.map(|name| format!("newstance-{name}")).collect(),
        )
    })
    .collect()
}

fn drawn() -> Arrows {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata runs");
    let ours = |name: &str| name.starts_with("newstance");
    let arrows = metadata.packages.iter().map(|package| {
        let uses = package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal);
        let uses = uses.map(|d| d.name.clone()).filter(|name| ours(name)).collect();
        (package.name.to_string(), uses)
    });
    arrows.collect()
}

#[test]
fn every_crate_stands_in_the_table() {
    let (allowed, drawn) = (allowed(), drawn());
    let missing: Vec<_> = drawn.keys().filter(|name| !allowed.contains_key(*name)).collect();
    assert!(missing.is_empty(), "not in ARCHITECTURE.md: {missing:?}");
    assert!(drawn.len() >= 12, "only {} crates were found", drawn.len());
}

#[test]
fn no_crate_draws_an_arrow_that_the_table_does_not_allow() {
    let allowed = allowed();
    for (name, uses) in drawn() {
        let extra: Vec<_> = uses.difference(&allowed[&name]).collect();
        assert!(extra.is_empty(), "`{name}` uses {extra:?}, which ARCHITECTURE.md does not allow");
    }
}

#[test]
fn folders_are_named_as_their_packages() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata runs");
    for package in &metadata.packages {
        let folder = package.manifest_path.parent().and_then(|path| path.file_name());
        assert_eq!(folder, Some(package.name.as_str()));
    }
}
