//! Models of other people: added from a folder, fetched from a hub, used.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use assert_cmd::Command;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A tiny random model of text pairs with the labels entailment, neutral, contradiction.
fn checkpoint(folder: &Path, name: &str, tokenizer: &str) -> PathBuf {
    let place = folder.join("checkpoints").join(name);
    std::fs::create_dir_all(&place).unwrap();
    let fixtures = root().join("tests/fixtures");
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(fixtures.join("heads").join(name).join(file), place.join(file)).unwrap();
    }
    let tokenizer = fixtures.join("tokenizers").join(tokenizer).join("tokenizer.json");
    std::fs::copy(tokenizer, place.join("tokenizer.json")).unwrap();
    place
}

struct Program<'f> {
    folder: &'f Path,
}

impl Program<'_> {
    /// Runs the program in the repository, with bundles in the folder.
    fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, &[])
    }

    fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Output {
        let mut command = Command::cargo_bin("newstance").unwrap();
        command.current_dir(root()).args(args);
        command.env("HF_HOME", self.folder.join("hub")).env_remove("HF_HUB_OFFLINE");
        command.envs(environment.iter().copied()).output().unwrap()
    }

    fn models(&self) -> String {
        self.folder.join("models").display().to_string()
    }

    /// `models add CHECKPOINT` with more flags.
    fn add(&self, checkpoint: &Path, flags: &[&str]) -> Output {
        let models = self.models();
        let checkpoint = checkpoint.display().to_string();
        self.run(&[&["models", "--folder", &models, "add", &checkpoint], flags].concat())
    }
}

#[track_caller]
fn check_done(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[track_caller]
fn check_refused(output: &Output, expected: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    for expected in expected {
        assert!(stderr.contains(expected), "{stderr}");
    }
}

const STANCE: [&str; 6] =
    ["--role", "stance", "--label", "supports=entailment", "--label", "opposes=contradiction"];

#[test]
fn a_model_that_is_added_takes_a_role_in_every_verb() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let source = checkpoint(folder.path(), "roberta-sequence", "byte-level");
    let second = ["--name", "mine", "--second", "{holder} supports {target}."];
    let told = check_done(&program.add(&source, &[&STANCE[..], &second].concat()));
    assert!(told.contains("roberta, 0 MB, backend encoder, f32, role stance"), "{told}");
    assert!(told.contains("label       neutral is neutral"), "{told}");

    let mine = folder.path().join("models/mine").display().to_string();
    let set = format!("stance={mine}");
    let out = folder.path().join("out").display().to_string();
    let run = ["run", "data/sample/visit.txt", "-o", &out, "--set", &set];
    check_done(&program.run(&run));
    let record = std::fs::read_to_string(folder.path().join("out/run.json")).unwrap();
    let record: Value = serde_json::from_str(&record).unwrap();
    let stance = &record["bundle"]["roles"]["stance"];
    assert_eq!(stance["taken_from"], "mine");
    assert_eq!(stance["label_map"]["contradiction"], "opposes");
    assert_eq!(record["settings"]["models"]["roles"]["stance"], mine);
    let hash = record["bundle"]["files"]["mine.model/model.safetensors"].as_str().unwrap();
    assert_eq!(hash.len(), 64);
    assert!(record["bundle"]["files"].get("stance/model.safetensors").is_none());

    check_done(&program.run(&["explain", "data/sample/visit.txt", "--set", &set]));
    let gold = "tests/fixtures/evaluation/targets.jsonl";
    let score = ["--task", "stance-target", "--gold", gold];
    let mine_alone = ["evaluate", "--set", &set];
    check_done(&program.run(&[&mine_alone[..], &score].concat()));
    let compared =
        check_done(&program.run(&[&["compare", "models/default", &set], &score[..]].concat()));
    assert!(compared.contains(&format!("B  {set}")), "{compared}");
}

#[test]
fn labels_that_are_not_ours_are_to_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let source = checkpoint(folder.path(), "bert-sequence", "wordpiece");
    let second = ["--role", "stance", "--second", "{target}"];
    let refused = program.add(&source, &second);
    check_refused(
        &refused,
        &["which of entailment, contradiction is `supports`?", "--label opposes=..."],
    );
    assert!(!folder.path().join("models/bert-sequence").exists());
    // A model of entailment is asked with hypotheses where nothing else is said.
    let told = check_done(&program.add(&source, &["--role", "stance", "--yes"]));
    assert!(told.contains("asks        opposes: \"{holder} opposes {target}.\""), "{told}");
    check_refused(&program.add(&source, &["--role", "stance", "--yes"]), &["--replace"]);
    check_done(&program.add(&source, &["--role", "stance", "--yes", "--replace"]));
    check_refused(&program.add(&source, &[]), &["a model needs a role"]);
    // Labels of entailment have one meaning everywhere.
    let nli = checkpoint(folder.path(), "roberta-sequence", "byte-level");
    let told = check_done(&program.add(&nli, &["--role", "stance"]));
    assert!(told.contains("label       entailment is entails"), "{told}");
    assert!(told.contains("at most 62 pieces"), "{told}");
}

