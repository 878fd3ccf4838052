"""Tells whether two tensors are the same numbers in the same memory."""

from __future__ import annotations

import torch
from torch.multiprocessing.reductions import StorageWeakRef

from .features import Treatment


class Identity:
    """The numbers of a tensor at one moment: equal for views of the same numbers of each sample.

    Flattened or transposed views are equal, as a Gram matrix does not see the order of columns,
    unless a treatment looks at axes. Each in-place change makes another identity. The memory itself
    is not kept: a weak reference stops its address from being given to anything else.
    """

    @classmethod
    def of(cls, tensor: torch.Tensor, treatment: Treatment) -> Identity | None:
        """None for a tensor of inference mode, whose changes torch does not count."""
        return None if tensor.is_inference() else cls(tensor, treatment)

    def __init__(self, tensor: torch.Tensor, treatment: Treatment) -> None:
        self._storage = StorageWeakRef(tensor.untyped_storage())
        axes = [
            (stride, size)
            for stride, size in zip(tensor.stride()[1:], tensor.shape[1:], strict=False)
            if size > 1
        ]
        layout = _merged(axes) if treatment.kind == "flatten" else tuple(tensor.shape[1:])
        self._key = (
            self._storage.cdata,
            tensor._version,
            tensor.storage_offset(),
            tensor.dtype,
            tensor.stride(0),
            len(tensor),
            layout,
            treatment,
        )

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self._key == other._key


def _merged(axes: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Axes from the outermost in memory, those that follow without a gap as one."""
    result: list[tuple[int, int]] = []
    for stride, size in sorted(axes, reverse=True):
        if result and result[-1][0] == stride * size:
            result[-1] = (stride, result[-1][1] * size)
        else:
            result.append((stride, size))
    return tuple(result)
