"""Weights from a file: a state dictionary, read without running any code."""

from __future__ import annotations

import functools
import pickle
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from .refusal import Refusal
from .suggestions import listed, meant
from .unwrap import COMPONENTS

State = dict[str, torch.Tensor]
_DEEPEST = 8
_SHOWN = 3
# What AveragedModel counts beside the weights.
_AVERAGED = "n_averaged"


@dataclass
class Checkpoint:
    """A file with weights, and how it is read.

    - `is_strict`: everything must fit; otherwise what fits is taken, and the rest is told.
    - `prefix`: what stands before every name; None to find it.
    - `key`: which of several dictionaries, with dots where they nest; None to find it.
    """

    file: str
    is_strict: bool = True
    prefix: str | None = None
    key: str | None = None


@dataclass
class _Fit:
    """A dictionary of the file with the names that its weights have in the model.

    - `beside`: names without the prefix.
    """

    key: str
    state: State
    prefix: str
    fitting: State
    beside: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        return len(self.fitting)


def load(model: torch.nn.Module, checkpoint: Checkpoint) -> list[str]:
    """Loads the weights into the model, and returns warnings."""
    own = model.state_dict()
    fit = _chosen(checkpoint, own)
    file, state = checkpoint.file, fit.state
    wrong = [
        f"{k} is {_size(v)} instead of {_size(own[k])}"
        for k, v in state.items()
        if k in own and k not in fit.fitting
    ]
    unknown = [k for k in state if k not in own]
    others = []
    if len(fit.fitting) == len(own) and fit.prefix:
        # A loss, a metric, a twin: it lies beside the network that was asked for.
        others = [k for k in unknown if k in fit.beside]
    problems = _told("missing", [k for k in own if k not in state])
    problems += _told("unknown", [k for k in unknown if k not in others])
    problems += _told("of another shape", wrong)
    if problems and (checkpoint.is_strict or not fit.fitting):
        hint = "; add &strict=false to load what fits" if fit.fitting else _hint(fit, own)
        where = f" after '{fit.prefix}'" if fit.prefix else ""
        raise Refusal(f"checkpoint {file} does not fit{where}: {'; '.join(problems)}{hint}")
    model.load_state_dict(fit.fitting, strict=False)
    told = [f"checkpoint {file} fits in part: {'; '.join(problems)}"] if problems else []
    if others:
        names = listed(others, _SHOWN)
        told.append(f"checkpoint {file}: what is not below '{fit.prefix}' is passed over: {names}")
    return told


def _hint(fit: _Fit, own: State) -> str:
    """What to do where no name fits: names of both, side by side."""
    found, wanted = listed(fit.state, _SHOWN), listed(own, _SHOWN)
    return f"; it has {found}, and the model {wanted}; say &prefix=PREFIX if names have one"


# Which dictionary


def _chosen(checkpoint: Checkpoint, own: State) -> _Fit:
    """The one dictionary of the file that is meant."""
    content = _content(checkpoint.file)
    found = dict(_dictionaries(content, "", 0))
    if not found:
        raise Refusal(f"checkpoint {checkpoint.file} holds no dictionary of tensors")
    if checkpoint.key is not None:
        if checkpoint.key not in found:
            raise Refusal(
                f"checkpoint {checkpoint.file} has no dictionary '{checkpoint.key}'; "
                f"{meant(checkpoint.key, _keys(found), 'it has')}"
            )
        found = {checkpoint.key: found[checkpoint.key]}
    fits = [_fitted(checkpoint, key, state, own) for key, state in found.items()]
    most = max(fit.count for fit in fits)
    best = [fit for fit in fits if fit.count == most]
    if most == 0:
        # The largest one: a step count is a dictionary of tensors too.
        return max(fits, key=lambda fit: len(fit.state))
    outer = [fit for fit in best if fit.key == ""]
    if len(best) > 1 and not outer:
        raise Refusal(
            f"checkpoint {checkpoint.file} holds several dictionaries that fit: "
            f"{', '.join(fit.key for fit in best)}; say which with &key=NAME"
        )
    return (outer or best)[0]


def _keys(found: Mapping[str, object]) -> list[str]:
    return [key or "(the file itself)" for key in found]


