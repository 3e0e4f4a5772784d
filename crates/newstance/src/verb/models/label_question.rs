//! Asks a person what a model's labels are to us.

use std::collections::BTreeMap;
use std::io::{BufRead, IsTerminal, Write};

use anyhow::{Context, bail};

use super::labels::{Ours, what_to_give};

/// Asks on the terminal which of `kinds`, labels of a model, is each of ours,
/// and writes the answers to the map; without a terminal it says what to give.
pub(super) fn ask(
    role: &str,
    kinds: &[String],
    (ours, map): (&Ours, &mut BTreeMap<String, String>),
    proposed: &BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let (stdin, mut stderr) = (std::io::stdin(), std::io::stderr());
    if !(stdin.is_terminal() && stderr.is_terminal()) {
        let missing = ours.needed.iter().find(|name| !map.values().any(|known| known == **name));
        let Some(missing) = missing else {
            // Nothing that is needed is open: what is proposed is to be said, or left out.
            let flags: Vec<String> =
                proposed.iter().map(|(its, name)| format!("--label {name}={its}")).collect();
            bail!(
                "labels of the model may be ours under other names\n\
                 hint: add `--yes` for `{}`, or say what is with `--label`",
                flags.join(" ")
            );
        };
        bail!("{}", what_to_give(ours, missing, kinds, proposed));
    }
    writeln!(stderr, "The model's labels are not called as ours are (role {role}).")?;
    put_questions(kinds, (ours, map), proposed, (&mut stdin.lock(), &mut stderr))
}

fn put_questions(
    kinds: &[String],
    (ours, map): (&Ours, &mut BTreeMap<String, String>),
    proposed: &BTreeMap<String, String>,
    (input, output): (&mut dyn BufRead, &mut dyn Write),
) -> anyhow::Result<()> {
    for name in ours.needed.iter().chain(ours.more) {
        let open: Vec<&String> = kinds.iter().filter(|kind| !map.contains_key(*kind)).collect();
        if open.is_empty() {
            break;
        }
        let is_proposed = |kind: &&&String| proposed.get(**kind).is_some_and(|of| of == name);
        let proposal: Vec<&str> =
            open.iter().filter(is_proposed).map(|kind| kind.as_str()).collect();
        let names: Vec<&str> = open.iter().map(|kind| kind.as_str()).collect();
        let hint = if proposal.is_empty() { "none".to_owned() } else { proposal.join(", ") };
        loop {
            write!(output, "Which of {} is `{name}`? [{hint}] ", names.join(", "))?;
            output.flush()?;
            let mut line = String::new();
            if input.read_line(&mut line).context("cannot read the answer")? == 0 {
                bail!("there was no answer");
            }
            let answer: Vec<&str> =
                line.split(',').map(str::trim).filter(|a| !a.is_empty()).collect();
            let chosen = if answer.is_empty() { proposal.clone() } else { answer };
            let is_unknown = |its: &&&str| !names.contains(*its) && **its != "none";
            if let Some(unknown) = chosen.iter().find(is_unknown) {
                writeln!(output, "There is no label `{unknown}`.")?;
                continue;
            }
            let chosen = chosen.into_iter().filter(|its| *its != "none");
            map.extend(chosen.map(|its| (its.to_owned(), (*name).to_owned())));
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Ours, put_questions};

    #[track_caller]
    fn check(answers: &str, expected: &[(&str, &str)]) -> String {
        let kinds = ["LABEL_0", "AGAINST", "LABEL_2"].map(str::to_owned);
        let proposed = BTreeMap::from([("AGAINST".to_owned(), "opposes".to_owned())]);
        let (mut map, mut shown) = (BTreeMap::new(), Vec::new());
        let ours = Ours::of("stance", false).unwrap();
        let terminal = (&mut answers.as_bytes() as &mut dyn std::io::BufRead, &mut shown as _);
        put_questions(&kinds, (&ours, &mut map), &proposed, terminal).unwrap();
        let found: Vec<(&str, &str)> = map.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(found, expected);
        String::from_utf8(shown).unwrap()
    }

    #[test]
    fn a_person_says_which_label_is_which() {
        let shown = check("LABEL_2\n\nnone\n", &[("AGAINST", "opposes"), ("LABEL_2", "supports")]);
        assert!(
            shown.contains("Which of LABEL_0, AGAINST, LABEL_2 is `supports`? [none]"),
            "{shown}"
        );
        assert!(shown.contains("Which of LABEL_0, AGAINST is `opposes`? [AGAINST]"), "{shown}");
    }

    #[test]
    fn an_answer_that_is_no_label_is_asked_for_again() {
        let shown = check(
            "label_2\nLABEL_2, LABEL_0\nAGAINST\n",
            &[("AGAINST", "opposes"), ("LABEL_0", "supports"), ("LABEL_2", "supports")],
        );
        assert!(shown.contains("There is no label `label_2`."), "{shown}");
    }
}
