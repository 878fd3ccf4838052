"""Samples as networks take them: what a loader yields, cut and joined along the samples."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch

from .refusal import Refusal

_ID_KEYS = ("id", "ids", "index")
_LABEL_KEYS = ("label", "labels", "target", "targets")
_INPUT_KEYS = ("x", "input", "inputs", "image", "images", "pixel_values", "input_ids", "data")
# Where batches of tokens were padded to different lengths, zeros are added after this mask.
MASK = "attention_mask"
# Those of torch's own transformers, which are true where there is padding.
_PADDING_MASKS = ("src_key_padding_mask", "key_padding_mask", "padding_mask")
# What an encoder and a decoder gets for the decoder: its tokens, and which of them count.
_DECODED = ("decoder_input_ids", "decoder_inputs_embeds", "tgt")
# Another number than that of the samples that are left out beside them, so that axes that follow
# the one are told from those that follow the other.
FEWER_TOKENS = 2
_DECODED_MASK, _DECODED_PADDING = "decoder_attention_mask", "tgt_key_padding_mask"
# What holds the edges of one graph, and means nothing for a part of its nodes.
_EDGE_KEYS = ("edge_index", "edge_attr", "edge_weight", "adj", "adj_t", "adjacency", "laplacian")


@dataclass
class Batch:
    """n samples: one tensor, or tensors with names, and the samples' IDs where they are known.

    - `tensors`: each has the samples along its first axis.
    - `whole`: what belongs to all samples together, such as the edges of a graph.
    - `labels`: of the samples, where they are known; the models do not see them.
    """

    tensors: dict[str, torch.Tensor]
    ids: list[str] | None = None
    is_named: bool = False
    whole: dict[str, torch.Tensor] = field(default_factory=dict)
    labels: list[str] | None = None

    @property
    def count(self) -> int:
        """Number of samples."""
        return len(next(iter(self.tensors.values())))

    @property
    def mask(self) -> torch.Tensor | None:
        """Which tokens count, n × T truth values, where the batch says so."""
        return self._mask(MASK, _PADDING_MASKS)

    @property
    def decoder_mask(self) -> torch.Tensor | None:
        """The same of the tokens that only a decoder sees."""
        return self._mask(_DECODED_MASK, (_DECODED_PADDING,))

    def _mask(self, key: str, paddings: tuple[str, ...]) -> torch.Tensor | None:
        mask = self.tensors.get(key)
        if mask is not None:
            return mask > 0 if mask.dim() == 2 else None
        padding = next((self.tensors[k] for k in paddings if k in self.tensors), None)
        return padding == 0 if padding is not None and padding.dim() == 2 else None

    @property
    def decoded(self) -> int | None:
        """Tokens of a sample that only a decoder sees; None where there are none."""
        tensor = next((self.tensors[k] for k in _DECODED if k in self.tensors), None)
        return tensor.shape[1] if tensor is not None and tensor.dim() > 1 else None

    def shorter(self) -> Batch:
        """With fewer tokens for the decoder, where it has enough."""
        length = self.decoded
        if length is None or length <= FEWER_TOKENS:
            return self
        keys = (*_DECODED, _DECODED_MASK, _DECODED_PADDING)
        cut = {
            k: v[:, :-FEWER_TOKENS] for k, v in self.tensors.items() if k in keys and v.dim() > 1
        }
        return Batch(self.tensors | cut, self.ids, self.is_named, self.whole, self.labels)

    @property
    def is_graph(self) -> bool:
        """Something belongs to all samples together, so that they cannot be parted."""
        return any(value.dim() > 0 for value in self.whole.values())

    def cut(self, start: int, end: int) -> Batch:
        """Samples from `start` up to `end`."""
        held = next(((k, v) for k, v in self.whole.items() if v.dim()), None)
        if held is not None and (start > 0 or end < self.count):
            key, value = held
            raise Refusal(
                f"'{key}' ({'×'.join(map(str, value.shape))}) is not about each of the "
                f"{self.count} samples: it goes to the model whole, and only with --batch-size all"
            )
        ids, labels = (
            None if names is None else names[start:end] for names in (self.ids, self.labels)
        )
        tensors = {k: v[start:end] for k, v in self.tensors.items()}
        return Batch(tensors, ids, self.is_named, self.whole, labels)

    def to(self, device: torch.device, dtype: torch.dtype) -> Batch:
        """On a device, with floating-point numbers as `dtype`; whole numbers stay as they are."""

        def moved(tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
            return {
                key: value.to(
                    device, dtype if value.is_floating_point() else value.dtype, non_blocking=True
                )
                for key, value in tensors.items()
            }

        return Batch(moved(self.tensors), self.ids, self.is_named, moved(self.whole), self.labels)

    def hash(self) -> str:
        """Tells the samples and their order: from the IDs, or else from the numbers."""
        digest = hashlib.blake2b(digest_size=16)
        if self.ids is not None:
            digest.update("\n".join(self.ids).encode())
            return f"ids:{digest.hexdigest()}"
        for key, value in (self.tensors | self.whole).items():
            digest.update(f"{key} {value.dtype} {tuple(value.shape)}".encode())
            for part in _dense_parts(value):
                digest.update(part.detach().cpu().contiguous().view(torch.uint8).numpy().data)
        return f"inputs:{digest.hexdigest()}"


def _dense_parts(value: torch.Tensor) -> list[torch.Tensor]:
    """The tensor, or what a sparse one is made of."""
    if value.layout == torch.strided:
        return [value]
    found = value.to_sparse().coalesce()
    return [found.indices(), found.values()]


def read(item: Any, where: str) -> Batch:
    """What a loader yielded: a tensor; a tuple, whose first entry counts; or a dictionary.

    Of a dictionary, `id`, `ids` or `index` are the samples' IDs, labels are passed over, and
    the other tensors go to the model under their names: those of another length whole.
    """
    labels = None
    while isinstance(item, (tuple, list)) and item:
        if labels is None and len(item) > 1:
            labels = as_labels(item[1])
        item = item[0]
    if isinstance(item, numpy.ndarray):
        item = torch.from_numpy(item)
    if isinstance(item, torch.Tensor):
        if item.dim() == 0:
            raise Refusal(f"{where} yields single numbers instead of batches")
        labels = labels if labels is not None and len(labels) == len(item) else None
        return Batch({"x": item}, labels=labels)
    if not isinstance(item, Mapping):
        kind = type(item).__name__
        raise Refusal(f"{where} yields a {kind}, not tensors, tuples or dictionaries")
    return _named(item, where)


def _named(item: Mapping[Any, Any], where: str) -> Batch:
    tensors = {k: _tensor(v) for k, v in item.items() if _is_input(k, v)}
    ids = next((item[key] for key in _ID_KEYS if key in item), None)
    names = None if ids is None else as_ids(ids)
    counts = [len(v) for v in tensors.values() if v.dim()]
    if not counts:
        raise Refusal(f"{where} yields dictionaries without tensors of one number of samples")
    count = _samples(tensors, names, counts)
    if names is not None and len(names) != count:
        raise Refusal(f"{where} yields {len(names)} IDs with {count} samples")
    parts = {k: v for k, v in tensors.items() if v.dim() and len(v) == count}
    # An adjacency matrix is as long as the nodes are many, and is no feature of them.
    whole = {k: v for k, v in tensors.items() if k not in parts or k in _EDGE_KEYS}
    parts = {k: v for k, v in parts.items() if k not in whole}
    if not parts:
        raise Refusal(f"{where} yields dictionaries without tensors of one number of samples")
    labels = next((as_labels(item[key]) for key in _LABEL_KEYS if key in item), None)
    labels = labels if labels is not None and len(labels) == count else None
    return Batch(parts, names, is_named=True, whole=whole, labels=labels)


def _samples(tensors: dict[str, torch.Tensor], ids: list[str] | None, counts: list[int]) -> int:
    """How many samples there are: as many as IDs, or as the likeliest input is long."""
    if ids is not None and len(ids) in counts:
        return len(ids)
    key = next((k for k in _INPUT_KEYS if k in tensors and tensors[k].dim()), None)
    if key is not None:
        return len(tensors[key])
    return max(set(counts), key=counts.count)


def _tensor(value: Any) -> torch.Tensor:
    return value if isinstance(value, torch.Tensor) else torch.as_tensor(value)


def _is_input(key: Any, value: Any) -> bool:
    is_array = isinstance(value, (torch.Tensor, numpy.ndarray))
    return is_array and key not in _ID_KEYS and key not in _LABEL_KEYS


def as_labels(values: Any) -> list[str] | None:
    """Classes of the samples as text; None for anything else."""
    if isinstance(values, torch.Tensor):
        is_class = values.dim() == 1 and not values.is_floating_point()
    elif isinstance(values, numpy.ndarray):
        is_class = values.ndim == 1 and values.dtype.kind in "iubUSO"
    else:
        is_class = isinstance(values, (list, tuple)) and all(
            isinstance(v, (str, int)) for v in values
        )
    return as_ids(values) if is_class else None


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
    key = next((k for part in parts for k, v in part.whole.items() if v.dim()), None)
    if key is not None:
        raise Refusal(
            f"the data yield '{key}' anew with each batch, and it cannot be joined: yield all "
            "samples as one batch"
        )
    ids, labels = (
        [name for names in lists for name in names or []]
        if all(names is not None for names in lists)
        else None
        for lists in ([part.ids for part in parts], [part.labels for part in parts])
    )
    tensors = {
        key: _joined([part.tensors[key] for part in parts], MASK in first.tensors)
        for key in first.tensors
    }
    return Batch(tensors, ids, first.is_named, first.whole, labels)


def _joined(tensors: list[torch.Tensor], has_mask: bool) -> torch.Tensor:
    shapes = {tuple(t.shape[1:]) for t in tensors}
    if len(shapes) > 1:
        if not has_mask or any(len(shape) != 1 for shape in shapes):
            raise Refusal(f"the data yield samples of different shapes: {sorted(shapes)[:3]}")
        longest = max(shape[0] for shape in shapes)
        tensors = [torch.nn.functional.pad(t, (0, longest - t.shape[1])) for t in tensors]
    return torch.cat(tensors)


def arguments(batch: Batch, model: torch.nn.Module) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """How a model is called with a batch.

    Named tensors go to the arguments of these names; if the model has none of them, what looks
    most like its input goes first. All are copies: a model that works in place on its input must
    not change what the next model, or the next pass, is given.
    """
    tensors = {key: value.clone() for key, value in (batch.tensors | batch.whole).items()}
    if not batch.is_named:
        return tuple(tensors.values()), {}
    try:
        known = inspect.signature(model.forward).parameters
    except ValueError:
        return (), tensors
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in known.values()):
        return (), tensors
    named = {k: v for k, v in tensors.items() if k in known}
    if any(key != MASK and key not in batch.whole for key in named):
        return (), named
    key = next((k for k in _INPUT_KEYS if k in tensors), next(iter(tensors)))
    return (tensors[key],), named
