"""The protocol of docs/backend.md: safetensors buffers, each after its length."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy

_TYPES = {"float32": "F32", "float64": "F64"}


class FrameWriter:
    """Writes what a backend sends.

    Matrices go to the pipe as they lie in memory: a frame is never copied into one buffer.
    """

    def __init__(self, output: BinaryIO) -> None:
        self._output = output

    def header(
        self,
        study: dict[str, Any],
        about: dict[str, Any],
        plan: str | None = None,
        part: range | None = None,
    ) -> None:
        """The first buffer.

        - `plan`: what other shards are to keep to; `part`: the minibatches that will come.
        """
        metadata = {
            "format": "cka-backend",
            "version": "1",
            "study": json.dumps(study),
            "about": json.dumps(about),
        }
        if plan is not None:
            metadata["plan"] = plan
        if part is not None:
            metadata["range"] = f"{part.start}:{part.stop}"
        self._buffer(metadata, [])

    def frame(
        self,
        samples: int,
        sample_hash: str,
        grams: Iterable[tuple[str, numpy.ndarray]],
        faults: dict[str, str],
    ) -> None:
        """One minibatch: names with n × n matrices, and why others are missing."""
        metadata = {"samples": str(samples), "sample_hash": sample_hash}
        if faults:
            metadata["faults"] = json.dumps(faults)
        self._buffer(metadata, list(grams))

    def end(self) -> None:
        """The end mark."""
        self._output.write(struct.pack("<Q", 0))
        self._output.flush()

    def _buffer(self, metadata: dict[str, str], tensors: list[tuple[str, numpy.ndarray]]) -> None:
        fields: dict[str, Any] = {"__metadata__": metadata}
        offset = 0
        for name, values in tensors:
            end = offset + values.nbytes
            fields[name] = {
                "dtype": _TYPES[values.dtype.name],
                "shape": list(values.shape),
                "data_offsets": [offset, end],
            }
            offset = end
        text = json.dumps(fields).encode()
        # Numbers begin at a multiple of 8 bytes.
        text += b" " * (-len(text) % 8)
        self._output.write(struct.pack("<QQ", 8 + len(text) + offset, len(text)))
        self._output.write(text)
        for _, values in tensors:
            self._output.write(numpy.ascontiguousarray(values).data)
        self._output.flush()
