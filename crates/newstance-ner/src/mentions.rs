//! Names: what the tagger finds, trimmed, and what the gazetteer adds.

use std::ops::Range;

use newstance_doc::{Article, Mention, MentionForm, MentionLabel, Sentence};
use newstance_model::{LabelSet, Scores};

use crate::decode::{Decoded, Tags};
use crate::fold::{is_apostrophe, is_capitalised, is_upper, is_word};
use crate::gazetteer::{Gazetteer, TitleKind};
use crate::lexicon::{head_class, is_preposition, is_verb};
use crate::lookup::{Meaning, Sense};
use crate::metonyms::is_dateline;
use crate::passed_over::add_persons;
use crate::reading::{Line, Reading};

/// The probability of a mention that only the gazetteer found.
const LOOKUP_PROBABILITY: f32 = 0.9;

/// A city of government that the tagger passed over counts as a name only where
/// the tagger thought it at least this probable.
const CAPITAL_FLOOR: f32 = 0.1;

/// A longer run of capitals behind "House of" is that of a headline.
const MAX_JOINED_WORDS: usize = 4;

/// What stands behind a hyphen and is no part of a name: "Obama-era".
const NAME_SUFFIXES: [&str; 8] = ["era", "led", "like", "type", "run", "born", "wing", "style"];

/// "LUSAKA, Feb 2 (Meridian) -" has so many words behind the town at most.
const MAX_DATELINE_WORDS: usize = 8;

/// What a tagger says of the words of an article.
#[derive(Clone, Copy, Debug)]
pub struct NameScores<'s> {
    /// The labels, in column order.
    pub labels: &'s LabelSet,
    /// One `[words, labels]` matrix for each sentence.
    pub sentences: &'s [Scores],
}

/// Finds the names of an article.
///
/// The best lawful tag sequence of each sentence gives word runs; leading
/// articles and titles, possessives and quotation marks are cut off, the full
/// stop of an abbreviation is taken in. A mention's probability is the mean over
/// its words of the probability that they belong to its label. Countries and
/// their capitals become [`MentionLabel::Gpe`], demonyms [`MentionLabel::Norp`],
/// seats of government and known bodies [`MentionLabel::Org`].
///
/// Persons that the tagger passed over are added where the article names them
/// elsewhere, or a title or first name tells them, with probability 0.9.
/// Countries, demonyms, seats and bodies that the tagger passed over are added
/// with probability 0.9 where their name is not ambiguous; a known name that is
/// longer than what the tagger marked takes its place. Sentences without scores
/// get what the gazetteer knows.
pub fn find_mentions(
    article: &Article,
    sentences: &[Sentence],
    scores: NameScores<'_>,
    gazetteer: &Gazetteer,
) -> Vec<Mention> {
    let reading = Reading::new(article, sentences);
    let tags = Tags::of(scores.labels);
    let rows_of = |sentence_idx: usize| {
        let n_words = reading.lines[sentence_idx].words.len();
        scores.sentences.get(sentence_idx).filter(|rows| rows.len() == n_words)
    };
    let tagged = |(sentence_idx, line)| {
        let decoded = rows_of(sentence_idx).map_or_else(Vec::new, |rows| tags.decode(rows));
        let settled = decoded.into_iter().filter_map(|found| settle(line, found, gazetteer));
        with_surnames(line, settled)
    };
    let mut tagged: Vec<Vec<Decoded>> = reading.lines.iter().enumerate().map(tagged).collect();
    let named = |sentence_idx: usize, word: usize| {
        rows_of(sentence_idx).map_or(0.0, |rows| 1.0 - tags.outside(rows, word))
    };
    add_persons(&reading, &mut tagged, gazetteer, named);
    let mut mentions = Vec::new();
    for ((sentence_idx, line), tagged) in reading.lines.iter().enumerate().zip(tagged) {
        for found in add_known(line, tagged, gazetteer, |word| named(sentence_idx, word)) {
            let mut mention =
                reading.mention(sentence_idx, &found.words, found.label, MentionForm::Name);
            mention.probability = found.probability;
            mentions.push(mention);
        }
    }
    mentions
}

