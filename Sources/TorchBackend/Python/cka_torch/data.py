"""Data sets from specifications."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy
import torch

from . import loaders
from .batches import Batch, as_ids
from .libraries import need
from .python_file import made_by
from .refusal import Refusal, one_line
from .specification import Specification, give_names, parse
from .stream import Source


def named(texts: list[str]) -> list[Specification]:
    """The specifications, each with a name of its own."""
    specifications = [parse(text) for text in texts]
    names = [s.name or _default_name(s) for s in specifications]
    if len(set(names)) < len(names):
        names = [s.name or s.text for s in specifications]
    give_names(specifications, names)
    return specifications


def open_data(
    specifications: list[Specification], batch_size: int, most: int | None
) -> list[Source]:
    """The data sets.

    - `most`: samples that are wanted of each, where that is known.
    """
    return [_source(s.name or s.text, s, batch_size, most) for s in specifications]


def _source(name: str, specification: Specification, size: int, most: int | None) -> Source:
    if specification.scheme == "py":
        text = specification.text
        return loaders.source(made_by(specification), name, text, size, most)
    maker = _MAKERS.get(specification.scheme)
    if maker is None:
        known = ", ".join(["py:", *(k if k == "digits" else f"{k}:" for k in _MAKERS)])
        raise Refusal(f"'{specification.text}' is no data set; write one of {known}")
    return maker(name, specification, size, most)


def _default_name(specification: Specification) -> str:
    if specification.scheme == "py":
        return specification.target.rpartition(":")[2]
    last = Path(specification.target).name or specification.scheme
    return last.removesuffix(".npz")


def arrays(name: str, text: str, tensor: torch.Tensor, ids: list[str] | None, size: int) -> Source:
    """Samples that are all in memory, N × …."""

    def batches() -> Iterator[Batch]:
        for start in range(0, len(tensor), size):
            part = slice(start, start + size)
            yield Batch({"x": tensor[part]}, None if ids is None else ids[part])

    return Source(name, text, len(tensor), batches, ids is not None, is_shuffled=False)


def _npz(name: str, specification: Specification, size: int, most: int | None) -> Source:
    key = specification.take("key")
    specification.refuse_rest("key")
    text = specification.text
    keys = [str(key)] if key is not None else ["x", "images", "data"]
    read = _arrays(specification.target, text, [*keys, "ids"])
    found = next((k for k in keys if k in read), None)
    if found is None:
        raise Refusal(f"{text} has no array {' or '.join(keys)}; it has {_listed(read)}")
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
    return arrays(name, text, _numbers(values), ids, size)


def _arrays(path: str, text: str, wanted: list[str]) -> dict[str, numpy.ndarray | None]:
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


def _array(file: Any, key: str) -> numpy.ndarray | None:
    try:
        value = file[key]
    except ValueError:
        return None  # Objects of Python, which only running code from the file would make.
    return value if isinstance(value, numpy.ndarray) else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:8]) or "nothing"


def _numbers(values: numpy.ndarray) -> torch.Tensor:
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
    return loaders.source(loader, name, specification.text, size, most)


def _torchvision(name: str, specification: Specification, size: int, most: int | None) -> Source:
    from . import images

    workers = int(specification.number("workers", 0, least=0))
    torchvision = need("torchvision", specification.text)
    data = images.of_torchvision(torchvision, specification)
    loader = torch.utils.data.DataLoader(data, batch_size=size, num_workers=workers)
    return loaders.source(loader, name, specification.text, size, most)


_MAKERS: dict[str, Callable[[str, Specification, int, int | None], Source]] = {
    "imagefolder": _images,
    "torchvision": _torchvision,
    "npz": _npz,
    "digits": _digits,
}
