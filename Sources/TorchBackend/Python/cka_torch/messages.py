"""Lines on standard error, as docs/backend.md has them."""

from __future__ import annotations

import json
import sys
import time
import traceback

from .refusal import Refusal, one_line

_FRAMES = 6
_SECONDS_BETWEEN = 1.0


def log(text: str) -> None:
    """Something that has to be read."""
    _write(json.dumps({"log": text}))


def failure(error: BaseException) -> None:
    """Why the run ends. The reason comes last, since the last line is what is told first."""
    # On a line of its own, whatever was printed without an end before it.
    _write("")
    trail(error)
    log(one_line(error))


def trail(error: BaseException) -> None:
    """The last calls before an error that was not foreseen, without its own text."""
    if isinstance(error, Refusal):
        return
    calls = traceback.TracebackException.from_exception(error).stack.format()
    _write("".join(["Traceback (most recent call last):\n", *calls[-_FRAMES:]]).rstrip())


class Progress:
    """What is being done, at most once a second."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _SECONDS_BETWEEN
            _write(json.dumps({"progress": text}))


def _write(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
