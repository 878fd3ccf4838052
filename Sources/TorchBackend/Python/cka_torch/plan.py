"""Which layers a model has, and which of them are the same: found by dry passes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

import torch

from .axes import Axes, AxisSurvey
from .batches import Batch, arguments
from .features import Treatment, is_foreign, objection, tensors, treatment
from .filter import LayerFilter
from .glob import Glob
from .grams import GramMaker
from .identity import Identity
from .layers import Hooks, Receiver, evaluating, random_state_kept, random_states
from .layers import kind as kind_of
from .layout import LayoutTrial
from .refusal import Refusal
from .roles import is_a
from .suggestions import listed, meant
from .tokens import Tokens

# Samples of the dry passes; more for a network that does not run on so few.
DRY_SAMPLES = 3
_MORE_SAMPLES = 29
_SHOWN = 3
# Modules that read the steps of a sequence, from the first axis unless `batch_first` is given.
_SEQUENCES = (torch.nn.RNNBase, torch.nn.MultiheadAttention)


@dataclass
class Layer:
    """One output of one call of a module.

    - `module`: the module's name, without the number of the call.
    - `shape`: of one sample, as the module returns it; `width`: its number of features.
    - `basis`: how it is known which axis is which; see `Axes`.
    """

    name: str
    module: str
    kind: str
    shape: list[int]
    width: int
    treatment: Treatment
    basis: str = "class"


@dataclass
class Plan:
    """Layers in execution order; names of duplicates with the layer each is the same as.

    - `modules`: names of the modules whose calls matter.
    - `draws`: the model draws random numbers, though it is in evaluation mode.
    - `length`: tokens of a sample, where each is a sample of its own.
    """

    layers: list[Layer] = field(default_factory=list)
    folded: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    modules: set[str] = field(default_factory=set)
    draws: bool = False
    length: int | None = None

    def __post_init__(self) -> None:
        calls = [(layer.module, layer.name) for layer in self.layers]
        self.positions = {call: index for index, call in enumerate(calls)}

    def keep_to(self, layers: list[str] | None, folded: dict[str, str], key: str) -> None:
        """Sees that the layers are those that the shards have agreed on."""
        found = [layer.name for layer in self.layers]
        if found != layers:
            missing = [name for name in layers or [] if name not in found]
            what = f"'{missing[0]}' is missing" if missing else "their order is another one"
            raise Refusal(f"{key} has other layers than the plan of the shards: {what}")
        self.folded = folded


@dataclass(frozen=True)
class Choice:
    """Which layers are wanted, and how they are reduced."""

    layers: str = ""
    types: str = ""
    pool: str = "flatten"
    tokens: str = "flatten"
    keeps_duplicates: bool = False
    keeps_padding: bool = False


def dry(batch: Batch, samples: int = _MORE_SAMPLES) -> Batch:
    """The first few samples, enough to look at a model's layers; a graph stays whole."""
    return batch if batch.is_graph else batch.cut(0, min(batch.count, samples))


def plan(
    model: torch.nn.Module,
    name: str,
    batch: Batch,
    choice: Choice,
    device: torch.device,
    layout: LayoutTrial | None = None,
    agreed: list[str] | None = None,
) -> Plan:
    """Runs the model on the first few samples of `batch`, which is on `device`.

    Twice, on two numbers of samples: outputs are told by what follows the samples, and features are
    found by what any layer of the model returns. The model's mode, its hooks and the random
    generators are as before afterwards.

    - `layout`: sees both passes, the first one in the layout that is tried.
    - `agreed`: the layers that another look has settled; None where this is the first look.
    """
    few, more = dry(batch, DRY_SAMPLES), dry(batch)
    layout = layout or LayoutTrial(torch.nn.Identity(), device)
    try:
        survey, draws = _looked(model, name, few, choice, device, layout, agreed)
        is_enough = not survey.axes.is_unsure
    except Refusal:
        raise
    except Exception:  # Whatever a network raises that wants more samples: neighbours, a top k.
        if more.count <= few.count:
            raise
        is_enough = False
    if not is_enough and more.count > few.count:
        survey, draws = _looked(model, name, more, choice, device, layout, agreed)
    found = survey.plan(name)
    found.draws = draws
    return found


