//! Prints the sentences of the text on standard input, one a line, with a blank
//! line between paragraphs: to read what the rules make of an article.

use std::io::{self, Read, Write};

use newstance_doc::Field;
use newstance_tokenize::sentences;

fn main() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let mut out = io::stdout().lock();
    let mut paragraph = 0;
    for sentence in sentences(&text, Field::Text) {
        if sentence.paragraph != paragraph {
            paragraph = sentence.paragraph;
            writeln!(out)?;
        }
        let words: Vec<&str> = sentence.span.of(&text).split_whitespace().collect();
        writeln!(out, "{}", words.join(" "))?;
    }
    Ok(())
}
