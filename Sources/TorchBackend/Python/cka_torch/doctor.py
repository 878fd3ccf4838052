"""What is installed here, and what is missing."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from typing import Any

PACKAGES = ("torch", "torchvision", "timm", "transformers", "numpy", "safetensors")


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
    """All of it as JSON."""
    result: dict[str, Any] = {
        "interpreter": sys.executable,
        "python": sys.version.split()[0],
        "packages": {package: version(package) for package in PACKAGES},
    }
    devices, problems = _torch_state()
    return json.dumps(result | {"cuda": devices, "problems": problems})


def _torch_state() -> tuple[list[str], list[str]]:
    problems = []
    if sys.version_info < (3, 10):
        problems.append(f"Python {sys.version.split()[0]} is too old; 3.10 or newer is needed")
    for package in ("torch", "numpy"):
        if version(package) is None:
            problems.append(f"{package} is missing: pip install {package}")
    if problems:
        return [], problems
    try:
        import torch
    except Exception as error:  # A broken installation may raise anything while it is imported.
        return [], [f"torch cannot be imported: {error}"]
    if int(torch.__version__.split(".")[0]) < 2:
        problems.append(f"torch {torch.__version__} is too old; 2.0 or newer is needed")
    if not torch.cuda.is_available():
        return [], problems
    return [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())], problems
