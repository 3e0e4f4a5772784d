//! Words that an article must hold.

/// Terms to look for in titles and texts, whatever their case.
///
/// Terms are words or `"phrases in quotes"`; all of them must be there, and
/// none that follows a `-`. `OR` stands between alternatives:
/// `strike "rail union" OR lockout -football`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
    alternatives: Vec<Vec<Term>>,
}

/// The words of one term, in order, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    words: Vec<String>,
    is_wanted: bool,
}

impl Query {
    /// Reads a query. A quote that does not close goes to the end.
    pub(crate) fn new(text: &str) -> Self {
        let mut alternatives = vec![Vec::new()];
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (is_wanted, term) = match rest.strip_prefix('-') {
                Some(term) => (false, term),
                None => (true, rest),
            };
            let (term, after) = match term.strip_prefix('"') {
                Some(phrase) => phrase.split_once('"').unwrap_or((phrase, "")),
                None => term.split_at(term.find(char::is_whitespace).unwrap_or(term.len())),
            };
            let is_or = is_wanted && rest.starts_with("OR") && term == "OR";
            rest = after.trim_start();
            if is_or {
                alternatives.push(Vec::new());
                continue;
            }
            let words = words(term);
            if let (false, Some(terms)) = (words.is_empty(), alternatives.last_mut()) {
                terms.push(Term { words, is_wanted });
            }
        }
        alternatives.retain(|terms| !terms.is_empty());
        Self { alternatives }
    }

    /// True where a title or text holds what is asked for, or nothing is.
    pub(crate) fn fits(&self, title: &str, text: &str) -> bool {
        if self.alternatives.is_empty() {
            return true;
        }
        let fields = [words(title), words(text)];
        let holds = |term: &Term| {
            fields
                .iter()
                .any(|field| field.windows(term.words.len()).any(|part| part == term.words))
        };
        self.alternatives.iter().any(|terms| terms.iter().all(|term| holds(term) == term.is_wanted))
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[track_caller]
    fn check(query: &str, expected: bool) {
        let fits =
            Query::new(query).fits("Rail union calls a strike", "Trains won't run, said Mr. Lee.");
        assert_eq!(fits, expected, "{query}");
    }

    #[test]
    fn all_terms_of_an_alternative_must_be_there() {
        check("", true);
        check("strike", true);
        check("STRIKE trains", true);
        check("strike buses", false);
        check("strik", false);
        check("\"rail union\"", true);
        check("\"union rail\"", false);
        check("\"strike trains\"", false);
        check("won't", true);
        check("buses OR trains", true);
        check("buses OR cars", false);
        check("strike -football", true);
        check("strike -trains", false);
        check("-\"mr lee\" OR strike", true);
        check("\"rail union", true);
        check("OR", true);
    }
}