def _looked(
    model: torch.nn.Module,
    name: str,
    batch: Batch,
    choice: Choice,
    device: torch.device,
    layout: LayoutTrial,
    agreed: list[str] | None,
) -> tuple[_Survey, bool]:
    """What was seen, and whether the model draws random numbers."""
    with evaluating(model):
        axes = _surveyed(model, batch, device, layout)
        survey = _Survey(choice, batch, device, axes, agreed)
        if choice.tokens == "each":
            survey.length = _length(axes, batch, name)

        def look(path: str, call: str, module: torch.nn.Module, output: Any) -> None:
            survey.look(path, call, module, output)
            layout.compare(call, output, axes, batch.count)

        return survey, _pass(model, batch, device, look)


def _surveyed(
    model: torch.nn.Module, batch: Batch, device: torch.device, layout: LayoutTrial
) -> AxisSurvey:
    """The shapes for one sample fewer; for as many where the model takes no other number."""
    parts = [batch]
    if batch.count > 1 and not batch.is_graph:
        fewer = batch.cut(0, batch.count - 1)
        parts = [fewer, batch] if batch.decoded is None else [fewer.shorter(), fewer, batch]
    for part in parts:
        is_shorter = part.decoded != batch.decoded
        for is_tried in (True, False) if layout.is_open else (False,):
            survey = AxisSurvey(part.count, part.decoded if is_shorter else None)
            try:
                _survey_pass(model, part, device, survey, layout if is_tried else None)
            except Exception:  # Whatever a network raises that wants another layout, or number.
                if part is batch and not is_tried:
                    _explain(model, batch)
                    raise
                continue
            if not is_tried:
                layout.refuse()
            survey.settle()
            return survey
    raise AssertionError("the last part either runs or raises")


def _survey_pass(
    model: torch.nn.Module,
    batch: Batch,
    device: torch.device,
    survey: AxisSurvey,
    layout: LayoutTrial | None,
) -> None:
    def look(path: str, call: str, module: torch.nn.Module, output: Any) -> None:
        survey.look(path, call, module, output)
        if layout is not None:
            layout.look(call, module, output)

    with contextlib.nullcontext() if layout is None else layout.tentatively():
        _pass(model, batch, device, look)


def _explain(model: torch.nn.Module, batch: Batch) -> None:
    """Says what is missing where a network that decodes gets nothing to decode."""
    config = getattr(model, "config", None)
    if getattr(config, "is_encoder_decoder", False) is True and batch.decoded is None:
        raise Refusal(
            f"{type(model).__name__} is an encoder and a decoder: the data need "
            "decoder_input_ids beside input_ids"
        )


def _length(axes: AxisSurvey, batch: Batch, model: str) -> int:
    """Tokens of a sample: as many as the mask has, or most layers with tokens."""
    if batch.mask is not None:
        return batch.mask.shape[1]
    length = axes.token_length()
    if length is None:
        raise Refusal(f"no layer of {model} has tokens: leave --tokens each out")
    return length


def _pass(model: torch.nn.Module, batch: Batch, device: torch.device, receive: Receiver) -> bool:
    """Whether random numbers of torch's were drawn."""
    with Hooks(model, receive), random_state_kept([device]):
        positional, named = arguments(batch, model)
        before = random_states(device)
        model(*positional, **named)
        return not all(map(torch.equal, before, random_states(device)))


