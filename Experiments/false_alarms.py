"""How often `cka` warns of networks where nothing is wrong.

`python false_alarms.py [--cka PROGRAM] [--sizes N…] [--folder FOLDER]` trains small networks on
digits, with two seeds each, runs `cka compute torch` over all 1,797 digits in minibatches of 32, 64
and 128, and prints how many layers each kind of warning names, trained and untrained. Nothing in
these data is far from the rest: what is told of single minibatches and samples is a false alarm.
Layers in which one direction really has over nine tenths of the variance do exist; their number is
printed to be looked at.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import networks
import torch
from data import digits
from fitting import Objective, Recipe, fit
from torch import nn

HERE = Path(__file__).parent
KINDS = {
    "minibatch": (re.compile(r"minibatch \d+ alone makes up"), "one minibatch"),
    "sample": (re.compile(r"sample \d+ of minibatch"), "one sample"),
    "direction": (re.compile(r"one direction decides"), "one direction"),
    "biased": (re.compile(r"^biased HSIC of \d+ samples"), ""),
    "rough": (re.compile(r"intervals are rough"), ""),
    "equal": (re.compile(r"weighs as much as one"), ""),
}
NETWORKS = {
    "cnn4": ("cnn?depth=4", Recipe(6, rate=4e-3)),
    "cnn10": ("cnn?depth=10", Recipe(6, rate=4e-3)),
    "resnet18": ("resnet?depth=18", Recipe(2, rate=1e-3)),
    "vit": ("vit?classes=10", Recipe(4, batch=16)),
}
SEEDS = (0, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cka", default="cka")
    parser.add_argument("--sizes", default=[32, 64, 128], type=int, nargs="+")
    parser.add_argument("--folder", default="false-alarms", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(2)
    options.folder.mkdir(exist_ok=True)
    layers = 0
    for trained in (True, False):
        models = [
            f"{name}-{seed}=py:{HERE}/networks.py:{text}"
            f"&checkpoint={checkpoint(options.folder, name, seed, trained)}"
            for name, (text, _) in NETWORKS.items()
            for seed in SEEDS
        ]
        for estimator in ("unbiased", "biased"):
            for size in options.sizes:
                counts, layers = run(options, models, estimator, size)
                told = ", ".join(f"{kind} {counts[kind]}" for kind in KINDS)
                state = "trained" if trained else "untrained"
                print(f"{state:9} {estimator:8} {size:3}  {layers} layers: {told}", flush=True)


def checkpoint(folder: Path, name: str, seed: int, trained: bool) -> Path:
    """The file with the weights of a network, which is made where it is not there."""
    path = (folder / f"{name}-{seed}-{'trained' if trained else 'untrained'}.pt").resolve()
    if path.exists():
        return path
    function, _, arguments = NETWORKS[name][0].partition("?")
    key, _, value = arguments.partition("=")
    torch.manual_seed(seed)
    network: nn.Module = getattr(networks, function)(**{key: int(value)})
    if trained:
        fit(network, digits(size=32, part="train"), NETWORKS[name][1], seed, Objective())
    torch.save(network.state_dict(), path)
    return path


def run(
    options: argparse.Namespace, models: list[str], estimator: str, size: int
) -> tuple[Counter[str], int]:
    """What one study warns of, by kind, and how many layers it has."""
    result = options.folder / "out.cka.safetensors"
    result.unlink(missing_ok=True)
    data = f"py:{HERE}/data.py:digits?size=32&part=all"
    command = [options.cka, "compute", "torch", *models, "--data", data, "-o", str(result)]
    command += ["--batch-size", str(size), "--estimator", estimator]
    environment = {"CKA_PYTHON": sys.executable, **os.environ}
    outcome = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    if outcome.returncode:
        raise SystemExit(outcome.stderr)
    text = subprocess.run(
        [options.cka, "info", "--json", str(result)], check=True, capture_output=True
    ).stdout
    counts: Counter[str] = Counter()
    layers = 0
    for record in json.loads(text):
        if record["model1"] != record["model2"]:
            continue
        layers += len(record["layers1"])
        lines = record["warnings"] + [caveat["text"] for caveat in record["caveats"]]
        for line in lines:
            for kind, (pattern, words) in KINDS.items():
                more = re.match(r"(\d+) more layers? hangs? on " + words, line) if words else None
                counts[kind] += int(more[1]) if more else bool(pattern.search(line))
    return counts, layers


if __name__ == "__main__":
    main()
