//! What people write by hand: `bundle.toml`, `newstance.toml`, `--set`.

use std::error::Error;
use std::fs;
use std::path::Path;

use newstance_model::Bundle;
use newstance_settings::Settings;

use super::archive::scratch;

/// A manifest and settings of these bytes; the first line is an assignment, too.
pub fn manifest(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match Bundle::from_text(Path::new("bundle"), &text) {
        Ok(bundle) => {
            let again = bundle.clone().with_role("ner", &bundle);
            assert_eq!(again.is_ok(), bundle.role("ner").is_ok());
        }
        Err(error) => assert!(error.to_string().contains("bundle.toml"), "{error}"),
    }
    let path = scratch("newstance.toml");
    fs::write(&path, bytes).expect("TMPDIR has room");
    match Settings::from_path(&path) {
        Ok(settings) => check_settings(&settings),
        Err(error) => check_error(&error),
    }
    fs::write(&path, "[stance]\nthreshold = 0.5\n").expect("TMPDIR has room");
    let assignments: Vec<String> = text.lines().take(3).map(str::to_owned).collect();
    match Settings::read(Some(&path), &assignments) {
        Ok(settings) => check_settings(&settings),
        Err(error) => check_error(&error),
    }
}

/// Settings that are written down and read again are the same.
fn check_settings(settings: &Settings) {
    let json = serde_json::to_string(settings).expect("settings can be written");
    let again = Settings::from_json(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(serde_json::to_string(&again).expect("settings can be written"), json);
}

fn check_error(error: &dyn Error) {
    assert!(!error.to_string().is_empty(), "an error says nothing");
}