class _Survey:
    """Looks at every output of the dry pass."""

    def __init__(
        self,
        choice: Choice,
        batch: Batch,
        device: torch.device,
        axes: AxisSurvey,
        agreed: list[str] | None = None,
    ) -> None:
        self._agreed = None if agreed is None else set(agreed)
        self.length: int | None = None
        self._choice = choice
        self._filter = LayerFilter(choice.layers)
        self._types = [Glob(t.strip().lower()) for t in choice.types.split(",") if t.strip()]
        self._count = batch.count
        self._tokens = Tokens.of(batch, choice.keeps_padding)
        self._maker = GramMaker(device, torch.float32)
        self._device = device
        self.axes = axes
        self._layers: list[Layer] = []
        self._folded: dict[str, str] = {}
        self._left_out: list[str] = []
        self._other_lengths: list[str] = []
        self._unmasked: list[str] = []
        self._steps: list[str] = []
        self._kinds: set[str] = set()
        self._leaders: dict[Identity | None, tuple[str, torch.Tensor]] = {}
        self._names: set[str] = set()
        self._all_names: list[str] = []

    def look(self, path: str, call: str, module: torch.nn.Module, output: Any) -> None:
        """One call of a module."""
        kind = kind_of(module)
        self._kinds.add(kind)
        is_wanted = not self._types or any(t.matches(kind.lower()) for t in self._types)
        if is_wanted and is_foreign(output) and self._filter.matches(call):
            self._left_out.append(f"{call} is a {type(output).__name__}, which has no tensors")
        for suffix, tensor in tensors(output):
            self._all_names.append(call + suffix)
            if is_wanted and self._filter.matches(call + suffix):
                self._add(path, call + suffix, module, tensor)

    def _add(self, path: str, name: str, module: torch.nn.Module, tensor: torch.Tensor) -> None:
        axes = self.axes.axes(name, tensor, self._count)
        reason = objection(tensor, self._count, axes.samples)
        if name in self._names:
            # `a#2` is the second call of `a`, and may be a module's own name.
            reason = f"of {path} has the name of another output"
        self._names.add(name)
        if reason:
            self._left_out.append(f"{name} {reason}")
            return
        shape = tensor.movedim(axes.samples or 0, 0).shape
        how = treatment(shape, axes, self._choice.pool, self._choice.tokens)
        if how.kind == "tokens-each":
            positions = how.positions(how.turned(tensor)).shape[1]
            if positions != self.length or how.is_decoder:
                self._other_lengths.append(f"{name} ({positions})")
                return
        self._note_steps(name, module, axes)
        self._note_padding(name, how.turned(tensor), how)
        self._keep(path, name, kind_of(module), tensor, axes, how)

    def _note_steps(self, name: str, module: torch.nn.Module, axes: Axes) -> None:
        """Notes a layer that takes the samples for the steps of one sequence."""
        is_own = not name.endswith("]") or name.endswith("[0]")
        is_later = getattr(module, "batch_first", True) is False
        if is_own and is_later and is_a(module, *_SEQUENCES) and axes.samples == 0:
            self._steps.append(name)

    def _note_padding(self, name: str, tensor: torch.Tensor, how: Treatment) -> None:
        """Notes a layer from which padding cannot be left out."""
        tokens = how.masked(self._tokens)
        mask = tokens.mask
        if mask is None or tensor.dim() < 3 or bool(mask.all()) or how.kind == "tokens-each":
            return
        if not (how.kind.startswith("tokens-") and tokens.fits(tensor)):
            self._unmasked.append(name)

    def _keep(
        self, path: str, name: str, kind: str, tensor: torch.Tensor, axes: Axes, how: Treatment
    ) -> None:
        """Makes it a layer, or folds it into the one whose numbers it has."""
        turned = how.turned(tensor)
        if how.kind == "tokens-each":
            # Which tokens will be drawn does not matter: all of them are compared.
            rows, width = turned.reshape(len(turned), -1), how.positions(turned).shape[2]
        else:
            rows = how.rows(tensor, self._tokens)
            width = rows.shape[1]
        gram = torch.empty(len(rows), len(rows), device=self._device)
        self._maker.form(rows, gram)
        identity = Identity.of(turned, how)
        leader, its_gram = self._leaders.get(identity, (name, gram))
        # Numbers may be changed behind torch's back (`tensor.data`): believe only what is equal.
        is_same = leader != name and torch.equal(gram, its_gram)
        if self._agreed is not None:
            if name in self._agreed:
                is_same = False
            else:
                self._folded[name] = leader
                return
        if is_same:
            self._folded[name] = leader
            if not self._choice.keeps_duplicates:
                return
        elif identity is not None:
            self._leaders[identity] = (name, gram)
        shape = list(turned.shape[1:])
        self._layers.append(Layer(name, path, kind, shape, width, how, axes.basis))

    def plan(self, model: str) -> Plan:
        """What was found; at least one layer."""
        if not self._layers:
            raise Refusal(self._nothing(model))
        folded = {} if self._choice.keeps_duplicates else self._folded
        modules = {layer.module for layer in self._layers}
        return Plan(self._layers, folded, self._warnings(model), modules, length=self.length)

    def _nothing(self, model: str) -> str:
        choice = self._choice
        matches = any(t.matches(k.lower()) for t in self._types for k in self._kinds)
        if choice.types and not self._left_out and not matches:
            near = meant(choice.types.split(",")[0], sorted(self._kinds), "it has")
            kinds = listed(sorted(self._kinds))
            hint = f"; {near}" if near.startswith("did") else ""
            return f"{model} has no layer of the types {choice.types}; it has {kinds}{hint}"
        reasons = self._left_out + [f"{n} tokens, not {self.length}" for n in self._other_lengths]
        if reasons:
            return f"no layer of {model} is left to compare: {reasons[0]}"
        near = meant(choice.layers, self._all_names, "it has")
        return f"no layer of {model} is left to compare: none matches '{choice.layers}'; {near}"

    def _warnings(self, model: str) -> list[str]:
        found = [f"{model}: {text}; left out" for text in self._left_out]
        if self._other_lengths:
            found.append(
                f"{model}: left out, as they do not have the {self.length} tokens of a sample: "
                f"{listed(self._other_lengths, _SHOWN)}"
            )
        if self._unmasked:
            found.append(
                f"{model}: padding is not left out of {listed(self._unmasked, _SHOWN)}, whose axes "
                "are not those of the attention mask"
            )
        if self._steps:
            found.append(
                f"{model}: {listed(self._steps, _SHOWN)} with batch_first=False gets the samples "
                "first, and takes them for the steps of one sequence"
            )
        return found + [f"{model}: {text}" for text in self._doubts()]

    def _doubts(self) -> list[str]:
        """What was taken for what without knowing, where another choice gives other features."""
        is_flat = ("flatten",) if self._tokens.mask is not None else ("flatten", "tokens-flatten")
        open_ones = [la for la in self._layers if la.treatment.kind not in is_flat]
        found = []
        for basis, why in (
            ("guess", "nothing tells which axis is which"),
            ("doubt", "outputs of this shape have their features on different axes"),
        ):
            names = [la.name for la in open_ones if la.basis == basis and len(la.shape) > 1]
            if names:
                example = next(la for la in open_ones if la.name == names[0])
                size = "×".join(map(str, example.shape))
                found.append(
                    f"axes of {listed(names, _SHOWN)}: {why}; {names[0]} ({size}) was taken as "
                    f"{taken_as(example)}"
                )
        return found


def taken_as(layer: Layer) -> str:
    """Which axis of a layer's output was taken for what."""
    if len(layer.shape) < 2:
        return "samples × features"
    how = layer.treatment
    if how.kind == "flatten":
        return "samples × numbers, all of them features"
    what = "tokens" if how.kind.startswith("tokens-") else "positions"
    if how.samples:
        return f"{what} × samples × features"
    is_last = how.features == len(layer.shape)
    return f"samples × {what} × features" if is_last else f"samples × features × {what}"
