"""From what a module returns to features: one row for each sample.

Rules for outputs, also told in docs/torch.md:

- A tensor is the layer itself, `layer`, and so is the only tensor in anything else.
- Several tensors have names: `layer[0]`, `layer[1]` in tuples and lists, `layer.key` in
  dictionaries and in transformers' ModelOutput, `layer[1][0]` where they nest.
- The first axis is the samples. What has another first axis, or no floating-point numbers, is
  left out, and that is told.
- Three axes (B, T, D) are tokens, unless the module's class ends in `1d`: `--tokens` takes all of
  them (flatten), their mean, or the first (class). A mean counts only tokens of the attention mask.
- Further axes are positions of a map: `--pool` takes all of them (flatten), or their mean.
  Channels are the second axis, unless only the last one is as long as a linear or layer-norm map's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

Tensor = torch.Tensor
_DEEPEST = 4


def tensors(output: Any) -> list[tuple[str, Tensor]]:
    """The tensors in an output, each with what is put after the layer's name."""
    found = list(_walk(output, "", 0))
    return [("", found[0][1])] if len(found) == 1 else found


def _walk(value: Any, suffix: str, depth: int) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield suffix, value
    elif depth < _DEEPEST and isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _walk(entry, f"{suffix}.{key}", depth + 1)
    elif depth < _DEEPEST and isinstance(value, (tuple, list)):
        for index, entry in enumerate(value):
            yield from _walk(entry, f"{suffix}[{index}]", depth + 1)


def objection(tensor: Tensor, samples: int) -> str | None:
    """Why a tensor cannot be compared, if it cannot."""
    if tensor.layout != torch.strided or tensor.is_quantized:
        return "is no dense tensor"
    if not tensor.is_floating_point():
        return f"has {str(tensor.dtype).removeprefix('torch.')} numbers"
    if tensor.dim() == 0 or len(tensor) != samples:
        size = "×".join(map(str, tensor.shape)) or "a single number"
        return f"is {size}: its first axis is not the {samples} samples"
    return None if tensor.numel() else "is empty"


@dataclass(frozen=True)
class Treatment:
    """How the axes after the first become features: chosen once for each layer.

    - `kind`: `flatten`, `tokens-mean`, `tokens-class` or `mean`.
    - `channels`: the axis that a mean keeps.
    """

    kind: str
    channels: int = 1

    def rows(self, tensor: Tensor, mask: Tensor | None, in_order: bool = False) -> Tensor:
        """n × p features, a view where one is possible.

        - `in_order`: columns in the order of the tensor's axes, and not of its memory, so that rows
          of several calls fit together.
        """
        if self.kind == "tokens-class":
            return tensor[:, 0]
        if self.kind == "tokens-mean":
            return _masked_mean(tensor, mask)
        if self.kind == "mean":
            axes = [a for a in range(1, tensor.dim()) if a != self.channels % tensor.dim()]
            return _raised(tensor).mean(axes)
        return tensor.reshape(len(tensor), -1) if in_order else _flat(tensor)


def _flat(tensor: Tensor) -> Tensor:
    """All numbers of each sample in the order of memory, so that hardly anything is copied."""
    if not tensor.is_contiguous():
        axes = sorted(range(1, tensor.dim()), key=lambda a: -tensor.stride(a))
        tensor = tensor.permute(0, *axes)
    return tensor.reshape(len(tensor), -1)


def _raised(tensor: Tensor) -> Tensor:
    """In float32 at least, so that sums lose nothing."""
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def _masked_mean(tensor: Tensor, mask: Tensor | None) -> Tensor:
    tensor = _raised(tensor)
    if mask is None or mask.shape != tensor.shape[:2]:
        return tensor.mean(1)
    weights = mask.to(tensor.dtype)[:, :, None]
    # A sample without any token has the features 0, as there is nothing to take the mean of.
    return (tensor * weights).sum(1) / weights.sum(1).clamp(min=1)


def treatment(
    tensor: Tensor, kind: str, pool: str, tokens: str, last_axes: set[int]
) -> Treatment:
    """The treatment of a layer's output.

    - `kind`: the name of its module's class.
    - `last_axes`: lengths of the last axis of the model's linear and layer-norm maps.
    """
    if tensor.dim() == 3 and not kind.lower().endswith("1d"):
        return Treatment("flatten" if tokens == "flatten" else f"tokens-{tokens}")
    if tensor.dim() < 3 or pool == "flatten":
        return Treatment("flatten")
    is_last = tensor.shape[-1] in last_axes and tensor.shape[1] not in last_axes
    return Treatment("mean", -1 if is_last else 1)
