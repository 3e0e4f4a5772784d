//! The seeds of the fuzz targets, and small changes of them, against what the
//! targets hold (`fuzz/src/targets`). What fuzzing found is among the seeds.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[expect(unreachable_pub, reason = "the fuzz targets are a crate, where they can be reached")]
#[path = "../fuzz/src/targets/mod.rs"]
mod targets;

use std::path::Path;

/// Changed inputs of each seed.
const N_CHANGES: usize = 6;
const MAX_BYTES: usize = 1 << 14;

/// A seed with a few bytes changed, taken out, doubled or cut off.
fn changed(seed: &[u8], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..random.usize(1..5) {
        let at = random.usize(..=bytes.len());
        let end = (at + random.usize(..20)).min(bytes.len());
        match random.u8(..5) {
            0 => drop(bytes.drain(at..end)),
            1 => bytes.extend_from_within(at..end),
            2 => bytes.truncate(at.max(1)),
            3 => bytes.insert(at, random.u8(..)),
            _ => bytes[at..end].iter_mut().take(1).for_each(|byte| *byte = random.u8(..)),
        }
    }
    bytes.truncate(MAX_BYTES);
    bytes
}

/// Gives a target its seeds and changes of them, the same ones each time.
#[track_caller]
fn check(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name);
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    let mut random = fastrand::Rng::with_seed(8);
    for path in paths {
        let seed = std::fs::read(&path).unwrap();
        target(&seed);
        for _ in 0..N_CHANGES {
            target(&changed(&seed, &mut random));
        }
    }
    target(b"");
}

macro_rules! seeds {
    ($($target:ident)*) => {
        $(
            #[test]
            fn $target() {
                check(stringify!($target), targets::$target);
            }
        )*

        #[test]
        fn every_folder_of_seeds_is_read() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
            let mut names: Vec<_> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

seeds! { bzip2 csv gzip html json_documents json_lines layers manifest parquet query text tokenizer warc xz zstd }
