"""Models on data, ready to run: what one minibatch becomes."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch

from . import doctor
from .batches import Batch
from .models import Model
from .native import MOST_SAMPLES, native
from .passes import ModelPass
from .plan import Plan, taken_as
from .refusal import Refusal
from .request import Request
from .shards import Agreement
from .stream import Minibatch, Stream
from .tokens import MOST_TOKENS, Census, Tokens, draw, hash_of


@dataclass
class Entry:
    """One model on one data set: an axis of the result."""

    model: Model
    dataset: int
    device: torch.device
    plan: Plan
    runner: ModelPass
    key: str

    @property
    def names(self) -> list[str]:
        """Names of its matrices in a frame."""
        return [f"{self.key}/{layer.name}" for layer in self.plan.layers]


@dataclass
class Sampling:
    """What is a sample: a row of the data, or a token of one.

    - `rows`: of each minibatch.
    - `length`: tokens of a row where each is a sample; None where rows are.
    - `census`: the tokens of all minibatches, where masks tell them.
    - `most`: tokens of a minibatch that may be samples, where nobody says how many.
    """

    request: Request
    rows: list[int]
    length: int | None = None
    census: Census | None = None
    most: int = MOST_TOKENS

    @property
    def has_masks(self) -> bool:
        """Some positions do not count."""
        return self.census is not None and not self.request.keeps_padding

    def there(self, index: int) -> int:
        """Tokens of a minibatch that may be samples."""
        assert self.length is not None
        if self.census is not None and self.census.sizes[index] > 0:
            counts = self.census.counts if self.has_masks else self.census.sizes
            return counts[index]
        return self.rows[index] * self.length

    @functools.cached_property
    def samples(self) -> list[int]:
        """Samples of every minibatch."""
        if self.length is None:
            return self.rows
        each = self.request.tokens_per_sample
        if each is not None:
            return [count * each for count in self.rows]
        return [min(self.there(index), self.most) for index in range(len(self.rows))]

    def tokens(self, batches: list[Batch], index: int) -> list[Tokens]:
        """Which tokens count in a minibatch, for each data set; drawn ones are the same in all.

        - `index`: the minibatch's number, from 0.
        """
        request = self.request
        counted = [Tokens.of(batch, request.keeps_padding) for batch in batches]
        if self.length is None:
            return counted
        masks = [tokens.mask for tokens in counted]
        if any(not _are_equal(masks[0], mask) for mask in masks[1:]):
            raise Refusal(
                f"minibatch {index + 1}: samples have other tokens in one data set than in the "
                "other; --tokens each compares token by token, so that both need the same lengths"
            )
        if self.has_masks and (masks[0] is None or int(masks[0].sum()) != self.there(index)):
            raise Refusal(
                f"minibatch {index + 1} has other tokens than when they were counted: the data "
                "come in another order each time; --shuffle SEED gives them one"
            )
        length = self.length if batches[0].mask is None else batches[0].mask.shape[1]
        samples, places = draw(
            masks[0], batches[0].count, length, self.samples[index], request.seed, index
        )
        picks = torch.from_numpy(samples), torch.from_numpy(places)
        return [Tokens(mask, picks) for mask in masks]

    def warnings(self) -> list[str]:
        """What has to be told of tokens that were not taken."""
        if self.length is None or self.request.tokens_per_sample is not None:
            return []
        there = [self.there(index) for index in range(len(self.rows))]
        if max(there) <= self.most:
            return []
        return [
            f"minibatches have up to {max(there):,} tokens, of which {self.most:,} are drawn: "
            "matrices grow with their square; a smaller --batch-size takes all, and --tokens "
            "each:COUNT as many as you say"
        ]

    def told(self) -> str:
        """What a sample is, and how many there are."""
        if self.length is None:
            return "a row of the data"
        samples, there = self.samples, [self.there(index) for index in range(len(self.rows))]
        kind = "tokens that are no padding" if self.has_masks else "tokens"
        taken, total = sum(samples), sum(there)
        if taken == total:
            return f"a token: all {kind}, {_span(samples)} a minibatch, {taken:,} in all"
        return (
            f"a token: {_span(samples)} of the {_span(there)} {kind} of a minibatch, {taken:,} of "
            f"{total:,} in all, drawn at random with seed {self.request.seed}"
        )

    def padding(self) -> str | None:
        """How many positions of all minibatches are padding, and what becomes of them."""
        if self.census is None:
            return None
        fate = "kept" if self.request.keeps_padding else "left out"
        shares = [
            "none" if total == 0 else f"{1 - kept / total:.1%} of {total:,} positions"
            for kept, total in zip(self.census.kept, self.census.positions, strict=True)
        ]
        return f"{', then '.join(dict.fromkeys(shares))}, {fate}"

    def hash(self, minibatch: Minibatch, tokens: list[Tokens]) -> str:
        """Tells the samples and their order."""
        picks = tokens[0].picks
        if picks is None:
            return minibatch.hash
        return hash_of(minibatch.hash, picks[0].numpy(), picks[1].numpy())


def _span(counts: list[int]) -> str:
    """`128`, or `120 to 128`."""
    fewest, most = min(counts), max(counts)
    return f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"


def _are_equal(first: torch.Tensor | None, second: torch.Tensor | None) -> bool:
    if first is None or second is None:
        other = second if first is None else first
        return other is None or bool(other.all())
    return torch.equal(first, second)


@dataclass
class Study:
    """Everything that a run needs; `preparation.prepare` makes it.

    - `warnings`: grow while it runs.
    - `channels_last`: whether the weights of a model, by its name, lie so.
    """

    request: Request
    stream: Stream
    entries: list[Entry]
    sampling: Sampling
    dtype: torch.dtype
    precision: torch.dtype
    warnings: list[str]
    channels_last: dict[str, bool]

    def agreement(self) -> Agreement:
        """What other shards of this run have to keep to."""
        return Agreement(
            {entry.key: [layer.name for layer in entry.plan.layers] for entry in self.entries},
            {entry.key: entry.plan.folded for entry in self.entries},
            self.channels_last,
        )

    @property
    def samples(self) -> list[int]:
        """Samples of every minibatch."""
        return self.sampling.samples

    def run(
        self, minibatch: Minibatch, tokens: list[Tokens], grams: list[torch.Tensor]
    ) -> dict[str, str]:
        """Fills the matrices of all entries, and returns why some are missing, by their names."""
        faults: dict[str, str] = {}
        moved: dict[tuple[int, torch.device], tuple[Batch, Tokens]] = {}
        for entry, out in zip(self.entries, grams, strict=False):
            place = (entry.dataset, entry.device)
            if place not in moved:
                batch = minibatch.batches[entry.dataset].to(entry.device, self.dtype)
                moved[place] = (batch, tokens[entry.dataset].to(entry.device))
            before = entry.runner.chunk
            batch, counted = moved[place]
            found = entry.runner.run(batch, out, counted)
            if entry.runner.chunk != before:
                self.warnings.append(
                    f"{entry.key}: memory ran out; chunks of {entry.runner.chunk} samples"
                )
            faults |= {entry.names[index]: reason for index, reason in found.items()}
        return faults

    def grams(self, samples: int) -> list[torch.Tensor]:
        """Room for the matrices of a minibatch, for each entry layers × n × n on its device."""
        return [
            torch.empty(
                len(entry.plan.layers), samples, samples, dtype=self.precision, device=entry.device
            )
            for entry in self.entries
        ]

    def described(self) -> list[dict[str, Any]]:
        """The models for the protocol's header."""
        return [
            {
                "name": entry.model.name,
                "dataset": self.stream.sources[entry.dataset].name,
                "specification": entry.model.specification,
                "layers": [layer.name for layer in entry.plan.layers],
                "shapes": [layer.shape for layer in entry.plan.layers],
                "kinds": [layer.kind for layer in entry.plan.layers],
            }
            for entry in self.entries
        ]

    def about(self) -> dict[str, Any]:
        """What has to be known to trust and to repeat the result."""
        request = self.request
        devices = dict.fromkeys(str(entry.device) for entry in self.entries)
        settings = {
            "device": ", ".join(devices),
            "dtype": request.dtype,
            "precision": request.precision,
            "matrices": self._maker(),
            "tf32": str(request.tf32).lower(),
            "mode": "eval",
            "pool": request.pool,
            "tokens": request.tokens,
            "sample": self.sampling.told(),
            "axes": "; ".join(self._axes()),
            "padding": self.sampling.padding(),
            "duplicates": "kept" if request.keeps_duplicates else "folded",
            "seed": str(request.seed),
            "layers": request.layers,
            "types": request.types,
            "data": " ".join(source.specification for source in self.stream.sources),
            "order": self.stream.order,
            "pairing": self.stream.pairing,
            "chunk": request.chunk and str(request.chunk),
        }
        return {
            "versions": doctor.versions(),
            "settings": {key: value for key, value in settings.items() if value},
            "warnings": self.warnings,
        }

    def taken(self) -> list[str]:
        """What a sample is, which axes were taken for what, how much is padding; a line each."""
        lines = [f"a sample is {self.sampling.told()}"] if self.sampling.length is not None else []
        padding = self.sampling.padding()
        return (
            lines
            + [f"axes: {', '.join(self._axes())}"]
            + ([f"padding: {padding}"] if padding else [])
        )

    def _maker(self) -> str | None:
        """What forms the Gram matrices on a processor."""
        if all(entry.device.type != "cpu" for entry in self.entries):
            return None
        is_fit = self.precision == torch.float32 and max(self.samples) <= MOST_SAMPLES
        return "by cka's kernel" if is_fit and native() else "by torch"

    def _axes(self) -> list[str]:
        """How many layers had their axes taken for what."""
        found = Counter(
            f"{taken_as(layer)}{_reduced(layer.treatment.kind)}"
            for entry in self.entries
            for layer in entry.plan.layers
        )
        return [f"{count} × ({text})" for text, count in found.most_common()]


def _reduced(kind: str) -> str:
    """What was made of tokens or positions."""
    return {
        "tokens-mean": ", mean of tokens",
        "tokens-class": ", first token",
        "tokens-each": ", each token a sample",
        "mean": ", mean of positions",
        "tokens-flatten": ", all tokens in a row",
    }.get(kind, "")
