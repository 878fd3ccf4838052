"""scikit-learn's digits: 1,797 grey images of 8 × 8, which need no download."""

from __future__ import annotations

import torch
from torch.nn import functional

from .libraries import need
from .refusal import Refusal
from .specification import Specification

_KNOWN = "size, channels, rotate, noise, split"
_TEST_EACH = 5  # Every fifth image is held back by split=train.


def load(specification: Specification) -> tuple[torch.Tensor, list[str]]:
    """The images, N × channels × size × size with values about 0 … 1, and their numbers as IDs.

    `rotate` turns them by degrees, counter-clockwise; `noise` adds normal noise of that standard
    deviation, the same each time. IDs stay, so that changed images pair with unchanged ones.
    """
    size = int(specification.number("size", 32, least=1))
    channels = int(specification.number("channels", 3, least=1))
    angle = specification.number("rotate", 0)
    noise = specification.number("noise", 0, least=0)
    split = specification.take("split", "all")
    specification.refuse_rest(_KNOWN)
    datasets = need("sklearn.datasets", specification.text)
    x = torch.from_numpy(datasets.load_digits().images).float()[:, None] / 16
    indices = _indices(split, len(x), specification.text)
    x = functional.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)
    if angle:
        x = _rotated(x, angle)
    if noise:
        x = x + noise * torch.randn(x.shape, generator=torch.Generator().manual_seed(0))
    x = x[indices].expand(-1, channels, -1, -1).contiguous()
    return x, [str(i) for i in indices]


def _indices(split: object, count: int, text: str) -> list[int]:
    if split not in ("all", "train", "test"):
        raise Refusal(f"{text}: split={split} is none of all, train, test")
    chosen = {"all": (True, True), "train": (True, False), "test": (False, True)}[str(split)]
    return [i for i in range(count) if chosen[i % _TEST_EACH == _TEST_EACH - 1]]


def _rotated(x: torch.Tensor, degrees: float) -> torch.Tensor:
    angle = torch.deg2rad(torch.tensor(float(degrees)))
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()]).view(2, 2)
    affine = torch.cat([turn, torch.zeros(2, 1)], dim=1).expand(len(x), -1, -1)
    grid = functional.affine_grid(affine, list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid, align_corners=False)
