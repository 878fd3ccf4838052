"""What a user's function gives as data: a DataLoader, a Dataset, tensors, or batches."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from typing import Any, cast

import numpy
import torch
from numpy import int64
from numpy.typing import NDArray
from torch.utils import data as torch_data

from .batches import Batch, as_ids, as_labels, read
from .refusal import Refusal
from .stream import Source

AnyLoader = torch_data.DataLoader[Any]
# Where data sets keep the labels of all samples.
_LABELS = ("targets", "labels", "_labels")


# Samples that are read at a time where all are one minibatch.
_READ = 128


def source(data: Any, name: str, text: str, size: int | None, most: int | None) -> Source:
    """The samples in `data`.

    - A DataLoader keeps its order, workers and collation; its batches are cut anew.
    - A Dataset, or anything with a length and items, is read in its order.
    - Tensors, a tuple whose first entry is one, and dictionaries of tensors are all samples.
    - Any other iterable yields batches.
    """
    if isinstance(data, torch_data.DataLoader):
        return _loader(data, name, text, most)
    if _is_whole(data):
        whole = read(data, text)
        return _counted(lambda: iter([whole]), name, text, whole.ids is not None, whole.count)
    size = size or _READ
    if isinstance(data, torch_data.IterableDataset):
        return _loader(torch_data.DataLoader(data, batch_size=size), name, text, most)
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and not isinstance(data, list):
        return _loader(torch_data.DataLoader(data, batch_size=size), name, text, most)
    return _iterable(data, name, text, most)


def _is_whole(data: Any) -> bool:
    if isinstance(data, tuple) and data:
        data = data[0]
    if isinstance(data, Mapping):
        return any(isinstance(v, (torch.Tensor, numpy.ndarray)) for v in data.values())
    return isinstance(data, (torch.Tensor, numpy.ndarray))


def _loader(loader: AnyLoader, name: str, text: str, most: int | None) -> Source:
    """A DataLoader; IDs that its data set has are followed through any order."""
    ids = _ids(loader.dataset, text)
    is_iterable = isinstance(loader.dataset, torch_data.IterableDataset)
    # A loader of its own batch sampler, or without one, tells neither its order nor its length.
    is_plain = loader.batch_size is not None and not is_iterable
    is_ordered = is_plain and isinstance(loader.sampler, torch_data.SequentialSampler)
    count = _length(loader) if is_plain else None
    follows = ids is not None and not is_iterable and loader.batch_sampler is not None
    rows: Any = _with_indices(loader, loader.batch_sampler) if follows else loader

    def batches() -> Iterator[Batch]:
        return _read(rows, ids if follows else None, text)

    def picked(order: NDArray[int64]) -> Iterator[Batch]:
        size = loader.batch_size or _READ
        indices = order.tolist()
        parts = [indices[i : i + size] for i in range(0, len(indices), size)]
        return _read(_with_indices(loader, parts), ids or [], text)

    found = _counted(
        batches,
        name,
        text,
        True if follows else None,
        count,
        most,
        is_shuffled=not is_ordered and not is_iterable,
    )
    # A sampler of the user's own chooses samples, too: only an order may be replaced.
    if is_plain and (is_ordered or _is_permutation(loader)):
        found.picked, found.total = picked, len(cast("Sized", loader.dataset))
        if is_ordered:
            found.labels = _labels(loader.dataset)
    return found


def _is_permutation(loader: AnyLoader) -> bool:
    """Whether all samples come, each once, in an order that torch draws."""
    sampler, dataset = loader.sampler, cast("Sized", loader.dataset)
    if not isinstance(sampler, torch_data.RandomSampler):
        return False
    return not sampler.replacement and len(sampler) == len(dataset)


def _read(rows: Iterable[Any], ids: list[str] | None, text: str) -> Iterator[Batch]:
    """Batches of a loader; with `ids`, of one whose items come with their indices."""
    for item in rows:
        if ids is None:
            yield read(item, text)
            continue
        indices, content = item
        batch = read(content, text)
        if ids:
            batch.ids = [ids[i] for i in indices]
        yield batch


def _labels(dataset: Any) -> list[str] | None:
    """Labels of all samples that a data set tells without being read, also behind a `Subset`."""
    if isinstance(dataset, torch_data.Subset):
        whole = _labels(dataset.dataset)
        return None if whole is None else [whole[i] for i in dataset.indices]
    if isinstance(dataset, torch_data.TensorDataset):
        values: Any = dataset.tensors[1] if len(dataset.tensors) > 1 else None
    else:
        values = next(
            (v for v in (getattr(dataset, k, None) for k in _LABELS) if v is not None), None
        )
    labels = as_labels(values)
    is_whole = labels is not None and hasattr(dataset, "__len__") and len(labels) == len(dataset)
    return labels if is_whole else None


def _iterable(data: Any, name: str, text: str, most: int | None) -> Source:
    if not hasattr(data, "__iter__"):
        raise Refusal(f"{text} gives a {type(data).__name__}, which yields no samples")
    iterator = iter(data)
    if iterator is data:
        # It can be gone through only once: keep what it yields.
        data, seen = [], 0
        for item in iterator:
            data.append(read(item, text))
            seen += data[-1].count
            if most is not None and seen >= most:
                break
        return _counted(lambda: iter(data), name, text, None, seen, most)
    return _counted(lambda: (read(item, text) for item in data), name, text, None, None, most)


def _counted(
    batches: Callable[[], Iterator[Batch]],
    name: str,
    text: str,
    has_ids: bool | None,
    count: int | None,
    most: int | None = None,
    is_shuffled: bool = False,
) -> Source:
    """A source; what is not known of it is found by going through the samples."""
    if count is None or has_ids is None:
        state = torch.get_rng_state()
        found, has_ids = _look(batches(), None if count is not None else most, count is not None)
        count = found if count is None else count
        torch.set_rng_state(state)
    return Source(name, text, count, batches, has_ids, is_shuffled)


def _look(batches: Iterator[Batch], most: int | None, only_first: bool) -> tuple[int, bool]:
    count, has_ids = 0, False
    for batch in itertools.islice(batches, 1 if only_first else None):
        has_ids = batch.ids is not None
        count += batch.count
        if most is not None and count >= most:
            break
    return count, has_ids


def _length(loader: Any) -> int:
    """Samples of a loader whose batches are made by torch's own sampler."""
    count = len(loader.sampler)
    if loader.drop_last and loader.batch_size:
        count -= count % loader.batch_size
    return count


