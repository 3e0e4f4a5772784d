"""Makes tiny random checkpoints of the architectures that only this backend has, and of ELECTRA, with their hidden
states in PyTorch, which the Rust backend is tested against.

    python reference.py [fixtures]          # torch 2, transformers 5, safetensors; the fixtures were made on a CPU

The configurations are those of the checkpoints that people use (deberta-v3-base, albert-base-v2, ...), made small.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (AlbertConfig, AlbertModel, DebertaConfig, DebertaModel, DebertaV2Config, DebertaV2Model,
                          ElectraConfig, ElectraModel, LongformerConfig, LongformerModel, MobileBertConfig,
                          MobileBertModel)

LENGTHS = (1, 2, 3, 9, 17, 33, 48)
SHAPE = {"vocab_size": 99, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
         "intermediate_size": 24, "max_position_embeddings": 48}


def shaken(model):
    """Random weights large enough that every part of the arithmetic shows in the result, and exact in fp16."""
    torch.manual_seed(3)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.normal_(0.0, 0.3)
            if "norm" in name.lower() and name.endswith("weight"):
                parameter.add_(1.0)
            parameter.copy_(parameter.half().float())
    return model.eval()


def table(model, n_types):
    generator, cases = torch.Generator().manual_seed(5), []
    for length in LENGTHS:
        ids = torch.randint(4, 99, (1, length), generator=generator)
        types = torch.randint(0, n_types, (1, length), generator=generator)
        given = {"token_type_ids": types} if n_types > 1 else {}
        with torch.no_grad():
            hidden = model(input_ids=ids, attention_mask=torch.ones_like(ids), **given).last_hidden_state[0]
        cases.append({"ids": ids[0].tolist(), "types": types[0].tolist(),
                      "hidden": [[round(x, 5) for x in row] for row in hidden.tolist()]})
    return cases


def write(folder, model, n_types):
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {k: v.half().contiguous() for k, v in model.state_dict().items() if v.is_floating_point()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(model.config.to_json_string(use_diff=False) + "\n", encoding="utf-8")
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in table(model, n_types))
    (folder / "reference.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main():
    out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "fixtures")
    eager = {"attn_implementation": "eager"}
    config = ElectraConfig(embedding_size=8, type_vocab_size=2, **SHAPE, **eager)
    write(out / "electra", shaken(ElectraModel(config)), 2)
    config = AlbertConfig(embedding_size=8, type_vocab_size=2, hidden_act="gelu_new", **SHAPE, **eager)
    write(out / "albert", shaken(AlbertModel(config, add_pooling_layer=False)), 2)
    config = MobileBertConfig(embedding_size=8, type_vocab_size=2, intra_bottleneck_size=8, **SHAPE, **eager)
    write(out / "mobilebert", shaken(MobileBertModel(config, add_pooling_layer=False)), 2)
    config = DebertaConfig(type_vocab_size=0, relative_attention=True, max_relative_positions=-1,
                           position_biased_input=False, pos_att_type=["c2p", "p2c"], layer_norm_eps=1e-7, **SHAPE)
    write(out / "deberta", shaken(DebertaModel(config)), 1)
    config = DebertaV2Config(type_vocab_size=0, relative_attention=True, max_relative_positions=-1, position_buckets=16,
                             position_biased_input=False, pos_att_type=["p2c", "c2p"], share_att_key=True,
                             norm_rel_ebd="layer_norm", layer_norm_eps=1e-7, **SHAPE)
    write(out / "deberta-v2", shaken(DebertaV2Model(config)), 1)
    # Positions begin at pad_token_id + 1 = 2, so 48 pieces need 50 rows.
    config = LongformerConfig(attention_window=[8, 8], type_vocab_size=1, pad_token_id=1, bos_token_id=0, eos_token_id=2,
                              **{**SHAPE, "max_position_embeddings": 50})
    write(out / "longformer", shaken(LongformerModel(config, add_pooling_layer=False)), 1)


if __name__ == "__main__":
    main()
