"""How the weights of convolutions lie in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

from .layers import kind

_Result = TypeVar("_Result")
_KINDS = ("Conv2d", "ConvTranspose2d")


def with_fast_layout(
    model: torch.nn.Module, device: torch.device, work: Callable[[], _Result]
) -> _Result:
    """Does `work`, which calls the model, with channels last where that is the faster layout.

    On a processor oneDNN convolves maps whose channels lie side by side up to twice as fast, and
    a map takes the layout of the weights. The numbers and their places are the same, but a network
    that flattens its maps by `view` cannot run so: it gets its own layout back, and `work` is done
    again.
    """
    convolutions = [m for m in model.modules() if kind(m) in _KINDS]
    if device.type != "cpu" or not convolutions:
        return work()
    _lay_out(convolutions, torch.channels_last)
    try:
        return work()
    except RuntimeError:
        # A fault of the network's own comes again.
        _lay_out(convolutions, torch.contiguous_format)
    return work()


def _lay_out(modules: list[torch.nn.Module], layout: torch.memory_format) -> None:
    for module in modules:
        module.to(memory_format=layout)
