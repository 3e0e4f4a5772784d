# `just` lists these. None of them is needed: README's two commands are enough.

# The main job on the sample articles.
sample:
    cargo run --release -- run data/sample -o out

# Formatting, lints, tests.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test

# Writes the baseline from what the models give now.
baseline:
    cargo run --release -- check --baseline tests/baseline.jsonl --update --behaviour tests/behaviour --gold article=data/gold/evaluation --gold factuality=data/gold/evaluation --gold claim=data/gold/evaluation

# The models against the baseline, with the behaviour suites.
regress:
    cargo run --release -- check --baseline tests/baseline.jsonl -o out/check

# Dev scores against their floors; needs ../shared.
floors:
    cargo run --release -- evaluate --floors tests/floors.toml

# A run is killed fifty times at random moments and must end with the same bytes.
kills:
    NEWSTANCE_KILLS=50 cargo test -p newstance --test interruption -- any_moment

# What CI runs.
ci:
    bash .ci/run

# The default bundle from the labelled data: about three and a half hours on two cores.
train: train-tagger train-stance
    python3 models/train/bundle.py

# The tagger (entities and attribution).
train-tagger:
    python3 models/train/train_tagger.py

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
