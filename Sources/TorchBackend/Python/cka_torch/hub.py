"""`hf:NAME_OR_FOLDER`: a folder here, or a model of the hub; told before anything is waited for."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Any

from .libraries import need
from .refusal import Refusal, one_line
from .specification import Specification
from .suggestions import listed

_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")
_CONFIGURATION = "config.json"
_SECONDS = 10.0


def check_folder(specification: Specification) -> None:
    """Refuses a folder that is not there, or that transformers cannot read.

    A library would ask its hub five times, with pauses, for a folder that was mistyped.
    """
    text, target = specification.text, specification.target
    folder = Path(target).expanduser()
    if folder.is_dir():
        if not (folder / _CONFIGURATION).is_file():
            raise Refusal(
                f"{text}: the folder '{target}' has no {_CONFIGURATION}, as save_pretrained writes "
                f"it; it has {listed(sorted(p.name for p in folder.iterdir()))}"
            )
        return
    is_name = _NAME.fullmatch(target) is not None and not target.startswith(".")
    parent = folder.parent
    if not is_name or (parent != Path(".") and parent.is_dir()):
        beside = [p.name for p in parent.iterdir() if p.is_dir()] if parent.is_dir() else []
        there = f"; '{parent}' has the folders {listed(sorted(beside))}" if beside else ""
        raise Refusal(f"{text}: there is no folder '{target}' in {Path.cwd()}{there}")
    _check_hub(specification)


def _check_hub(specification: Specification) -> None:
    """Asks the hub once for a model that was not fetched before."""
    text, target = specification.text, specification.target
    hub = need("huggingface_hub", text)
    if _is_fetched(hub, target):
        return
    here = f"{text}: there is no folder '{target}' in {Path.cwd()}, "
    if os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        raise Refusal(f"{here}no such model was fetched before, and HF_HUB_OFFLINE is set")
    try:
        hub.HfApi().model_info(target, timeout=_SECONDS)
    except hub.errors.RepositoryNotFoundError:
        raise Refusal(f"{here}and the hub has no model of that name that you may read") from None
    except Exception as error:  # Whatever the hub's client raises without a network.
        raise Refusal(f"{here}and the hub cannot be asked: {one_line(error)}") from None


def _is_fetched(hub: Any, target: str) -> bool:
    with contextlib.suppress(Exception):  # A cache that is damaged is the library's to tell of.
        return isinstance(hub.try_to_load_from_cache(target, _CONFIGURATION), str)
    return False
