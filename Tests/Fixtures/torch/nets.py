"""Small networks and data for tests, with what hooks stumble over: a ReLU called twice."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time

import torch
from torch import Tensor, nn
from torch.utils.data import Dataset, TensorDataset


class Block(nn.Module):
    """Two convolutions with a shortcut, and one ReLU for both."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.second = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.norm(self.first(x)))
        return self.relu(self.second(y) + x)


class Trouble(nn.Module):
    """Lets samples through until it has seen `after` calls; then it makes trouble."""

    def __init__(self, kind: str, after: int) -> None:
        super().__init__()
        self.kind, self.after, self.calls = kind, after, 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x if self.calls <= self.after else self.make(x)

    def make(self, x: Tensor) -> Tensor:
        """What its kind says."""
        if self.kind == "raise":
            raise ValueError("the network\x1b[31m gave up")
        if self.kind == "exit":
            os._exit(7)
        if self.kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.kind == "hang":
            time.sleep(3600)
        if self.kind == "overflow":
            return x * float("nan")
        # Past every Python object, as a C library does.
        ctypes.CDLL(None).puts(b"a library prints")
        print("hello from the network", flush=True)
        sys.__stdout__.write("and again\n")
        return x


def network(width: int = 4, seed: int = 0) -> nn.Module:
    """A small residual network for images of 3 x 8 x 8."""
    torch.manual_seed(seed)
    return nn.Sequential(
        nn.Conv2d(3, width, 3, padding=1),
        Block(width),
        nn.AdaptiveAvgPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * width, 10),
    )


def troubled(kind: str, after: int = 2) -> nn.Module:
    """The same with a layer in it that makes trouble after so many calls."""
    return nn.Sequential(nn.Conv2d(3, 4, 3), Trouble(kind, after), nn.ReLU())


def slow(seconds: float = 0.05) -> nn.Module:
    """The network, which takes its time."""
    model = network()
    model.register_forward_pre_hook(lambda *_: time.sleep(seconds))
    return model


def images(count: int = 192, noise: float = 0.0) -> Dataset:
    """Random images, the same each time; noise comes on top of them."""
    generator = torch.Generator().manual_seed(1)
    clean = torch.randn(count, 3, 8, 8, generator=generator) + 3
    return TensorDataset(clean + noise * torch.randn(count, 3, 8, 8, generator=generator))