/// Trims a tagged run and gives it the label that the gazetteer knows.
fn settle(line: &Line<'_>, found: Decoded, gazetteer: &Gazetteer) -> Option<Decoded> {
    let mut words = closed(line, trim(line, found.words), gazetteer);
    if found.label == MentionLabel::Per {
        words = without_titles(line, words, gazetteer);
    }
    if words.is_empty() || !words.clone().any(|word| is_word(line.word(word))) {
        return None;
    }
    // "candour", "tea party": nothing's name is written small where others are not.
    let is_small = |mut words: Range<usize>| !words.any(|word| is_capitalised(line.word(word)));
    let are_people = found.label == MentionLabel::Norp && line.key(words.end - 1).ends_with('s');
    if !are_people && is_small(words.clone()) && !is_small(0..line.words.len()) {
        return None;
    }
    let senses = gazetteer.exact(&line.words[words.clone()], &line.folded[words.clone()]);
    let is_town = is_dateline(line, &words) && ends_dateline(line, words.end);
    let is_place = is_town || is_thing(line, &words, gazetteer);
    let label =
        if is_place && found.label == MentionLabel::Per { MentionLabel::Loc } else { found.label };
    let label = relabel(label, senses.first());
    Some(Decoded { words, label, probability: found.probability })
}

/// True of one word behind "the" that nothing follows of which it could be a part
/// ("the Luanzi began", but not "the Brandt plan", "the Brandts", "the Queen").
fn is_thing(line: &Line<'_>, words: &Range<usize>, gazetteer: &Gazetteer) -> bool {
    let (name, next) = (line.key(words.start), line.key(words.end));
    words.len() == 1
        && line.key_before(words.start) == "the"
        && !name.ends_with('s')
        && gazetteer.title(name).is_none()
        && head_class(name, gazetteer).is_none()
        && (!is_word(next) || is_preposition(next) || is_verb(next))
        && line.possessive_at(words.end) == 0
}

/// True where a dash follows, or a date or agency and then a dash.
fn ends_dateline(line: &Line<'_>, end: usize) -> bool {
    let is_dash = |idx: usize| matches!(line.word(idx), "-" | "\u{2013}" | "\u{2014}");
    let has_more = matches!(line.word(end), "," | "(");
    is_dash(end) || has_more && (end..end + MAX_DATELINE_WORDS).any(is_dash)
}

fn trim(line: &Line<'_>, words: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = words;
    while start < end
        && (!is_word(line.word(start)) || matches!(line.key(start), "the" | "a" | "an"))
    {
        start += 1;
    }
    loop {
        let last = end.saturating_sub(1);
        if end <= start {
            break;
        } else if end - start > 2 && line.possessive_at(end - 2) == 2 {
            end -= 2;
        } else if is_word(line.word(last)) || closes_name(line, start, last) {
            break;
        } else {
            end -= 1;
        }
    }
    if start < end
        && line.word(end) == "."
        && line.is_glued(end)
        && is_abbreviated(line, start, end)
    {
        end += 1;
    }
    start..end
}

/// A name without a last word that joins it to another ("Virginia House of"):
/// behind "of", "for" and "and" the words in capitals belong to it, too, where
/// they are not a country; else the joining word does not.
fn closed(line: &Line<'_>, words: Range<usize>, gazetteer: &Gazetteer) -> Range<usize> {
    let Range { start, mut end } = words;
    let joins = |end: usize| end > start + 1 && is_joining(line.key(end - 1));
    if joins(end) && matches!(line.key(end - 1), "of" | "for" | "and") {
        let is_more = |&word: &usize| is_word(line.word(word)) && is_capitalised(line.word(word));
        let n_more = (end..line.words.len()).take_while(is_more).count();
        let more = end..end + if n_more > MAX_JOINED_WORDS { 1 } else { n_more };
        let senses = gazetteer.exact(&line.words[more.clone()], &line.folded[more.clone()]);
        if senses.is_empty() {
            end = more.end;
        }
    }
    while joins(end) {
        end -= 1;
    }
    start..end
}

fn is_joining(word: &str) -> bool {
    matches!(word, "and" | "or" | "the" | "&") || is_preposition(word)
}

/// True where the sign at `last` belongs to the name: "U.S.", "Agency (ACA)".
fn closes_name(line: &Line<'_>, start: usize, last: usize) -> bool {
    match line.word(last) {
        "." => line.is_glued(last) && last > start && is_abbreviated(line, start, last),
        ")" => (start..last).any(|word| line.word(word) == "("),
        "!" | "+" => last > start && line.is_glued(last),
        _ => false,
    }
}

