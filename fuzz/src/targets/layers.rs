//! The layers of a run folder, as a disk may give them back.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use newstance_doc::{Annotated, Article};
use newstance_tables::{
    LAYERS_FOLDER, LayerReader, LayerWriter, PartRecord, begin_layers, finish_layers, read_parts,
    read_plan,
};

use super::archive::{panics_are_caught, scratch};

/// A finished run folder of one part.
fn run_folder() -> &'static Path {
    static FOLDER: OnceLock<std::path::PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = scratch("out");
        begin_layers(&folder, &serde_json::json!({})).expect("TMPDIR has room");
        let mut writer = LayerWriter::create(&folder, 0).expect("TMPDIR has room");
        let nothing = Annotated {
            article: Article::plain("a", "text"),
            sentences: Vec::new(),
            mentions: Vec::new(),
            actors: Vec::new(),
            statements: Vec::new(),
            stances: Vec::new(),
        };
        writer.append(&nothing).expect("an article can be written");
        writer.finish(&PartRecord::default()).expect("TMPDIR has room");
        finish_layers(&folder, 1).expect("TMPDIR has room");
        folder
    })
}

/// Bytes that begin as Parquet does are a part, others the record of one.
pub fn layers(bytes: &[u8]) {
    panics_are_caught();
    let folder = run_folder();
    let file = |name: &str| folder.join(LAYERS_FOLDER).join(name);
    if bytes.starts_with(b"PAR1") {
        fs::write(file("part-00000.parquet"), bytes).expect("TMPDIR has room");
        let read = || -> Vec<Result<Annotated, String>> {
            let reader = LayerReader::open(folder).expect("the record is right");
            // Like whoever reads layers, up to the first error.
            let mut failed = false;
            reader
                .map(|item| item.map_err(|error| error.to_string()))
                .take_while(|item| !std::mem::replace(&mut failed, item.is_err()))
                .collect()
        };
        assert_eq!(read(), read(), "reading twice gives different things");
        return;
    }
    let record = fs::read(file("part-00000.json")).expect("it was written");
    fs::write(file("part-00000.json"), bytes).expect("TMPDIR has room");
    fs::write(file("plan.json"), bytes).expect("TMPDIR has room");
    match read_parts(folder) {
        Ok(parts) => {
            let written = serde_json::to_vec(&parts[0]).expect("a record can be written");
            let again: PartRecord = serde_json::from_slice(&written).expect("and read");
            assert_eq!(again, parts[0]);
        }
        Err(error) => assert!(error.to_string().contains("part-00000.json"), "{error}"),
    }
    if let Err(error) = read_plan(folder) {
        assert!(error.to_string().contains("plan.json"), "{error}");
    }
    fs::write(file("part-00000.json"), record).expect("TMPDIR has room");
}