#[test]
fn what_a_template_asks_is_checked_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let source = checkpoint(folder.path(), "roberta-sequence", "byte-level");
    let add = |second: &str| program.add(&source, &[&STANCE[..], &["--second", second]].concat());
    check_refused(
        &add("{subject} wins"),
        &["the template `{subject} wins` has places other than {holder} and {target}"],
    );
    check_refused(&add("it wins"), &["the template `it wins` has no {target}"]);
    assert!(!folder.path().join("models").exists());
}

#[test]
fn a_tagger_may_be_given_one_sentence_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let tagger = checkpoint(folder.path(), "bert-token", "wordpiece");
    let flags = |name| ["--role", "ner", "--yes", "--name", name];
    check_done(&program.add(&tagger, &flags("article")));
    let sentence = [&flags("sentence")[..], &["--context", "sentence"]].concat();
    let told = check_done(&program.add(&tagger, &sentence));
    assert!(told.contains("reads       words, a sentence at a time"), "{told}");
    // Two sentences of one paragraph, as one document and as two.
    let gold = |name: &str, between: &str| {
        let path = folder.path().join(name);
        let (first, second) = ("Ana B-PER\nleft O\n. O\n", "Bo B-PER\ncame O\n. O\n");
        let start = "-DOCSTART- O\n\n";
        std::fs::write(&path, format!("{start}{first}\n{between}{second}")).unwrap();
        path.display().to_string()
    };
    let (one, two) = (gold("one.txt", ""), gold("two.txt", "-DOCSTART- O\n\n"));
    let probabilities = |model: &str, gold: &str| {
        let set = format!("ner={}", folder.path().join("models").join(model).display());
        let out = folder.path().join("predictions.jsonl").display().to_string();
        let task = ["evaluate", "--task", "ner", "--gold", gold, "--set", &set];
        check_done(&program.run(&[&task[..], &["--predictions", &out]].concat()));
        let lines = std::fs::read_to_string(out).unwrap();
        let line = |line: &str| -> Value {
            let line: Value = serde_json::from_str(line).unwrap();
            serde_json::json!([line["text"], line["predicted"], line["probability"]])
        };
        lines.lines().map(line).collect::<Vec<_>>()
    };
    assert_eq!(probabilities("sentence", &one), probabilities("sentence", &two));
    assert_ne!(probabilities("article", &one), probabilities("article", &two));
    let stance = checkpoint(folder.path(), "roberta-sequence", "byte-level");
    check_refused(
        &program.add(&stance, &[&STANCE[..], &["--context", "sentence"]].concat()),
        &["`--context` is for taggers"],
    );
}

#[test]
fn an_action_decides_beside_the_stance_model_unless_that_is_turned_off() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let source = checkpoint(folder.path(), "roberta-sequence", "byte-level");
    check_done(&program.add(&source, &[&STANCE[..], &["--name", "mine"]].concat()));
    let article = folder.path().join("a.txt");
    std::fs::write(&article, "Canada condemned Norway.\n").unwrap();
    let set = format!("stance={}", folder.path().join("models/mine").display());
    let article = article.display().to_string();
    let explain = ["explain", &article, "--set", &set];
    let told = check_done(&program.run(&explain));
    assert!(told.contains("told, by the action: Canada condemned Norway"), "{told}");
    let without = [&explain[..], &["--set", "stance.actions=false", "--neutral"]].concat();
    let told = check_done(&program.run(&without));
    assert!(told.contains("told: Canada condemned Norway"), "{told}");
    assert!(!told.contains("by the action"), "{told}");
}