/// True where the word before `end` is short for something: a letter after a
/// full stop ("U.S"), or a company's or family's suffix.
fn is_abbreviated(line: &Line<'_>, start: usize, end: usize) -> bool {
    let last = line.word(end - 1);
    let is_letter = last.chars().count() == 1 && is_capitalised(last);
    (is_letter && end - start >= 3 && line.word(end - 2) == ".")
        || matches!(line.key(end - 1), "inc" | "corp" | "co" | "ltd" | "jr" | "sr" | "bros")
}

/// Cuts titles off the front of a person's name, as long as a name is left.
fn without_titles(line: &Line<'_>, words: Range<usize>, gazetteer: &Gazetteer) -> Range<usize> {
    let Range { mut start, end } = words;
    while end - start > 1 {
        let title = gazetteer.title(line.key(start));
        let is_short_name = end - start == 2 && line.word(start + 1) == ".";
        if title.is_none()
            || is_short_name
            || title != Some(TitleKind::Honorific) && end - start < 2
        {
            break;
        }
        start += 1;
        while start + 1 < end && !is_word(line.word(start)) {
            start += 1;
        }
    }
    start..end
}

/// Joins to a person's name the surname behind an initial or an "O" ("George W.
/// Bush", "Rosie O'Neil"), which taggers take for another name or for none, and
/// the name right behind a single one ("Ana" "Brandt").
fn with_surnames(line: &Line<'_>, settled: impl Iterator<Item = Decoded>) -> Vec<Decoded> {
    let mut joined: Vec<Decoded> = Vec::new();
    for found in settled {
        match joined.last_mut() {
            Some(open) if found.words.start < open.words.end || are_one(line, open, &found) => {
                open.words.end = open.words.end.max(found.words.end);
            }
            _ => joined.push(found),
        }
        let Some(last) = joined.last_mut().filter(|last| last.label == MentionLabel::Per) else {
            continue;
        };
        last.words.end = surname_end(line, &last.words).unwrap_or(last.words.end);
    }
    joined
}

/// True of two persons' names side by side of which the first is one word.
fn are_one(line: &Line<'_>, first: &Decoded, second: &Decoded) -> bool {
    [first, second]
        .iter()
        .all(|name| name.label == MentionLabel::Per && is_capitalised(line.word(name.words.start)))
        && first.words.len() == 1
        && first.words.end == second.words.start
}

/// Where a name ends whose surname, or the second half of whose given name
/// ("Ahn Mi-ran"), stands behind the words.
fn surname_end(line: &Line<'_>, words: &Range<usize>) -> Option<usize> {
    let half = line.word(words.end + 1);
    let is_hyphenated =
        line.word(words.end) == "-" && line.is_glued(words.end) && line.is_glued(words.end + 1);
    if is_hyphenated
        && words.len() > 1
        && line.word(words.end - 1).chars().count() < 5
        && half.chars().count() < 6
        && half.chars().all(char::is_lowercase)
        && !NAME_SUFFIXES.contains(&half)
    {
        return Some(words.end + 2);
    }
    let is_surname = |word: &str| is_capitalised(word) && word.chars().count() > 1;
    let is_initial = |word: &str| is_capitalised(word) && word.chars().count() == 1;
    let mut end = words.end;
    if line.word(end - 1) == "O" && is_apostrophe(line.word(end)) {
        let is_one = line.is_glued(end) && line.is_glued(end + 1);
        return (is_one && is_surname(line.word(end + 1))).then_some(end + 2);
    }
    let has_first_name = is_surname(line.word(words.start));
    while has_first_name
        && is_initial(line.word(end - 1))
        && line.word(end) == "."
        && line.is_glued(end)
    {
        if is_surname(line.word(end + 1)) {
            return Some(end + 2);
        }
        end += 2;
    }
    None
}

fn relabel(label: MentionLabel, sense: Option<&Sense>) -> MentionLabel {
    use MentionLabel as L;
    let Some(sense) = sense else { return label };
    if label == L::Per && (sense.is_ambiguous || !matches!(sense.meaning, Meaning::Seat(_))) {
        return label;
    }
    match sense.meaning {
        Meaning::Country(_) | Meaning::Capital(_) => L::Gpe,
        Meaning::Demonym(_) => L::Norp,
        Meaning::Seat(_) | Meaning::Body(_) => L::Org,
    }
}

