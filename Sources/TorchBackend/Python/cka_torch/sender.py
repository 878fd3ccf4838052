"""Sends frames in the background, while the next minibatch is computed."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass

import torch

from .frames import FrameWriter


@dataclass
class Frame:
    """Matrices of one minibatch on the host, and when they will be there."""

    samples: int
    hash: str
    names: list[str]
    grams: list[torch.Tensor]
    faults: dict[str, str]
    ready: list[torch.cuda.Event]


class Sender:
    """Two sets of host buffers: one is written to the pipe while the other is filled."""

    def __init__(self, writer: FrameWriter) -> None:
        self._writer = writer
        self._free: queue.Queue[list[torch.Tensor]] = queue.Queue()
        self._frames: queue.Queue[Frame | None] = queue.Queue()
        self._error: BaseException | None = None
        for _ in range(2):
            self._free.put([])
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def room(self, like: list[torch.Tensor]) -> list[torch.Tensor]:
        """Host buffers of the same sizes, once a frame that used them was sent."""
        room = self._free.get()
        self._check()
        if [t.shape for t in room] != [t.shape for t in like]:
            room = [_host(t) for t in like]
        return room

    def send(self, frame: Frame) -> None:
        """Takes a frame whose matrices are in buffers from `room`."""
        self._frames.put(frame)

    def finish(self) -> None:
        """Waits until all was sent, and sends the end mark."""
        self._frames.put(None)
        self._thread.join()
        self._check()
        self._writer.end()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while (frame := self._frames.get()) is not None:
            try:
                if self._error is None:
                    self._write(frame)
            except BaseException as error:  # Raised again where the frames come from.
                self._error = error
            self._free.put(frame.grams)

    def _write(self, frame: Frame) -> None:
        for event in frame.ready:
            event.synchronize()
        matrices = [matrix for grams in frame.grams for matrix in grams]
        finite = [ok for grams in frame.grams for ok in _finite(grams)]
        faults = dict(frame.faults)
        for name, is_finite in zip(frame.names, finite, strict=False):
            if not is_finite:
                faults.setdefault(name, "its features, or their products, are not finite")
        sent = [
            (name, matrix.numpy())
            for name, matrix in zip(frame.names, matrices, strict=False)
            if name not in faults
        ]
        self._writer.frame(frame.samples, frame.hash, sent, faults)


def _host(like: torch.Tensor) -> torch.Tensor:
    return torch.empty(like.shape, dtype=like.dtype, pin_memory=like.device.type == "cuda")


def _finite(grams: torch.Tensor) -> list[bool]:
    """By the diagonals: an infinite or undefined feature always shows there."""
    return torch.diagonal(grams, dim1=1, dim2=2).isfinite().all(1).tolist()