def _ids(dataset: Any, text: str) -> list[str] | None:
    """The attribute `ids` of a data set, also behind a `Subset`."""
    if isinstance(dataset, torch_data.Subset):
        whole = _ids(dataset.dataset, text)
        return None if whole is None else [whole[i] for i in dataset.indices]
    ids = getattr(dataset, "ids", None)
    if ids is None or callable(ids):
        return None
    names = as_ids(ids)
    if hasattr(dataset, "__len__") and len(names) != len(dataset):
        raise Refusal(f"{text} has {len(names)} ids for {len(dataset)} samples")
    return names


class _Indexed(torch_data.Dataset[tuple[int, Any]]):
    """A data set whose items come with their positions."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset

    def __len__(self) -> int:
        return len(self._dataset)

    def __getitem__(self, index: int) -> tuple[int, Any]:
        return index, self._dataset[index]


class _Collation:
    """Collates what `_Indexed` gives; a class, because workers cannot be sent a closure."""

    def __init__(self, collate: Callable[[list[Any]], Any]) -> None:
        self._collate = collate

    def __call__(self, items: list[tuple[int, Any]]) -> tuple[list[int], Any]:
        return [int(index) for index, _ in items], self._collate([item for _, item in items])


def _with_indices(loader: AnyLoader, batches: Any) -> AnyLoader:
    """The same loader, whose batches tell which samples they are.

    - `batches`: yields the numbers of the samples of each.
    """
    return torch_data.DataLoader(
        _Indexed(loader.dataset),
        batch_sampler=batches,
        collate_fn=_Collation(loader.collate_fn),
        num_workers=loader.num_workers,
        worker_init_fn=loader.worker_init_fn,
        generator=loader.generator,
        timeout=loader.timeout,
    )
