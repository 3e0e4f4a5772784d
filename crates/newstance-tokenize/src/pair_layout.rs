//! What a tokenizer puts around two texts.

use tokenizers::Tokenizer;

/// A special piece and its token type.
type Special = (u32, u32);

/// The special pieces before, between and behind two texts in one input, and
/// the token types of the texts: `[CLS] A [SEP] B [SEP]` with types 0 and 1,
/// `<s> A </s></s> B </s>` with type 0, or what else `tokenizer.json` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairLayout {
    /// Before the first text: id and type.
    pub before: Vec<Special>,
    /// Between the texts.
    pub between: Vec<Special>,
    /// Behind the second text.
    pub after: Vec<Special>,
    /// The types of the pieces of each text.
    pub types: [u32; 2],
}

impl PairLayout {
    /// Number of special pieces.
    pub fn n_special(&self) -> usize {
        self.before.len() + self.between.len() + self.after.len()
    }

    /// As the tokenizer's post-processor has it; none where it has none for pairs.
    pub(crate) fn of(tokenizer: &Tokenizer) -> Option<Self> {
        tokenizer.get_post_processor()?;
        // Two texts that every vocabulary has something for.
        let encoding = tokenizer.encode(("a the .", "a the ."), true).ok()?;
        let texts = encoding.get_sequence_ids();
        let first = texts.iter().position(|text| *text == Some(0))?;
        let last = texts.iter().rposition(|text| *text == Some(1))?;
        let mut layout = Self {
            before: Vec::new(),
            between: Vec::new(),
            after: Vec::new(),
            types: [encoding.get_type_ids()[first], encoding.get_type_ids()[last]],
        };
        for (at, text) in texts.iter().enumerate() {
            let special = (encoding.get_ids()[at], encoding.get_type_ids()[at]);
            match text {
                None if at < first => layout.before.push(special),
                None if at > last => layout.after.push(special),
                None => layout.between.push(special),
                Some(_) => {}
            }
        }
        // A post-processor that puts nothing between two texts is none for pairs.
        (!layout.between.is_empty()).then_some(layout)
    }

    /// `first A separator B separator`, all of type 0.
    pub(crate) fn with_separators(first: u32, separator: u32) -> Self {
        let (before, between, after) =
            (vec![(first, 0)], vec![(separator, 0)], vec![(separator, 0)]);
        Self { before, between, after, types: [0, 0] }
    }
}
