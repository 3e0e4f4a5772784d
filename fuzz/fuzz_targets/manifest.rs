//! Manifests of bundles and settings.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newstance_fuzz::manifest(bytes));
