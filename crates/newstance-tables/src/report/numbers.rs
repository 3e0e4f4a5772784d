//! Texts by number, to say them once on a page.

/// Texts, sorted, each once.
#[derive(Debug)]
pub(crate) struct Numbers<'t> {
    /// By number.
    pub(crate) sorted: Vec<&'t str>,
}

impl<'t> Numbers<'t> {
    /// Gives each of `texts` a number.
    pub(crate) fn new(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut sorted: Vec<&str> = texts.collect();
        sorted.sort_unstable();
        sorted.dedup();
        Self { sorted }
    }

    /// The number of `text`, where it has one.
    pub(crate) fn number(&self, text: &str) -> Option<u32> {
        let place = self.sorted.binary_search(&text).ok()?;
        u32::try_from(place).ok()
    }
}
