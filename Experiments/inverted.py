"""What CKA does not show: a layer that keeps the relations of samples and cannot be reused.

`python inverted.py [--out FILE]` trains a small network on clean digits and looks at the same test
digits inverted (black and white exchanged). It writes the activations of both to FILE (npz), for

    cka compute inverted.npz -o inverted.cka.safetensors
    cka freeze inverted.cka.safetensors

and prints what counts: the accuracy on inverted digits of a network that was trained on them from
the beginning, and of the one from clean digits, trained on with everything up to a layer frozen.
"""

import argparse
import copy

import numpy as np
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn

LAYERS = ("h1", "h2", "fc")


class Net(nn.Module):
    """64 pixels, two hidden layers of ReLUs, 10 classes."""

    def __init__(self, width: int = 8) -> None:
        super().__init__()
        self.h1 = nn.Linear(64, width)
        self.h2 = nn.Linear(width, width)
        self.fc = nn.Linear(width, 10)

    def outputs(self, x: Tensor) -> dict[str, Tensor]:
        """The output of every layer, [samples, width]."""
        h1 = torch.relu(self.h1(x))
        h2 = torch.relu(self.h2(h1))
        return {"h1": h1, "h2": h2, "fc": self.fc(h2)}

    def forward(self, x: Tensor) -> Tensor:
        return self.outputs(x)["fc"]


def fit(net: Net, x: Tensor, y: Tensor, seed: int, epochs: int = 60) -> Net:
    """Adam over minibatches of 64; only what needs a gradient is trained."""
    torch.manual_seed(seed)
    weights = [p for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.Adam(weights, lr=2e-3)
    for _ in range(epochs):
        for chosen in torch.randperm(len(x)).split(64):
            optimiser.zero_grad()
            nn.functional.cross_entropy(net(x[chosen]), y[chosen]).backward()
            optimiser.step()
    return net


def accuracy(net: Net, x: Tensor, y: Tensor) -> float:
    """Per cent of samples."""
    with torch.no_grad():
        return 100 * float((net(x).argmax(1) == y).float().mean())


def frozen(net: Net, up_to: str) -> Net:
    """A copy of `net` with the layers up to and including `up_to` frozen."""
    copied = copy.deepcopy(net)
    for name in LAYERS:
        getattr(copied, name).requires_grad_(False)
        if name == up_to:
            break
    return copied


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="inverted.npz")
    options = parser.parse_args()
    torch.set_num_threads(1)
    digits = load_digits()
    x = torch.tensor(digits.data, dtype=torch.float32) / 16
    y = torch.tensor(digits.target)
    order = torch.tensor(np.random.default_rng(0).permutation(len(x)))
    train, test = order[:1285], order[1285:]
    rows: dict[str, list[float]] = {name: [] for name in ("clean", "afresh", "h1", "h2")}
    for seed in range(5):
        torch.manual_seed(seed)
        net = fit(Net(), x[train], y[train], seed)
        rows["clean"].append(accuracy(net, x[test], y[test]))
        torch.manual_seed(seed)
        afresh = fit(Net(), 1 - x[train], y[train], seed)
        rows["afresh"].append(accuracy(afresh, 1 - x[test], y[test]))
        for name in ("h1", "h2"):
            again = fit(frozen(net, name), 1 - x[train], y[train], seed + 100)
            rows[name].append(accuracy(again, 1 - x[test], y[test]))
        if seed == 0:
            with torch.no_grad():
                both = {"clean": net.outputs(x[test]), "inverted": net.outputs(1 - x[test])}
            arrays = {f"{d}/{k}": v.numpy() for d, out in both.items() for k, v in out.items()}
            # Names of arrays are free; numpy's types know only its own switches.
            np.savez(options.out, **arrays)  # type: ignore[arg-type]
    for name, text in (
        ("clean", "clean digits"),
        ("afresh", "inverted digits, trained on them alone"),
        ("h1", "inverted digits, h1 of clean ones frozen"),
        ("h2", "inverted digits, h1 and h2 frozen"),
    ):
        values = np.array(rows[name])
        print(f"{text:42s} {values.mean():5.1f} ± {values.std(ddof=1):.1f} %")


if __name__ == "__main__":
    main()
