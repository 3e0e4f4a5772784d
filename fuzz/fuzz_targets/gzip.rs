//! Lines of JSON in gzip.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newstance_fuzz::gzip(bytes));
