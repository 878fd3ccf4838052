"""The Gram kernel that `cka` itself uses, called on the memory of tensors.

It is a small library of our own, `libckagram.so`. Where it cannot be found or loaded, and for what
it does not do, torch forms the matrices.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import re
from collections.abc import Iterator
from pathlib import Path

import torch

NAME = "libckagram.so"
# Names the library's file; empty for none.
VARIABLE = "CKA_GRAM_LIBRARY"
# Most samples for which it is ahead of a BLAS.
MOST_SAMPLES = 512
_ALIGNMENT = 64
_VERSION = 2


class NativeGram:
    """Forms centred Gram matrices of float32 features on a processor, in torch's own threads."""

    def __init__(self, library: ctypes.CDLL) -> None:
        size, pointer = ctypes.c_ssize_t, ctypes.c_void_p
        self._room_for = library.cgram_whole_room
        self._room_for.restype, self._room_for.argtypes = size, [size, size]
        self._form = library.cgram_whole
        self._form.restype = ctypes.c_int
        self._form.argtypes = [pointer, size, size, size, size, pointer, pointer, pointer]
        self._parallel = _parallel()
        self._room = torch.empty(0, dtype=torch.uint8)

    def form(self, features: torch.Tensor, out: torch.Tensor) -> bool:
        """Writes the Gram matrix of n × p features to `out`, if it can be done as well here."""
        if not _is_fit(features) or not _is_fit(out) or not out.is_contiguous():
            return False
        n, p = features.shape
        threads = torch.get_num_threads()
        need = self._room_for(n, p) + _ALIGNMENT
        if self._room.numel() < need:
            self._room = torch.empty(need, dtype=torch.uint8)
        room = self._room.data_ptr()
        room += -room % _ALIGNMENT
        stride = features.stride(0) * features.element_size()
        # The call does not hold Python's lock.
        done = self._form(
            features.data_ptr(), stride, n, p, threads, self._parallel, room, out.data_ptr()
        )
        return bool(done)


def _is_fit(tensor: torch.Tensor) -> bool:
    """Whether rows of float32 lie in a processor's memory."""
    return (
        tensor.device.type == "cpu"
        and tensor.dtype == torch.float32
        and tensor.dim() == 2
        and 1 <= len(tensor) <= MOST_SAMPLES
        and tensor.shape[1] > 0
        and (tensor.stride(1) == 1 or tensor.shape[1] == 1)
        and tensor.stride(0) >= 0
        and not tensor.is_neg()
    )


@functools.cache
def native() -> NativeGram | None:
    """The kernel, if its library is there and runs fast on this processor."""
    for place in _places():
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL(str(place))
            # One of another version, left over from an installation, takes other arguments.
            if library.cgram_whole_version() == _VERSION:
                return NativeGram(library) if library.cgram_is_fast() else None
    return None


def _places() -> Iterator[Path]:
    """Where the library may be."""
    wish = os.environ.get(VARIABLE)
    if wish is not None:
        if wish:
            yield Path(wish)
        return
    package = Path(__file__).resolve().parent
    if len(package.parents) < 4:
        return
    # Beside the program that has cka_TorchBackend.resources/Python/cka_torch beside it; in
    # PREFIX/lib, or PREFIX/bin, for PREFIX/share/cka/Python/cka_torch.
    prefix = package.parents[3]
    places = [package.parents[2] / NAME, prefix / "lib" / NAME, prefix / "bin" / NAME]
    # In the project itself, what was built last.
    built = [prefix / ".build" / way / NAME for way in ("release", "debug")]
    built = [place for place in built if place.is_file()]
    places += sorted(built, key=lambda place: place.stat().st_mtime, reverse=True)
    yield from (place for place in places if place.is_file())


def _parallel() -> ctypes.c_void_p | None:
    """GOMP_parallel of the OpenMP runtime that torch computes with; threads of ours would contend
    with its own, which wait busily."""
    with contextlib.suppress(OSError):
        maps = Path("/proc/self/maps").read_text()
        names = set(re.findall(r"/\S*/lib(?:gomp|iomp5|omp)[^/\s]*\.so\S*", maps))
        # Other packages bring runtimes of their own.
        for name in sorted(names, key=lambda name: "/torch" not in name):
            with contextlib.suppress(OSError, AttributeError):
                return ctypes.cast(ctypes.CDLL(name).GOMP_parallel, ctypes.c_void_p)
    return None
