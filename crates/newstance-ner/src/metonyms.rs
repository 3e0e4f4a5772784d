//! Cities that stand for their government, told from cities that are places.

use std::ops::Range;

use crate::fold::is_upper;
use crate::gazetteer::Gazetteer;
use crate::grammar::{is_subject, preposition_before};
use crate::lexicon::{HeadClass, head_class, is_locative};
use crate::reading::Line;

/// Verbs and nouns of going: "from", "to" and "for" after them lead to a place.
const MOTION: &[&str] = &[
    "travel",
    "traveled",
    "travelled",
    "travels",
    "traveling",
    "travelling",
    "fly",
    "flew",
    "flies",
    "flying",
    "flight",
    "went",
    "go",
    "goes",
    "going",
    "come",
    "came",
    "arrive",
    "arrived",
    "return",
    "returned",
    "returning",
    "move",
    "moved",
    "head",
    "headed",
    "heading",
    "drive",
    "drove",
    "visit",
    "visits",
    "trip",
    "journey",
    "way",
    "left",
    "leave",
    "fled",
    "flee",
    "road",
    "route",
    "train",
    "bus",
    "march",
    "marched",
    "advance",
    "advanced",
    "advancing",
    "km",
    "kilometres",
    "miles",
    "kilometers",
    "reported",
    "reporting",
    "telephone",
    "phone",
    "live",
    "depart",
    "departed",
    "bound",
    "tour",
];

/// Verbs that take a place for their object.
const REACHING: &[&str] = &[
    "visit",
    "visited",
    "visiting",
    "visits",
    "leave",
    "left",
    "leaving",
    "reach",
    "reached",
    "reaching",
    "enter",
    "entered",
    "capture",
    "captured",
    "capturing",
    "seize",
    "seized",
    "take",
    "took",
    "taking",
    "bomb",
    "bombed",
    "shell",
    "shelled",
    "bombard",
    "bombarded",
    "strike",
    "struck",
    "hit",
    "besiege",
    "besieged",
    "surround",
    "surrounded",
    "encircle",
    "flee",
    "fled",
    "evacuate",
    "evacuated",
    "capital",
    "city",
    "downtown",
    "central",
    "eastern",
    "western",
    "northern",
    "southern",
    "occupied",
    "occupy",
    "storm",
    "stormed",
    "retake",
    "retook",
    "conquer",
    "conquered",
];

/// What a city has as a place.
const PLACE_NOUNS: &[&str] = &[
    "airport",
    "streets",
    "street",
    "suburb",
    "suburbs",
    "outskirts",
    "mayor",
    "metro",
    "subway",
    "hotel",
    "hospital",
    "university",
    "square",
    "skyline",
    "residents",
    "neighbourhood",
    "neighborhood",
    "district",
    "port",
    "centre",
    "center",
    "restaurant",
    "station",
    "museum",
    "stadium",
    "summit",
    "meeting",
    "conference",
    "time",
    "area",
    "region",
    "apartment",
    "home",
    "theatre",
    "theater",
    "bureau",
    "court",
];

/// True where the city at `words` acts, is addressed or owns what governments own.
pub(crate) fn acts(line: &Line<'_>, words: &Range<usize>, gazetteer: &Gazetteer) -> bool {
    if is_dateline(line, words) {
        return false;
    }
    let possessive = line.possessive_at(words.end);
    let next = line.key(words.end + possessive);
    if let Some(preposition) = preposition_before(line, words.start) {
        return acts_after(line, words.start, preposition) && !PLACE_NOUNS.contains(&next);
    }
    if PLACE_NOUNS.contains(&next) || is_locative_object(line, words.start) {
        return false;
    }
    let governs =
        matches!(head_class(next, gazetteer), Some((HeadClass::Body | HeadClass::People, _)));
    possessive > 0
        || governs
        || is_subject(line, words)
        || is_named_with_another(line, words)
        || crate::lexicon::is_verb(line.key_before(words.start))
}

fn acts_after(line: &Line<'_>, start: usize, preposition: &str) -> bool {
    let from = start.saturating_sub(7);
    let moves = (from..start).any(|idx| MOTION.contains(&line.key(idx)));
    match preposition {
        "of" | "after" | "before" | "since" | "including" | "like" | "around" => false,
        "to" | "from" | "for" => !moves,
        other => !is_locative(other),
    }
}

fn is_locative_object(line: &Line<'_>, start: usize) -> bool {
    let before = line.key_before(start);
    let is_comma = before == ",";
    let earlier = start.checked_sub(2).map_or("", |idx| line.key(idx));
    REACHING.contains(&before) || (is_comma && matches!(earlier, "capital" | "city"))
}

/// "LUSAKA, Feb 2 (Wire) -", "MOSCOW -".
pub(crate) fn is_dateline(line: &Line<'_>, words: &Range<usize>) -> bool {
    let has_sign =
        matches!(line.word(words.end), "," | "(" | "-" | "\u{2013}" | "\u{2014}" | ":" | ";");
    let is_capitals = words.clone().all(|word| is_upper(line.word(word)));
    words.start == 0 && has_sign && is_capitals && !line.is_shouted()
}

/// "Lima and Quito agreed": the second of two names with a verb behind both.
fn is_named_with_another(line: &Line<'_>, words: &Range<usize>) -> bool {
    line.key(words.end) == "and" && is_subject(line, &(words.end + 1..words.end + 2))
}

#[cfg(test)]
mod tests {
    use super::acts;
    use crate::fixture::Fixture;
    use crate::reading::Reading;

    /// The marked city acts or is a place.
    #[track_caller]
    fn check(marked: &str, expected: bool) {
        let fixture = Fixture::new(marked);
        let mention = fixture.mentions().into_iter().find(|m| {
            matches!(m.span.of(&fixture.article.text), "Lima" | "Moscow" | "LUSAKA" | "Washington")
        });
        let reading = Reading::new(&fixture.article, &fixture.sentences);
        let words = reading.words_of(&mention.unwrap());
        assert_eq!(acts(&reading.lines[0], &words, fixture.gazetteer), expected, "{marked}");
    }

    #[test]
    fn a_city_that_speaks_owns_or_is_asked_is_its_government() {
        check("It is not clear what [LOC Moscow] specifically requested.", true);
        check("He said that [LOC Lima] had the capability.", true);
        check("[LOC Lima]’s request was refused.", true);
        check("The letter was written by [LOC Lima].", true);
        check("Talks between [LOC Lima] and Quito failed.", true);
        check("[LOC Lima] and Quito agreed.", true);
        check("Aid to [LOC Lima] was cut.", true);
        check("He warned [LOC Lima].", true);
        check("[LOC Lima] officials left.", true);
    }

    #[test]
    fn a_city_where_something_happens_is_a_place() {
        check("They met in [LOC Lima].", false);
        check("He flew to [LOC Lima] on Monday.", false);
        check("near [LOC Lima]", false);
        check("He visited [LOC Lima].", false);
        check("They would capture [LOC Lima] within days.", false);
        check("[LOC LUSAKA], Feb 2 (Wire) - Nobody came.", false);
        check("[LOC Lima]'s streets were empty.", false);
        check("She spoke by telephone from [LOC Lima].", false);
        check("the capital, [LOC Lima], was quiet", false);
    }
}
