//! The loaded models of a bundle.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::embed::EmbeddingModel;
use crate::loaded::{Loaded, load_checkpoints};
use crate::role_models::{TokenRole, pair_model, second_text_model, text_pair_model, token_role};
use crate::token::TokenModel;
use crate::{
    Bundle, EncoderLoader, ModelError, PairClassifier, Pooling, RoleEntry, TextEmbedder,
    TextPairClassifier, TokenClassifier,
};

/// The models of a bundle, loaded: each checkpoint once.
#[derive(Clone, Debug)]
pub struct Models {
    bundle: String,
    token_heads: BTreeMap<String, TokenRole>,
    pairs: BTreeMap<String, Arc<dyn PairClassifier>>,
    text_pairs: BTreeMap<String, Arc<dyn TextPairClassifier>>,
    embedders: BTreeMap<String, Arc<dyn TextEmbedder>>,
}

impl Models {
    /// Loads all roles of `bundle`, on the backends of `loaders`.
    ///
    /// Every file that the manifest names is compared with its SHA-256 first.
    ///
    /// # Errors
    ///
    /// What [`Self::load_roles`] gives.
    pub fn load(bundle: &Bundle, loaders: &[&dyn EncoderLoader]) -> Result<Self, ModelError> {
        let roles: Vec<&str> = bundle.roles().map(|(name, _)| name).collect();
        Self::load_roles(bundle, loaders, &roles)
    }

    /// Loads the roles called `roles`, and the checkpoints that they need.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`], [`ModelError::BackendMissing`],
    /// [`ModelError::Checksum`], [`ModelError::LabelCount`],
    /// [`ModelError::LabelMissing`] where a pair model lacks a position, or
    /// a model of text pairs a relation, or what reading a checkpoint gives.
    pub fn load_roles(
        bundle: &Bundle,
        loaders: &[&dyn EncoderLoader],
        roles: &[&str],
    ) -> Result<Self, ModelError> {
        let mut entries = BTreeMap::new();
        let mut checkpoints = BTreeMap::new();
        for name in roles {
            let role = bundle.role(name)?;
            entries.insert(*name, role);
            checkpoints.insert(role.checkpoint.as_str(), bundle.checkpoint_of(role));
        }
        let checkpoints = load_checkpoints(bundle, loaders, &checkpoints)?;
        let mut models = Self {
            bundle: bundle.name().to_owned(),
            token_heads: BTreeMap::new(),
            pairs: BTreeMap::new(),
            text_pairs: BTreeMap::new(),
            embedders: BTreeMap::new(),
        };
        for (name, role) in entries {
            models.add_role(bundle, (name, role), &checkpoints[role.checkpoint.as_str()])?;
        }
        Ok(models)
    }

    /// Token classifiers for `roles`: one for each checkpoint among them, with
    /// its heads, so that heads of one checkpoint share one pass. In the order
    /// in which `roles` first need each.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if one is not there or gives words no labels.
    pub fn token_classifiers_for(
        &self,
        roles: &[&str],
    ) -> Result<Vec<Arc<dyn TokenClassifier>>, ModelError> {
        let mut groups: Vec<(&str, Vec<&TokenRole>)> = Vec::new();
        for name in roles {
            let role = self.token_heads.get(*name).ok_or_else(|| self.missing(name))?;
            match groups.iter_mut().find(|(checkpoint, _)| *checkpoint == role.checkpoint_name) {
                Some((_, group)) => group.push(role),
                None => groups.push((&role.checkpoint_name, vec![role])),
            }
        }
        let classifier = |(_, group): (&str, Vec<&TokenRole>)| {
            let checkpoint = group[0].checkpoint.clone();
            let heads = group.into_iter().map(|role| (role.role.clone(), role.layer.clone()));
            Arc::new(TokenModel::new(checkpoint, heads.collect())) as Arc<dyn TokenClassifier>
        };
        Ok(groups.into_iter().map(classifier).collect())
    }

