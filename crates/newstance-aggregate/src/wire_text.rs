//! What is compared of two articles that may repeat one text.
//!
//! The rule was made on 624 pairs of articles that were judged by hand, drawn
//! by score from two archives (`data/wire`; docs/archives.md has its figures).
//! Two texts are as like as the share of the shorter one's word 5-grams that
//! stand in the longer one (Broder 1997, "On the resemblance and containment
//! of documents").

use jiff::civil::Date;
use newstance_doc::Article;
use serde::{Deserialize, Serialize};

use crate::AggregateSettings;

const SHINGLE_WORDS: usize = 5;
const SAMPLE_EVERY: u64 = 8;
const LEAST_HASHES: usize = 8;
/// A 5-gram that more texts than this share is boilerplate.
const MAX_SHARED: usize = 256;
/// 5-grams at the beginning of a text that are its lead.
const LEAD_SHINGLES: usize = 40;
/// Of the leads of two copies in one outlet this much stands in the other text:
/// series repeat a frame, copies begin alike.
const LEAST_LEAD: f64 = 0.4;
/// An abridged copy may be this much shorter where it has half of the longer
/// one's lead, and so is no item in a digest.
const LEAST_ABRIDGED: f64 = 0.1;
const LEAST_LEAD_ABRIDGED: f64 = 0.5;
/// Below this containment a copy in one outlet may lack few of the other's
/// numbers: a frame with other figures is another report.
const SURE: f64 = 0.8;
const MOST_OTHER_NUMBERS: f64 = 0.25;
/// In one outlet a later, longer text is a version of its own, not a copy,
/// where it is so much longer, or somewhat longer and with new numbers.
const MUCH_LONGER: f64 = 0.6;
const LONGER: f64 = 0.8;
const NEW_NUMBERS: f64 = 0.2;

/// What tells whether an article is a copy of another: the same for one article
/// wherever it is computed, so that groups can be found by a shuffle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireText {
    /// Hash of the text without case, white space and punctuation.
    pub key: [u8; 32],
    /// The day of publication, in days since 1970.
    pub day: Option<i32>,
    /// Hash of the outlet.
    pub outlet: Option<u64>,
    /// Hashes of the word 5-grams, sorted, each once.
    shingles: Vec<u64>,
    /// Those of the beginning, as they stand.
    lead: Vec<u64>,
    /// Hashes of the words with a digit in them, sorted, each once.
    numbers: Vec<u64>,
    /// The time of day, as written, in minutes.
    minute: Option<u32>,
}

impl WireText {
    /// A shingle that more texts than this probe is boilerplate and tells nothing.
    pub const MAX_SHARED: usize = MAX_SHARED;

    /// That of an article.
    pub fn new(article: &Article) -> Self {
        let words = words(&article.text);
        let mut shingles: Vec<u64> =
            words.windows(SHINGLE_WORDS).map(|gram| hash(&gram.join(" "))).collect();
        let lead = shingles.iter().take(LEAD_SHINGLES).copied().collect();
        sort_distinct(&mut shingles);
        let has_digit = |word: &&String| word.bytes().any(|byte| byte.is_ascii_digit());
        let mut numbers = words.iter().filter(has_digit).map(|word| hash(word)).collect();
        sort_distinct(&mut numbers);
        Self {
            key: *blake3::hash(words.join(" ").as_bytes()).as_bytes(),
            day: article.date.map(days),
            outlet: article.outlet.as_deref().map(hash),
            shingles,
            lead,
            numbers,
            minute: article.date_raw.as_deref().and_then(minute),
        }
    }

    /// For whoever sends it elsewhere; see [`Self::from_bytes`].
    #[expect(clippy::missing_panics_doc, reason = "plain data can always be encoded")]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("it is plain data, and memory grows as needed")
    }

    /// What [`Self::to_bytes`] gave; none of other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }

    /// How many different word 5-grams the text has.
    pub fn n_shingles(&self) -> usize {
        self.shingles.len()
    }

    /// Hashes of the word 5-grams, sorted, each once.
    pub fn shingles(&self) -> &[u64] {
        &self.shingles
    }

    /// The shingles by which candidates are found, sorted; texts that share one
    /// are to be compared. None where the text is too short to be compared.
    pub fn probes(&self, settings: &AggregateSettings) -> Vec<u64> {
        if self.shingles.len() < settings.wire_min_shingles {
            return Vec::new();
        }
        let least = self.shingles.iter().take(LEAST_HASHES);
        let sampled = self.shingles.iter().skip(LEAST_HASHES).filter(|hash| is_sampled(**hash));
        least.chain(sampled).copied().collect()
    }

    /// The moment of publication, as far as it is known.
    fn moment(&self) -> (Option<i32>, Option<u32>) {
        (self.day, self.minute)
    }
}

