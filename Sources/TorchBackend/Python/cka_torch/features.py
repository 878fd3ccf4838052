"""From what a module returns to features: one row for each sample.

Rules for outputs, also told in docs/torch.md:

- A tensor is the layer itself, `layer`, and so is the only tensor in anything else.
- Several tensors have names: `layer[0]`, `layer[1]` in tuples and lists, `layer.key` in
  dictionaries, dataclasses and transformers' ModelOutput, `layer[1][0]` where they nest.
- What does not have the samples on its first axis, or on its second with tokens on the first, and
  what has no floating-point numbers, is left out, and that is told.
- Three axes with the features last are tokens: `--tokens` takes all of them (flatten), their mean,
  the first (class), or each as a sample. Padded tokens count in none of these.
- All other axes are positions of a map: `--pool` takes all of them (flatten), or their mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import torch
from torch.nn.utils.rnn import PackedSequence

from .tokens import Tokens

Tensor = torch.Tensor
_DEEPEST = 4


def tensors(output: Any) -> list[tuple[str, Tensor]]:
    """The tensors in an output, each with what is put after the layer's name.

    Quantised ones as the numbers that they stand for.
    """
    found = list(_walk(output, "", 0))
    return [("", found[0][1])] if len(found) == 1 else found


def _walk(value: Any, suffix: str, depth: int) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield suffix, value.dequantize() if value.is_quantized else value
    elif isinstance(value, PackedSequence):
        yield suffix, value.data
    elif depth < _DEEPEST and isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _walk(entry, f"{suffix}.{key}", depth + 1)
    elif depth < _DEEPEST and isinstance(value, (tuple, list)):
        for index, entry in enumerate(value):
            yield from _walk(entry, f"{suffix}[{index}]", depth + 1)
    elif depth < _DEEPEST and is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            yield from _walk(getattr(value, part.name), f"{suffix}.{part.name}", depth + 1)


def is_foreign(output: Any) -> bool:
    """Whether something is returned in which no tensors are looked for."""
    known = (Tensor, Mapping, tuple, list, type(None), bool, int, float, str)
    return not isinstance(output, known) and not is_dataclass(output)


def objection(tensor: Tensor, samples: int, axis: int | None = 0) -> str | None:
    """Why a tensor cannot be compared, if it cannot.

    - `axis`: the axis that holds the samples; None for none.
    """
    if tensor.is_nested or tensor.layout != torch.strided:
        return "is no dense tensor"
    if not tensor.is_floating_point():
        return f"has {str(tensor.dtype).removeprefix('torch.')} numbers"
    if axis is None or tensor.dim() <= axis or tensor.shape[axis] != samples:
        size = "×".join(map(str, tensor.shape)) or "a single number"
        which = "first" if not axis else "second"
        return f"is {size}: its {which} axis is not the {samples} samples"
    return None if tensor.numel() else "is empty"


@dataclass(frozen=True)
class Treatment:
    """How the axes after the samples become features: chosen once for each layer.

    - `kind`: `flatten`, `mean` over positions, or of tokens `tokens-flatten`, `tokens-mean`,
      `tokens-class`, `tokens-each`.
    - `features`: the axis that a mean keeps, the samples' axis counted as the first.
    - `samples`: the axis of the samples in what the module returns.
    - `is_decoder`: its tokens are those that only a decoder sees.
    """

    kind: str
    features: int = 1
    samples: int = 0
    is_decoder: bool = False

    def turned(self, tensor: Tensor) -> Tensor:
        """The tensor with its samples first."""
        return tensor.movedim(self.samples, 0) if self.samples else tensor

    def rows(self, tensor: Tensor, tokens: Tokens) -> Tensor:
        """n × p features of a whole minibatch, a view where one is possible."""
        part = self.part(tensor, tokens, in_order=self.masked(tokens).has_mask)
        return self.whole(part, tokens, self.length(tensor))

    def masked(self, tokens: Tokens) -> Tokens:
        """The tokens that this layer has."""
        return tokens.seen_by(self.is_decoder)

    def part(self, tensor: Tensor, tokens: Tokens, in_order: bool = False) -> Tensor:
        """Features of some of the samples: what `whole` needs of each.

        - `in_order`: columns in the order of the tensor's axes, and not of its memory, so that rows
          of several calls fit together.
        """
        tensor, tokens = self.turned(tensor), self.masked(tokens)
        if self.kind == "tokens-each":
            return tokens.drawn(self.positions(tensor))
        if self.kind == "tokens-class":
            return tokens.first(tensor)
        if self.kind == "tokens-mean":
            return tokens.mean(_raised(tensor))
        if self.kind == "mean":
            axes = [a for a in range(1, tensor.dim()) if a != self.features]
            return _raised(tensor).mean(axes)
        return tensor.reshape(len(tensor), -1) if in_order else _flat(tensor)

    def whole(self, rows: Tensor, tokens: Tokens, length: int) -> Tensor:
        """The features of all samples of a minibatch, from `part` of them.

        - `length`: tokens of a sample.
        """
        tokens = self.masked(tokens)
        is_flat = self.kind == "tokens-flatten" and tokens.has_mask
        return tokens.without_padding(_raised(rows), length) if is_flat else rows

    def length(self, tensor: Tensor) -> int:
        """Tokens, or positions, of a sample."""
        return self.turned(tensor).shape[1] if tensor.dim() > 1 else 1

    def positions(self, tensor: Tensor) -> Tensor:
        """n × positions × features, of a tensor whose samples are first."""
        if tensor.dim() < 3:
            return tensor[:, None]
        return tensor.movedim(self.features, -1).flatten(1, -2)


def _flat(tensor: Tensor) -> Tensor:
    """All numbers of each sample in the order of memory, so that hardly anything is copied."""
    if not tensor.is_contiguous():
        axes = sorted(range(1, tensor.dim()), key=tensor.stride, reverse=True)
        tensor = tensor.permute(0, *axes)
    return tensor.reshape(len(tensor), -1)


def _raised(tensor: Tensor) -> Tensor:
    """In float32 at least, so that sums lose nothing."""
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def treatment(shape: torch.Size, axes: Any, pool: str, tokens: str) -> Treatment:
    """The treatment of a layer's output.

    - `shape`: with its samples first.
    - `axes`: its `Axes`.
    """
    samples = axes.samples or 0
    dims = len(shape)
    features = axes.features if axes.features is not None else 1
    if features < samples:
        features += 1  # Those before the samples move one place to the right.
    if tokens == "each":
        return Treatment("tokens-each", features, samples, axes.is_decoder)
    if dims == 3 and features == dims - 1:
        return Treatment(f"tokens-{tokens}", features, samples, axes.is_decoder)
    if dims < 3 or pool == "flatten":
        return Treatment("flatten", features, samples)
    return Treatment("mean", features, samples)
