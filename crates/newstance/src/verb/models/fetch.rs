//! `models fetch`: a checkpoint of a hub comes into the hub's cache folder.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::bail;
use newstance_model::AddedModel;

use super::add::add;
use crate::Outcome;
use crate::args::{AddHow, FetchArgs};

/// What is needed of a model, and what is taken where it is there.
const FILES: [&str; 3] = ["config.json", "tokenizer.json", "model.safetensors"];
const MORE_FILES: [&str; 2] = ["tokenizer_config.json", "1_Pooling/config.json"];

/// A model on a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Address {
    /// `ORG/NAME`.
    repository: String,
    /// A branch, a tag or a commit.
    revision: String,
}

impl Address {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let (repository, revision) = text.split_once('@').unwrap_or((text, "main"));
        let is_plain = |part: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !part.is_empty() && part.chars().all(is_plain) && !part.starts_with('.')
        };
        let mut parts = repository.split('/');
        let is_two = matches!((parts.next(), parts.next(), parts.next()), (Some(_), Some(_), None));
        if !is_two || !repository.split('/').all(is_plain) || revision.is_empty() {
            bail!("`{text}` is no model of a hub\nhint: write `ORG/NAME` or `ORG/NAME@REVISION`");
        }
        Ok(Self { repository: repository.to_owned(), revision: revision.to_owned() })
    }

    fn name(&self) -> &str {
        self.repository.rsplit('/').next().unwrap_or_default()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}", self.repository, self.revision)
    }
}

/// Fetches a model, and adds it to the bundles in `models` where it has a role.
pub(super) fn fetch(
    models: &Path,
    args: &FetchArgs,
    out: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let address = Address::parse(&args.model)?;
    let is_offline = args.offline || hub::wants_offline();
    let folder = hub::folder(&address, is_offline)?;
    check(&folder)?;
    writeln!(out, "{address} -> {}", folder.display())?;
    if args.how.role.is_none() {
        writeln!(out, "add it with `newstance models add {} --role ROLE`", folder.display())?;
        return Ok(Outcome::Done);
    }
    let name = args.how.name.clone().unwrap_or_else(|| address.name().to_owned());
    add(models, &folder, &AddHow { name: Some(name), ..args.how.clone() }, out)
}

/// Compares large files with the SHA-256 that the hub names them by: in its cache
/// folder a file is a link to one that is called by its hash.
fn check(folder: &Path) -> anyhow::Result<()> {
    let (files, _) = AddedModel::files(folder)?;
    for (file, got) in files {
        let path = folder.join(&file);
        let Ok(blob) = path.canonicalize() else { continue };
        let Some(named) = blob.file_name().and_then(|name| name.to_str()) else { continue };
        // Small files are called by the hash of git, which is another.
        let is_sha256 = named.len() == 64 && named.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_sha256 && !named.eq_ignore_ascii_case(&got) {
            bail!(
                "`{}` is not the file that the hub has: SHA-256 is {got}, the hub says {named}\n\
                 hint: delete `{}` and fetch it again",
                path.display(),
                blob.display()
            );
        }
    }
    Ok(())
}

#[cfg(feature = "hub")]
mod hub {
    use anyhow::Context;
    use hf_hub::api::sync::{ApiBuilder, ApiError, ApiRepo};
    use hf_hub::{Cache, Repo, RepoType};

    use super::{Address, FILES, MORE_FILES, PathBuf, bail};

    /// As the hub's other clients read it.
    pub(super) fn wants_offline() -> bool {
        let value = std::env::var("HF_HUB_OFFLINE").unwrap_or_default().to_ascii_lowercase();
        matches!(value.as_str(), "1" | "true" | "yes" | "on")
    }

