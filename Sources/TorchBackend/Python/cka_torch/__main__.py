"""What `cka` calls: run, describe, doctor, list."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import select
import sys
import threading
from typing import BinaryIO

from . import messages
from .refusal import Refusal, one_line
from .request import read

# Verbs with the number of words behind them. What Swift parsed comes as one JSON text.
_VERBS = {("run", 1), ("describe", 1), ("doctor", 0), ("list", 1)}
_USAGE = "cka_torch run REQUEST | describe REQUEST | doctor | list LIBRARY; cka calls it"


def main() -> int:
    """Runs one command; returns its exit code."""
    verb, *words = sys.argv[1:] or [""]
    if (verb, len(words)) not in _VERBS:
        print(_USAGE, file=sys.stderr)
        return 2
    output = _take_standard_output()
    threading.Thread(target=_end_with_reader, args=(output.fileno(),), daemon=True).start()
    try:
        _run(verb, words, output)
        output.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        # Whoever read the frames is gone, and nothing is left to say to it.
        return 1
    except SystemExit as error:
        # Not a way out without a result: whoever reads would take an empty output for one.
        _tell(verb, Refusal(f"the code of a model, or of data, called sys.exit({error.code!r})"))
        return 1
    except Exception as error:  # Whatever user code raises ends in one line and exit code 1.
        _tell(verb, error)
        return 1
    return 0


def _tell(verb: str, error: Exception) -> None:
    if verb == "run":
        messages.failure(error)
    else:
        messages.trail(error)
        print(one_line(error), file=sys.stderr)


def _need_packages() -> None:
    """Says in one line what this Python lacks."""
    for package in ("torch", "numpy"):
        if importlib.util.find_spec(package) is None:
            raise Refusal(
                f"{sys.executable} has no {package}; install it there, or name another Python "
                "with --python or $CKA_PYTHON"
            )


def _run(verb: str, words: list[str], output: BinaryIO) -> None:
    if verb in ("run", "describe"):
        _need_packages()
        request = read(words[0])
    if verb == "run":
        # What takes long is told before it begins.
        messages.Progress().phase("loading torch")
        from .run import run

        run(request, output)
        return
    if verb == "describe":
        from .describe import describe

        text = describe(request)
    elif verb == "doctor":
        from .doctor import report

        text = report()
    else:
        from .listing import names

        text = "\n".join(names(words[0]))
    output.write(f"{text}\n".encode() if text else b"")


def _take_standard_output() -> BinaryIO:
    """The real standard output, for us alone: what other code prints goes to standard error.

    Nothing is read from standard input, so that no library can wait for an answer there.
    """
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    return output


def _end_with_reader(output: int) -> None:
    """Ends this process when nobody is left to read its output, even while a model is at work."""
    poll = select.poll()
    # No event is asked for: an error, which a pipe without a reader is, is told always.
    poll.register(output, 0)
    try:
        while not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll()):
            pass
    except (OSError, ValueError):
        return
    os._exit(1)


def _exit(code: int) -> None:
    """Ends at once: threads that read data or write frames are not waited for."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


def start() -> None:
    """Runs the command of this process, and ends it."""
    _exit(main())


if __name__ == "__main__":
    start()
