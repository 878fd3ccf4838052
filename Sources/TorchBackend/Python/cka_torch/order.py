"""The order of the samples: a seeded shuffle, and whether labels or folders come in runs."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

import numpy
import numpy.typing

from .batches import Batch, join
from .stream import Source

Order = numpy.typing.NDArray[numpy.int64]
# Fewer samples say nothing about an order.
_FEWEST = 16
# Deviations above what chance would do, and how much more often, that are worth a word.
_DEVIATIONS = 3.0
_FACTOR = 1.5


def permutation(count: int, seed: int) -> Order:
    """An order of `count` samples; by numpy's RandomState, whose stream never changes."""
    return numpy.random.RandomState(seed).permutation(count).astype(numpy.int64)


def shuffled(source: Source, seed: int) -> Source:
    """The same samples in the order of `seed`, the same for every source of so many samples.

    Samples that can only be read one after another are read into memory first.
    """
    order = permutation(source.total or source.count, seed)[: source.count]

    def batches() -> Iterator[Batch]:
        if source.picked is not None:
            return source.picked(order)
        return _gathered(source, order)

    labels = None if source.labels is None else [source.labels[i] for i in order]
    return Source(
        source.name,
        source.specification,
        source.count,
        batches,
        source.has_ids,
        is_shuffled=False,
        labels=labels,
        seed=seed,
    )


def _gathered(source: Source, order: Order) -> Iterator[Batch]:
    """Samples one by one out of memory."""
    samples: list[Batch] = []
    for batch in source.batches():
        samples += [batch.cut(i, i + 1) for i in range(batch.count)]
        if len(samples) >= source.count:
            break
    yield from (join([samples[i]]) for i in order if i < len(samples))


def told_runs(source: Source, first: Batch, minibatches: int) -> str | None:
    """A warning where labels, or folders, come in runs; None where they do not, or nobody knows.

    Neighbours share a class as often as chance has it in a random order: Σ p², p the shares of the
    classes. Minibatches of a sorted order hold few classes each, and CKA over those is another one.
    """
    if minibatches < 2:
        return None
    labels, what = source.labels, "labels"
    if labels is None:
        labels = first.labels
    if labels is None and first.ids is not None and all("/" in name for name in first.ids):
        labels, what = [name.rpartition("/")[0] for name in first.ids], "folders"
    if labels is None or len(labels) < _FEWEST:
        return None
    advice = "--shuffle SEED takes the samples in a random order"
    if len(set(labels)) == 1 and source.labels is None:
        return (
            f"all {len(labels)} samples of the first minibatch have one of the {what}, "
            f"'{labels[0]}': the data may be sorted by them; {advice}"
        )
    pairs = len(labels) - 1
    share = sum(a == b for a, b in itertools.pairwise(labels)) / pairs
    chance = sum((n / len(labels)) ** 2 for n in Counter(labels).values())
    spread = (chance * (1 - chance) / pairs) ** 0.5
    if share <= chance + _DEVIATIONS * spread or share < _FACTOR * chance:
        return None
    return (
        f"{what} come in runs in {source.specification}: {share:.0%} of neighbouring samples share "
        f"theirs, where {chance:.0%} would in a random order; minibatches then hold few classes "
        f"each. {advice}"
    )
