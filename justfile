# `just` lists these. None of them is needed: README's two commands are enough.

# The main job on the sample articles.
sample:
    cargo run --release -- run data/sample -o out

# Formatting, lints, tests.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test

# Dev scores against their floors; needs ../shared.
floors:
    cargo run --release -- evaluate --floors tests/floors.toml

# What CI runs.
ci:
    bash .ci/run

# The default bundle from the labelled data: about two hours on two cores.
train: train-tagger train-stance
    python3 models/train/bundle.py

# The tagger (entities and attribution).
train-tagger:
    python3 models/train/train_tagger.py

# The stance model.
train-stance:
    python3 models/train/train_stance.py