#[test]
fn what_is_not_where_it_was_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let source = checkpoint(folder.path(), "roberta-sequence", "byte-level");
    let torch = [&STANCE[..], &["--backend", "tensorflow"]].concat();
    check_refused(&program.add(&source, &torch), &["backend `tensorflow` is not in this build"]);
    check_done(&program.add(&source, &[&STANCE[..], &["--name", "mine"]].concat()));
    let weights = source.join("model.safetensors");
    let bytes = std::fs::read(&weights).unwrap();
    std::fs::write(&weights, &bytes[..bytes.len() / 2]).unwrap();
    let again = [&STANCE[..], &["--name", "cut"]].concat();
    check_refused(&program.add(&source, &again), &["copy or download it again"]);
    std::fs::rename(&source, folder.path().join("elsewhere")).unwrap();
    let set = format!("stance={}", folder.path().join("models/mine").display());
    check_refused(
        &program.run(&["explain", "data/sample/visit.txt", "--set", &set]),
        &["there is no checkpoint folder", "add it again with `--replace`"],
    );
}

#[test]
fn what_cannot_be_a_model_of_a_role_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let source = checkpoint(folder.path(), "bert-sequence", "wordpiece");
    // Its head is for the first piece, through a pooler: no tagger.
    check_refused(&program.add(&source, &["--role", "attribution"]), &["is `SOURCE`?"]);
    let config = std::fs::read_to_string(source.join("config.json")).unwrap();
    let write = |text: &str| std::fs::write(source.join("config.json"), text).unwrap();
    write(&config.replace("\"model_type\": \"bert\"", "\"model_type\": \"deberta-v2\""));
    check_refused(&program.add(&source, &STANCE), &["`deberta-v2`", "backend `torch` runs it"]);
    write(&config.replace("\"model_type\": \"bert\"", "\"model_type\": \"modernbert\""));
    check_refused(&program.add(&source, &STANCE), &["no backend of newstance runs it"]);
    write(&config);
    std::fs::remove_file(source.join("tokenizer.json")).unwrap();
    check_refused(&program.add(&source, &STANCE), &["has no `tokenizer.json`", "AutoTokenizer"]);
    check_refused(&program.add(Path::new("nowhere"), &STANCE), &["no checkpoint folder `nowhere`"]);
}

#[test]
fn every_role_takes_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let tagger = checkpoint(folder.path(), "xlm-roberta-token", "unigram");
    let told = check_done(&program.add(&tagger, &["--role", "ner", "--name", "ner"]));
    assert!(told.contains("reads       words"), "{told}");
    let labels = ["SOURCE=PER", "CUE=LOC", "CONTENT=LOC"];
    let flags = ["--label", labels[0], "--label", labels[1], "--label", labels[2]];
    let attribution = ["--role", "attribution", "--name", "attribution"];
    check_refused(
        &program.add(&tagger, &[&attribution[..], &flags].concat()),
        &["`LOC` was given"],
    );
    check_done(&program.add(&tagger, &["--role", "embedding", "--name", "embedding"]));
    let pairs = checkpoint(folder.path(), "mpnet-sequence", "wordpiece");
    check_done(&program.add(&pairs, &["--role", "claim", "--yes", "--name", "claim"]));
    let name = |role: &str| format!("{role}={}", folder.path().join("models").join(role).display());
    let names = ["ner", "embedding", "claim"].map(name);
    let out = folder.path().join("out").display().to_string();
    let run = ["run", "data/sample/visit.txt", "-o", &out];
    let set = names.iter().flat_map(|name| ["--set", name.as_str()]);
    check_done(&program.run(&run.into_iter().chain(set).collect::<Vec<_>>()));
    check_refused(
        &program.run(&["explain", "data/sample/visit.txt", "--set", "ner=nobody"]),
        &["no model `nobody`"],
    );
    let verified = program.run(&["models", "--folder", &program.models(), "verify"]);
    assert_eq!(check_done(&verified).matches("good").count(), 9);
}

/// A hub on this machine, as far as its standard client asks: `HEAD` by a first
/// byte, ranges, and large files elsewhere under their SHA-256.
struct Hub {
    address: String,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

impl Hub {
    /// Serves the files of `folder` as `org/tiny`; of what `damaged` names it
    /// gives other bytes than it says.
    fn start(folder: &Path, damaged: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut files = BTreeMap::new();
        for file in ["config.json", "tokenizer.json", "model.safetensors"] {
            files.insert(file.to_owned(), std::fs::read(folder.join(file)).unwrap());
        }
        let stop = Arc::new(AtomicBool::new(false));
        let (own, is_stopped) = (address.clone(), Arc::clone(&stop));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_stopped.load(Ordering::SeqCst) {
                    return;
                }
                // A client that has gone away is its own affair.
                let _ = serve(&stream.unwrap(), &files, &own, damaged);
            }
        });
        Self { address, stop, thread: Some(thread) }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread.
        let _ = TcpStream::connect(self.address.trim_start_matches("http://"));
        self.thread.take().unwrap().join().unwrap();
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").unwrap();
        digits
    })
}

