"""`python -m cka_torch`: run, describe, doctor, list."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from typing import BinaryIO

from . import messages
from .arguments import parser
from .refusal import Refusal, one_line


def main() -> int:
    """Runs one command; returns its exit code."""
    options = parser().parse_args()
    output = _take_standard_output()
    try:
        _run(options, output)
        output.flush()
    except (BrokenPipeError, KeyboardInterrupt):
        # Whoever read the frames is gone, and nothing is left to say to it.
        return 1
    except Exception as error:  # Whatever user code raises ends in one line and exit code 1.
        if options.command == "run":
            messages.failure(error)
        else:
            print(one_line(error), file=sys.stderr)
        return 1
    return 0


def _need_packages() -> None:
    """Says in one line what this Python lacks."""
    for package in ("torch", "numpy"):
        if importlib.util.find_spec(package) is None:
            raise Refusal(
                f"{sys.executable} has no {package}; install it there, or name another Python "
                "with --python or $CKA_PYTHON"
            )


def _run(options: argparse.Namespace, output: BinaryIO) -> None:
    if options.command in ("run", "describe"):
        _need_packages()
    if options.command == "run":
        from .run import run

        run(options, output)
        return
    if options.command == "describe":
        from .describe import describe

        text = describe(options)
    elif options.command == "doctor":
        from .doctor import report

        text = report()
    else:
        from .listing import names

        text = "\n".join(names(options.library, options.prefix))
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


def _exit(code: int) -> None:
    """Ends at once: threads that read data or write frames are not waited for."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            pass
    os._exit(code)


if __name__ == "__main__":
    # Files of the user's are found from where the command was started.
    sys.path.insert(0, os.getcwd())
    _exit(main())
