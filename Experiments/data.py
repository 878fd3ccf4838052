"""scikit-learn's handwritten digits as image data sets whose every sample has a name.

The 1,797 digits (8 × 8 pixels, 10 classes) are split once and for all into 1,285 for training and
512 for testing. An image is drawn from its digit by one affine map, sampled bilinearly at the size
asked for: upscaling, distortion and rotation are one interpolation, not three.

A data set can go through its digits several times. Every pass has an order and distortions of its
own, both drawn from the seed and the number of the pass alone, so 25 passes over the 512 test
digits are 400 different minibatches of 32. `rotate` and `noise` change the images and nothing else:
the clean, the rotated and the noisy set hold the same digits in the same order under the same
names.
"""

import math

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits
from torch import Tensor
from torch.utils.data import Dataset

TEST_DIGITS = 512
SPLIT_SEED = 20210


class Digits(Dataset[tuple[Tensor, int, str]]):
    """Images in memory; a sample is its image, its label and its name.

    images: float32 [samples, 3, size, size], black 0 and white 1 (noise goes beyond both); the
    three channels are equal, for networks that were made for colour.
    """

    def __init__(self, images: Tensor, labels: Tensor, ids: list[str]) -> None:
        self.images, self.labels, self.ids = images, labels, ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> tuple[Tensor, int, str]:
        return self.images[index], int(self.labels[index]), self.ids[index]

    def __repr__(self) -> str:
        return f"Digits ({len(self)} images)"


def digits(
    size: int = 32,
    part: str = "test",
    passes: int = 1,
    distort: float = 0.5,
    rotate: float = 0.0,
    noise: float = 0.0,
    seed: int = 0,
) -> Digits:
    """The digits of `part` ("train", "test" or "all"), `passes` times.

    distort: strength of the random distortion; 1 is up to 20 degrees, 1 of 8 pixels and 15 % of
    size.
    rotate: degrees by which every image is turned besides.
    noise: standard deviation of Gaussian noise added to every pixel.
    """
    source = load_digits()
    chosen = _part(part)
    images, labels, ids = [], [], []
    for number in range(passes):
        random = np.random.default_rng([seed, number])
        order = random.permutation(chosen)
        pixels = torch.from_numpy(source.images[order].astype(np.float32) / 16)[:, None]
        drawn = _draw(pixels, size, distort, rotate, random)
        grain = np.random.default_rng([seed, number, 1])
        drawn += noise * torch.from_numpy(grain.standard_normal(drawn.shape, dtype=np.float32))
        images.append(drawn.expand(-1, 3, -1, -1))
        labels.append(torch.from_numpy(source.target[order]))
        ids += [f"digit {index}, pass {number}" for index in order]
    return Digits(torch.cat(images), torch.cat(labels), ids)


def _part(name: str) -> np.ndarray:
    """Positions in scikit-learn's order."""
    order = np.random.default_rng(SPLIT_SEED).permutation(len(load_digits().target))
    parts = {"test": order[:TEST_DIGITS], "train": order[TEST_DIGITS:], "all": order}
    if name not in parts:
        raise ValueError(f"part={name}: there are {', '.join(parts)}")
    return parts[name]


def _draw(
    pixels: Tensor, size: int, distort: float, rotate: float, random: np.random.Generator
) -> Tensor:
    """Draws digits [n, 1, 8, 8] as images [n, 1, size, size]."""
    n = len(pixels)
    angle = np.radians(rotate + distort * random.uniform(-20, 20, n))
    scale = 1 + distort * random.uniform(-0.15, 0.15, n)
    shift = distort * random.uniform(-2 / 8, 2 / 8, (n, 2)) / math.sqrt(2)
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    maps = np.stack([cos, -sin, shift[:, 0], sin, cos, shift[:, 1]], axis=1).reshape(n, 2, 3)
    theta = torch.from_numpy(maps.astype(np.float32))
    grid = F.affine_grid(theta, [n, 1, size, size], align_corners=False)
    return F.grid_sample(pixels, grid, align_corners=False)
