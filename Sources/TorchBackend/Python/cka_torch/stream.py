"""One stream of minibatches: a source's batches cut anew, two sources paired."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from numpy import int64
from numpy.typing import NDArray

from .batches import Batch, join
from .refusal import Refusal


@dataclass
class Source:
    """Samples of one data set.

    - `count`: how many will come.
    - `batches`: begins anew with each call.
    - `is_shuffled`: another order, or possibly another, each time.
    - `labels`: of all samples in their order, where they are known beforehand.
    - `picked`: the samples with these numbers, in this order; None where they can only be read one
      after another.
    - `total`: samples of which `count` are taken; None where that is all.
    - `seed`: of a new order that they were given.
    - `is_folders`: read folder by folder, so that another order is the better one.
    """

    name: str
    specification: str
    count: int
    batches: Callable[[], Iterator[Batch]]
    has_ids: bool
    is_shuffled: bool
    labels: list[str] | None = None
    picked: Callable[[NDArray[int64]], Iterator[Batch]] | None = None
    total: int | None = None
    is_folders: bool = False
    seed: int | None = None


@dataclass
class Minibatch:
    """The same samples in every data set, in one order."""

    batches: list[Batch]
    hash: str

    @property
    def count(self) -> int:
        """Number of samples."""
        return self.batches[0].count


class Stream:
    """Minibatches of `size` samples, or of all, from one source, or from two that are paired."""

    def __init__(self, sources: list[Source], size: int | None, most: int | None) -> None:
        self.sources = sources
        count = sources[0].count
        size = max(1, count) if size is None else size
        self._check(None if most is None else most * size)
        whole, rest = divmod(count, size)
        self.samples = ([size] * whole + ([rest] if rest else []))[:most]
        self._iterator = self._minibatches()
        self._first: Minibatch | None = None

    @property
    def order(self) -> str:
        """The order in which samples are taken."""
        orders = [
            "as they come" if source.seed is None else f"shuffled with seed {source.seed}"
            for source in self.sources
        ]
        return ", then ".join(dict.fromkeys(orders)) if self.pairing != "ids" else orders[0]

    @property
    def pairing(self) -> str | None:
        """How two data sets are paired: by `ids` or by `position`."""
        if len(self.sources) < 2:
            return None
        return "ids" if all(source.has_ids for source in self.sources) else "position"

    def first(self) -> Minibatch:
        """The first minibatch, which will come again when the stream is gone through."""
        if self._first is None:
            self._first = next(self._iterator)
        return self._first

    def survey(self, look: Callable[[Minibatch], None]) -> None:
        """Shows every minibatch to `look` before they are gone through.

        They are read once more for that; those whose order may be another one next time are kept.
        """
        state = torch.get_rng_state()
        if any(source.is_shuffled for source in self.sources):
            kept = list(self)
            self._first, self._iterator = kept[0], iter(kept[1:])
            minibatches = iter(kept)
        else:
            minibatches = self._minibatches(hashes=False)
        for minibatch in minibatches:
            look(minibatch)
        torch.set_rng_state(state)

    def __iter__(self) -> Iterator[Minibatch]:
        self.first()
        first, self._first = self._first, None
        assert first is not None
        return itertools.chain([first], self._iterator)

    def _check(self, most: int | None) -> None:
        """Refuses what cannot be paired; `most` samples are wanted of each source."""
        if self.sources[0].count == 0:
            raise Refusal(f"{self.sources[0].specification} has no samples")
        if len(self.sources) < 2:
            return
        first, second = self.sources
        # Of data of unknown length, no more were counted than are wanted.
        counts = [s.count if most is None else min(s.count, most) for s in self.sources]
        if counts[0] != counts[1]:
            raise Refusal(
                f"{first.specification} has {first.count} samples, {second.specification} "
                f"{second.count}: two data sets are compared sample by sample"
            )
        shuffled = [s.specification for s in self.sources if s.is_shuffled]
        if shuffled and self.pairing != "ids":
            raise Refusal(
                f"{' and '.join(shuffled)} shuffles, and there are no sample IDs to pair the data "
                "sets by: switch shuffling off, or give the data sets IDs (docs/torch.md)"
            )

    def _minibatches(self, hashes: bool = True) -> Iterator[Minibatch]:
        takers = [_Cutter(source) for source in self.sources]
        seen: set[str] = set()
        for size in self.samples:
            batches = [takers[0].take(size)]
            if self.pairing == "ids":
                ids = batches[0].ids or []
                for name in ids:
                    if name in seen:
                        raise _two_samples(self.sources[0], name)
                    seen.add(name)
                batches += [taker.take_ids(ids) for taker in takers[1:]]
            else:
                batches += [taker.take(size) for taker in takers[1:]]
            yield Minibatch(batches, self._hash(batches) if hashes else "")

    def _hash(self, batches: list[Batch]) -> str:
        if len(batches) == 1 or self.pairing == "ids":
            return batches[0].hash()
        text = " ".join(batch.hash() for batch in batches)
        return f"inputs:{hashlib.blake2b(text.encode(), digest_size=16).hexdigest()}"


class _Cutter:
    """Takes any number of samples from a source, whatever batches it comes in."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._batches = source.batches()
        self._rest: list[Batch] = []
        # Samples that came before their turn: `take_ids` of a source in another order.
        self._waiting: dict[str, Batch] = {}

    def take(self, count: int) -> Batch:
        """The next `count` samples."""
        parts: list[Batch] = []
        while count > 0:
            batch = self._rest.pop() if self._rest else self._next()
            if batch.count > count:
                self._rest.append(batch.cut(count, batch.count))
                batch = batch.cut(0, count)
            parts.append(batch)
            count -= batch.count
        return join(parts)

    def take_ids(self, ids: list[str]) -> Batch:
        """The samples with these IDs, in this order."""
        if not self._waiting:
            batch = self.take(len(ids))
            if batch.ids == ids:
                return batch
            self._wait(batch)
        wanted = set(ids) - self._waiting.keys()
        while wanted:
            batch = self._rest.pop() if self._rest else self._next(min(wanted))
            self._wait(batch)
            wanted -= set(batch.ids or [])
        return join([self._waiting.pop(name) for name in ids])

    def _wait(self, batch: Batch) -> None:
        for index, name in enumerate(batch.ids or []):
            if name in self._waiting:
                raise _two_samples(self._source, name)
            self._waiting[name] = batch.cut(index, index + 1)

    def _next(self, wanted: str | None = None) -> Batch:
        batch = next(self._batches, None)
        if batch is None and wanted is not None:
            raise Refusal(f"{self._source.specification} has no sample with the ID '{wanted}'")
        if batch is None:
            raise Refusal(
                f"{self._source.specification} ended before its {self._source.count} samples"
            )
        if self._source.has_ids and batch.ids is None:
            raise Refusal(f"{self._source.specification} has IDs for some samples only")
        return batch


def _two_samples(source: Source, name: str) -> Refusal:
    return Refusal(f"{source.specification} has two samples with the ID '{name}'")
