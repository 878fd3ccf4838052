"""Names of the networks that a library can make."""

from __future__ import annotations

from .libraries import need
from .refusal import Refusal


def names(library: str) -> list[str]:
    """Names in `torchvision` or `timm`."""
    if library not in ("torchvision", "timm"):
        raise Refusal(f"names of networks can be listed of torchvision and timm, not of {library}")
    module = need(library, f"list {library}")
    known = module.models.list_models() if library == "torchvision" else module.list_models()
    return sorted(known)