/// Adds known names to `tagged`, or puts them in the place of parts of them.
fn add_known(
    line: &Line<'_>,
    tagged: Vec<Decoded>,
    gazetteer: &Gazetteer,
    named: impl Fn(usize) -> f32,
) -> Vec<Decoded> {
    let mut kept: Vec<Decoded> = tagged;
    let mut word = 0;
    while word < line.words.len() {
        let found = known_at(line, word, gazetteer);
        let Some((n_words, sense)) = found else {
            word += 1;
            continue;
        };
        let words = word..word + n_words;
        let overlapping = |m: &&Decoded| m.words.start < words.end && words.start < m.words.end;
        let is_new = kept.iter().find(overlapping).is_none();
        let is_longer = kept
            .iter()
            .filter(overlapping)
            .all(|m| words.start <= m.words.start && m.words.end <= words.end && m.words != words);
        let is_capital = matches!(sense.meaning, Meaning::Capital(_));
        let is_thought_of =
            !is_capital || words.clone().map(&named).fold(0.0, f32::max) >= CAPITAL_FLOOR;
        let is_alone = !is_new || stands_alone(line, &words, &sense);
        if is_longer && is_thought_of && is_alone {
            kept.retain(|m| m.words.end <= words.start || words.end <= m.words.start);
            let label = relabel(MentionLabel::Misc, Some(&sense));
            kept.push(Decoded { words: words.clone(), label, probability: LOOKUP_PROBABILITY });
        }
        word = words.end;
    }
    kept.sort_by_key(|m| m.words.start);
    kept
}

/// A known name at `word` that can mean nothing else.
fn known_at(line: &Line<'_>, word: usize, gazetteer: &Gazetteer) -> Option<(usize, Sense)> {
    if !is_capitalised(line.word(word)) && !line.word(word).starts_with(|c: char| c.is_numeric()) {
        return None;
    }
    let (n_words, senses) = gazetteer.longest(&line.words[word..], &line.folded[word..])?;
    let sense = senses.into_iter().next()?;
    let is_shouted_word = line.is_shouted() && n_words == 1 && sense.is_acronym;
    (!sense.is_ambiguous && !sense.is_secondary && !is_shouted_word).then_some((n_words, sense))
}

/// A name that the tagger does not see is trusted where no other capitalised
/// word touches it; acronyms and long names always.
fn stands_alone(line: &Line<'_>, words: &Range<usize>, sense: &Sense) -> bool {
    let is_name = |word: &str| is_capitalised(word) && !is_upper(word);
    let touches = |idx: usize| idx < line.words.len() && is_name(line.word(idx));
    let before = words.start.checked_sub(1).is_some_and(|idx| idx > 0 && touches(idx));
    let is_adjective = matches!(sense.meaning, Meaning::Demonym(_));
    sense.is_acronym
        || words.len() > 2
        || line.is_shouted()
        || (!before && (is_adjective || !touches(words.end)))
}

#[cfg(test)]
mod tests {
    use crate::fixture::check_mentions as check;

    #[test]
    fn possessives_articles_and_quotes_are_no_part_of_a_name() {
        check("[PER Putin’s] aide met [ORG the Acme Board].", "PER Putin | ORG Acme Board");
        check("[ORG “Acme”] said", "ORG Acme");
        check("the [PER James'] house", "PER James");
    }

    #[test]
    fn an_abbreviation_keeps_its_full_stop() {
        check("[LOC U.S]. officials", "GPE U.S.");
        check("Made in the [LOC U.S.]", "GPE U.S.");
        check("[ORG Acme Inc]. said", "ORG Acme Inc.");
        check("He likes [ORG Acme].", "ORG Acme");
    }

    #[test]
    fn titles_are_no_part_of_a_name() {
        check(
            "[PER President Ana Brandt] and [PER Mr. Brandt] spoke",
            "PER Ana Brandt | PER Brandt",
        );
        check("Then [PER Sen. Mo Diallo] left", "PER Mo Diallo");
    }

    #[test]
    fn a_surname_behind_an_initial_belongs_to_the_name() {
        check("Then [PER George W]. [PER Bush] spoke", "PER George W. Bush");
        check("Then [PER George H].W. [PER Bush]'s aide", "PER George H.W. Bush");
        check("I think [PER John Q]. Traveler left", "PER John Q. Traveler");
        check(
            "Then [PER Martin O]'Malley and [PER Beto O]’Rourke",
            "PER Martin O'Malley | PER Beto O’Rourke",
        );
        check("Then [PER Charles G]. and [PER David H. Koch]", "PER Charles G | PER David H. Koch");
        check("Then [PER George W]., who left", "PER George W");
        check("[PER Ana Brandt]. Then she left", "PER Ana Brandt");
        check("Then [ORG Plan B]. Brandt left", "ORG Plan B");
    }

