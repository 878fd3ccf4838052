"""What is installed here, what of it can be used, and what is missing."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections.abc import Callable
from typing import Any

from .libraries import need
from .refusal import one_line

PACKAGES = ("torch", "torchvision", "timm", "transformers", "numpy", "safetensors")
_NEEDED = ("torch", "numpy")
# What is used of each: some packages import their parts only when these are asked for.
_USED: dict[str, Callable[[Any], object]] = {
    "torch": lambda m: m.nn.Linear(1, 1)(m.zeros(1, 1)),
    "torchvision": lambda m: m.models.list_models,
    "timm": lambda m: m.create_model,
    "transformers": lambda m: (m.AutoModel, m.PreTrainedModel),
    "numpy": lambda m: m.zeros(1),
    "safetensors": lambda m: m.torch.load_file,
}
_MODULES = {"safetensors": "safetensors.torch"}


def version(package: str) -> str | None:
    """The version of an installed package; nothing is imported."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def versions() -> dict[str, str]:
    """Python and what is installed of the packages that may matter."""
    found = {package: version(package) for package in PACKAGES}
    return {"python": sys.version.split()[0]} | {k: v for k, v in found.items() if v}


def report() -> str:
    """All of it as JSON: every package is imported, and what fails is told."""
    found = {package: version(package) for package in PACKAGES}
    # numpy first: without it torch says something else.
    failures = {
        package: reason
        for package in (*reversed(_NEEDED), *PACKAGES)
        if found[package] is not None and (reason := failure(package)) is not None
    }
    devices, problems = _torch_state(found, failures)
    return json.dumps(
        {
            "interpreter": sys.executable,
            "python": sys.version.split()[0],
            "packages": found,
            "failures": failures,
            "cuda": devices,
            "problems": problems,
        }
    )


def failure(package: str) -> str | None:
    """Why a package that is installed cannot be used; None when it can."""
    try:
        module = need(_MODULES.get(package, package), "doctor")
        if package == "safetensors":
            module = need(package, "doctor")
        _USED[package](module)
    except Exception as error:  # A broken installation may raise anything while it is imported.
        return one_line(error).removeprefix(f"doctor needs {package}, which cannot be imported: ")
    return None


def _torch_state(
    found: dict[str, str | None], failures: dict[str, str]
) -> tuple[list[str], list[str]]:
    problems = []
    if sys.version_info < (3, 10):  # noqa: UP036
        problems.append(f"Python {sys.version.split()[0]} is too old; 3.10 or newer is needed")
    for package in _NEEDED:
        if found[package] is None:
            problems.append(f"{package} is missing: pip install {package}")
        elif package in failures:
            problems.append(f"{package} cannot be imported: {failures[package]}")
    if problems:
        return [], problems
    import torch

    if int(torch.__version__.split(".")[0]) < 2:
        problems.append(f"torch {torch.__version__} is too old; 2.0 or newer is needed")
    if not torch.cuda.is_available():
        return [], problems
    return [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())], problems
