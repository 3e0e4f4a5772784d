//! Lines of JSON in zstd.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newstance_fuzz::zstd(bytes));
