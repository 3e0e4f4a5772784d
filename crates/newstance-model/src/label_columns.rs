//! From a head's scores to probabilities of our labels.

use std::collections::BTreeMap;

use crate::heads::softmax_rows;
use crate::{Activation, LabelSet, ModelError};

/// What becomes of each column of a head.
#[derive(Clone, Debug)]
pub(crate) struct LabelColumns {
    labels: LabelSet,
    /// Our column of each column of the head, and behind them of the score 0
    /// that stands for no label at all, where labels do not exclude each other.
    of_head: Vec<usize>,
    is_same: bool,
    activation: Activation,
    temperature: f32,
}

impl LabelColumns {
    /// A head whose columns are ours.
    pub(crate) fn plain(labels: LabelSet, temperature: f32) -> Self {
        let of_head = (0..labels.len()).collect();
        Self { labels, of_head, is_same: true, activation: Activation::Softmax, temperature }
    }

    /// A head whose columns are ours, and whose scores stay as they are.
    pub(crate) fn unchanged(labels: LabelSet) -> Self {
        Self { activation: Activation::Identity, ..Self::plain(labels, 1.0) }
    }

    /// Our labels for a head whose columns are called `names`. Columns of one
    /// name of ours are added up; `rest` is there in any case.
    pub(crate) fn new(
        model: &str,
        names: Vec<String>,
        (activation, temperature): (Activation, f32),
        rest: &str,
    ) -> Self {
        let mut ours: Vec<String> = Vec::new();
        let mut column = |name: String| {
            let known = ours.iter().position(|known| *known == name);
            known.unwrap_or_else(|| {
                ours.push(name);
                ours.len() - 1
            })
        };
        let mut of_head: Vec<usize> = names.into_iter().map(&mut column).collect();
        let rest = column(rest.to_owned());
        if activation == Activation::Sigmoid {
            of_head.push(rest);
        }
        let labels = LabelSet::new(model, ours);
        Self { labels, of_head, is_same: false, activation, temperature }
    }

    /// The same, with a column for each of `names` that has none.
    pub(crate) fn with(mut self, names: Vec<String>) -> Self {
        let mut ours = self.labels.names().to_vec();
        for name in names {
            if !ours.contains(&name) {
                ours.push(name);
            }
        }
        self.labels = LabelSet::new(self.labels.model(), ours);
        self
    }

    /// Our labels, in the order of the probabilities.
    pub(crate) fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// Puts the probabilities of one answer, whose scores are in `row`, in their place.
    ///
    /// Labels that do not exclude each other are taken as alternatives: the
    /// probability that a label alone holds, given that one or none does. For
    /// labels that are independent, with scores as log-odds, that is a softmax
    /// over the scores and a 0 for none.
    pub(crate) fn convert(&self, row: &mut Vec<f32>) {
        match self.activation {
            Activation::Identity => return,
            Activation::Sigmoid => row.push(0.0),
            Activation::Softmax => {}
        }
        let n_scores = row.len();
        softmax_rows(row, n_scores, self.temperature);
        if self.is_same {
            return;
        }
        let mut ours = vec![0.0; self.labels.len()];
        for (probability, column) in row.iter().zip(&self.of_head) {
            ours[*column] += probability;
        }
        *row = ours;
    }
}

/// Our names for a head's labels, all of which must be in the map.
pub(crate) fn mapped(
    model: &str,
    names: &[String],
    map: &BTreeMap<String, String>,
) -> Result<Vec<String>, ModelError> {
    // A name that the head does not have is a slip, and not to be passed over.
    if let Some(unknown) = map.keys().find(|name| !names.contains(name)) {
        return Err(ModelError::LabelMissing {
            model: model.to_owned(),
            label: unknown.clone(),
            labels: names.to_vec(),
        });
    }
    let ours = |name: &String| {
        map.get(name).cloned().ok_or_else(|| ModelError::LabelUnmapped {
            model: model.to_owned(),
            label: name.clone(),
        })
    };
    names.iter().map(ours).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{LabelColumns, mapped};
    use crate::{Activation, LabelSet, ModelError};

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[track_caller]
    fn check(columns: &LabelColumns, scores: &[f32], expected: &[(&str, f32)]) {
        let mut row: Vec<f32> = scores.iter().map(|odds| odds.ln()).collect();
        columns.convert(&mut row);
        assert_eq!(row.len(), expected.len());
        for (name, probability) in expected {
            let got = row[columns.labels().require(name).unwrap().column()];
            assert!((got - probability).abs() < 1e-6, "{name}: {got}");
        }
    }

    #[test]
    fn columns_of_one_name_are_added_up() {
        let names = names(&["opposes", "opposes", "supports"]);
        let columns = LabelColumns::new("stance", names, (Activation::Softmax, 1.0), "neutral");
        check(
            &columns,
            &[1.0, 2.0, 1.0],
            &[("opposes", 0.75), ("supports", 0.25), ("neutral", 0.0)],
        );
    }

    #[test]
    fn where_labels_do_not_exclude_each_other_none_is_the_rest() {
        let names = names(&["supports", "opposes"]);
        let columns = LabelColumns::new("stance", names, (Activation::Sigmoid, 1.0), "neutral");
        // Alone 1/2 * 2/3, none 1/2 * 1/3, the other alone 1/2 * 1/3 ...
        check(&columns, &[2.0, 1.0], &[("supports", 0.5), ("opposes", 0.25), ("neutral", 0.25)]);
        check(&columns, &[1e30, 1e-30], &[("supports", 1.0), ("opposes", 0.0), ("neutral", 0.0)]);
    }

    #[test]
    fn a_head_of_ours_is_left_as_it_is() {
        let labels = LabelSet::new("ner", names(&["O", "B-PER"]));
        check(&LabelColumns::plain(labels, 1.0), &[3.0, 1.0], &[("O", 0.75), ("B-PER", 0.25)]);
    }

    #[test]
    fn a_map_names_each_label_of_the_head_and_no_other() {
        let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
        };
        let head = names(&["A", "B"]);
        let both = map(&[("A", "supports"), ("B", "opposes")]);
        assert_eq!(mapped("stance", &head, &both).unwrap(), ["supports", "opposes"]);
        let one = mapped("stance", &head, &map(&[("A", "supports")])).unwrap_err();
        assert!(matches!(one, ModelError::LabelUnmapped { label, .. } if label == "B"));
        let third = mapped("stance", &head, &map(&[("C", "supports")])).unwrap_err();
        assert!(matches!(third, ModelError::LabelMissing { label, .. } if label == "C"));
    }
}
