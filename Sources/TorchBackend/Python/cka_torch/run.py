"""`run`: sends a frame for every minibatch."""

from __future__ import annotations

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
from .shards import seen, wanted
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
    part = wanted(len(samples))
    study_header = {"models": study.described(), "samples": samples}
    plan = None if part is None else study.agreement().text
    writer.header(study_header, study.about(), plan, part)
    _frames(study, part or range(len(samples)), writer, progress, told)


def _frames(
    study: Study, part: range, writer: FrameWriter, progress: messages.Progress, told: int
) -> None:
    """Sends the minibatches of `part`; `told` warnings were told before."""
    samples = study.samples
    sender = Sender(writer)
    grams = study.grams(samples[0])
    # A model that draws random numbers has to draw those of earlier minibatches, too.
    draws = any(entry.plan.draws for entry in study.entries)
    first = part.start if draws else part.start + seen()
    for index, minibatch in enumerate(_ahead(iter(study.stream))):
        if index >= part.stop:
            break
        if index < part.start and not draws:
            progress(f"passing over minibatch {index + 1}, another shard's")
            continue
        tokens = study.sampling.tokens(minibatch.batches, index)
        minibatch.hash = study.sampling.hash(minibatch, tokens)
        if part.start <= index < first:
            # Only the hash is looked at. The sender has nothing to send yet.
            progress(f"passing over minibatch {index + 1} of {len(samples)}")
            writer.frame(samples[index], minibatch.hash, [], {})
            continue
        if index == first:
            progress.phase(f"the first minibatch of {part.stop - part.start}")
        else:
            progress(f"minibatch {index + 1} of {len(samples)}")
        if grams[0].shape[1] != samples[index]:
            grams = study.grams(samples[index])
        if index < part.start:
            study.run(minibatch, tokens, grams)
        else:
            _send(study, minibatch, tokens, grams, sender)
        for warning in study.warnings[told:]:
            messages.log(warning)
        told = len(study.warnings)
    sender.finish()


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
