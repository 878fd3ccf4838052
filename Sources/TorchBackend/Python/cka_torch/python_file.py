"""`py:FILE.py:FUNCTION`: what a file of the user's defines."""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from .libraries import with_torchvision
from .refusal import Refusal
from .specification import Specification
from .suggestions import meant


def made_by(specification: Specification) -> Any:
    """Runs the file and calls the function, or the class, with the options as arguments.

    What is no function, nor a class, is taken as it is, if there are no options.
    """
    namespace = run_file(specification)
    file, function = specification.parts
    if not hasattr(namespace, function):
        near = meant(function, _defined(namespace), "it defines")
        raise Refusal(f"{specification.text}: {file} defines no '{function}'; {near}")
    value = getattr(namespace, function)
    if inspect.isroutine(value) or inspect.isclass(value):
        _check_arguments(value, specification)
        # transformers imports what a function asks of it, and not before.
        return with_torchvision(lambda: value(**specification.options))
    specification.refuse_rest("none, as it is no function")
    return value


def _defined(namespace: ModuleType) -> list[str]:
    """What the file itself defines to be called; what it imports is somebody else's."""
    return [
        name
        for name, value in vars(namespace).items()
        if not name.startswith("_")
        and getattr(value, "__module__", None) == namespace.__name__
        and (inspect.isroutine(value) or inspect.isclass(value))
    ]


def run_file(specification: Specification) -> ModuleType:
    """The file as a module; it is run when it is asked for first."""
    file, function = specification.parts
    if not file or not function:
        raise Refusal(f"{specification.text}: write py:FILE.py:FUNCTION")
    return _module(Path(file), specification.text)


def _module(path: Path, why: str) -> ModuleType:
    """The file as a module, run once; files beside it can be imported by it."""
    if not path.is_file():
        raise Refusal(f"{why}: there is no file '{path}'")
    resolved = path.resolve()
    # The plain name, so that worker processes of a DataLoader find its classes again.
    name = resolved.stem
    loaded = sys.modules.get(name)
    if loaded is not None:
        if getattr(loaded, "__file__", None) == str(resolved):
            return loaded
        name = f"{name}_{abs(hash(str(resolved)))}"
    if str(resolved.parent) not in sys.path:
        sys.path.insert(0, str(resolved.parent))
    # Last, so that nothing there takes the place of a package: only the user's files look for it.
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
    origin = importlib.util.spec_from_file_location(name, resolved)
    if origin is None or origin.loader is None:
        raise Refusal(f"{why}: '{path}' is no Python file")

    loader = origin.loader

    def execute() -> ModuleType:
        module = importlib.util.module_from_spec(origin)
        sys.modules[name] = module
        try:
            loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module

    return with_torchvision(execute)


def _check_arguments(function: Any, specification: Specification) -> None:
    try:
        inspect.signature(function).bind(**specification.options)
    except TypeError as error:
        raise Refusal(f"{specification.text}: {error}") from None
    except ValueError:
        pass  # Some functions of C have no signature to look at.
