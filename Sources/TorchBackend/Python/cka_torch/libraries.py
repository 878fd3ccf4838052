"""Packages that only some specifications need: imported when asked for."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from .refusal import Refusal, one_line

Made = TypeVar("Made")
_PACKAGES = {"sklearn": "scikit-learn", "PIL": "pillow"}
_LEADING_TO_TORCHVISION = ("torchvision", "timm", "transformers")

# Lives as long as the process: the operators vanish with the object that declared them.
_operators: list[object] = []


def need(module: str, why: str) -> ModuleType:
    """Imports a module, or says in one line what to install.

    - `why`: the specification that needs it.
    """
    try:
        if module in _LEADING_TO_TORCHVISION[1:]:
            # Imported by these later, and where it fails then, they say something else.
            with contextlib.suppress(Exception):
                with_torchvision(lambda: importlib.import_module("torchvision"))
        return with_torchvision(lambda: importlib.import_module(module))
    except ModuleNotFoundError as error:
        missing = error.name or module
        package = _PACKAGES.get(missing, missing)
        raise Refusal(f"{why} needs {package}; install it: pip install {package}") from None
    except Exception as error:  # A broken installation may raise anything while it is imported.
        reason = one_line(error)
        raise Refusal(f"{why} needs {module}, which cannot be imported: {reason}") from None


def with_torchvision(imports: Callable[[], Made]) -> Made:
    """Does an import that may lead to torchvision, whose compiled extension may not fit torch.

    torchvision then stops at operators which no network needs; declaring them is enough.
    """
    try:
        return imports()
    except (RuntimeError, ImportError) as error:
        if not _is_about_operators(error) or _operators:
            raise
    import torch

    # What failed half-way has to begin again.
    for name in [n for n in sys.modules if n.partition(".")[0] in _LEADING_TO_TORCHVISION]:
        del sys.modules[name]
    library: Any = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _operators.append(library)
    return imports()


def _is_about_operators(error: BaseException | None) -> bool:
    """Whether torchvision's operators are behind an error; transformers says something else."""
    while error is not None:
        if "torchvision::" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
