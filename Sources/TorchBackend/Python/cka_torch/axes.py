"""Which axis of each output holds the samples, and which the features.

Found by running a network on two numbers of samples: the axis whose length follows them holds the
samples, whatever else happens to be as long. Features are where the module's class says
(`roles`), or else where other outputs of the same shape have theirs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import torch

from .batches import FEWER_TOKENS
from .features import tensors
from .roles import feature_axis, is_a

_FEWEST_AXES = 3


@dataclass(frozen=True)
class Axes:
    """Axes of an output.

    - `samples`: None where no axis follows the number of samples.
    - `features`: None where there are at most two axes.
    - `basis`: `class` of the module; `shape`, as other outputs of this shape have them; `doubt`,
      where these disagree; `guess`, where nothing tells.
    - `is_decoder`: its tokens are those that only a decoder sees.
    """

    samples: int | None = 0
    features: int | None = None
    basis: str = "class"
    is_decoder: bool = False


@dataclass
class _Seen:
    """An output of the pass that only looks at shapes."""

    name: str
    shape: torch.Size
    axis: int | None


@dataclass
class AxisSurvey:
    """Shapes of all outputs for `samples` samples.

    - `decoded`: tokens of a sample that only a decoder saw, of those in this pass.
    - `is_unsure`: an axis changed beside that of the samples, as where sequences are cut at the
      longest of a minibatch: few samples are not enough.
    """

    samples: int
    decoded: int | None = None
    is_unsure: bool = False
    _outputs: list[_Seen] = field(default_factory=list)
    _found: dict[str, tuple[torch.Size, int | None, str]] = field(default_factory=dict)

    def look(self, _: str, call: str, module: torch.nn.Module, output: Any) -> None:
        """One call of a module."""
        found = tensors(output)
        for index, (suffix, tensor) in enumerate(found):
            if tensor.is_nested:
                continue
            shape, axis = tensor.shape, None
            # Only its first output is a module's own: others are weights of attention, states.
            if index == 0 and len(shape) >= _FEWEST_AXES:
                axis = feature_axis(module, shape)
            if not (index > 0 and is_a(module, torch.nn.RNNBase)):
                self._outputs.append(_Seen(call + suffix, shape, axis))

    def settle(self) -> None:
        """Finds the features' axis of every output, when all were seen."""
        for place, seen in enumerate(self._outputs):
            axis, basis = self._features(place, seen)
            self._found.setdefault(seen.name, (seen.shape, axis, basis))

    def axes(self, name: str, tensor: torch.Tensor, samples: int) -> Axes:
        """Those of an output that is seen again, with `samples` samples."""
        if name not in self._found:
            return Axes(0 if tensor.dim() > 0 and len(tensor) == samples else None)
        shape, features, basis = self._found[name]
        if samples == self.samples:
            is_first = tensor.dim() > 0 and len(tensor) == samples
            return Axes(0 if is_first else None, features, basis)
        changed = [
            a
            for a in range(tensor.dim())
            if tensor.dim() == len(shape) and tensor.shape[a] != shape[a]
        ]
        is_decoder = False
        if len(changed) > 1 and self.decoded is not None:
            is_decoder = True
            own = (self.decoded + FEWER_TOKENS, self.decoded)
            changed = [a for a in changed if (tensor.shape[a], shape[a]) != own]
        own = (samples, self.samples)
        follow = [a for a in changed if (tensor.shape[a], shape[a]) == own]
        self.is_unsure |= 0 < len(follow) < len(changed)
        follows = len(changed) == 1 and (tensor.shape[changed[0]], shape[changed[0]]) == (
            samples,
            self.samples,
        )
        # Sequences first, as torch's own transformers and recurrent networks have them, or samples
        # first; a matrix that was turned is nothing that can be told.
        is_known = follows and (changed[0] == 0 or (changed[0] == 1 and tensor.dim() == 3))
        if not is_known:
            return Axes(None, features, basis)
        if features == changed[0]:
            features, basis = tensor.dim() - 1, "guess"
        return Axes(changed[0], features, basis, is_decoder)

    def token_length(self) -> int | None:
        """The number of tokens that most outputs with tokens have; None without any."""
        lengths: Counter[int] = Counter()
        for shape, features, _ in self._found.values():
            if len(shape) == _FEWEST_AXES and features == 2 and self.samples in shape[:2]:
                lengths[shape[1] if shape[0] == self.samples else shape[0]] += 1
        return lengths.most_common(1)[0][0] if lengths else None

    def _features(self, place: int, seen: _Seen) -> tuple[int | None, str]:
        if len(seen.shape) < _FEWEST_AXES:
            return None, "class"
        if seen.axis is not None:
            return seen.axis, "class"
        alike = [
            (abs(place - other) + (0.5 if other > place else 0), entry.axis)
            for other, entry in enumerate(self._outputs)
            if entry.axis is not None and entry.shape == seen.shape
        ]
        if alike:
            axes = Counter(axis for _, axis in alike)
            return min(alike)[1], "shape" if len(axes) == 1 else "doubt"
        return self._by_lengths(seen.shape)

    def _by_lengths(self, shape: torch.Size) -> tuple[int, str]:
        """By an axis that is as long as features of this network are."""
        second = {e.shape[1] for e in self._outputs if e.axis == 1}
        last = {e.shape[-1] for e in self._outputs if e.axis == len(e.shape) - 1}
        may_be_second = shape[1] in second
        may_be_last = shape[-1] in last
        if may_be_second != may_be_last:
            return (1 if may_be_second else len(shape) - 1), "shape"
        # Three axes are more often tokens than a line of positions; more axes are maps.
        return (len(shape) - 1 if len(shape) == _FEWEST_AXES else 1), "guess"
