# `just` lists these. None of them is needed: README's two commands are enough.

# The main job on the sample articles.
sample:
    cargo run --release -- run data/sample -o out

# Formatting, lints, tests.
check:
    cargo fmt --all --check
    cargo clippy --workspace --exclude newstance-torch --all-targets -- -D warnings
    cargo clippy -p newstance-torch -p newstance -p newstance-py --all-targets --features newstance/torch,newstance-py/torch,newstance-torch/doc-only -- -D warnings
    cargo test

# A CPU libtorch in the user's cache, and the variables that say where (docs/torch.md: how to use another, or CUDA).
libtorch:
    bash crates/newstance-torch/libtorch.sh

# The program with the backend `torch`, on that libtorch.
build-torch:
    eval "$(bash crates/newstance-torch/libtorch.sh)" && cargo build --release -p newstance --features torch

# The tests of that backend.
test-torch:
    eval "$(bash crates/newstance-torch/libtorch.sh)" && cargo test -p newstance-torch && cargo test -p newstance --features torch --test torch

# Writes the baseline from what the models give now.
baseline:
    cargo run --release -- check --baseline tests/baseline.jsonl --update --behaviour tests/behaviour --gold article=data/gold/evaluation --gold factuality=data/gold/evaluation --gold claim=data/gold/evaluation --gold ner=../shared/labelled/ner/worldwide/dev --gold attribution=../shared/labelled/polnear/dev --gold stance-pair=../shared/labelled/dse/valid.jsonl --gold stance-target=../shared/labelled/newsmtsc/dev-rw.jsonl

# The models against the baseline, with the behaviour suites.
regress:
    cargo run --release -- check --baseline tests/baseline.jsonl -o out/check

# The encoder's kernels by themselves, by criterion.
kernels *ARGS:
    cargo bench -p newstance-encoder --features kernels -- {{ARGS}}

# The encoder's tests under AddressSanitizer and valgrind.
sanitize:
    bash tests/sanitize/run

# Dev scores against their floors; needs ../shared.
floors:
    cargo run --release -- evaluate --floors tests/floors.toml

# A run is killed fifty times at random moments and must end with the same bytes.
kills:
    NEWSTANCE_KILLS=50 cargo test -p newstance --test interruption -- any_moment

# Each fuzz target for that many seconds, on top of what earlier runs made (docs/archives.md, "Fuzzing").
fuzz SECONDS="600" *TARGETS:
    bash fuzz/run {{SECONDS}} {{TARGETS}}

# The public interface of the libraries against that of a commit; needs `cargo install cargo-semver-checks`.
semver REV="main":
    bash tests/semver/run {{REV}}

# What CI runs.
ci:
    bash .ci/run

# The default bundle from the labelled data: about three and a half hours on two cores.
train: train-tagger train-screen train-stance
    python3 models/train/bundle.py --stance .train/stance-7 .train/stance-8

# The tagger (entities and attribution).
train-tagger:
    python3 models/train/train_tagger.py

# The screen, on that tagger.
train-screen:
    python3 models/train/train_screen.py

# The stance model: two seeds, whose weights are averaged.
train-stance:
    python3 models/train/train_stance.py --seed 7 --out .train/stance-7
    python3 models/train/train_stance.py --seed 8 --out .train/stance-8

# The wheel, tested in a fresh virtual environment; needs Python, Spark's part needs Java.
wheel-tests:
    cargo build --release
    bash tests/wheel/run target/release/newstance

# The wheel with the default bundle inside it (about 130 MB), for workers that share no files.
wheel-with-bundle:
    mkdir -p crates/newstance-py/python/newstance/models
    cp -r models/default crates/newstance-py/python/newstance/models/
    maturin build --release --manifest-path crates/newstance-py/Cargo.toml --out out/wheels
    rm -r crates/newstance-py/python/newstance/models
