"""What Swift asks: models, data and every choice, as one JSON text."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from .refusal import Refusal
from .specification import Specification

_CHOICES = {
    "pool": ("flatten", "mean"),
    "tokens": ("flatten", "mean", "class", "each"),
    "dtype": ("float32", "float64", "bfloat16", "float16"),
    "precision": ("float32", "float64"),
}
_LARGEST_SEED = 2**32 - 1


@dataclass(kw_only=True)
class Request:
    """One run, or one look at what would be run.

    - `batch_size`: samples of a minibatch; None for all.
    - `tokens_per_sample`: how many are drawn for each row on average, where each is a sample; None
      for all, as far as memory allows.
    - `shuffle`: the seed of the samples' order; "none" for that of the data; None for what the
      data make of it.
    - `chunk`: samples in a forward pass; None for the whole minibatch while memory lasts.
    """

    models: list[Specification]
    data: list[Specification]
    batch_size: int | None = 128
    max_batches: int | None = None
    layers: str = ""
    types: str = ""
    pool: str = "flatten"
    tokens: str = "flatten"
    tokens_per_sample: int | None = None
    keeps_padding: bool = False
    keeps_duplicates: bool = False
    seed: int = 0
    shuffle: int | str | None = None
    device: str = "auto"
    dtype: str = "float32"
    precision: str = "float32"
    tf32: bool = False
    chunk: int | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        if not self.models or not 1 <= len(self.data) <= 2:
            raise Refusal("a run has models, and one data set or two")
        for name, known in _CHOICES.items():
            if getattr(self, name) not in known:
                raise Refusal(f"{name} must be one of {', '.join(known)}")
        for name in ("batch_size", "max_batches", "tokens_per_sample", "chunk", "threads"):
            count = getattr(self, name)
            if count is not None and not (_is_whole(count) and count >= 1):
                raise Refusal(f"{name} must be at least 1, not {count}")
        seeds = [self.seed] if self.shuffle in (None, "none") else [self.seed, self.shuffle]
        for seed in seeds:
            if not _is_whole(seed) or not 0 <= int(seed or 0) <= _LARGEST_SEED:
                raise Refusal(f"a seed must be between 0 and 2³² - 1, not {seed}")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def read(text: str) -> Request:
    """The request in a JSON text."""
    try:
        given = json.loads(text)
        known = {field.name for field in fields(Request)}
        if not isinstance(given, dict) or not known >= given.keys():
            raise ValueError("unknown fields")
        for role in ("models", "data"):
            given[role] = [_specification(part) for part in given[role]]
        return Request(**given)
    except (ValueError, TypeError, KeyError) as error:
        raise Refusal(f"the request cannot be understood: {error}") from None


def _specification(given: dict[str, Any]) -> Specification:
    return Specification(**given)
