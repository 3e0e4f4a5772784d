"""MPNet (Song et al., 2020) in the place of BERT: for teachers. It has BERT's vocabulary, our case types, and positions
that may repeat, for markers beside the text."""
import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import MPNetConfig
from transformers.modeling_outputs import BaseModelOutput
from transformers.models.mpnet.modeling_mpnet import MPNetEmbeddings, MPNetEncoder

OFFSET = 2  # MPNet's first position
SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[MASK]": "<mask>"}


class Encoder(MPNetEncoder):
    """Distances are taken between positions, not between places."""
    positions = None

    def compute_position_bias(self, x, position_ids=None, num_buckets=32):
        distances = self.positions[:, None, :] - self.positions[:, :, None]
        bias = self.relative_attention_bias(self.relative_position_bucket(distances, num_buckets=num_buckets))
        return bias.permute(0, 3, 1, 2).contiguous()


class MPNet(nn.Module):
    """Takes what `BertModel` takes, of that what `network.Network` gives it."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embeddings = MPNetEmbeddings(config)
        self.embeddings.token_type_embeddings = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.encoder = Encoder(config)

    def forward(self, input_ids=None, attention_mask=None, token_type_ids=None, position_ids=None, inputs_embeds=None):
        words = self.embeddings.word_embeddings(input_ids) if inputs_embeds is None else inputs_embeds
        if position_ids is None:
            position_ids = torch.arange(words.shape[1]).expand(words.shape[:2])
        if attention_mask.dim() == 2:
            attention_mask = torch.where(attention_mask.bool(), 0.0, torch.finfo(torch.float32).min)[:, None, None, :]
        words = words + self.embeddings.token_type_embeddings(token_type_ids)
        self.encoder.positions = position_ids
        states = self.embeddings(position_ids=position_ids + OFFSET, inputs_embeds=words)
        return BaseModelOutput(last_hidden_state=self.encoder(states, attention_mask=attention_mask)[0])


def from_package(folder, bert_vocabulary, dropout):
    """An encoder with the weights of all-mpnet-base-v2, unpacked in `folder`, its pieces in the order of `bert_vocabulary`."""
    folder = Path(folder)
    settings = json.loads((folder / "config.json").read_text())
    settings.update(type_vocab_size=4, vocab_size=len(bert_vocabulary), hidden_dropout_prob=dropout,
                    attention_probs_dropout_prob=0.0)
    model = MPNet(MPNetConfig(**settings))
    its = {piece: at for at, piece in enumerate((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())}
    rows = [its[SPECIAL.get(piece, piece)] for piece in bert_vocabulary]
    weights = load_file(folder / "model.safetensors")
    words = "embeddings.word_embeddings.weight"
    weights[words] = weights[words][rows]
    weights["embeddings.token_type_embeddings.weight"] = torch.zeros(4, model.config.hidden_size)
    missing, _ = model.load_state_dict(weights, strict=False)
    assert not [name for name in missing if "position_ids" not in name], missing
    return model
