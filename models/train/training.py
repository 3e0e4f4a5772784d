"""What both trainings share: optimiser groups, schedule, averaged weights, resuming."""
import time
from pathlib import Path

import torch

PEAK, HEAD_FACTOR, LAYER_DECAY, WARM_UP = 1.5e-4, 6.0, 0.9, 0.06


def optimiser(net, peak=PEAK):
    """AdamW; lower layers learn more slowly, heads faster; word embeddings stay as they are."""
    net.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    depth = net.encoder.config.num_hidden_layers
    groups = {}
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith(("heads", "dense")):
            rate = peak * HEAD_FACTOR
        elif name == "markers" or "token_type" in name:
            rate = peak * (1 if net.markers is None else 2)
        else:
            layer = int(name.split("layer.")[1].split(".")[0]) + 1 if "layer." in name else 0
            rate = peak * LAYER_DECAY ** (depth - layer)
        decay = 0.01 if parameter.dim() > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW([{"params": p, "lr": r, "rate": r, "weight_decay": d} for (r, d), p in groups.items()],
                             betas=(0.9, 0.98), foreach=True)


def freeze(net, n_layers):
    """Leaves embeddings and the lowest layers as they are from now on: the backward pass stops above them."""
    for name, parameter in net.named_parameters():
        layer = int(name.split("layer.")[1].split(".")[0]) if "layer." in name else -1
        if not name.startswith(("heads", "dense")) and layer < n_layers:
            parameter.requires_grad_(False)
            parameter.grad = None


def set_rate(opt, progress):
    """Linear warm-up, then linear decay to nothing; `progress` is 0..1."""
    factor = progress / WARM_UP if progress < WARM_UP else max(0.0, 1 - progress) / (1 - WARM_UP)
    for group in opt.param_groups:
        group["lr"] = group["rate"] * max(factor, 1e-3)


class Average:
    """Exponential average of the trained weights."""

    def __init__(self, net, decay):
        self.decay, self.steps = decay, 0
        self.live = [p for p in net.parameters() if p.requires_grad]
        self.mean = [p.detach().clone() for p in self.live]

    def update(self):
        self.steps += 1
        decay = min(self.decay, self.steps / (self.steps + 9))
        torch._foreach_lerp_(self.mean, [p.detach() for p in self.live], 1 - decay)

    def swap(self):
        """Exchanges live and averaged weights (call twice to come back)."""
        for mean, live in zip(self.mean, self.live):
            kept = live.detach().clone()
            live.data.copy_(mean)
            mean.copy_(kept)


class Clock:
    """Progress of a training: by pieces, or by minutes where these are given."""

    def __init__(self, pieces, minutes=None):
        self.pieces, self.minutes, self.seen, self.spent = pieces, minutes, 0, 0.0
        self.mark = time.time()

    def add(self, pieces):
        self.seen += pieces
        now = time.time()
        self.spent += now - self.mark
        self.mark = now

    def pause(self):
        """Leaves out the time since the last `add` (evaluation, saving)."""
        self.mark = time.time()

    def progress(self):
        return self.spent / 60 / self.minutes if self.minutes else self.seen / self.pieces


def keep(path, net, opt, average, clock, extra):
    path = Path(path)
    state = {"net": net.state_dict(), "opt": opt.state_dict(), "mean": average.mean, "steps": average.steps,
             "seen": clock.seen, "spent": clock.spent, "extra": extra, "rng": torch.get_rng_state()}
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def resume(path, net, opt, average, clock):
    if not Path(path).exists():
        return {}
    state = torch.load(path, weights_only=False)
    net.load_state_dict(state["net"])
    rates = [(g["rate"]) for g in opt.param_groups]
    opt.load_state_dict(state["opt"])
    for group, rate in zip(opt.param_groups, rates):
        group["rate"] = rate
    for mean, saved in zip(average.mean, state["mean"]):
        mean.copy_(saved)
    average.steps, clock.seen, clock.spent = state["steps"], state["seen"], state["spent"]
    torch.set_rng_state(state["rng"])
    return state["extra"]
