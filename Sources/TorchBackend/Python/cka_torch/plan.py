"""Which layers a model has, and which of them are the same: found by a first dry pass."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

import torch

from .batches import Batch, arguments
from .features import Treatment, objection, tensors, treatment
from .filter import LayerFilter
from .glob import Glob
from .grams import GramMaker
from .identity import Identity
from .layers import Hooks, Receiver, evaluating, random_state_kept, random_states
from .layers import kind as kind_of
from .refusal import Refusal

# Samples of the dry pass: a prime, so that an axis of tokens is hardly taken for the samples.
DRY_SAMPLES = 29


@dataclass
class Layer:
    """One output of one call of a module.

    - `module`: the module's name, without the number of the call.
    - `shape`: of one sample, as the module returns it; `width`: its number of features.
    """

    name: str
    module: str
    kind: str
    shape: list[int]
    width: int
    treatment: Treatment


@dataclass
class Plan:
    """Layers in execution order; names of duplicates with the layer each is the same as.

    - `modules`: names of the modules whose calls matter.
    - `draws`: the model draws random numbers, though it is in evaluation mode.
    """

    layers: list[Layer] = field(default_factory=list)
    folded: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    draws: bool = False

    def __post_init__(self) -> None:
        calls = [(layer.module, layer.name) for layer in self.layers]
        self.positions = {call: index for index, call in enumerate(calls)}


@dataclass(frozen=True)
class Choice:
    """Which layers are wanted, and how they are reduced."""

    layers: str = ""
    types: str = ""
    pool: str = "flatten"
    tokens: str = "flatten"
    keeps_duplicates: bool = False


def dry(batch: Batch) -> Batch:
    """The first few samples, enough to look at a model's layers."""
    return batch.cut(0, min(batch.count, DRY_SAMPLES))


def plan(
    model: torch.nn.Module, name: str, batch: Batch, choice: Choice, device: torch.device
) -> Plan:
    """Runs the model once on the first few samples of `batch`, which is on `device`.

    Twice where means are taken: channels are found by what any layer of the model returns. The
    model's mode, its hooks and the random generators are as before afterwards.
    """
    batch = dry(batch)
    last_axes: set[int] = set()
    survey = _Survey(choice, batch, device, last_axes)
    with evaluating(model):
        if choice.pool == "mean":
            _pass(model, batch, device, functools.partial(_note_last_axes, last_axes))
        draws = _pass(model, batch, device, survey.look)
    found = survey.plan(name)
    found.draws = draws
    return found


def _pass(
    model: torch.nn.Module, batch: Batch, device: torch.device, receive: Receiver
) -> bool:
    """Whether random numbers of torch's were drawn."""
    with Hooks(model, receive), random_state_kept([device]):
        positional, named = arguments(batch, model)
        before = random_states(device)
        model(*positional, **named)
        return not all(map(torch.equal, before, random_states(device)))


def _note_last_axes(
    found: set[int], _: str, call: str, module: torch.nn.Module, output: Any
) -> None:
    """Adds the length of the last axis of a linear or layer-norm map."""
    if kind_of(module) in ("Linear", "LayerNorm"):
        found.update(t.shape[-1] for _, t in tensors(output) if t.dim() > 3)


class _Survey:
    """Looks at every output of the dry pass."""

    def __init__(
        self, choice: Choice, batch: Batch, device: torch.device, last_axes: set[int]
    ) -> None:
        self._choice = choice
        self._filter = LayerFilter(choice.layers)
        self._types = [Glob(t.strip().lower()) for t in choice.types.split(",") if t.strip()]
        self._batch = batch
        self._maker = GramMaker(device, torch.float32)
        self._device = device
        self._layers: list[Layer] = []
        self._folded: dict[str, str] = {}
        self._left_out: list[str] = []
        self._kinds: set[str] = set()
        self._leaders: dict[Identity | None, tuple[str, torch.Tensor]] = {}
        self._last_axes = last_axes
        self._names: set[str] = set()

    def look(self, path: str, call: str, module: torch.nn.Module, output: Any) -> None:
        """One call of a module."""
        kind = kind_of(module)
        self._kinds.add(kind)
        is_wanted = not self._types or any(t.matches(kind.lower()) for t in self._types)
        for suffix, tensor in tensors(output) if is_wanted else []:
            if self._filter.matches(call + suffix):
                self._add(path, call + suffix, kind, tensor)

    def _add(self, path: str, name: str, kind: str, tensor: torch.Tensor) -> None:
        reason = objection(tensor, self._batch.count)
        if name in self._names:
            # `a#2` is the second call of `a`, and may be a module's own name.
            reason = f"of {path} has the name of another output"
        self._names.add(name)
        if reason:
            self._left_out.append(f"{name} {reason}")
            return
        choice = self._choice
        how = treatment(tensor, kind, choice.pool, choice.tokens, self._last_axes)
        rows = how.rows(tensor, self._batch.mask)
        gram = torch.empty(len(rows), len(rows), device=self._device)
        self._maker.gram(rows, gram)
        identity = Identity.of(tensor, how)
        leader, its_gram = self._leaders.get(identity, (name, gram))
        # Numbers may be changed behind torch's back (`tensor.data`): believe only what is equal.
        if leader != name and torch.equal(gram, its_gram):
            self._folded[name] = leader
            if not choice.keeps_duplicates:
                return
        elif identity is not None:
            self._leaders[identity] = (name, gram)
        shape = list(tensor.shape[1:])
        self._layers.append(Layer(name, path, kind, shape, rows.shape[1], how))

    def plan(self, model: str) -> Plan:
        """What was found; at least one layer."""
        if not self._layers:
            choice = self._choice
            if not self._left_out and choice.types and not any(
                t.matches(k.lower()) for t in self._types for k in self._kinds
            ):
                raise Refusal(
                    f"{model} has no layer of the types {choice.types}; it has "
                    f"{', '.join(sorted(self._kinds))}"
                )
            reason = f": {self._left_out[0]}" if self._left_out else ""
            raise Refusal(f"no layer of {model} is left to compare{reason}")
        warnings = [f"{model}: {text}; left out" for text in self._left_out]
        folded = {} if self._choice.keeps_duplicates else self._folded
        modules = {layer.module for layer in self._layers}
        return Plan(self._layers, folded, warnings, modules)
