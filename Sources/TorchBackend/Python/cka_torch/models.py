"""Networks from specifications."""

from __future__ import annotations

import copy
import functools
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy
import torch

from . import checkpoints
from .checkpoints import Checkpoint
from .hub import check_folder
from .libraries import need
from .python_file import made_by, run_file
from .refusal import Refusal, one_line
from .scripts import Script
from .specification import Specification, Value
from .suggestions import meant
from .unwrap import unwrapped


@dataclass
class Model:
    """A network, ready to run, and where it comes from."""

    name: str
    specification: str
    module: torch.nn.Module
    warnings: list[str] = field(default_factory=list)

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(p.numel() for p in self.module.parameters())


def set_seeds(seed: int) -> None:
    """Sets the generators of Python, numpy and torch."""
    random.seed(seed)
    numpy.random.seed(seed)
    torch.manual_seed(seed)


def build(specification: Specification, seed: int) -> Model:
    """One network, made after the random generators were set to `seed`."""
    return build_all([specification], seed, lambda _: None)[0]


def build_all(
    specifications: list[Specification], seed: int, say: Callable[[str], None]
) -> list[Model]:
    """The networks, which share no weights.

    Checkpoints are loaded when all are made: a function may return one network again and again,
    and what is loaded for one specification must not be in the next.
    """
    made: list[tuple[Model, Callable[[], None]]] = []
    taken: set[int] = set()
    for specification in specifications:
        say(f"making {specification.name}")
        model, load = _make(specification, seed)
        if not taken.isdisjoint(_parts(model.module)):
            model.module = _copied(model)
        taken |= _parts(model.module)
        made.append((model, load))
    for _, load in made:
        load()
    return [model for model, _ in made]


def _parts(module: torch.nn.Module) -> set[int]:
    """Modules, weights and buffers, each by its address; all live as long as the run."""
    parts = [*module.modules(), *module.parameters(), *module.buffers()]
    return {id(part) for part in parts}


def _copied(model: Model) -> torch.nn.Module:
    try:
        return copy.deepcopy(model.module)
    except Exception as error:  # Whatever a module's own way of copying raises.
        raise Refusal(
            f"{model.specification} gives a network that another model has, and it cannot be "
            f"copied: {one_line(error)}; return a new one from each call"
        ) from None


def _make(specification: Specification, seed: int) -> tuple[Model, Callable[[], None]]:
    """The network without its checkpoint, and what loads that."""
    maker = _MAKERS.get(specification.kind)
    text = specification.text
    if maker is None or not specification.target:
        known = ", ".join(f"{kind}:" for kind in _MAKERS)
        raise Refusal(f"'{text}' is no model; write one of {known}")
    checkpoint = _checkpoint(specification)
    set_seeds(seed)
    if specification.kind == "py":
        # What is random in the file itself counts once, for whichever model comes first.
        run_file(specification)
        set_seeds(seed)
    module = maker(specification)
    if not isinstance(module, torch.nn.Module):
        raise Refusal(f"{text} gives a {type(module).__name__} instead of a torch.nn.Module")
    module = unwrapped(module)
    model = Model(specification.name, text, module)
    if isinstance(module, Script) and module.opaque:
        inside = ", ".join(path or "the network" for path in module.opaque[:3])
        model.warnings.append(f"what is inside {inside} is not seen: TorchScript with control flow")

    def load() -> None:
        if checkpoint is not None:
            model.warnings += checkpoints.load(model.module, checkpoint)

    return model, load


def _checkpoint(specification: Specification) -> Checkpoint | None:
    """The weights that a specification names; their options are no arguments of the network's."""
    file = specification.take("checkpoint")
    if file is None:
        return None
    is_strict = bool(specification.take("strict", True))
    prefix, key = (
        None if value is None else str(value)
        for value in (specification.take("prefix"), specification.take("key"))
    )
    return Checkpoint(str(file), is_strict, prefix, key)


def _called(make: Callable[..., Any], *arguments: Any, why: Specification) -> Any:
    """Calls a library's constructor; what it raises becomes one line."""
    try:
        return make(*arguments, **why.options)
    except Exception as error:  # Each library has its own errors, for names, networks and files.
        raise Refusal(f"{why.text}: {one_line(error)}") from None


def _torchvision(specification: Specification) -> Any:
    models = need("torchvision", specification.text).models
    if specification.target not in models.list_models():
        near = meant(specification.target, models.list_models(), "it has")
        raise Refusal(
            f"{specification.text}: torchvision has no model '{specification.target}'; {near}"
        )
    return _called(models.get_model, specification.target, why=specification)


def _timm(specification: Specification) -> Any:
    timm = need("timm", specification.text)
    name = specification.target.partition(".")[0]  # What follows names weights.
    if ":" not in name and not timm.is_model(name):
        near = meant(name, timm.list_models(), "it has")
        raise Refusal(f"{specification.text}: timm has no model '{name}'; {near}")
    return _called(timm.create_model, specification.target, why=specification)


def _transformers(specification: Specification) -> Any:
    check_folder(specification)
    transformers = need("transformers", specification.text)
    is_pretrained = specification.take("pretrained", True)
    if is_pretrained:
        return _called(
            transformers.AutoModel.from_pretrained, specification.target, why=specification
        )
    read = transformers.AutoConfig.from_pretrained
    trusts = {"trust_remote_code": specification.options.get("trust_remote_code", False)}
    config = _called(read, specification.target, why=specification)
    return _made_of(transformers, config, trusts, specification)


def _made_of(
    transformers: Any, config: Any, trusts: dict[str, Value], specification: Specification
) -> Any:
    try:
        return transformers.AutoModel.from_config(config, **trusts)
    except Exception as error:  # As for `_called`.
        raise Refusal(f"{specification.text}: {one_line(error)}") from None


def _hub(specification: Specification) -> Any:
    repository, function = specification.parts
    if not repository:
        raise Refusal(f"{specification.text}: write hub:OWNER/REPO:NAME")
    # A question on a terminal could not be answered: who names a repository trusts it.
    specification.options.setdefault("trust_repo", True)
    specification.options.setdefault("skip_validation", True)
    specification.options.setdefault("verbose", False)
    return _called(torch.hub.load, repository, function, why=specification)


def _script(specification: Specification) -> torch.nn.Module:
    specification.refuse_rest("checkpoint")
    with warnings.catch_warnings():
        # It says that TorchScript is old, which the user knows who has such a file.
        warnings.simplefilter("ignore", DeprecationWarning)
        load = functools.partial(torch.jit.load, map_location="cpu")
        return Script(_called(load, specification.target, why=specification))


_MAKERS: dict[str, Callable[[Specification], Any]] = {
    "torchvision": _torchvision,
    "timm": _timm,
    "hf": _transformers,
    "hub": _hub,
    "script": _script,
    "py": made_by,
}