/// True for one 5-gram in eight, the same ones in every text.
pub(crate) fn is_sampled(hash: u64) -> bool {
    hash.is_multiple_of(SAMPLE_EVERY)
}

/// True where two days may be those of copies; an unknown one may.
pub fn are_near(a: Option<i32>, b: Option<i32>, settings: &AggregateSettings) -> bool {
    a.zip(b).is_none_or(|(a, b)| a.abs_diff(b) <= settings.wire_max_days)
}

/// True where two articles are copies of one text. A later version of a story,
/// longer or with new numbers, in the same outlet is none.
pub fn are_copies(a: &WireText, b: &WireText, settings: &AggregateSettings) -> bool {
    if !are_near(a.day, b.day, settings) {
        return false;
    }
    if a.key == b.key {
        return true;
    }
    let (short, long) = if a.shingles.len() <= b.shingles.len() { (a, b) } else { (b, a) };
    if short.shingles.len() < settings.wire_min_shingles {
        return false;
    }
    let ratio = share(short.shingles.len(), long.shingles.len());
    let containment = share_in(&short.shingles, &long.shingles);
    if containment < least_containment(short.outlet, long.outlet, settings) {
        return false;
    }
    let lead_of_long = share_in(&long.lead, &short.shingles);
    if short.outlet.is_none() || short.outlet != long.outlet {
        return ratio >= settings.wire_length_ratio;
    }
    let is_abridged = ratio >= LEAST_ABRIDGED && lead_of_long >= LEAST_LEAD_ABRIDGED;
    let begin_alike = lead_of_long.min(share_in(&short.lead, &long.shingles)) >= LEAST_LEAD;
    let other_numbers = 1.0 - share_in(&short.numbers, &long.numbers);
    (ratio >= settings.wire_length_ratio || is_abridged)
        && begin_alike
        && (containment >= SURE || other_numbers <= MOST_OTHER_NUMBERS)
        && !is_version(short, long, ratio)
}

/// True where `long` is a later version of what `short` tells.
fn is_version(short: &WireText, long: &WireText, ratio: f64) -> bool {
    let is_later = match (short.moment(), long.moment()) {
        ((Some(a), _), (Some(b), _)) if a != b => b > a,
        ((Some(_), Some(a)), (Some(_), Some(b))) => b > a,
        _ => false,
    };
    let new_numbers = 1.0 - share_in(&long.numbers, &short.numbers);
    is_later && (ratio < MUCH_LONGER || ratio < LONGER && new_numbers >= NEW_NUMBERS)
}

/// The containment that copies have at least, by their outlets.
pub(crate) fn least_containment(
    a: Option<u64>,
    b: Option<u64>,
    settings: &AggregateSettings,
) -> f64 {
    if a.is_some() && a == b {
        settings.wire_containment_same_outlet
    } else {
        settings.wire_containment
    }
}

/// True where texts of so many 5-grams may be copies.
pub(crate) fn may_be_as_long(a: usize, b: usize) -> bool {
    share(a.min(b), a.max(b)) >= LEAST_ABRIDGED
}

/// The share of `items` that is in `sorted`; all of none.
fn share_in(items: &[u64], sorted: &[u64]) -> f64 {
    let n_shared = items.iter().filter(|hash| sorted.binary_search(hash).is_ok()).count();
    if items.is_empty() { 1.0 } else { share(n_shared, items.len()) }
}

#[expect(clippy::cast_precision_loss, reason = "texts have far fewer than 2^52 words")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

