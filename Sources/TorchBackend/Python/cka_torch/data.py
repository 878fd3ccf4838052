"""Data sets from specifications."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import torch
from numpy import int64
from numpy.typing import NDArray

from . import loaders
from .batches import Batch, as_ids, as_labels
from .libraries import need
from .order import shuffled
from .python_file import made_by
from .refusal import Refusal, one_line
from .specification import Specification
from .stream import Source
from .suggestions import listed, meant

Array = NDArray[Any]
# Arrays of an npz that may hold the samples' classes.
_LABELS = ("labels", "y", "targets", "target", "label")


def open_data(
    specifications: list[Specification],
    size: int | None,
    most: int | None,
    shuffle: int | str | None = None,
) -> list[Source]:
    """The data sets, in the order in which their samples are taken.

    - `size`: samples of a minibatch; None for all.
    - `most`: samples that are wanted of each, where that is known.
    - `shuffle`: a seed; "none" for the order of the data; None for what the data make of it:
      folders are shuffled with the seed 0.
    """
    sources = [_source(s, size, most) for s in specifications]
    seed = shuffle
    if seed is None and any(source.is_folders for source in sources):
        seed = 0
    if not isinstance(seed, int):
        return sources
    # Samples that are paired by IDs follow those of the first; else both are in one new order.
    follow = len(sources) > 1 and all(source.has_ids for source in sources)
    return [
        source if index > 0 and follow else shuffled(source, seed)
        for index, source in enumerate(sources)
    ]


def _source(specification: Specification, size: int | None, most: int | None) -> Source:
    name, text = specification.name, specification.text
    if specification.kind == "py":
        return loaders.source(made_by(specification), name, text, size, most)
    maker = _MAKERS.get(specification.kind)
    if maker is None:
        raise Refusal(f"'{text}' is no data set; write one of py:, {', '.join(_MAKERS)}")
    return maker(name, specification, size or _READ, most)


# Samples that are read at a time where all are one minibatch.
_READ = 128


def arrays(
    name: str,
    text: str,
    tensor: torch.Tensor,
    ids: list[str] | None,
    size: int,
    labels: list[str] | None = None,
) -> Source:
    """Samples that are all in memory, N × …."""

    def batches() -> Iterator[Batch]:
        for start in range(0, len(tensor), size):
            part = slice(start, start + size)
            yield Batch({"x": tensor[part]}, None if ids is None else ids[part])

    def picked(order: NDArray[int64]) -> Iterator[Batch]:
        for start in range(0, len(order), size):
            part = order[start : start + size]
            yield Batch({"x": tensor[part]}, None if ids is None else [ids[i] for i in part])

    return Source(
        name,
        text,
        len(tensor),
        batches,
        ids is not None,
        is_shuffled=False,
        labels=labels,
        picked=picked,
    )


def _npz(name: str, specification: Specification, size: int, most: int | None) -> Source:
    key = specification.take("key")
    specification.refuse_rest("key")
    text = specification.text
    keys = [str(key)] if key is not None else ["x", "images", "data"]
    read = _arrays(specification.target, text, [*keys, "ids", *_LABELS])
    found = next((k for k in keys if k in read), None)
    if found is None:
        near = meant(keys[0], read, "it has") if key is not None else f"it has {listed(read)}"
        raise Refusal(f"{text} has no array {' or '.join(keys)}; {near}; say which with ?key=NAME")
    values = read[found]
    if values is None or values.ndim == 0 or values.dtype.kind not in "fiub":
        raise Refusal(f"{text}: the array {found} does not hold numbers, samples along an axis")
    ids = None
    if "ids" in read:
        names = read["ids"]
        if names is None or names.ndim != 1:
            raise Refusal(f"{text}: the array ids is no list of numbers or texts")
        ids = as_ids(names)
    if ids is not None and len(ids) != len(values):
        raise Refusal(f"{text} has {len(ids)} ids for {len(values)} samples")
    labels = next((as_labels(read[k]) for k in _LABELS if k in read), None)
    if labels is not None and len(labels) != len(values):
        labels = None
    return arrays(name, text, _numbers(values), ids, size, labels)


def _arrays(path: str, text: str, wanted: list[str]) -> dict[str, Array | None]:
    """Arrays of an npz by name: None for what is not wanted, and for Python objects.

    Reasons are our own where the content is at fault: numpy's advise to load the file unsafely.
    """
    try:
        with open(path, "rb") as stream:
            is_zip = zipfile.is_zipfile(stream)
        if not is_zip:
            raise Refusal(f"{text}: {path} is no npz file; write one with numpy.savez(FILE, x=…)")
        with numpy.load(path, allow_pickle=False) as file:
            return {k: _array(file, k) if k in wanted else None for k in file.files}
    except OSError as error:
        raise Refusal(f"{text}: {one_line(error)}") from None
    except (Refusal, MemoryError):
        raise
    except Exception as error:  # Damaged files raise whatever the bytes happen to lead to.
        kind = type(error).__name__
        raise Refusal(f"{text}: {path} cannot be read ({kind}): is it damaged?") from None


def _array(file: Any, key: str) -> Array | None:
    try:
        value = file[key]
    except ValueError:
        return None  # Objects of Python, which only running code from the file would make.
    return value if isinstance(value, numpy.ndarray) else None


def _numbers(values: Array) -> torch.Tensor:
    """Float64 as float32, bytes (pixels) as 0 … 1, whole numbers (tokens) as they are."""
    tensor = torch.from_numpy(numpy.ascontiguousarray(values))
    if tensor.dtype == torch.uint8:
        return tensor.float() / 255
    return tensor.float() if tensor.is_floating_point() else tensor.long()


def _digits(name: str, specification: Specification, size: int, most: int | None) -> Source:
    from . import digits

    tensor, ids = digits.load(specification)
    return arrays(name, specification.text, tensor, ids, size)


def _images(name: str, specification: Specification, size: int, most: int | None) -> Source:
    from . import images

    workers = int(specification.number("workers", 0, least=0))
    data = images.ImageFolder(specification)
    loader = torch.utils.data.DataLoader(data, batch_size=size, num_workers=workers)
    source = loaders.source(loader, name, specification.text, size, most)
    source.labels = [name.rpartition("/")[0] for name in data.ids]
    source.is_folders = True
    return source


def _torchvision(name: str, specification: Specification, size: int, most: int | None) -> Source:
    from . import images

    workers = int(specification.number("workers", 0, least=0))
    torchvision = need("torchvision", specification.text)
    data = images.of_torchvision(torchvision, specification)
    loader = torch.utils.data.DataLoader(data, batch_size=size, num_workers=workers)
    source = loaders.source(loader, name, specification.text, size, most)
    source.is_folders = isinstance(data, torchvision.datasets.DatasetFolder)
    return source


_MAKERS: dict[str, Callable[[str, Specification, int, int | None], Source]] = {
    "imagefolder": _images,
    "torchvision": _torchvision,
    "npz": _npz,
    "digits": _digits,
}
