"""Names of the networks that a library can make."""

from __future__ import annotations

from .libraries import need


def names(library: str, prefix: str) -> list[str]:
    """Names in `torchvision` or `timm` that begin with `prefix`."""
    module = need(library, f"list {library}")
    known = module.models.list_models() if library == "torchvision" else module.list_models()
    return sorted(name for name in known if name.startswith(prefix))
