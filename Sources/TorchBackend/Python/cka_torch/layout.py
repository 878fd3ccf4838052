"""How the weights of convolutions lie in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch

from .axes import AxisSurvey
from .features import tensors
from .roles import is_a

_CLASSES = (torch.nn.Conv2d, torch.nn.ConvTranspose2d)
# Two layouts round differently: what is looked for is numbers in other places.
_TOLERANCE = 1e-2
_LOW_TOLERANCE = 1e-1
# What rounding leaves of the difference of two samples that are nearly alike, by their squares.
_ROUNDING = 1e-10
_LOW_ROUNDING = 1e-3
# Convolutions with a smaller part of the products are not worth another layout.
_SMALLEST_SHARE = 0.1


@dataclass
class _Seen:
    """The squared distance of the first two samples, and the squares of both, along an axis."""

    distance: float
    squares: float


class LayoutTrial:
    """Finds out whether channels last is worth it for a network, and changes nothing.

    On a processor oneDNN convolves maps whose channels lie side by side up to twice as fast, and
    a map takes the layout of the weights. Some networks cannot bear that: those that flatten their
    maps by `view`, or look at memory in other ways. They keep their own layout.

    A look at a model's layers runs it twice anyway. The first time it runs `tentatively`; both
    times the distance of the first two samples is noted for every output, which does not depend on
    how many samples there are. Where they agree, `settle` lays the weights out for good.
    """

    def __init__(self, model: torch.nn.Module, device: torch.device) -> None:
        convolutions = [m for m in model.modules() if is_a(m, *_CLASSES)]
        is_own = all(p.is_contiguous() for m in convolutions for p in m.parameters(recurse=False))
        self._convolutions = convolutions if device.type == "cpu" and is_own else []
        self._is_open = bool(self._convolutions)
        self._is_low = any(
            p.dtype in (torch.float16, torch.bfloat16)
            for m in self._convolutions
            for p in m.parameters()
        )
        self._work = {True: 0.0, False: 0.0}
        self._seen: dict[tuple[str, int], _Seen] = {}
        self._compared = 0

    @property
    def is_open(self) -> bool:
        """Nothing has spoken against it so far."""
        return self._is_open

    def refuse(self) -> None:
        """The network keeps its own layout."""
        self._is_open = False

    @contextmanager
    def tentatively(self) -> Iterator[None]:
        """Lays the weights out with channels last, and as they were behind it."""
        if not self._is_open:
            yield
            return
        _lay_out(self._convolutions, torch.channels_last)
        self._seen.clear()
        try:
            yield
        finally:
            _lay_out(self._convolutions, torch.contiguous_format)

    def look(self, call: str, module: torch.nn.Module, output: Any) -> None:
        """One call of a module in the tentative layout."""
        if not self._is_open:
            return
        for suffix, tensor in tensors(output):
            # Which axis has the samples is not known yet: the first, or the second of three.
            for axis in range(2 if tensor.dim() == 3 else 1):
                seen = _distance(tensor, axis)
                if seen is not None:
                    self._seen[call + suffix, axis] = seen
        self._count(module, output)

    def compare(self, call: str, output: Any, axes: AxisSurvey, samples: int) -> None:
        """The same call in the network's own layout."""
        if not self._is_open:
            return
        for suffix, tensor in tensors(output):
            axis = axes.axes(call + suffix, tensor, samples).samples
            own = None if axis is None else _distance(tensor, axis)
            if own is None or axis is None:
                continue
            other = self._seen.get((call + suffix, axis))
            if other is None or not self._are_alike(own, other):
                self.refuse()
                return
            self._compared += 1

    def settle(self, agreed: bool | None = None) -> bool:
        """Lays the weights out with channels last, where that is faster and changes nothing.

        - `agreed`: what another look has settled; this one is not asked then.

        Returns whether they lie so.
        """
        share = self._work[True] / max(1.0, sum(self._work.values()))
        is_last = self._is_open and self._compared > 0 and share >= _SMALLEST_SHARE
        if agreed is not None:
            is_last = agreed and bool(self._convolutions)
        if is_last:
            _lay_out(self._convolutions, torch.channels_last)
        return is_last

    def _count(self, module: torch.nn.Module, output: Any) -> None:
        """Counts products: each position of an output takes every weight once."""
        is_attention = is_a(module, torch.nn.MultiheadAttention)
        weights = [p for p in module.parameters(recurse=is_attention) if p.dim() > 1]
        found = tensors(output)
        if not weights or not found or is_a(module, torch.nn.Embedding):
            return
        positions = found[0][1].numel() / len(weights[-1])
        products = positions * sum(p.numel() for p in weights)
        self._work[is_a(module, *_CLASSES)] += products

    def _are_alike(self, own: _Seen, other: _Seen) -> bool:
        tolerance = _LOW_TOLERANCE if self._is_low else _TOLERANCE
        rounding = _LOW_ROUNDING if self._is_low else _ROUNDING
        if not all(map(_is_finite, (own.distance, other.distance))):
            return _is_finite(own.distance) == _is_finite(other.distance)
        allowed = tolerance * own.distance + rounding * own.squares
        return abs(own.distance - other.distance) <= allowed


def _is_finite(number: float) -> bool:
    return abs(number) < float("inf")


def _distance(tensor: torch.Tensor, axis: int) -> _Seen | None:
    """None where there are no two samples, or no numbers of theirs."""
    is_dense = not tensor.is_nested and tensor.layout == torch.strided
    if not is_dense or tensor.dim() <= axis or tensor.shape[axis] < 2:
        return None
    if not tensor.is_floating_point() or tensor.numel() == 0:
        return None
    first, second = (tensor.select(axis, i).double() for i in (0, 1))
    squares = first.square().sum() + second.square().sum()
    return _Seen(float((first - second).square().sum()), float(squares))


def _lay_out(modules: list[torch.nn.Module], layout: torch.memory_format) -> None:
    for module in modules:
        # mypy does not know this form of `to`.
        module.to(memory_format=layout)  # type: ignore[call-overload]
