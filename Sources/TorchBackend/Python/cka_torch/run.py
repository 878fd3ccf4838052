"""`run`: sends a frame for every minibatch."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from typing import BinaryIO

import torch

from . import messages
from .frames import FrameWriter
from .preparation import prepare
from .request import Request
from .sender import Frame, Sender
from .stream import Minibatch
from .study import Study
from .tokens import Tokens


def run(request: Request, output: BinaryIO) -> None:
    """Runs the models over the data, and writes the protocol to `output`."""
    progress = messages.Progress()
    study = prepare(request, progress.phase)
    told = len(study.warnings)  # Those until now are in the header.
    writer = FrameWriter(output)
    samples = study.samples
    writer.header({"models": study.described(), "samples": samples}, study.about())
    sender = Sender(writer)
    grams = study.grams(samples[0])
    # A model that draws random numbers has to draw those of earlier minibatches, too.
    seen = 0 if any(entry.plan.draws for entry in study.entries) else _seen()
    for index, minibatch in enumerate(_ahead(iter(study.stream))):
        tokens = study.sampling.tokens(minibatch.batches, index)
        minibatch.hash = study.sampling.hash(minibatch, tokens)
        if index < seen:
            # Only the hash is looked at. The sender has nothing to send yet.
            progress(f"passing over minibatch {index + 1} of {len(samples)}")
            writer.frame(samples[index], minibatch.hash, [], {})
            continue
        if index == seen:
            progress.phase(f"the first minibatch of {len(samples)}")
        else:
            progress(f"minibatch {index + 1} of {len(samples)}")
        if grams[0].shape[1] != samples[index]:
            grams = study.grams(samples[index])
        _send(study, minibatch, tokens, grams, sender)
        for warning in study.warnings[told:]:
            messages.log(warning)
        told = len(study.warnings)
    sender.finish()


def _seen() -> int:
    """Minibatches that the reader has from an earlier run, and needs no matrices of."""
    text = os.environ.get("CKA_BACKEND_SEEN", "")
    return int(text) if text.isdecimal() else 0


def _send(
    study: Study,
    minibatch: Minibatch,
    tokens: list[Tokens],
    grams: list[torch.Tensor],
    sender: Sender,
) -> None:
    """Computes one minibatch; matrices on the host are computed where they are sent from."""
    room = sender.room(grams)
    targets = [r if g.device.type == "cpu" else g for r, g in zip(room, grams, strict=False)]
    faults = study.run(minibatch, tokens, targets)
    ready = []
    for host, target in zip(room, targets, strict=False):
        if host is not target:
            host.copy_(target, non_blocking=True)
            ready.append(torch.cuda.current_stream(target.device).record_event())
    names = [name for entry in study.entries for name in entry.names]
    sender.send(Frame(grams[0].shape[1], minibatch.hash, names, room, faults, ready))


def _ahead(minibatches: Iterator[Minibatch]) -> Iterator[Minibatch]:
    """The same minibatches, each read in the background while the one before is computed."""
    waiting: queue.Queue[Minibatch | BaseException | None] = queue.Queue(maxsize=1)

    def read() -> None:
        try:
            for minibatch in minibatches:
                waiting.put(minibatch)
            waiting.put(None)
        except BaseException as error:  # Raised again where the minibatches are used.
            waiting.put(error)

    threading.Thread(target=read, daemon=True).start()
    while (item := waiting.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item
