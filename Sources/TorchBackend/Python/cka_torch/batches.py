"""Samples as networks take them: what a loader yields, cut and joined along the samples."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy
import torch

from .refusal import Refusal

_ID_KEYS = ("id", "ids", "index")
_LABEL_KEYS = ("label", "labels", "target", "targets")
_INPUT_KEYS = ("x", "input", "inputs", "image", "images", "pixel_values", "input_ids", "data")
# Where batches of tokens were padded to different lengths, zeros are added after this mask.
MASK = "attention_mask"


@dataclass
class Batch:
    """n samples: one tensor, or tensors with names, and the samples' IDs where they are known.

    Every tensor has the samples along its first axis.
    """

    tensors: dict[str, torch.Tensor]
    ids: list[str] | None = None
    is_named: bool = False

    @property
    def count(self) -> int:
        """Number of samples."""
        return len(next(iter(self.tensors.values())))

    @property
    def mask(self) -> torch.Tensor | None:
        """Which tokens count, n × T, where the batch says so."""
        return self.tensors.get(MASK)

    def cut(self, start: int, end: int) -> Batch:
        """Samples from `start` up to `end`."""
        ids = None if self.ids is None else self.ids[start:end]
        return Batch({k: v[start:end] for k, v in self.tensors.items()}, ids, self.is_named)

    def to(self, device: torch.device, dtype: torch.dtype) -> Batch:
        """On a device, with floating-point numbers as `dtype`; whole numbers stay as they are."""
        moved = {
            key: value.to(
                device, dtype if value.is_floating_point() else value.dtype, non_blocking=True
            )
            for key, value in self.tensors.items()
        }
        return Batch(moved, self.ids, self.is_named)

    def hash(self) -> str:
        """Tells the samples and their order: from the IDs, or else from the numbers."""
        digest = hashlib.blake2b(digest_size=16)
        if self.ids is not None:
            digest.update("\n".join(self.ids).encode())
            return f"ids:{digest.hexdigest()}"
        for key, value in self.tensors.items():
            digest.update(f"{key} {value.dtype} {tuple(value.shape)}".encode())
            digest.update(value.detach().cpu().contiguous().view(torch.uint8).numpy().data)
        return f"inputs:{digest.hexdigest()}"


def read(item: Any, where: str) -> Batch:
    """What a loader yielded: a tensor; a tuple, whose first entry counts; or a dictionary.

    Of a dictionary, `id`, `ids` or `index` are the samples' IDs, labels are passed over, and
    the other tensors go to the model under their names.
    """
    while isinstance(item, (tuple, list)) and item and not isinstance(item, str):
        item = item[0]
    if isinstance(item, numpy.ndarray):
        item = torch.from_numpy(item)
    if isinstance(item, torch.Tensor):
        if item.dim() == 0:
            raise Refusal(f"{where} yields single numbers instead of batches")
        return Batch({"x": item})
    if not isinstance(item, Mapping):
        kind = type(item).__name__
        raise Refusal(f"{where} yields a {kind}, not tensors, tuples or dictionaries")
    tensors = {k: torch.as_tensor(v) for k, v in item.items() if _is_input(k, v)}
    counts = {len(v) if v.dim() else 0 for v in tensors.values()}
    if len(counts) != 1:
        raise Refusal(f"{where} yields dictionaries without tensors of one number of samples")
    ids = next((item[key] for key in _ID_KEYS if key in item), None)
    batch = Batch(tensors, None if ids is None else as_ids(ids), is_named=True)
    if batch.ids is not None and len(batch.ids) != batch.count:
        raise Refusal(f"{where} yields {len(batch.ids)} IDs with {batch.count} samples")
    return batch


def _is_input(key: str, value: Any) -> bool:
    is_array = isinstance(value, (torch.Tensor, numpy.ndarray))
    return is_array and key not in _ID_KEYS and key not in _LABEL_KEYS


def as_ids(values: Any) -> list[str]:
    """IDs as text."""
    if isinstance(values, (torch.Tensor, numpy.ndarray)):
        values = values.tolist()
    return [v.decode(errors="replace") if isinstance(v, bytes) else str(v) for v in values]


def join(parts: list[Batch]) -> Batch:
    """The samples of all parts, one after another."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    if any(part.tensors.keys() != first.tensors.keys() for part in parts):
        raise Refusal("the data yield batches with different keys")
    ids = None
    if all(part.ids is not None for part in parts):
        ids = [name for part in parts for name in part.ids or []]
    tensors = {key: _joined([part.tensors[key] for part in parts], MASK in first.tensors)
               for key in first.tensors}
    return Batch(tensors, ids, first.is_named)


def _joined(tensors: list[torch.Tensor], has_mask: bool) -> torch.Tensor:
    shapes = {tuple(t.shape[1:]) for t in tensors}
    if len(shapes) > 1:
        if not has_mask or any(len(shape) != 1 for shape in shapes):
            raise Refusal(f"the data yield samples of different shapes: {sorted(shapes)[:3]}")
        longest = max(shape[0] for shape in shapes)
        tensors = [
            torch.nn.functional.pad(t, (0, longest - t.shape[1])) for t in tensors
        ]
    return torch.cat(tensors)


def arguments(batch: Batch, model: torch.nn.Module) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """How a model is called with a batch.

    Named tensors go to the arguments of these names; if the model has none of them, what looks
    most like its input goes first. All are copies: a model that works in place on its input must
    not change what the next model, or the next pass, is given.
    """
    tensors = {key: value.clone() for key, value in batch.tensors.items()}
    if not batch.is_named:
        return tuple(tensors.values()), {}
    try:
        known = inspect.signature(model.forward).parameters
    except ValueError:
        return (), tensors
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in known.values()):
        return (), tensors
    named = {k: v for k, v in tensors.items() if k in known}
    if any(key != MASK for key in named):
        return (), named
    key = next((k for k in _INPUT_KEYS if k in tensors), next(iter(tensors)))
    return (tensors[key],), named
