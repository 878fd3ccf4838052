"""Lines on standard error, as docs/backend.md has them."""

from __future__ import annotations

import json
import sys
import time
import traceback

from .refusal import Refusal, one_line

_FRAMES = 6
_CAUSES = 4
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
    """The last calls before an error that was not foreseen, without its own text.

    What it was raised from, or while something else was handled, comes first.
    """
    if isinstance(error, Refusal):
        return
    found = traceback.TracebackException.from_exception(error)
    earlier: list[str] = []
    cause = _cause(found)
    while cause is not None and len(earlier) < _CAUSES:
        text = "".join([*cause.stack.format()[-_FRAMES:], *cause.format_exception_only()])
        earlier.insert(0, f"{text.rstrip()}\nwhich led to")
        cause = _cause(cause)
    calls = "".join(found.stack.format()[-_FRAMES:]).rstrip()
    _write("\n".join(["Traceback (most recent call last):", *earlier, calls]))


def _cause(error: traceback.TracebackException) -> traceback.TracebackException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class Progress:
    """What is being done: every phase, and counts within one at most once a second."""

    def __init__(self) -> None:
        self._next = 0.0

    def phase(self, text: str) -> None:
        """Something else begins."""
        self._next = 0.0
        self(text)

    def __call__(self, text: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _SECONDS_BETWEEN
            _write(json.dumps({"progress": text}))


def _write(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
