"""What a module is, by its class and never by the name of it: which axis holds its features.

A class of torch's own, or one that inherits from it, has its features on a known axis: the second
for convolutions and what follows them, the last for linear maps over tokens. A subclass with a
`forward` of its own may have turned its axes (`LayerNorm2d` of timm and torchvision), so that it
is believed only where the lengths agree.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

SECOND, LAST = 1, -1


@dataclass(frozen=True)
class Role:
    """An axis with the features, and the module's attribute that tells how many there are."""

    axis: int
    attribute: str | None = None


def class_of(module: nn.Module) -> type:
    """The class of a module, also of one in TorchScript that was of torch's own."""
    name = getattr(module, "qualified_name", None)
    return _torch_class(name) if isinstance(name, str) else type(module)


@functools.cache
def _torch_class(name: str) -> type:
    """The class of torch's with this name in TorchScript: `__torch__.torch.nn.….Conv2d`."""
    path = re.sub(r"\.___torch_mangle_\d+", "", name.removeprefix("__torch__."))
    place, _, last = path.rpartition(".")
    if place.partition(".")[0] != "torch":
        return nn.Module
    found = getattr(sys.modules.get(place), last, None)
    return found if isinstance(found, type) and issubclass(found, nn.Module) else nn.Module


def is_a(module: nn.Module, *classes: type) -> bool:
    """`isinstance`, also for TorchScript."""
    return issubclass(class_of(module), classes)


def feature_axis(module: nn.Module, shape: torch.Size) -> int | None:
    """The axis of an output of this shape that holds the module's features; None if unknown.

    - `shape`: of the whole output, the samples' axis too; three axes or more.
    """
    known = class_of(module)
    if is_a(module, *_norms()):
        return _axis_of_norm(module, shape)
    role = next((role for base, role in _roles() if issubclass(known, base)), None)
    if role is None:
        return _by_parameters(module, shape)
    axis = role.axis % len(shape)
    length = _length(module, role)
    if length is None or _is_own_forward(known):
        return axis if length is None or shape[axis] == length else None
    return _only(shape, {length})


def _only(shape: torch.Size, lengths: set[int]) -> int | None:
    """The only axis behind the first with one of these lengths; None where there are several."""
    fitting = [axis for axis in range(1, len(shape)) if shape[axis] in lengths]
    return fitting[0] if len(fitting) == 1 else None


def _length(module: nn.Module, role: Role) -> int | None:
    value: Any = getattr(module, role.attribute, None) if role.attribute else None
    return value if isinstance(value, int) else None


def _is_own_forward(known: type) -> bool:
    """Whether the class that defines `forward` is torch's, or transformers'."""
    place = next((c.__module__ for c in known.__mro__ if "forward" in vars(c)), "")
    return place.startswith(("torch.", "transformers.pytorch_utils"))


def _by_parameters(module: nn.Module, shape: torch.Size) -> int | None:
    """By the lengths of a leaf's own vectors of weights, as a norm of somebody's own has them."""
    if next(module.children(), None) is not None:
        return None
    lengths = {len(p) for p in module.parameters(recurse=False) if p.dim() == 1 and len(p) > 1}
    return _only(shape, lengths)


@functools.cache
def _known_roles() -> list[tuple[type, Role]]:
    pooling = nn.modules.pooling
    second = [
        nn.LocalResponseNorm,
        nn.PixelShuffle,
        nn.PixelUnshuffle,
        nn.ChannelShuffle,
        nn.Upsample,
        nn.Dropout2d,
        nn.Dropout3d,
        pooling._MaxPoolNd,
        pooling._AvgPoolNd,
        pooling._LPPoolNd,
        pooling._AdaptiveMaxPoolNd,
        pooling._AdaptiveAvgPoolNd,
        nn.FractionalMaxPool2d,
        nn.FractionalMaxPool3d,
    ]
    roles: list[tuple[type, Role]] = [
        (nn.modules.conv._ConvNd, Role(SECOND, "out_channels")),
        (nn.modules.batchnorm._NormBase, Role(SECOND, "num_features")),
        (nn.GroupNorm, Role(SECOND, "num_channels")),
        (nn.Linear, Role(LAST, "out_features")),
        (nn.Bilinear, Role(LAST, "out_features")),
        (nn.Embedding, Role(LAST, "embedding_dim")),
        (nn.MultiheadAttention, Role(LAST, "embed_dim")),
        *[
            (c, Role(LAST))
            for c in (
                nn.RNNBase,
                nn.Transformer,
                nn.TransformerEncoder,
                nn.TransformerDecoder,
                nn.TransformerEncoderLayer,
                nn.TransformerDecoderLayer,
            )
        ],
        *[(c, Role(SECOND)) for c in second],
    ]
    return roles


def _roles() -> Iterator[tuple[type, Role]]:
    yield from _known_roles()
    # transformers' Conv1D is a linear map over tokens. Nothing is imported for its sake.
    for place, name, role in _ELSEWHERE:
        found = getattr(sys.modules.get(place), name, None)
        if isinstance(found, type):
            yield found, role


_QUANTIZED = "torch.ao.nn.quantized.modules"
_ELSEWHERE = [
    ("transformers.pytorch_utils", "Conv1D", Role(LAST, "nf")),
    (f"{_QUANTIZED}.conv", "_ConvNd", Role(SECOND, "out_channels")),
    (f"{_QUANTIZED}.linear", "Linear", Role(LAST, "out_features")),
    (f"{_QUANTIZED}.embedding_ops", "Embedding", Role(LAST, "embedding_dim")),
]


def _norms() -> tuple[type, ...]:
    # RMSNorm came with torch 2.4.
    return (nn.LayerNorm, *([nn.RMSNorm] if hasattr(nn, "RMSNorm") else []))


def _axis_of_norm(module: nn.Module, shape: torch.Size) -> int | None:
    """The axis of a layer norm over one axis; one over several says nothing of features."""
    sizes = getattr(module, "normalized_shape", None)
    if sizes is not None and len(sizes) != 1:
        return None
    if sizes is None or _is_own_forward(class_of(module)):
        return len(shape) - 1
    return _only(shape, {int(sizes[0])})
