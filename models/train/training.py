"""What both trainings share: optimiser groups, schedule, averaged weights, resuming."""
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch

import network

WARM_UP = 0.06


@dataclass(frozen=True)
class Rates:
    """Peak learning rates: of the highest layer, what each layer below it has of that, and what the heads have."""
    peak: float = 1.5e-4
    layer_decay: float = 0.9
    head_factor: float = 6.0
    trains_words: bool = False  # else word embeddings stay as they are


def optimiser(net, rates):
    """AdamW; lower layers learn more slowly, heads faster."""
    net.encoder.embeddings.word_embeddings.weight.requires_grad_(rates.trains_words)
    depth = net.encoder.config.num_hidden_layers
    groups = {}
    for name, parameter in net.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith(("heads", "dense")):
            rate = rates.peak * rates.head_factor
        elif name == "markers" or "token_type" in name:
            rate = rates.peak * (1 if net.markers is None else 2)
        else:
            layer = int(name.split("layer.")[1].split(".")[0]) + 1 if "layer." in name else 0
            rate = rates.peak * rates.layer_decay ** (depth - layer)
        decay = 0.01 if parameter.dim() > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW([{"params": p, "lr": r, "rate": r, "weight_decay": d} for (r, d), p in groups.items()],
                             betas=(0.9, 0.98), foreach=True)


def freeze(net, n_layers):
    """Leaves embeddings and the lowest layers as they are from now on: the backward pass stops above them."""
    if n_layers == 0:
        return
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


def options(parser, out, pieces, budget, freeze):
    """Adds the options that both trainings have."""
    parser.add_argument("--labelled", type=Path, default=Path("../shared/labelled"))
    parser.add_argument("--out", type=Path, default=Path(out))
    parser.add_argument("--pieces", type=int, default=pieces, help="length of the training")
    parser.add_argument("--minutes", type=float, help="end after so many minutes instead")
    parser.add_argument("--budget", type=int, default=budget, help="padded pieces a batch")
    parser.add_argument("--freeze", type=int, default=freeze, help="lowest layers that rest in the second part")
    parser.add_argument("--freeze-from", type=float, default=0.5, help="where the second part begins, 0..1")
    parser.add_argument("--bf16", action="store_true", help="multiply in bf16: faster where the processor has it")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=int(os.environ.get("OMP_NUM_THREADS", 2)))
    parser.add_argument("--dev-every", type=float, default=20, help="minutes between dev scores")


def fit(args, net, rates, epoch_batches, loss_of, n_pieces, dev_line):
    """Trains `net` as `args` say, and leaves the averaged weights in `args.out`.

    `epoch_batches(rng)` gives the batches of an epoch, `loss_of(batch)` a loss, `n_pieces(batch)` its pieces,
    `dev_line(net)` a line of dev scores. A state that lies in `args.out` is gone on from.
    """
    args.out.mkdir(parents=True, exist_ok=True)
    opt, average = optimiser(net, rates), Average(net, 0.99)
    clock = Clock(args.pieces, args.minutes)
    extra = resume(args.out / "state.pt", net, opt, average, clock)
    epoch, last_dev, losses = extra.get("epoch", 0), time.time(), []
    print("begun at", clock.seen, flush=True)

    def score_and_keep():
        keep(args.out / "state.pt", net, opt, average, clock, {"epoch": epoch})
        average.swap()
        network.save(net, args.out)
        average.swap()
        print(time.strftime("%H:%M:%S"), clock.seen, dev_line(network.load(args.out)), flush=True)
        clock.pause()

    while clock.progress() < 1:
        batches = epoch_batches(random.Random(args.seed * 1000 + epoch))
        print(f"epoch {epoch}: {len(batches)} batches, {sum(map(n_pieces, batches))} pieces", flush=True)
        net.train()
        clock.pause()
        for step, batch in enumerate(batches):
            if clock.progress() >= 1:
                break
            set_rate(opt, clock.progress())
            if clock.progress() >= args.freeze_from:
                freeze(net, args.freeze)
            with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16):
                loss = loss_of(batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(average.live, 1.0, foreach=True)
            opt.step()
            opt.zero_grad()
            average.update()
            clock.add(n_pieces(batch))
            losses.append(loss.item())
            if step % 25 == 0:
                print(f"{time.strftime('%H:%M:%S')} epoch {epoch} step {step} progress {clock.progress():.3f} "
                      f"pieces {clock.seen} ({clock.seen / clock.spent:.0f}/s) loss {sum(losses) / len(losses):.4f}", flush=True)
                losses = []
            if time.time() - last_dev > args.dev_every * 60:
                score_and_keep()
                last_dev = time.time()
        epoch += 1
    score_and_keep()
