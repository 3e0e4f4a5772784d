//! Words that a full stop may belong to.

/// What a full stop after a token says about the end of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Nothing but the full stop of a sentence.
    Plain,
    /// A name or a noun always follows ("Mr.").
    Never,
    /// A number follows ("No. 3"); else the stop is plain.
    BeforeNumber,
    /// A time of day ("5 p.m."), which a day, a zone or a sentence may follow.
    Clock,
    /// Also ends sentences ("Inc.", "U.S."): what follows must decide.
    Either,
}

/// Titles and the like, which stand before a name; and what never ends a sentence.
const NEVER: &[&str] = &[
    "Adm", "Amb", "Asst", "Atty", "Brig", "Capt", "Cmdr", "Col", "Cpl", "Det", "Dr", "Drs", "Fr",
    "Ft", "Gen", "Gens", "Gov", "Govs", "Hon", "Insp", "Lt", "Maj", "Messrs", "Mlle", "Mme",
    "Mmes", "Mr", "Mrs", "Ms", "Msgr", "Mt", "Mx", "Ofc", "Pfc", "Pres", "Prof", "Profs", "Pvt",
    "Rep", "Reps", "Rev", "Revs", "Sen", "Sens", "Sgt", "Spc", "Sra", "Ste", "Supt", "Treas",
    "Ven", "approx", "ca", "cf", "eg", "ie", "v", "viz", "vs",
];

/// What a number follows.
const BEFORE_NUMBER: &[&str] = &[
    "Art", "Ch", "Fig", "Figs", "No", "Nos", "Sec", "Vol", "Vols", "art", "c", "ch", "fig", "no",
    "nos", "p", "para", "pp", "vol",
];

/// What ends a sentence at times: companies, places, months, generations.
const EITHER: &[&str] = &[
    "Ala", "Apr", "Ariz", "Ark", "Assn", "Aug", "Ave", "Blvd", "Bros", "Calif", "Cie", "Co",
    "Colo", "Conn", "Corp", "Corps", "Cos", "Dec", "Del", "Dept", "Ed.D", "Esq", "Feb", "Fla",
    "Ga", "Govt", "Hwy", "Ill", "Inc", "Ind", "Intl", "Jan", "Jr", "Jul", "Jun", "Kan", "Ky",
    "LL.B", "Lt.Gov", "Ltd", "Mar", "Mass", "Md", "Mfg", "Mich", "Minn", "Miss", "Mont", "Natl",
    "Neb", "Nev", "Nov", "Oct", "Okla", "Ont", "Ore", "Pa", "Ph.D", "Pkwy", "Que", "Rd", "Rt",
    "Sep", "Sept", "Sr", "St", "Sta", "Sts", "Tenn", "Tex", "Thurs", "Tues", "Univ", "Va", "Vt",
    "Wash", "Wis", "Wyo", "al", "dept", "est", "et", "govt",
];

