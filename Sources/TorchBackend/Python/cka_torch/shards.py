"""A shard of a run: which minibatches it has, and what all shards agree on."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

from .refusal import Refusal


@dataclass(frozen=True)
class Agreement:
    """What the first look at the models has settled; other shards keep to it.

    - `layers`: of each model on each data set, by its key.
    - `folded`: layers that are left out because they give what another one gives, and which.
    - `channels_last`: whether a model's weights lie so.
    """

    layers: dict[str, list[str]] = field(default_factory=dict)
    folded: dict[str, dict[str, str]] = field(default_factory=dict)
    channels_last: dict[str, bool] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The same text for the same agreement."""
        return json.dumps(self.__dict__, sort_keys=True)

    @staticmethod
    def read() -> Agreement | None:
        """What was agreed on before; None where this is the first look."""
        path = os.environ.get("CKA_BACKEND_PLAN", "")
        if not path:
            return None
        try:
            with open(path, encoding="utf-8") as file:
                found: dict[str, Any] = json.loads(json.load(file)["backend"])
            return Agreement(**found)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Refusal(f"{path}: the plan of the shards cannot be read: {error}") from None


def split(total: int, count: int) -> list[range]:
    """The minibatches of `count` shards: the bounds that Swift's `Shard.split` has.

    They stand at multiples of a power of two, at most a sixteenth of a shard.
    """
    size, rest = divmod(total, count)
    step = 1
    while step * 16 <= size:
        step *= 2
    bounds = [
        min(total, (i * size + i * rest // count + step // 2) // step * step) for i in range(count)
    ]
    bounds.append(total)
    return [range(bounds[i], bounds[i + 1]) for i in range(count)]


def wanted(total: int) -> range | None:
    """The minibatches that are asked for; None for all."""
    text = os.environ.get("CKA_BACKEND_SHARD", "")
    if not text:
        return None
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        raise Refusal(f"CKA_BACKEND_SHARD must be NUMBER/COUNT, not '{text}'")
    return split(total, int(count))[int(number) - 1]


def seen() -> int:
    """Minibatches of those that the reader has from an earlier run, and needs no matrices of."""
    text = os.environ.get("CKA_BACKEND_SEEN", "")
    return int(text) if text.isdecimal() else 0