    #[test]
    fn a_name_right_behind_a_single_one_is_its_surname() {
        check("Then [PER Ana] [PER Brandt]’s aide left", "PER Ana Brandt");
        check("Then [PER Ana] [PER Maria Brandt] left", "PER Ana Maria Brandt");
        check("Then [PER Ana], [PER Brandt] and [PER Mo] left", "PER Ana | PER Brandt | PER Mo");
        check("Then [PER Ana Brandt] [PER Mo Diallo] left", "PER Ana Brandt | PER Mo Diallo");
        check("Then [ORG Acme] [PER Brandt] left", "ORG Acme | PER Brandt");
    }

    #[test]
    fn known_places_and_peoples_get_their_labels() {
        check(
            "[LOC Peru] and [LOC Lima] and [LOC Foo] and [MISC Peruvian]",
            "GPE Peru | GPE Lima | LOC Foo | NORP Peruvian",
        );
        check("[LOC Kremlin] aides", "ORG Kremlin");
    }

    #[test]
    fn the_town_of_a_dateline_is_no_person() {
        check("[PER LUSAKA] - Nobody came", "GPE LUSAKA");
        check("[PER KRAGE], Feb 2 (Wire) \u{2014} Nobody came", "LOC KRAGE");
        check("[PER KRAGE], who slept, left", "PER KRAGE");
        check("[PER Krage] - the late one - left", "PER Krage");
    }

    #[test]
    fn one_word_behind_the_is_no_person() {
        check("The quarrel over the [PER Luanzi] has begun", "LOC Luanzi");
        check("It fell into the [PER Luanzi].", "LOC Luanzi");
        check("He saw the [PER Brandt] plan", "PER Brandt");
        check("He saw the [PER Brandt]'s plan", "PER Brandt");
        check("He saw the [PER Brandts] of Lima", "PER Brandts");
        check("He saw the [PER Queen].", "PER Queen");
        check("He saw [PER Brandt].", "PER Brandt");
    }

    #[test]
    fn a_name_does_not_end_with_a_word_that_joins() {
        check("the [ORG Virginia House of] Delegates met", "ORG Virginia House of Delegates");
        check("[ORG Bank and] Customs Board men", "ORG Bank and Customs Board");
        check("[MISC Medicare for] all", "MISC Medicare");
        check("the [LOC East Room of] the house", "LOC East Room");
        check("[LOC Land of] Peru", "LOC Land | GPE Peru");
        check("[ORG House of] Lords Will Vote On The Plan", "ORG House of Lords");
    }

    #[test]
    fn a_given_name_goes_on_behind_a_hyphen() {
        check("Then [PER Ahn Mi]-ran left", "PER Ahn Mi-ran");
        check("the [PER Ana Roth]-era rules", "PER Ana Roth");
        check("a [PER Roth]-led house", "PER Roth");
    }

    #[test]
    fn a_small_word_is_nobodys_name_among_capitals() {
        check("It is a quarrel over [PER candour].", "");
        check("He met a [ORG tea] party and [NORP blacks].", "NORP blacks");
        check("he met [PER ana brandt] in town", "PER ana brandt");
        check("He met [PER Ana de la Cruz].", "PER Ana de la Cruz");
    }

    #[test]
    fn what_the_tagger_misses_is_looked_up() {
        check("Talks between Peru and Ecuador", "GPE Peru | GPE Ecuador");
        check("the Kremlin denied Ukrainian claims", "ORG Kremlin | NORP Ukrainian");
        check("some china and turkey for us", "");
        check(
            "[LOC Congo], the Democratic Republic of the [LOC Congo]",
            "GPE Congo | GPE Democratic Republic of the Congo",
        );
    }

    #[test]
    fn ambiguous_names_need_the_tagger() {
        check("Chad met Jordan", "");
        check("troops entered [LOC Chad]", "GPE Chad");
        check("[PER Jordan] smiled", "PER Jordan");
    }

    #[test]
    fn a_shouted_headline_does_not_make_us_a_country() {
        check("LET US SPEAK TO PERU", "GPE PERU");
    }

    #[test]
    fn curly_apostrophes_and_accents_are_read() {
        check("Cote d’Ivoire and Côte d'Ivoire", "GPE Cote d’Ivoire | GPE Côte d'Ivoire");
    }
}