/// Months, in front of whose day a stop is no end.
const MONTHS: &[&str] = &[
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Sept",
    "Oct",
    "Nov",
    "Dec",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS_AND_ZONES: &[&str] = &[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
    "Mon",
    "Tues",
    "Tue",
    "Wed",
    "Thurs",
    "Thu",
    "Fri",
    "Sat",
    "Sun",
    "EST",
    "EDT",
    "ET",
    "CST",
    "CDT",
    "CT",
    "MST",
    "MDT",
    "MT",
    "PST",
    "PDT",
    "PT",
    "GMT",
    "UTC",
    "BST",
    "CET",
    "Eastern",
    "Central",
    "Mountain",
    "Pacific",
    "Greenwich",
];

/// Words that begin sentences and, so written, little else, in lower case and sorted.
const STARTERS: &[&str] = &[
    "a",
    "according",
    "after",
    "also",
    "although",
    "among",
    "an",
    "and",
    "another",
    "as",
    "at",
    "because",
    "before",
    "both",
    "but",
    "by",
    "despite",
    "during",
    "each",
    "earlier",
    "even",
    "every",
    "few",
    "for",
    "from",
    "he",
    "he's",
    "her",
    "here",
    "his",
    "how",
    "however",
    "i",
    "if",
    "in",
    "instead",
    "it",
    "it's",
    "its",
    "just",
    "last",
    "later",
    "many",
    "maybe",
    "meanwhile",
    "more",
    "moreover",
    "most",
    "my",
    "nevertheless",
    "no",
    "nor",
    "not",
    "now",
    "of",
    "on",
    "once",
    "only",
    "or",
    "other",
    "others",
    "our",
    "over",
    "perhaps",
    "several",
    "she",
    "she's",
    "since",
    "so",
    "some",
    "still",
    "such",
    "than",
    "that",
    "that's",
    "the",
    "their",
    "then",
    "there",
    "there's",
    "these",
    "they",
    "they're",
    "this",
    "those",
    "though",
    "thus",
    "to",
    "under",
    "until",
    "we",
    "we're",
    "what",
    "what's",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "who",
    "why",
    "with",
    "without",
    "yet",
    "you",
    "your",
];

/// Verbs that tie a quotation to who follows it.
const SPEECH_VERBS: &[&str] = &[
    "added",
    "adds",
    "answered",
    "argued",
    "asked",
    "asks",
    "called",
    "cried",
    "demanded",
    "exclaimed",
    "explained",
    "quipped",
    "replied",
    "responded",
    "said",
    "says",
    "shouted",
    "told",
    "tweeted",
    "wondered",
    "wrote",
    "yelled",
];

/// What the full stop after `token` may be. `token` is what stands before the
/// stop, back to white space, without quotation marks and brackets before it.
pub(crate) fn stop_after(token: &str) -> Stop {
    let token = last_part(token);
    let mut chars = token.chars();
    if matches!((chars.next(), chars.next()), (Some(only), None) if only.is_uppercase()) {
        Stop::Either
    } else if contains(NEVER, token) {
        Stop::Never
    } else if contains(BEFORE_NUMBER, token) {
        Stop::BeforeNumber
    } else if matches!(token, "a.m" | "p.m" | "A.M" | "P.M") {
        Stop::Clock
    } else if matches!(token, "e.g" | "i.e" | "E.g" | "I.e") {
        Stop::Never
    } else if contains(EITHER, token) || is_dotted(token) {
        Stop::Either
    } else {
        Stop::Plain
    }
}

/// True for a single upper-case letter.
pub(crate) fn is_initial(token: &str) -> bool {
    let mut chars = token.chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if c.is_uppercase())
}

/// True for a word that, capitalised, most likely begins a sentence.
pub(crate) fn is_starter(word: &str) -> bool {
    word.len() <= 16 && {
        let low = word.to_lowercase().replace('’', "'");
        STARTERS.binary_search(&low.as_str()).is_ok()
    }
}

/// True for a day of the week, a month or a time zone.
pub(crate) fn follows_clock(word: &str) -> bool {
    contains(DAYS_AND_ZONES, word) || contains(MONTHS, word)
}

/// True for a verb of saying in a form that follows a quotation.
pub(crate) fn is_speech_verb(word: &str) -> bool {
    SPEECH_VERBS.binary_search(&word).is_ok()
}

/// What follows the last hyphen, dash or slash ("Lib-Dem", "AP/N.Y").
fn last_part(token: &str) -> &str {
    token.rsplit(['-', '–', '—', '/', '(', '[', '“', '"']).next().unwrap_or(token)
}

/// True for letters with stops between them ("U.S", "D.C", "Ph.D").
fn is_dotted(token: &str) -> bool {
    token.contains('.')
        && token.len() <= 24
        && token.split('.').all(|part| {
            let mut chars = part.chars();
            matches!((chars.next(), chars.next()), (Some(c), None) if c.is_alphabetic())
        })
}

fn contains(list: &[&str], word: &str) -> bool {
    list.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::{SPEECH_VERBS, STARTERS, Stop, is_starter, stop_after};

    #[test]
    fn lists_that_are_searched_are_sorted() {
        assert!(STARTERS.is_sorted());
        assert!(SPEECH_VERBS.is_sorted());
    }

    #[test]
    fn tokens_are_told_apart() {
        for (token, stop) in [
            ("Mr", Stop::Never),
            ("U.S", Stop::Either),
            ("Lib/U.S", Stop::Either),
            ("K", Stop::Either),
            ("p.m", Stop::Clock),
            ("No", Stop::BeforeNumber),
            ("officials", Stop::Plain),
            ("example.com", Stop::Plain),
            ("", Stop::Plain),
        ] {
            assert_eq!(stop_after(token), stop, "{token}");
        }
        assert!(is_starter("The") && is_starter("It’s") && !is_starter("Trump"));
    }
}