fn sort_distinct(hashes: &mut Vec<u64>) {
    hashes.sort_unstable();
    hashes.dedup();
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn hash(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    hash.as_bytes().iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn days(date: Date) -> i32 {
    const EPOCH: Date = jiff::civil::date(1970, 1, 1);
    date.since(EPOCH).map_or(0, |span| span.get_days())
}

/// The time of day in a date as it was written (`26-FEB-1987 15:01:01.79`).
fn minute(raw: &str) -> Option<u32> {
    let (before, after) = raw.split_once(':')?;
    let hour: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
    let hour: u32 = hour.chars().rev().collect::<String>().parse().ok()?;
    let minute: u32 =
        after.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()?;
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use newstance_doc::Article;

    use super::{WireText, are_copies};
    use crate::AggregateSettings;

    /// Words of no other report.
    fn report(seed: usize, n_words: usize) -> String {
        let word = |i: usize| format!("w{}", letters(i * i + seed * 7919));
        (0..n_words).map(word).collect::<Vec<_>>().join(" ")
    }

    fn letters(number: usize) -> String {
        number.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect()
    }

    fn article(outlet: &str, raw: &str, text: &str) -> WireText {
        let mut article = Article::plain("x", text);
        article.outlet = (!outlet.is_empty()).then(|| outlet.to_owned());
        let day: i8 = raw.split(' ').next().and_then(|day| day.parse().ok()).unwrap_or(0);
        article.date = (day > 0).then(|| date(2020, 1, day));
        article.date_raw = Some(raw.to_owned());
        WireText::new(&article)
    }

    type Told<'a> = (&'a str, &'a str, &'a str);

    #[track_caller]
    fn check(a: Told<'_>, b: Told<'_>, expected: bool) {
        let (a, b) = (article(a.0, a.1, a.2), article(b.0, b.1, b.2));
        let settings = AggregateSettings::default();
        assert_eq!(are_copies(&a, &b, &settings), expected);
        assert_eq!(are_copies(&b, &a, &settings), expected, "the other way round");
    }

    #[test]
    fn a_shortened_or_lightly_edited_copy_is_one() {
        let full = report(1, 200);
        let edited = full.replacen(' ', " changed ", 1) + " Meridian";
        check(("A", "1", &full), ("B", "2", &report(1, 140)), true);
        check(("A", "1", &full), ("B", "", &edited), true);
        check(("A", "2", &full), ("A", "1", &report(1, 140)), true);
    }

    #[test]
    fn far_apart_in_time_nothing_is_a_copy() {
        let text = report(1, 100);
        check(("A", "1", &text), ("B", "4", &text), true);
        check(("A", "1", &text), ("B", "5", &text), false);
        check(("A", "1", "Rates unchanged"), ("A", "20", "Rates unchanged"), false);
    }

    #[test]
    fn a_note_that_a_digest_or_another_outlet_quotes_is_none() {
        let note = report(1, 60);
        let quoted = format!("{note} {}", report(2, 200));
        let digest = format!("{} {note}", report(2, 200));
        check(("A", "1", &note), ("B", "1", &quoted), false);
        check(("A", "1", &note), ("A", "1", &digest), false);
    }

    #[test]
    fn an_abridged_repeat_in_one_outlet_is_one() {
        let full = report(1, 300);
        check(("A", "2 10:00", &full), ("A", "2 11:30", &report(1, 60)), true);
    }

    #[test]
    fn a_later_and_longer_version_of_a_flash_is_none() {
        let flash = report(1, 80);
        let full = format!("{flash} {}", report(2, 100));
        check(("A", "2 10:00:00", &flash), ("A", "2 11:30:00", &full), false);
        check(("A", "2 11:30:00", &flash), ("A", "2 10:00:00", &full), true);
        let somewhat = |numbers: &str| format!("{flash} {} {numbers}", report(2, 30));
        check(("A", "2 10:00", &flash), ("A", "2 11:30", &somewhat("")), true);
        check(("A", "2 10:00", &flash), ("A", "2 11:30", &somewhat("12 dead 40 hurt")), false);
    }

    #[test]
    fn a_frame_with_other_figures_is_none() {
        let words: Vec<String> = (0..90).map(letters).collect();
        let filled = |figure: u32| {
            let mut words = words.clone();
            for at in [42, 52, 62, 72, 82] {
                words[at] = (figure + u32::try_from(at).unwrap()).to_string();
            }
            words.join(" ")
        };
        check(("A", "1", &filled(1000)), ("A", "2", &filled(2000)), false);
        check(("A", "1", &filled(1000)), ("A", "2", &filled(1000)), true);
    }
}
