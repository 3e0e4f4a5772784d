//! The language that a text is in.

use newstance_doc::Article;
use whatlang::Lang;

/// Characters of a text that are looked at: more hardly ever change the answer.
const LOOKED_AT_CHARS: usize = 2000;

/// The language of an article as a tag of two letters: the one that its text is
/// found to be in, where that is sure enough; else the one that the archive
/// says, without region; else none.
pub fn language_of(article: &Article) -> Option<String> {
    let text: String = article.text.chars().take(LOOKED_AT_CHARS).collect();
    let found = whatlang::detect(&text).filter(whatlang::Info::is_reliable);
    let found = found.map(|info| tag(info.lang()).to_owned());
    found.or_else(|| {
        let said = article.language.as_deref()?;
        let tag = said.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        (2..=3).contains(&tag.len()).then_some(tag)
    })
}

/// ISO 639-1, for the languages that news archives are most often in; those
/// without a tag of two letters keep the three of ISO 639-3.
fn tag(language: Lang) -> &'static str {
    match language {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Bul => "bg",
        Lang::Ron => "ro",
        Lang::Hun => "hu",
        Lang::Ell => "el",
        Lang::Tur => "tr",
        Lang::Aze => "az",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Est => "et",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Vie => "vi",
        Lang::Tha => "th",
        Lang::Ind => "id",
        Lang::Cat => "ca",
        Lang::Afr => "af",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use newstance_doc::Article;

    use super::language_of;

    #[track_caller]
    fn check(text: &str, said: Option<&str>, expected: Option<&str>) {
        let article = Article { language: said.map(str::to_owned), ..Article::plain("a", text) };
        assert_eq!(language_of(&article).as_deref(), expected, "{text}");
    }

    #[test]
    fn the_text_tells_its_language_and_the_archive_where_it_does_not() {
        let english = "The minister said on Monday that the talks with the unions would go on.";
        let german =
            "Der Minister sagte am Montag, dass die Gespräche mit den Gewerkschaften weitergehen.";
        check(english, None, Some("en"));
        check(german, Some("en"), Some("de"));
        let russian = "Министр сказал в понедельник, что переговоры с профсоюзами продолжатся, и \
                       что правительство готово к уступкам, если этого захотят обе стороны.";
        check(russian, None, Some("ru"));
        check("No.", Some("EN-us"), Some("en"));
        check("17 42", None, None);
    }
}
