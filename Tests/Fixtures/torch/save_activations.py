"""Saves float64 activations of `nets.network` for every call of every module, in plain torch.

python save_activations.py OUTPUT.npz NAME=WIDTH:NOISE …
"""

from __future__ import annotations

import sys

import numpy as np
import torch
from nets import images, network


def activations(width: int, noise: float) -> dict[str, np.ndarray]:
    """The output of each call, copied at once: a later layer may write into it."""
    model = network(width).double().eval()
    kept: dict[str, np.ndarray] = {}

    def keep(name: str, output: torch.Tensor) -> None:
        calls = sum(key.split("#")[0] == name for key in kept)
        key = name if calls == 0 else f"{name}#{calls + 1}"
        kept[key] = output.detach().flatten(1).numpy().copy()

    for name, module in model.named_modules():
        if name:
            module.register_forward_hook(lambda _m, _i, output, name=name: keep(name, output))
    with torch.no_grad():
        model(images(noise=noise).tensors[0].double())
    return kept


def main() -> None:
    """Writes every model's layers as `NAME/LAYER`."""
    output, *models = sys.argv[1:]
    arrays = {}
    for model in models:
        name, _, rest = model.partition("=")
        width, _, noise = rest.partition(":")
        for layer, values in activations(int(width), float(noise)).items():
            arrays[f"{name}/{layer}"] = values
    np.savez(output, **arrays)


main()
