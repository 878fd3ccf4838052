"""What may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_SHOWN = 8
_NEAR = 3


def listed(names: Iterable[str], most: int = _SHOWN) -> str:
    """The first few names, and how many more there are."""
    names = list(names)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return (", ".join(names[:most]) or "nothing") + rest


def meant(name: str, known: Iterable[str], what: str) -> str:
    """'did you mean …?' with names like `name`, or else a list of what there is.

    - `what`: who has these names: "torchvision has".
    """
    known = list(known)
    folded = {k.lower(): k for k in known}
    near = difflib.get_close_matches(name.lower(), list(folded), n=_NEAR, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(folded[n] for n in near)}?"
    parts = [k for k in known if name and name.lower() in k.lower()]
    return f"{what} {listed(parts or known)}"
