//! Lines of JSON.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newstance_fuzz::json_lines(bytes));
