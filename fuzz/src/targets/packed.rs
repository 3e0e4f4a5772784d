//! The compressions of archives.

use std::io::Write as _;

use super::archive::{Reading, read};

const MAX_RECORD_BYTES: usize = 1 << 16;

/// gzip, as stored and made here.
pub fn gzip(bytes: &[u8]) {
    packed("gz", bytes, |bytes| {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(bytes).and_then(|()| writer.finish()).expect("a vector has room")
    });
}

/// zstd, as stored and made here.
pub fn zstd(bytes: &[u8]) {
    packed("zst", bytes, |bytes| {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    });
}

/// bzip2, as stored and made here.
pub fn bzip2(bytes: &[u8]) {
    packed("bz2", bytes, |bytes| {
        let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        writer.write_all(bytes).and_then(|()| writer.finish()).expect("a vector has room")
    });
}

/// xz, as stored and made here.
pub fn xz(bytes: &[u8]) {
    packed("xz", bytes, |bytes| {
        let options = lzma_rust2::XzOptions::with_preset(0);
        let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).expect("options are right");
        writer.write_all(bytes).and_then(|()| writer.finish()).expect("a vector has room")
    });
}

/// Two bytes say what is done with the rest: read as it is stored; or packed
/// in two members, which must read as what is in them, and cut off somewhere,
/// which must be told and give a beginning of that.
fn packed(extension: &str, bytes: &[u8], pack: fn(&[u8]) -> Vec<u8>) {
    let name = format!("in.jsonl.{extension}");
    let Some(([how, at], content)) = bytes.split_first_chunk::<2>() else {
        read(&name, bytes, MAX_RECORD_BYTES);
        return;
    };
    if how % 2 == 0 {
        read(&name, content, MAX_RECORD_BYTES);
        return;
    }
    let (first, second) = content.split_at(usize::from(*at).min(content.len()));
    let (first, second) = (pack(first), pack(second));
    let whole = [&first[..], &second[..]].concat();
    let plain = read("in.jsonl", content, MAX_RECORD_BYTES).without_file();
    let unpacked = read(&name, &whole, MAX_RECORD_BYTES).without_file();
    assert_eq!(unpacked, plain, "what was packed reads otherwise");
    let n_bytes = whole.len() * usize::from(how / 2) / 128;
    let cut = read(&name, whole.get(..n_bytes).unwrap_or_default(), MAX_RECORD_BYTES);
    // Between two members nothing tells that there was more.
    if n_bytes != 0 && n_bytes != first.len() {
        assert!(cut.stops(), "nothing tells that the file was cut");
        check_cut(&cut, &plain);
    }
}

/// What is cut off gives the articles that came before the cut, in order.
fn check_cut(cut: &Reading, whole: &Reading) {
    let articles: Vec<_> = whole.articles().collect();
    let n_found = cut.articles().count();
    assert!(n_found <= articles.len(), "a cut adds articles");
    for (found, expected) in cut.articles().zip(articles) {
        assert_eq!(found, expected, "a cut changes articles");
    }
}
