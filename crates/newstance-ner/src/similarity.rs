//! Names that are one name, spelt in two ways.

use crate::fold::fold;

/// `name` folded, with spellings that transliterations interchange made one.
fn sound(name: &str) -> String {
    let mut text = fold(name);
    for (from, to) in [
        ("ck", "k"),
        ("sch", "sh"),
        ("ph", "f"),
        ("kh", "h"),
        ("ts", "c"),
        ("tz", "c"),
        ("iy", "i"),
        ("ij", "i"),
        ("yi", "i"),
        ("y", "i"),
        ("j", "i"),
        ("w", "v"),
        ("c", "k"),
        ("q", "k"),
        ("ou", "u"),
        ("oo", "u"),
        ("ee", "i"),
    ] {
        text = text.replace(from, to);
    }
    let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
    letters.dedup();
    letters.into_iter().collect()
}

/// True where two transliterations of one name may be meant ("Dmitry", "Dmitri").
pub(crate) fn sounds_like(left: &str, right: &str) -> bool {
    left == right || sound(left) == sound(right)
}

/// True where `left` and `right` are plausibly one name, misspelt or
/// transliterated: they begin alike and sound the same, one runs on a little
/// longer, or one letter differs in a long name.
pub(crate) fn is_variant(left: &str, right: &str) -> bool {
    let (left, right) = (sound(left), sound(right));
    let (short, long) = if left.len() <= right.len() { (&left, &right) } else { (&right, &left) };
    let n_short = short.chars().count();
    let n_long = long.chars().count();
    let same_start = left.chars().next() == right.chars().next();
    same_start
        && n_short >= 3
        && (left == right
            || (n_short >= 4 && n_long - n_short <= 2 && long.starts_with(short.as_str()))
            || (n_short >= 6 && distance(&left, &right) <= 1))
}

/// True where the shorter name is the longer one with letters left out and both
/// begin with the same two letters: weak evidence, for names without any better bearer.
pub(crate) fn is_shortening(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) =
        (fold(left).chars().collect(), fold(right).chars().collect());
    let (short, long) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let mut rest = long.iter();
    short.len() >= 3
        && long.len() - short.len() <= 3
        && short[..2] == long[..2]
        && short.iter().all(|letter| rest.any(|other| other == letter))
}

/// Edits between two words: letters put in, left out, exchanged, or swapped with
/// their neighbour (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![(0..=right.len()).collect::<Vec<usize>>()];
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let change = usize::from(left[i - 1] != right[j - 1]);
            let mut cost =
                (rows[i - 1][j] + 1).min(row[j - 1] + 1).min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                cost = cost.min(rows[i - 2][j - 2] + 1);
            }
            row.push(cost);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, is_shortening, is_variant};

    #[test]
    fn variants_of_one_name_are_seen() {
        for (left, right) in [
            ("Pesco", "Peskov"),
            ("Balmor", "Balmora"),
            ("Zelensky", "Zelenskyy"),
            ("Selenski", "Selensky"),
            ("Chomeini", "Chomeiny"),
            ("Erdoğan", "Erdogan"),
            ("Tymoshenko", "Timoshenko"),
        ] {
            assert!(is_variant(left, right), "{left} {right}");
        }
    }

    #[test]
    fn other_names_are_not_variants() {
        for (left, right) in [
            ("Putin", "Putnam"),
            ("Bush", "Rush"),
            ("Xi", "Xin"),
            ("Smith", "Smart"),
            ("Kim", "Kin"),
            ("Trump", "Trudeau"),
        ] {
            assert!(!is_variant(left, right), "{left} {right}");
        }
    }

    #[test]
    fn a_shortening_keeps_the_order_of_letters() {
        assert!(is_shortening("Psi", "Psaki"));
        assert!(!is_shortening("Pas", "Psaki"));
        assert!(!is_shortening("Li", "Lin"));
    }

    #[test]
    fn a_swap_is_one_edit() {
        assert_eq!(distance("abcd", "abdc"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