    /// The folder of a model in the cache folder, with all files that are needed.
    pub(super) fn folder(address: &Address, is_offline: bool) -> anyhow::Result<PathBuf> {
        let repo = Repo::with_revision(
            address.repository.clone(),
            RepoType::Model,
            address.revision.clone(),
        );
        if is_offline {
            return cached(address, repo);
        }
        let api = ApiBuilder::from_env()
            .with_progress(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .build()
            .context("cannot talk to a hub")?
            .repo(repo);
        let mut folder = PathBuf::new();
        for file in FILES {
            let path = api.get(file).map_err(|error| explained(address, file, error))?;
            folder = path.parent().map(PathBuf::from).unwrap_or_default();
        }
        for file in MORE_FILES {
            get_if_there(&api, file).map_err(|error| explained(address, file, error))?;
        }
        Ok(folder)
    }

    fn cached(address: &Address, repo: Repo) -> anyhow::Result<PathBuf> {
        let cache = Cache::from_env();
        let in_cache = cache.repo(repo);
        let mut folder = PathBuf::new();
        for file in FILES {
            let Some(path) = in_cache.get(file) else {
                bail!(
                    "`{file}` of {address} is not in the cache folder `{}`, and this is offline\n\
                     hint: fetch it once with a network, without `--offline` and HF_HUB_OFFLINE",
                    cache.path().display()
                );
            };
            folder = path.parent().map(PathBuf::from).unwrap_or_default();
        }
        Ok(folder)
    }

    /// Fetches a file that a model may be without.
    fn get_if_there(api: &ApiRepo, file: &str) -> Result<(), ApiError> {
        match api.get(file) {
            Err(error) if is_missing(&error) => Ok(()),
            got => got.map(|_| ()),
        }
    }

    /// True where the hub answers that there is no such file.
    fn is_missing(error: &ApiError) -> bool {
        // The client's own error type is not in its interface; its words are.
        matches!(error, ApiError::RequestError(_)) && error.to_string().contains("404")
    }

    fn explained(address: &Address, file: &str, error: ApiError) -> anyhow::Error {
        let text = if is_missing(&error) {
            let more = match file {
                "config.json" => {
                    "are organisation, name and revision right? what is not public needs a token"
                }
                "tokenizer.json" => {
                    "load and save the model's tokenizer with `AutoTokenizer` in Python, then use \
                     `models add`"
                }
                _ => {
                    "load and save the model in Python, then use `models add` (weights in parts \
                     or in another format are not read)"
                }
            };
            format!("the hub has no `{file}` of {address}\nhint: {more}")
        } else if matches!(error, ApiError::RequestError(_) | ApiError::TooManyRetries(_)) {
            format!(
                "cannot fetch `{file}` of {address}\n\
                 hint: without a network, `--offline` takes what was fetched before; HF_ENDPOINT \
                 names another hub"
            )
        } else {
            format!("cannot fetch `{file}` of {address}")
        };
        anyhow::Error::new(error).context(text)
    }
}

#[cfg(not(feature = "hub"))]
mod hub {
    use super::{Address, FILES, MORE_FILES, PathBuf, bail};

    pub(super) fn wants_offline() -> bool {
        false
    }

    pub(super) fn folder(address: &Address, _: bool) -> anyhow::Result<PathBuf> {
        bail!(
            "this build has no client of a hub, so it cannot fetch {address}\n\
             hint: fetch {} (and {}) yourself, then use `models add`, or build with `--features hub`",
            FILES.join(", "),
            MORE_FILES.join(", ")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn a_model_is_named_by_organisation_and_name() {
        let address = Address::parse("org/a-name").unwrap();
        assert_eq!((address.to_string().as_str(), address.name()), ("org/a-name@main", "a-name"));
        let address = Address::parse("org/name@refs/pr/1").unwrap();
        assert_eq!(address.revision, "refs/pr/1");
        for text in ["name", "a/b/c", "/b", "a/", "../b", "a/b@", "a b/c"] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.contains("is no model of a hub"), "{text}: {error}");
        }
    }
}
