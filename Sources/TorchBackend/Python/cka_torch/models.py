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
from .libraries import need
from .python_file import made_by, run_file
from .refusal import Refusal, one_line
from .scripts import Script
from .specification import Specification, give_names, parse


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


def named(texts: list[str]) -> list[Specification]:
    """The specifications, each with a name of its own."""
    specifications = [parse(text) for text in texts]
    give_names(specifications, [s.name or _default_name(s) for s in specifications])
    return specifications


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
    maker = _MAKERS.get(specification.scheme)
    text = specification.text
    if maker is None or not specification.target:
        known = ", ".join(f"{scheme}:" for scheme in _MAKERS)
        raise Refusal(f"'{text}' is no model; write one of {known}")
    checkpoint = specification.take("checkpoint")
    is_strict = specification.take("strict", True) if checkpoint is not None else True
    set_seeds(seed)
    if specification.scheme == "py":
        # What is random in the file itself counts once, for whichever model comes first.
        run_file(specification)
        set_seeds(seed)
    module = maker(specification)
    if not isinstance(module, torch.nn.Module):
        raise Refusal(f"{text} gives a {type(module).__name__} instead of a torch.nn.Module")
    model = Model(specification.name or text, text, module)
    if isinstance(module, Script) and module.opaque:
        inside = ", ".join(path or "the network" for path in module.opaque[:3])
        model.warnings.append(f"what is inside {inside} is not seen: TorchScript with control flow")

    def load() -> None:
        if checkpoint is not None:
            model.warnings += checkpoints.load(model.module, str(checkpoint), bool(is_strict))

    return model, load


def _default_name(specification: Specification) -> str:
    if specification.scheme in ("py", "hub"):
        return specification.target.rpartition(":")[2]
    last = specification.target.rstrip("/").rpartition("/")[2]
    return last.removesuffix(".pt") if specification.scheme == "script" else last


def _called(make: Callable[..., Any], *arguments: Any, why: Specification) -> Any:
    """Calls a library's constructor; what it raises becomes one line."""
    try:
        return make(*arguments, **why.options)
    except Exception as error:  # Each library has its own errors, for names, networks and files.
        raise Refusal(f"{why.text}: {one_line(error)}") from None


def _torchvision(specification: Specification) -> torch.nn.Module:
    models = need("torchvision", specification.text).models
    if specification.target not in models.list_models():
        raise Refusal(f"{specification.text}: torchvision has no model '{specification.target}'")
    return _called(models.get_model, specification.target, why=specification)


def _timm(specification: Specification) -> torch.nn.Module:
    timm = need("timm", specification.text)
    return _called(timm.create_model, specification.target, why=specification)


def _transformers(specification: Specification) -> torch.nn.Module:
    transformers = need("transformers", specification.text)
    is_pretrained = specification.take("pretrained", True)
    if is_pretrained:
        return _called(
            transformers.AutoModel.from_pretrained, specification.target, why=specification
        )
    read = transformers.AutoConfig.from_pretrained
    config = _called(read, specification.target, why=specification)
    return transformers.AutoModel.from_config(config)


def _hub(specification: Specification) -> torch.nn.Module:
    repository, _, function = specification.target.rpartition(":")
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
