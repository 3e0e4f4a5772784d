//! Which backend has which architecture.

/// Backends of newstance and the `model_type`s that they run, whatever is in this build.
const BACKENDS: [(&str, &[&str]); 2] = [
    ("encoder", &["bert", "electra", "roberta", "xlm-roberta", "camembert", "distilbert", "mpnet"]),
    (
        "torch",
        &[
            "bert",
            "distilbert",
            "roberta",
            "xlm-roberta",
            "camembert",
            "electra",
            "deberta",
            "deberta-v2",
            "mobilebert",
            "albert",
            "longformer",
        ],
    ),
];

/// The backends that run an architecture, whether they are in this build or not.
pub fn backends_with(architecture: &str) -> Vec<&'static str> {
    let has = |(_, architectures): &&(_, &[&str])| architectures.contains(&architecture);
    BACKENDS.iter().filter(has).map(|(backend, _)| *backend).collect()
}

/// Where to turn with an architecture that `backend` does not have.
pub(crate) fn elsewhere(backend: &str, architecture: &str) -> String {
    let others = backends_with(architecture).into_iter().filter(|other| *other != backend);
    let others: Vec<String> = others.map(|other| format!("`{other}`")).collect();
    if others.is_empty() {
        "\nhint: no backend of newstance runs it".to_owned()
    } else {
        format!("\nhint: backend {} runs it", others.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use crate::ModelError;

    #[track_caller]
    fn check(architecture: &str, expected: &str) {
        let error = ModelError::Architecture {
            backend: "encoder",
            architecture: architecture.to_owned(),
            available: vec!["bert"],
        };
        assert!(error.to_string().ends_with(expected), "{error}");
    }

    #[test]
    fn an_architecture_of_another_backend_is_told_with_its_name() {
        check("deberta-v2", "(it runs bert)\nhint: backend `torch` runs it");
        check("modernbert", "(it runs bert)\nhint: no backend of newstance runs it");
    }
}
