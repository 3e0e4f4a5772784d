//! Content words, cut down to what their forms have in common.

const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been",
    "being", "before", "but", "by", "can", "could", "did", "do", "does", "for", "from", "had",
    "has", "have", "he", "her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it",
    "its", "may", "me", "might", "more", "most", "must", "my", "of", "on", "one", "or", "our",
    "out", "over", "own", "said", "say", "says", "shall", "she", "should", "so", "some", "such",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
    "to", "too", "up", "us", "very", "was", "we", "were", "what", "when", "which", "who", "will",
    "with", "would", "you", "your", "s",
];

/// The stem of a lower-case word; none for words without content.
///
/// Endings of inflection only, so that different words seldom meet.
pub(crate) fn stem(lower: &str) -> Option<String> {
    let n_chars = lower.chars().count();
    let has_content =
        lower.chars().any(char::is_alphanumeric) && n_chars > 1 && !STOP_WORDS.contains(&lower);
    if !has_content {
        return None;
    }
    for (ending, instead) in
        [("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")]
    {
        let Some(rest) = lower.strip_suffix(ending) else { continue };
        if rest.chars().count() >= 3 && !(ending == "s" && rest.ends_with('s')) {
            let rest = format!("{rest}{instead}");
            return Some(rest.strip_suffix('e').map_or(rest.clone(), str::to_owned));
        }
    }
    Some(lower.strip_suffix('e').filter(|r| r.chars().count() >= 3).unwrap_or(lower).to_owned())
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[track_caller]
    fn check(words: &[&str]) {
        let stems: Vec<_> = words.iter().map(|word| stem(word)).collect();
        assert!(stems[0].is_some() && stems.iter().all(|s| *s == stems[0]), "{stems:?}");
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        check(&["close", "closed", "closes", "closing"]);
        check(&["gate", "gates"]);
        check(&["supply", "supplied", "supplies"]);
        check(&["ask", "asked", "asking"]);
    }

    #[test]
    fn words_without_content_have_none() {
        assert_eq!(stem("the"), None);
        assert_eq!(stem("“"), None);
    }
}
