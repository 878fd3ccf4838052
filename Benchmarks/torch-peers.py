"""Seconds and errors of cka_torch, pytorch-cka and torch_cka on one minibatch, side by side.

    PYTHONPATH=Sources/TorchBackend/Python python Benchmarks/torch-peers.py --threads 2

Two torchvision networks with random weights, all modules, random images. Each tool gets the same
networks and images and is timed end to end, from the minibatch to its matrix of CKA (ours: to the
frame's bytes, as HSIC is formed by cka itself, and is timed apart here). Errors are those of each
tool's CKA, layer by layer, against float64 networks, features and formulas. With more than two
networks all pairs are compared, which takes the peers a run for each pair: they are left out.

Ours is told apart: the forward passes by themselves, what Gram matrices add, and what is then spent
waiting for copies to the host and for the frame to be written.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import io
import itertools
import statistics
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy
import torch
from cka_torch.batches import Batch
from cka_torch.devices import set_precision
from cka_torch.features import tensors
from cka_torch.frames import FrameWriter
from cka_torch.grams import GramMaker
from cka_torch.layers import Hooks, evaluating
from cka_torch.layout import LayoutTrial
from cka_torch.models import build
from cka_torch.native import native
from cka_torch.passes import ModelPass
from cka_torch.plan import Choice, plan
from cka_torch.specification import Specification, Value

Networks = list[torch.nn.Module]
# What tells the time.
_clock: list[Callable[[], float]] = [time.perf_counter]


def main() -> None:
    """Runs what is installed, and prints one line for each tool."""
    options = _options()
    if options.processor_time:
        _clock[0] = time.process_time
    set_precision(False, options.threads)
    device = torch.device(options.device)
    models = [build(s, 0).module.eval().to(device) for s in map(_specification, options.models)]
    size = (options.batch_size, 3, options.size, options.size)
    x = torch.randn(size, generator=torch.Generator().manual_seed(0)).to(device)
    forward = _seconds(lambda: _forward(models, x), options.repeats)
    print(f"forward passes alone      {forward:8.3f} s")
    reference = _reference(models, x)
    ours, parts, layers, grams = _ours(models, x, options.repeats)
    kernel = "libckagram.so" if device.type == "cpu" and native() else "torch"
    start = _clock[0]()
    values = [_cka(*pair) for pair in itertools.combinations(grams, 2)]
    hsic = _clock[0]() - start
    error = max(map(_error, values, itertools.combinations(layers, 2), reference))
    print(
        f"cka_torch                 {ours:8.3f} s  {ours / forward:6.2f} × forward"
        f"  error {error:.1e}  ({sum(map(len, layers))} layers by {kernel}; HSIC {hsic:.2f} s)"
    )
    for name, seconds in parts.items():
        print(f"  {name:<24}{seconds:8.3f} s  {seconds / ours:6.0%}")
    for name, run in [("pytorch-cka", _pytorch_cka), ("torch_cka", _torch_cka)]:
        if name in options.skip or len(models) > 2:
            continue
        try:
            repeats = options.repeats if name == "pytorch-cka" else 1
            seconds, found, layers = run(models, x, repeats)
        except ImportError as missing:
            print(f"{name:<25} missing: {missing.name}")
            continue
        told = _told(found, layers, reference[0])
        print(
            f"{name:<25} {seconds:8.3f} s  {seconds / forward:6.2f} × forward  {told}"
            f"  ours is {seconds / ours:.2f} × as fast"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "models", nargs="*", default=["torchvision:resnet18", "torchvision:resnet34"]
    )
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5, help="the median counts")
    parser.add_argument(
        "--processor-time",
        action="store_true",
        help="what the process itself takes, on a machine that does other things; --threads 1",
    )
    parser.add_argument("--skip", nargs="*", default=[], help="pytorch-cka torch_cka")
    options = parser.parse_args()
    if len(options.models) < 2:
        parser.error("two models or more are compared")
    return options


def _seconds(work: Callable[[], Any], repeats: int) -> float:
    """The median of some repetitions, after one that does not count."""
    work()
    times = []
    for _ in range(repeats):
        _finish()
        start = _clock[0]()
        work()
        _finish()
        times.append(_clock[0]() - start)
    return statistics.median(times)


def _finish() -> None:
    """Waits for what a device still has to do."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _forward(models: Networks, x: torch.Tensor) -> None:
    with torch.no_grad():
        for model in models:
            model(x)


def _ours(
    models: Networks, x: torch.Tensor, repeats: int
) -> tuple[float, dict[str, float], list[list[str]], list[numpy.ndarray]]:
    """One minibatch as `run` does it, the frame written to memory."""
    batch, maker = Batch({"x": x}), GramMaker(x.device, torch.float32)
    models = [copy.deepcopy(m) for m in models]  # Their weights are laid out anew.
    layouts = [LayoutTrial(m, x.device) for m in models]
    plans = [
        plan(m, "model", batch, Choice(), x.device, layout)
        for m, layout in zip(models, layouts, strict=True)
    ]
    for layout in layouts:
        layout.settle()
    passes = [ModelPass(m, p, maker) for m, p in zip(models, plans, strict=False)]
    names = [[layer.name for layer in p.layers] for p in plans]
    room = [torch.empty(len(n), len(x), len(x), device=x.device) for n in names]

    waited: list[float] = []

    def minibatch() -> None:
        for runner, target in zip(passes, room, strict=False):
            runner.run(batch, target)
        _finish()
        start = _clock[0]()
        sent = [
            (f"{i}/{name}", gram.numpy())
            for i, own in enumerate(names)
            for name, gram in zip(own, room[i].cpu(), strict=False)
        ]
        FrameWriter(io.BytesIO()).frame(len(x), batch.hash(), sent, {})
        waited.append(_clock[0]() - start)

    forward = _seconds(lambda: _forward(models, x), repeats)
    whole = _seconds(minibatch, repeats)
    waiting = statistics.median(waited)
    parts = {
        "forward passes": forward,
        "Gram matrices": whole - forward - waiting,
        "waiting": waiting,
    }
    return whole, parts, names, [target.cpu().numpy() for target in room]


