//! JSON over lines and in arrays.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| newstance_fuzz::json_documents(bytes));