    /// Whether the role `name` gives words scores that cost no pass of their own
    /// where `roles` are asked for: it is a token head of a checkpoint of theirs.
    pub fn is_read_with(&self, name: &str, roles: &[&str]) -> bool {
        let checkpoint = |role: &str| Some(&self.token_heads.get(role)?.checkpoint_name);
        checkpoint(name).is_some_and(|own| roles.iter().any(|role| checkpoint(role) == Some(own)))
    }

    /// The pair classifier of the role `stance`.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if there is none.
    pub fn stance(&self) -> Result<Arc<dyn PairClassifier>, ModelError> {
        self.pair_classifier("stance")
    }

    /// The pair classifier of a role.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if there is none.
    pub fn pair_classifier(&self, role: &str) -> Result<Arc<dyn PairClassifier>, ModelError> {
        self.pairs.get(role).cloned().ok_or_else(|| self.missing(role))
    }

    /// The classifier of text pairs of the role `claim`; none where the bundle
    /// does without.
    pub fn claim(&self) -> Option<Arc<dyn TextPairClassifier>> {
        self.text_pairs.get("claim").cloned()
    }

    /// The classifier of text pairs of a role.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if there is none.
    pub fn text_pair_classifier(
        &self,
        role: &str,
    ) -> Result<Arc<dyn TextPairClassifier>, ModelError> {
        self.text_pairs.get(role).cloned().ok_or_else(|| self.missing(role))
    }

    /// The embedder of the role `embedding`.
    ///
    /// # Errors
    ///
    /// [`ModelError::RoleMissing`] if there is none.
    pub fn embedding(&self) -> Result<Arc<dyn TextEmbedder>, ModelError> {
        self.embedders.get("embedding").cloned().ok_or_else(|| self.missing("embedding"))
    }

    fn missing(&self, role: &str) -> ModelError {
        ModelError::RoleMissing { bundle: self.bundle.clone(), role: role.to_owned() }
    }

    /// Makes what a role asks for: a pair model where it has markers, an
    /// embedder where it takes the mean, a model of text pairs where it reads
    /// the first piece alone (of positions, where it is the role `stance`), else a token head.
    fn add_role(
        &mut self,
        bundle: &Bundle,
        (name, role): (&str, &RoleEntry),
        loaded: &Loaded,
    ) -> Result<(), ModelError> {
        let key = name.to_owned();
        match (&role.markers, role.pooling.as_slice()) {
            (_, [Pooling::Mean | Pooling::First]) if is_embedding(name, role) => {
                let checkpoint = loaded.checkpoint.clone();
                let first_only = role.pooling == [Pooling::First];
                self.embedders.insert(key, Arc::new(EmbeddingModel { checkpoint, first_only }));
            }
            (None, [Pooling::First]) if name == STANCE => {
                let model = second_text_model((name, role), loaded)?;
                self.pairs.insert(key, Arc::new(model));
            }
            (Some(markers), _) => {
                let model = pair_model((name, role), markers, loaded)?;
                self.pairs.insert(key, Arc::new(model));
            }
            (None, [Pooling::First]) => {
                let model = text_pair_model((name, role), loaded)?;
                self.text_pairs.insert(key, Arc::new(model));
            }
            (None, []) => {
                self.token_heads.insert(key, token_role((name, role), loaded)?);
            }
            (None, _) => {
                let reason = format!("role `{name}` pools places but has no markers");
                let path = bundle.folder().join("bundle.toml");
                return Err(ModelError::Format { path, reason });
            }
        }
        Ok(())
    }
}

/// The role whose model judges pairs.
const STANCE: &str = "stance";
/// The role whose model gives vectors.
const EMBEDDING: &str = "embedding";

