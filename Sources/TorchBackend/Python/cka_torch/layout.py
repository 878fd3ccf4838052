"""How the weights of convolutions lie in memory."""

from __future__ import annotations

from collections.abc import Callable

import torch

from .roles import is_a

_CLASSES = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
# Two layouts round differently, and matrices of near-constant features show it: what is looked for
# is numbers in other places.
_TOLERANCE = 1e-2
_LOW_TOLERANCE = 1e-1


def use_fast_layout(
    model: torch.nn.Module, device: torch.device, trial: Callable[[], list[torch.Tensor]]
) -> None:
    """Lays weights out with channels last, where that is faster and changes nothing.

    On a processor oneDNN convolves maps whose channels lie side by side up to twice as fast, and
    a map takes the layout of the weights. Some networks cannot bear that: those that flatten their
    maps by `view`, or look at memory in other ways. They keep their own layout.

    - `trial`: runs the model on a few samples, and returns the Gram matrices of all its layers.
    """
    convolutions = [m for m in model.modules() if is_a(m, *_CLASSES)]
    if device.type != "cpu" or not convolutions:
        return
    expected = trial()
    _lay_out(convolutions, torch.channels_last)
    try:
        found = trial()
    except Exception:  # Whatever code raises that does not expect this layout.
        found = []
    if not _are_alike(expected, found, next(convolutions[0].parameters()).dtype):
        _lay_out(convolutions, torch.contiguous_format)


def _are_alike(expected: list[torch.Tensor], found: list[torch.Tensor], dtype: torch.dtype) -> bool:
    is_low = dtype in (torch.float16, torch.bfloat16)
    tolerance = _LOW_TOLERANCE if is_low else _TOLERANCE
    return len(expected) == len(found) and all(
        torch.allclose(b, a, rtol=0, atol=tolerance * float(a.abs().max()), equal_nan=True)
        for a, b in zip(expected, found, strict=False)
    )


def _lay_out(modules: list[torch.nn.Module], layout: torch.memory_format) -> None:
    for module in modules:
        # mypy does not know this form of `to`.
        module.to(memory_format=layout)  # type: ignore[call-overload]
