"""Makes tiny random checkpoints and their hidden states in PyTorch, which the Rust engine is tested against.

    python reference.py [../../tests/fixtures/encoder]
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import (BertConfig, BertModel, DistilBertConfig, DistilBertModel, MPNetConfig, MPNetModel,
                          RobertaConfig, RobertaModel)

LENGTHS = (1, 2, 3, 7, 8, 16, 17, 33, 64)
LENGTHS_BESIDE_ASIDES, ASIDES = (3, 7, 16, 33), (4, 1, 3)  # pieces of texts, and of the asides of each
WORDS = ("the a of to in and said says denied that it he she they war help trade china russia officials country "
         "minister president will not no yes for on by with from asked claims support oppose").split()
SHAPE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}


def wordpiece(specials, cls, sep, unk, mask):
    """A WordPiece tokenizer of about 120 pieces: specials, characters, a few words and word ends."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    vocabulary = [*specials, *letters[:26], *".,\"'", *(f"##{c}" for c in letters[:26]), *(w for w in WORDS if len(w) > 1),
                  "##ing", "##ed", "##s"]
    vocabulary = list(dict.fromkeys(vocabulary))
    tokenizer = Tokenizer(models.WordPiece({p: i for i, p in enumerate(vocabulary)}, unk_token=unk))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return finish(tokenizer, vocabulary, cls, sep, specials)


def byte_level(specials, cls, sep):
    """A byte-level BPE tokenizer: specials, the 256 bytes and a few merges."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = [("t", "h"), ("th", "e"), ("\u0120", "the"), ("i", "n"), ("s", "a"), ("sa", "i"), ("sai", "d"), ("\u0120", "said")]
    vocabulary = [*specials, *alphabet, *("".join(m) for m in merges)]
    vocabulary = list(dict.fromkeys(vocabulary))
    tokenizer = Tokenizer(models.BPE({p: i for i, p in enumerate(vocabulary)}, merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return finish(tokenizer, vocabulary, cls, sep, specials)


def finish(tokenizer, vocabulary, cls, sep, specials):
    tokenizer.add_special_tokens(list(specials))
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{cls} $A {sep}", special_tokens=[(cls, vocabulary.index(cls)), (sep, vocabulary.index(sep))])
    return tokenizer, len(vocabulary)


def shaken(model):
    """Random weights large enough that every part of the arithmetic shows in the result."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(0.0, 0.3)
            if "norm" in name.lower() and name.endswith("weight"):
                parameter.add_(1.0)
    return model.eval()


def check_table(model, n_pieces, n_types, first):
    """Hidden states for several lengths of random piece ids, and for texts with asides."""
    generator, table = torch.Generator().manual_seed(5), []

    def draw(low, high, length):
        return torch.randint(low, high, (1, length), generator=generator)
    for length in LENGTHS:
        ids, types = draw(first, n_pieces, length), draw(0, n_types, length)
        table.append({"ids": ids[0].tolist(), "types": types[0].tolist(),
                      "hidden": states(model, ids, types, attention_mask=torch.ones_like(ids))})
    for length in LENGTHS_BESIDE_ASIDES if model.config.model_type in ("bert", "mpnet") else ():
        ids, types = draw(first, n_pieces, length), draw(0, n_types, length)
        asides = [{"ids": draw(first, n_pieces, n)[0].tolist(), "positions": draw(0, length, n)[0].tolist()}
                  for n in ASIDES]
        table.append({"ids": ids[0].tolist(), "types": types[0].tolist(), "asides": asides,
                      "hidden": with_asides(model, ids, types, asides)})
    return table


def states(model, ids, types, **given):
    if model.config.model_type == "bert":
        given["token_type_ids"] = types
    with torch.no_grad():
        hidden = model(input_ids=ids, **given).last_hidden_state[0]
    return [[round(x, 5) for x in row] for row in hidden.tolist()]


