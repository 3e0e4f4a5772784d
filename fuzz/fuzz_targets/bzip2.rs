//! Lines of JSON in bzip2.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newstance_fuzz::bzip2(bytes));
