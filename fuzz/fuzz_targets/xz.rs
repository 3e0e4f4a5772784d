//! Lines of JSON in xz.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newstance_fuzz::xz(bytes));