/// Answers one request; the connection then ends.
fn serve(
    stream: &TcpStream,
    files: &BTreeMap<String, Vec<u8>>,
    own: &str,
    damaged: Option<&str>,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut start_end = None;
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("range")
        {
            let range = value.trim().trim_start_matches("bytes=").to_owned();
            let (start, end) = range.split_once('-').unwrap();
            start_end = Some((start.parse::<usize>().unwrap(), end.parse::<usize>().ok()));
        }
    }
    let mut out = stream;
    let resolve = ["main", "v1", COMMIT].map(|revision| format!("/org/tiny/resolve/{revision}/"));
    let file = resolve.iter().find_map(|prefix| path.strip_prefix(prefix));
    let stored = path.strip_prefix("/store/");
    let Some(bytes) = file.or(stored).and_then(|file| files.get(file)) else {
        return write!(
            out,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
    };
    if file == Some("model.safetensors") {
        return write!(
            out,
            "HTTP/1.1 302 Found\r\nX-Repo-Commit: {COMMIT}\r\nX-Linked-Etag: \"{}\"\r\n\
             Location: {own}/store/model.safetensors\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            hex(bytes)
        );
    }
    let mut bytes = bytes.clone();
    if damaged.is_some() && damaged == stored {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
    }
    let (start, end) = start_end.unwrap_or((0, None));
    let end = end.map_or(bytes.len(), |end| (end + 1).min(bytes.len()));
    let part = &bytes[start.min(end)..end];
    write!(
        out,
        "HTTP/1.1 206 Partial Content\r\nX-Repo-Commit: {COMMIT}\r\nETag: \"{}\"\r\n\
         Content-Range: bytes {start}-{}/{}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        hex(&bytes).chars().take(40).collect::<String>(),
        end.saturating_sub(1),
        bytes.len(),
        part.len()
    )?;
    out.write_all(part)
}

#[test]
fn a_model_is_fetched_from_a_hub_once_and_then_without_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let source = checkpoint(folder.path(), "bert-sequence", "wordpiece");
    let hub = Hub::start(&source, None);
    let models = program.models();
    let endpoint = hub.address.clone();
    let environment = [("HF_ENDPOINT", endpoint.as_str())];
    let fetch = ["models", "--folder", &models, "fetch"];
    let fetch = |more: &[&str]| program.run_with(&[&fetch[..], more].concat(), &environment);

    let told = check_done(&fetch(&["org/tiny@v1"]));
    assert!(told.contains(COMMIT) && told.contains("models add"), "{told}");
    let flags = [&["org/tiny@v1", "--offline", "--name", "theirs"], &STANCE[..]].concat();
    drop(hub);
    check_done(&fetch(&flags));
    let manifest =
        std::fs::read_to_string(folder.path().join("models/theirs/bundle.toml")).unwrap();
    let hash = hex(&std::fs::read(source.join("model.safetensors")).unwrap());
    assert!(manifest.contains(COMMIT) && manifest.contains(&hash), "{manifest}");

    let not_there = ["`config.json` of org/tiny@main is not in the cache", "and this is offline"];
    check_refused(&fetch(&["org/tiny", "--offline"]), &not_there);
    let offline = [("HF_HUB_OFFLINE", "1")];
    let again = program.run_with(&["models", "fetch", "org/tiny"], &offline);
    check_refused(&again, &not_there);
    let hint =
        ["cannot fetch `config.json` of org/tiny@main", "hint: without a network, `--offline`"];
    check_refused(&fetch(&["org/tiny"]), &hint);
}

#[test]
fn what_a_hub_does_not_have_or_gives_otherwise_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program { folder: folder.path() };
    let source = checkpoint(folder.path(), "bert-sequence", "wordpiece");
    let hub = Hub::start(&source, Some("model.safetensors"));
    let environment = [("HF_ENDPOINT", hub.address.as_str())];
    let fetch = |model: &str| program.run_with(&["models", "fetch", model], &environment);
    let missing = ["the hub has no `config.json` of org/other@main", "hint: are organisation"];
    check_refused(&fetch("org/other"), &missing);
    check_refused(&fetch("org/tiny"), &["is not the file that the hub has: SHA-256 is"]);
    check_refused(&fetch("tiny"), &["`tiny` is no model of a hub"]);
}
