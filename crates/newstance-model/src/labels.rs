//! Labels by name.

use crate::ModelError;

/// A label of one [`LabelSet`]: the column of its scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(pub(crate) usize);

impl Label {
    /// The column.
    pub fn column(self) -> usize {
        self.0
    }
}

/// The labels of a head, in the order of its score columns. Names are unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelSet {
    model: String,
    names: Vec<String>,
}

impl LabelSet {
    /// The labels of `model` (a role, for messages), in column order.
    pub fn new(model: impl Into<String>, names: Vec<String>) -> Self {
        Self { model: model.into(), names }
    }

    /// Whose they are.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True for a head without labels.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names in column order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Every label with its name, in column order.
    pub fn iter(&self) -> impl Iterator<Item = (Label, &str)> {
        self.names.iter().enumerate().map(|(column, name)| (Label(column), name.as_str()))
    }

    /// The label called `name`, where there is one.
    pub fn find(&self, name: &str) -> Option<Label> {
        self.names.iter().position(|known| known == name).map(Label)
    }

    /// The label called `name`.
    ///
    /// # Errors
    ///
    /// [`ModelError::LabelMissing`] where there is none.
    pub fn require(&self, name: &str) -> Result<Label, ModelError> {
        self.find(name).ok_or_else(|| ModelError::LabelMissing {
            model: self.model.clone(),
            label: name.to_owned(),
            labels: self.names.clone(),
        })
    }

    /// What to say where scores have `columns` columns instead of [`Self::len`].
    pub(crate) fn wrong_count(&self, columns: usize) -> ModelError {
        ModelError::LabelCount { model: self.model.clone(), columns, labels: self.names.len() }
    }
}