def _dictionaries(value: Any, key: str, depth: int) -> Iterator[tuple[str, State]]:
    """Every dictionary that has tensors by name, with dots between the keys that lead to it."""
    if not isinstance(value, Mapping) or depth > _DEEPEST:
        return
    state = {
        k: v
        for k, v in value.items()
        if isinstance(v, torch.Tensor) and isinstance(k, str) and k != _AVERAGED
    }
    if state:
        yield key, state
    for name, entry in value.items():
        if isinstance(name, str):
            yield from _dictionaries(entry, f"{key}.{name}" if key else name, depth + 1)


# Which names


def _fitted(checkpoint: Checkpoint, key: str, state: State, own: State) -> _Fit:
    """The weights under the names that the model has for them."""
    best: _Fit | None = None
    for rename in (_as_it_is, _without_wrappers, _without_parallel):
        named = {rename(k) if k not in own else k: v for k, v in state.items()}
        for prefix in _prefixes(checkpoint, named, own):
            renamed = _stripped(named, prefix)
            fitting = {k: v for k, v in renamed.items() if k in own and own[k].shape == v.shape}
            if best is None or len(fitting) > best.count:
                beside = {k for k in named if not k.startswith(prefix)}
                best = _Fit(key, renamed, prefix, fitting, beside)
        if best is not None and best.count == len(own):
            break
    assert best is not None
    return best


def _prefixes(checkpoint: Checkpoint, state: State, own: State) -> list[str]:
    """What may stand before the names: as they are first, then what stands before most."""
    if checkpoint.prefix is not None:
        prefix = checkpoint.prefix
        if prefix and not any(name.startswith(prefix) for name in state):
            known = sorted({name.partition(".")[0] + "." for name in state})
            near = meant(prefix, known, "they begin with")
            raise Refusal(f"no name in checkpoint {checkpoint.file} begins with '{prefix}'; {near}")
        return [prefix]
    if own.keys() <= state.keys():
        return [""]
    found: Counter[str] = Counter()
    for name in state:
        parts = name.split(".")
        for start in range(1, len(parts)):
            if ".".join(parts[start:]) in own:
                found[".".join(parts[:start]) + "."] += 1
    most = max(found.values(), default=0)
    best = sorted(prefix for prefix, count in found.items() if count == most)
    if len(best) > 1 and not own.keys() & state.keys() and most > 1:
        raise Refusal(
            f"names in checkpoint {checkpoint.file} fit after "
            f"{' and after '.join(repr(p) for p in best[:_SHOWN])}; say which with &prefix="
        )
    return ["", *best[:1]]


def _stripped(state: State, prefix: str) -> State:
    """Without the prefix; names that have none stay, and are told as unknown."""
    return {k[len(prefix) :] if prefix and k.startswith(prefix) else k: v for k, v in state.items()}


def _as_it_is(name: str) -> str:
    return name


def _without(*components: str) -> Callable[[str], str]:
    return lambda name: ".".join(part for part in name.split(".") if part not in components)


_without_wrappers = _without(*COMPONENTS)
_without_parallel = _without(*COMPONENTS, "module")


# The file


def _content(file: str) -> Any:
    """What the file holds; reasons are our own, as torch's advise to load it unsafely."""
    if not Path(file).is_file():
        where = "" if Path(file).is_absolute() else f" in {Path.cwd()}"
        raise Refusal(f"there is no checkpoint '{file}'{where}")
    load: Callable[[str], Any]
    if file.endswith(".safetensors"):
        from .libraries import need

        load = need("safetensors.torch", file).load_file
    else:
        load = functools.partial(torch.load, map_location="cpu", weights_only=True)
    try:
        return load(file)
    except MemoryError:
        raise
    except Exception as error:  # Damaged files raise whatever the bytes happen to lead to.
        if isinstance(error, pickle.UnpicklingError) and "global" in str(error).lower():
            reason = "holds more than weights; save model.state_dict() instead"
        else:
            reason = f"cannot be read as weights ({type(error).__name__}): is it damaged?"
        raise Refusal(f"checkpoint {file} {reason}") from None


def _size(tensor: torch.Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "a scalar"


def _told(what: str, keys: list[str]) -> list[str]:
    return [f"{len(keys)} {what}: {listed(keys, _SHOWN)}"] if keys else []