fn is_embedding(name: &str, role: &RoleEntry) -> bool {
    name == EMBEDDING || role.pooling == [Pooling::Mean]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::sync::Arc;

    use safetensors::tensor::{Dtype, TensorView};

    use super::Models;
    use crate::fake::{FakeEncoder, reference_folder};
    use crate::{
        Bundle, Encoder, EncoderLoader, HolderMark, ModelError, PairInput, Precision, TokenHead,
        WordText,
    };

    #[derive(Debug)]
    struct FakeLoader;

    impl EncoderLoader for FakeLoader {
        fn name(&self) -> &'static str {
            "encoder"
        }

        fn load(&self, _: &Path, _: Precision) -> Result<Arc<dyn Encoder>, ModelError> {
            Ok(Arc::new(FakeEncoder::default()))
        }
    }

    const MANIFEST: &str = r#"
        format = 1
        name = "test"
        licence = "none"
        [checkpoints.c]
        folder = "c"
        [checkpoints.single]
        folder = "single"
        [roles.ner]
        checkpoint = "c"
        labels = ["O", "B-PER"]
        [roles.attribution]
        checkpoint = "c"
        labels = ["O", "B-CUE", "I-CUE"]
        [roles.other]
        checkpoint = "single"
        [roles.screen]
        checkpoint = "c"
        labels = ["told", "said"]
        activation = "identity"
        [roles.stance]
        checkpoint = "c"
        labels = ["supports", "neutral", "opposes"]
        pooling = ["first", "holder", "target"]
        [roles.stance.markers]
        holder = ["[unused1]", "[unused2]"]
        target = ["[unused3]", "[unused4]"]
        any = "[unused5]"
        outlet = "[unused6]"
        [roles.stance.both_ways]
        head = "pair"
        labels = ["neutral", "first_supports", "second_supports", "first_opposes", "second_opposes"]
        [roles.claim]
        checkpoint = "c"
        labels = ["same", "opposite", "unrelated"]
        pooling = ["first"]
        [roles.embedding]
        checkpoint = "c"
        pooling = ["mean"]
    "#;

    fn write_checkpoint(folder: &Path, shapes: &[(&str, &[usize])]) {
        std::fs::create_dir_all(folder).unwrap();
        let zeros = vec![0; 4096];
        let tensors: BTreeMap<_, _> = shapes
            .iter()
            .map(|(name, shape)| {
                let n_bytes = 4 * shape.iter().product::<usize>();
                let view = TensorView::new(Dtype::F32, shape.to_vec(), &zeros[..n_bytes]);
                (*name, view.unwrap())
            })
            .collect();
        safetensors::serialize_to_file(tensors, None, &folder.join("model.safetensors")).unwrap();
        std::fs::copy(reference_folder().join("tokenizer.json"), folder.join("tokenizer.json"))
            .unwrap();
        let config = r#"{"id2label": {"0": "X", "1": "Y"}}"#;
        std::fs::write(folder.join("config.json"), config).unwrap();
    }

    fn load(manifest: &str) -> Result<Models, ModelError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("bundle.toml"), manifest).unwrap();
        write_checkpoint(
            &folder.path().join("c"),
            &[
                ("heads.ner.weight", &[2, 4]),
                ("heads.ner.bias", &[2]),
                ("heads.attribution.weight", &[3, 4]),
                ("heads.attribution.bias", &[3]),
                ("heads.screen.weight", &[2, 4]),
                ("heads.screen.bias", &[2]),
                ("heads.stance.dense.weight", &[4, 12]),
                ("heads.stance.dense.bias", &[4]),
                ("heads.stance.weight", &[3, 4]),
                ("heads.stance.bias", &[3]),
                ("heads.claim.dense.weight", &[4, 4]),
                ("heads.claim.dense.bias", &[4]),
                ("heads.claim.weight", &[3, 4]),
                ("heads.claim.bias", &[3]),
                ("heads.pair.dense.weight", &[4, 12]),
                ("heads.pair.dense.bias", &[4]),
                ("heads.pair.weight", &[5, 4]),
                ("heads.pair.bias", &[5]),
            ],
        );
        write_checkpoint(
            &folder.path().join("single"),
            &[("classifier.weight", &[2, 4]), ("classifier.bias", &[2])],
        );
        Models::load(&Bundle::open(folder.path())?, &[&FakeLoader])
    }

    #[track_caller]
    fn check_refused(old: &str, new: &str, expected: &str) {
        let error = load(&MANIFEST.replace(old, new)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }

    fn roles(heads: &[TokenHead]) -> Vec<&str> {
        heads.iter().map(|head| head.role.as_str()).collect()
    }

    #[test]
    fn roles_of_one_checkpoint_share_one_classifier() {
        let models = load(MANIFEST).unwrap();
        let found = models.token_classifiers_for(&["ner", "other", "attribution"]).unwrap();
        let found: Vec<_> = found.iter().map(|classifier| roles(classifier.heads())).collect();
        assert_eq!(found, [vec!["ner", "attribution"], vec!["other"]]);
    }

    #[test]
    fn a_head_is_read_with_others_of_its_checkpoint() {
        let models = load(MANIFEST).unwrap();
        assert!(models.is_read_with("screen", &["other", "attribution"]));
        assert!(!models.is_read_with("screen", &["other"]));
        assert!(!models.is_read_with("stance", &["ner"]), "it gives words no scores");
        assert!(!models.is_read_with("nobody", &["nobody"]));
    }

    #[test]
    fn scores_of_an_identity_stay_as_they_are() {
        let models = load(MANIFEST).unwrap();
        let taggers = models.token_classifiers_for(&["ner", "screen"]).unwrap();
        let text = WordText {
            words: vec!["china"],
            sentence_starts: vec![0],
            paragraph_starts: vec![0],
            ..WordText::default()
        };
        let scores = taggers[0].score_words(&[text]).unwrap().remove(0);
        // All weights are 0.
        assert_eq!(scores[0].row(0), [0.5, 0.5]);
        assert_eq!(scores[1].row(0), [0.0, 0.0]);
    }

    #[test]
    fn a_checkpoint_made_for_one_task_brings_its_labels() {
        let models = load(MANIFEST).unwrap();
        let found = models.token_classifiers_for(&["other"]).unwrap();
        assert_eq!(found[0].heads()[0].labels.names(), ["X", "Y"]);
    }

    #[test]
    fn pair_and_embedding_models_are_found_by_their_roles() {
        let models = load(MANIFEST).unwrap();
        assert_eq!(models.stance().unwrap().labels().names()[2], "opposes");
        assert_eq!(models.embedding().unwrap().dimension(), 4);
        assert_eq!(models.claim().unwrap().labels().names(), ["same", "opposite", "unrelated"]);
    }

    #[test]
    fn a_bundle_does_without_the_role_claim() {
        let (before, after) = MANIFEST.split_once("[roles.claim]").unwrap();
        let (_, after) = after.split_once("[roles.embedding]").unwrap();
        let models = load(&format!("{before}[roles.embedding]{after}")).unwrap();
        assert!(models.claim().is_none());
        let error = models.text_pair_classifier("claim").unwrap_err();
        assert!(matches!(error, ModelError::RoleMissing { .. }), "{error}");
    }

    #[test]
    fn a_role_that_is_not_there_is_an_error() {
        let models = load(MANIFEST).unwrap();
        let error = models.token_classifiers_for(&["force"]).unwrap_err();
        assert!(matches!(error, ModelError::RoleMissing { .. }), "{error}");
        assert!(models.token_classifiers_for(&["stance"]).is_err());
        assert!(models.pair_classifier("ner").is_err());
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        check_refused("\"I-CUE\"", "\"I-CUE\", \"X\"", "scores 3 labels, but its manifest names 4");
        check_refused("\"first_opposes\", ", "", "scores 5 labels, but its manifest names 4");
        check_refused("[unused6]", "[nope]", "it has no piece `[nope]`");
        check_refused("folder = \"c\"", "folder = \"d\"", "d`, which `");
        check_refused("folder = \"c\"", "folder = \"c\"\nmax_pieces = 3", "reads 3 pieces");
        check_refused("[\"first\"]", "[\"first\", \"target\"]", "has no markers");
        check_refused("\"holder\", ", "", "weight `heads.stance.dense.weight` has shape [4, 12]");
    }

    #[test]
    fn a_pair_model_without_a_label_that_it_needs_is_refused_when_it_is_loaded() {
        check_refused("\"supports\"", "\"for\"", "model `stance` has no label `supports`");
        check_refused("\"opposes\"", "\"against\"", "model `stance` has no label `opposes`");
        check_refused(
            "first_opposes",
            "first_is_against",
            "model `stance, both ways` has no label `first_opposes`",
        );
        check_refused("\"opposite\"", "\"contrary\"", "model `claim` has no label `opposite`");
        check_refused("\"unrelated\"", "\"neither\"", "model `claim` has no label `unrelated`");
        // A model that judges one direction a pass needs the positions, too.
        let one_way = MANIFEST.replace("\"neutral\", \"opposes\"", "\"neither\", \"opposes\"");
        let (before, both_ways) = one_way.split_once("[roles.stance.both_ways]").unwrap();
        let (_, after) = both_ways.split_once("[roles.embedding]").unwrap();
        let error = load(&format!("{before}[roles.embedding]{after}")).unwrap_err().to_string();
        assert!(error.contains("model `stance` has no label `neutral`"), "{error}");
    }

    /// The manifest with a role `stance` that asks the head of `claim` about hypotheses.
    fn by_hypotheses(more: &str) -> String {
        let (before, stance) = MANIFEST.split_once("[roles.stance]").unwrap();
        let (_, after) = stance.split_once("[roles.claim]").unwrap();
        let hypotheses = "{ supports = '{holder} backs {target}', opposes = 'no {target}' }";
        format!(
            "{before}[roles.stance]\ncheckpoint = 'c'\nhead = 'claim'\npooling = ['first']\n\
             template.hypotheses = {hypotheses}\n{more}\n[roles.claim]{after}"
        )
    }

    #[test]
    fn that_no_label_holds_is_not_that_a_hypothesis_does() {
        let check = |more: &str| {
            let models = load(&by_hypotheses(more)).unwrap();
            let model = models.stance().unwrap();
            let input = PairInput {
                words: vec!["china"],
                joined: Vec::new(),
                holder: HolderMark::Any,
                target: 0..1,
            };
            let scores = model.score_pairs(&[input]).unwrap();
            let neutral = scores.get(0, model.labels().require("neutral").unwrap());
            // All scores are 0: of three labels and none each is as probable.
            assert!((neutral - 0.6).abs() < 1e-6, "{neutral}");
        };
        check("activation = 'sigmoid'\nlabels = ['entails', 'x', 'y']");
        let map = "{ a = 'entails', b = 'other', c = 'other' }";
        check(&format!("activation = 'sigmoid'\nlabels = ['a', 'b', 'c']\nlabel_map = {map}"));
    }

    #[test]
    fn a_model_of_hypotheses_must_say_what_entails() {
        let map = "{ a = 'other', b = 'other', c = 'other' }";
        let more = format!("labels = ['a', 'b', 'c']\nlabel_map = {map}");
        let error = load(&by_hypotheses(&more)).unwrap_err().to_string();
        assert!(error.contains("model `stance` has no label `entails`"), "{error}");
    }

    #[test]
    fn a_backend_that_is_not_in_the_build_is_an_error_that_lists_those_that_are() {
        check_refused(
            "folder = \"c\"",
            "folder = \"c\"\nbackend = \"torch\"",
            "backend `torch` is not in this build (it has encoder)",
        );
    }
}
