"""Weights from a file: a state dictionary, read without running any code."""

from __future__ import annotations

import functools
import pickle
from pathlib import Path
from typing import Any

import torch

from .refusal import Refusal

_WRAPPERS = ("state_dict", "model_state_dict", "model", "module")
_PREFIXES = ("module.", "_orig_mod.")
_SHOWN = 3


def load(model: torch.nn.Module, file: str, is_strict: bool) -> list[str]:
    """Loads `file` into the model, and returns warnings.

    - `is_strict`: everything must fit; otherwise what fits is taken, and the rest is told.
    """
    state = _without_prefixes(_state(file))
    own = model.state_dict()
    fits = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    wrong = [f"{k} is {_size(v)} instead of {_size(own[k])}" for k, v in state.items()
             if k in own and k not in fits]
    problems = _listed("missing", [k for k in own if k not in state])
    problems += _listed("unknown", [k for k in state if k not in own])
    problems += _listed("of another shape", wrong)
    if problems and (is_strict or not fits):
        hint = "; add &strict=false to load what fits" if fits else ""
        raise Refusal(f"checkpoint {file} does not fit: {'; '.join(problems)}{hint}")
    model.load_state_dict(fits, strict=False)
    return [f"checkpoint {file} fits in part: {'; '.join(problems)}"] if problems else []


def _state(file: str) -> dict[str, torch.Tensor]:
    if not Path(file).is_file():
        where = "" if Path(file).is_absolute() else f" in {Path.cwd()}"
        raise Refusal(f"there is no checkpoint '{file}'{where}")
    content = _content(file)
    for key in _WRAPPERS:
        if isinstance(content, dict) and isinstance(content.get(key), dict):
            content = content[key]
    if not isinstance(content, dict):
        raise Refusal(f"checkpoint {file} holds no state dictionary")
    state = {k: v for k, v in content.items() if isinstance(v, torch.Tensor)}
    if not state:
        raise Refusal(f"checkpoint {file} holds no tensors")
    return state


def _content(file: str) -> Any:
    """What the file holds; reasons are our own, as torch's advise to load it unsafely."""
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


def _without_prefixes(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Without what DataParallel and torch.compile put before every name."""
    for prefix in _PREFIXES:
        if state and all(key.startswith(prefix) for key in state):
            state = {key[len(prefix) :]: value for key, value in state.items()}
    return state


def _size(tensor: torch.Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "a scalar"


def _listed(what: str, keys: list[str]) -> list[str]:
    if not keys:
        return []
    rest = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return [f"{len(keys)} {what}: {', '.join(keys[:_SHOWN])}{rest}"]