def _cka(first: numpy.ndarray, second: numpy.ndarray) -> numpy.ndarray:
    """Unbiased CKA of all layers with all, in float64, by U-centring."""
    rows = [_u_centred(grams.astype(numpy.float64)) for grams in (first, second)]
    norms = [numpy.sqrt((r * r).sum(1)) for r in rows]
    with numpy.errstate(invalid="ignore"):  # A layer that is the same for all samples has none.
        return numpy.asarray(rows[0] @ rows[1].T / numpy.outer(*norms))


def _u_centred(grams: numpy.ndarray) -> numpy.ndarray:
    n = grams.shape[1]
    inside = ~numpy.eye(n, dtype=bool)
    grams = grams * inside
    means = grams.sum(2) / (n - 2)
    whole = grams.sum((1, 2))[:, None, None] / ((n - 1) * (n - 2))
    centred = (grams - means[:, :, None] - means[:, None, :] + whole) * inside
    return numpy.asarray(centred.reshape(len(grams), -1))


Reference = tuple[list[str], list[str], numpy.ndarray]


def _reference(models: Networks, x: torch.Tensor) -> list[Reference]:
    """Of each pair: networks in float64, every call of every module, Gram matrices as defined."""
    grams = [_plain_grams(copy.deepcopy(model).double(), x.double()) for model in models]
    stacks = [(list(g), numpy.stack(list(g.values()))) for g in grams]
    return [
        (first[0], second[0], _cka(first[1], second[1]))
        for first, second in itertools.combinations(stacks, 2)
    ]


def _plain_grams(model: torch.nn.Module, x: torch.Tensor) -> dict[str, numpy.ndarray]:
    found: dict[str, numpy.ndarray] = {}

    def look(_path: str, call: str, _: torch.nn.Module, output: Any) -> None:
        for suffix, tensor in tensors(output):
            rows = tensor.flatten(1) if tensor.dim() > 1 else tensor[:, None]
            rows = rows - rows.mean(0)
            found[call + suffix] = (rows @ rows.T).cpu().numpy()

    with Hooks(model, look), evaluating(model):
        model(x)
    return found


def _specification(text: str) -> Specification:
    """`torchvision:NAME?KEY=NUMBER`, all that is measured here; `cka` itself parses in Swift."""
    body, _, query = text.partition("?")
    kind, _, target = body.partition(":")
    options: dict[str, Value] = {
        key: int(value) for key, _, value in (p.partition("=") for p in query.split("&") if p)
    }
    return Specification(text, target, kind, target, options)


def _error(values: numpy.ndarray, layers: Sequence[list[str]], reference: Reference) -> float:
    """The largest difference from the reference where that is defined, layers matched by name."""
    rows, columns = (
        [known.index(name) for name in own]
        for known, own in zip(reference[:2], layers, strict=False)
    )
    expected = reference[2][numpy.ix_(rows, columns)]
    return float(numpy.abs(values - expected)[~numpy.isnan(expected)].max())


def _told(values: numpy.ndarray | None, layers: list[list[str]], reference: Reference) -> str:
    """The error of a tool that keeps only the last call of a module."""
    if values is None:
        return "stops at NaN"
    last = [{name.partition("#")[0]: name for name in known} for known in reference[:2]]
    layers = [[calls[name] for name in own] for calls, own in zip(last, layers, strict=False)]
    return f"error {_error(values, layers, reference):.1e}"


def _pytorch_cka(
    models: Networks, x: torch.Tensor, repeats: int
) -> tuple[float, numpy.ndarray | None, list[list[str]]]:
    from cka import CKA

    found: list[torch.Tensor] = []

    def minibatch() -> None:
        with CKA(*models, device=x.device) as peer:
            found[:] = [peer._compare([x], progress=False)]

    seconds = _seconds(minibatch, repeats)
    names = [[name for name, _ in m.named_modules() if name] for m in models]
    return seconds, found[0].cpu().numpy(), names


def _torch_cka(
    models: Networks, x: torch.Tensor, repeats: int
) -> tuple[float, numpy.ndarray | None, list[list[str]]]:
    from torch.utils.data import DataLoader, TensorDataset
    from torch_cka import CKA

    loader = DataLoader(TensorDataset(x.cpu()), batch_size=len(x))
    models = [copy.deepcopy(m) for m in models]  # Its hooks stay.
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        peer = CKA(*models, "first", "second", device=str(x.device))
        start = _clock[0]()
        try:
            with torch.no_grad():
                peer.compare(loader)
            values = peer.hsic_matrix.numpy()
        except AssertionError:
            values = None
        seconds = _clock[0]() - start
    # Rows lie in the order in which modules first return, whatever its own list of names says.
    names = [list(getattr(peer, f"model{i}_features")) for i in (1, 2)]
    return seconds, values, [[name or "(model)" for name in own] for own in names]


if __name__ == "__main__":
    main()