def with_asides(model, ids, types, asides):
    """Hidden states where the text reads itself, and each aside the text and itself."""
    of = torch.tensor([*[0] * ids.shape[1], *(n for n, aside in enumerate(asides, 1) for _ in aside["ids"])])
    mask = (of == 0) | (of[:, None] == of)
    mask = torch.where(mask, 0.0, torch.finfo(torch.float32).min)[None, None]
    ids = torch.cat([ids[0], *(torch.tensor(aside["ids"]) for aside in asides)])[None]
    types = torch.nn.functional.pad(types, (0, ids.shape[1] - types.shape[1]))
    positions = torch.tensor([*range(int((of == 0).sum())), *(p for aside in asides for p in aside["positions"])])[None]
    if model.config.model_type == "mpnet":
        # Its relative positions are those of the places in the input, whatever positions are given.
        by_place = model.encoder.compute_position_bias
        model.encoder.compute_position_bias = lambda x: by_place(x)[:, :, positions[0]][:, :, :, positions[0]]
        hidden = states(model, ids, types, attention_mask=mask, position_ids=positions + model.config.pad_token_id + 1)
        del model.encoder.compute_position_bias
        return hidden
    return states(model, ids, types, attention_mask=mask, position_ids=positions)


def write(folder, model, tokenizer, n_types, first, dtype=torch.float32):
    folder.mkdir(parents=True, exist_ok=True)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.to(dtype).float())
    tensors = {k: v.to(dtype).contiguous() for k, v in model.state_dict().items() if v.is_floating_point()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(model.config.to_json_string(use_diff=False) + "\n", encoding="utf-8")
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    table = check_table(model, model.config.vocab_size, n_types, first)
    (folder / "reference.json").write_text("[\n" + ",\n".join(map(json.dumps, table)) + "\n]\n", encoding="utf-8")


def main():
    out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "tests/fixtures/encoder")
    torch.manual_seed(3)
    bert, n_bert = wordpiece(("[PAD]", "[unused1]", "[unused2]", "[unused3]", "[unused4]", "[unused5]", "[unused6]",
                              "[UNK]", "[CLS]", "[SEP]", "[MASK]"), "[CLS]", "[SEP]", "[UNK]", "[MASK]")
    mpnet, n_mpnet = wordpiece(("<s>", "<pad>", "</s>", "<unk>", "[UNK]", "<mask>"), "<s>", "</s>", "[UNK]", "<mask>")
    roberta, n_roberta = byte_level(("<s>", "<pad>", "</s>", "<unk>", "<mask>"), "<s>", "</s>")
    for name, dtype, n_types in (("bert", torch.float32, 4), ("bert-bf16", torch.bfloat16, 2), ("bert-f16", torch.float16, 2)):
        config = BertConfig(vocab_size=n_bert, max_position_embeddings=64, type_vocab_size=n_types,
                            architectures=["BertModel"], **SHAPE)
        write(out / name, shaken(BertModel(config, add_pooling_layer=False)), bert, n_types, 0, dtype)
    config = DistilBertConfig(vocab_size=n_bert, max_position_embeddings=64, dim=32, n_layers=2, n_heads=4, hidden_dim=64,
                              architectures=["DistilBertModel"])
    write(out / "distilbert", shaken(DistilBertModel(config)), bert, 1, 0)
    # Positions of these two begin at pad_token_id + 1 = 2, so 64 pieces need 66 rows.
    config = RobertaConfig(vocab_size=n_roberta, max_position_embeddings=66, type_vocab_size=1, pad_token_id=1,
                           bos_token_id=0, eos_token_id=2, layer_norm_eps=1e-5, architectures=["RobertaModel"], **SHAPE)
    write(out / "roberta", shaken(RobertaModel(config, add_pooling_layer=False)), roberta, 1, 2)
    config = MPNetConfig(vocab_size=n_mpnet, max_position_embeddings=66, pad_token_id=1, bos_token_id=0, eos_token_id=2,
                         layer_norm_eps=1e-5, architectures=["MPNetModel"], **SHAPE)
    write(out / "mpnet", shaken(MPNetModel(config, add_pooling_layer=False)), mpnet, 1, 2)


if __name__ == "__main__":
    main()
