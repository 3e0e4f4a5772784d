"""Makes random checkpoints of each architecture with the heads of `transformers`, and the probabilities that it gives for
texts, which the Rust engine is tested against.

    python reference_heads.py                       tiny ones, into tests/fixtures/heads
    python reference_heads.py --base OUT [NAME...]  of the real size (768 x 12, the real vocabularies), into OUT
"""
import argparse
import json
import re
import shutil
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer

FIXTURES = Path(__file__).parents[2] / "tests/fixtures"
TOKEN_LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
PAIR_LABELS = ["entailment", "neutral", "contradiction"]
TEXTS = ("The official said no.", "Peskov said, \"no,\" twice.", "China denied it (again) in Moscow.", "No.")
PAIRS = (("The official said no.", "Moscow denied it."), ("China denied it.", "China"), ("No.", "Peskov said it was a lie."))
# Class prefix, tokenizer, real vocabulary, what else the real configuration says.
AFTER_PADDING = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
KINDS = {
    "bert": ("Bert", "wordpiece", 30522, {}),
    "distilbert": ("DistilBert", "wordpiece", 30522, {}),
    "electra": ("Electra", "wordpiece", 30522, {}),
    "roberta": ("Roberta", "byte-level", 50265, {"type_vocab_size": 1, "layer_norm_eps": 1e-5, **AFTER_PADDING}),
    "xlm-roberta": ("XLMRoberta", "unigram", 250002, {"type_vocab_size": 1, "layer_norm_eps": 1e-5, **AFTER_PADDING}),
    "camembert": ("Camembert", "unigram", 32005, {"type_vocab_size": 1, "layer_norm_eps": 1e-5, **AFTER_PADDING}),
    "mpnet": ("MPNet", "wordpiece", 30527, {"layer_norm_eps": 1e-5, **AFTER_PADDING}),
}


def config_of(kind, is_base, labels):
    prefix, tokenizer, vocabulary, more = KINDS[kind]
    size = {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}
    if not is_base:
        vocabulary = Tokenizer.from_file(str(FIXTURES / "tokenizers" / tokenizer / "tokenizer.json")).get_vocab_size()
        size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24}
    if kind == "distilbert":
        size = dict(zip(("dim", "n_layers", "n_heads", "hidden_dim"), size.values()))
    if kind == "electra":
        size["embedding_size"] = 768 if is_base else 8
    positions = (512 if is_base else 62) + (2 if "pad_token_id" in more else 0)
    return getattr(transformers, f"{prefix}Config")(
        vocab_size=vocabulary, max_position_embeddings=positions, id2label=dict(enumerate(labels)),
        label2id={label: n for n, label in enumerate(labels)}, **size, **more)


def shaken(model, is_base):
    """Random weights large enough for every part to show in the result."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            # Of the real size the library's own start, with heads and biases that tell.
            if not is_base:
                parameter.normal_(0.0, 0.4)
            elif "classifier" in name or "pooler" in name or name.endswith("bias"):
                parameter.normal_(0.0, 0.1)
            if not is_base and "norm" in name.lower() and name.endswith("weight"):
                parameter.add_(1.0)
            if not is_base:
                parameter.copy_(parameter.half().float())
    return model.eval()


def probabilities(model, encoding):
    """As the library runs an encoding; token types where the architecture has them."""
    given = {"input_ids": torch.tensor([encoding.ids])}
    if model.config.model_type in ("bert", "electra"):
        given["token_type_ids"] = torch.tensor([encoding.type_ids])
    with torch.no_grad():
        return torch.softmax(model(**given).logits[0], -1)


def token_cases(model, tokenizer):
    for text in TEXTS:
        encoding = tokenizer.encode(text)
        table = probabilities(model, encoding)
        words = [(m.start(), m.end()) for m in re.finditer(r"\w+|[^\s\w]", text)]
        starts = [start + (text[start:start + 1] == " ") for start, _ in encoding.offsets]
        is_text = [not special for special in encoding.special_tokens_mask]
        rows = []
        for start, end in words:
            begun = [n for n, at in enumerate(starts) if is_text[n] and at < end]
            own = [n for n in begun if starts[n] >= start]
            # A word without a piece of its own shares the last one before.
            rows.append([round(p, 6) for p in table[own[0] if own else begun[-1]].tolist()])
        ends = [None, *(end for _, end in words)]
        yield {"words": [text[a:b] for a, b in words], "joined": [a == before for (a, _), before in zip(words, ends)], "rows": rows}


def pair_cases(model, tokenizer):
    for first, second in PAIRS:
        row = probabilities(model, tokenizer.encode(first, second))
        yield {"first": re.findall(r"\w+|[^\s\w]", first), "second": re.findall(r"\w+|[^\s\w]", second),
               "row": [round(p, 6) for p in row.tolist()]}


def write(folder, kind, task, is_base):
    prefix, tokenizer_name, _, _ = KINDS[kind]
    labels = TOKEN_LABELS if task == "token" else PAIR_LABELS
    torch.manual_seed(sum(map(ord, kind + task)))
    config = config_of(kind, is_base, labels)
    model = getattr(transformers, f"{prefix}For{'Token' if task == 'token' else 'Sequence'}Classification")(config)
    model = shaken(model, is_base)
    folder.mkdir(parents=True, exist_ok=True)
    dtype = torch.float32 if is_base else torch.float16
    tensors = {name: value.to(dtype).contiguous() for name, value in model.state_dict().items() if value.is_floating_point()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(model.config.to_json_string(use_diff=True) + "\n", encoding="utf-8")
    source = FIXTURES / "tokenizers" / tokenizer_name / "tokenizer.json"
    if is_base:
        shutil.copy(source, folder / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(source))
    tokenizer.encode_special_tokens = True
    cases = list(token_cases(model, tokenizer) if task == "token" else pair_cases(model, tokenizer))
    reference = {"tokenizer": tokenizer_name, "labels": labels, "token" if task == "token" else "pair": cases}
    (folder / "reference.json").write_text(json.dumps(reference, separators=(",", ":")) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, metavar="OUT", help="checkpoints of the real size")
    parser.add_argument("names", nargs="*", default=list(KINDS), help="architectures")
    arguments = parser.parse_args()
    for kind in arguments.names:
        for task in ("token", "sequence"):
            out = arguments.base or FIXTURES / "heads"
            write(out / f"{kind}-{task}", kind, task, arguments.base is not None)


if __name__ == "__main__":
    main()
