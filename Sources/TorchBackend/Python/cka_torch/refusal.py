"""What is told to users in one line."""

from __future__ import annotations

LONGEST_REASON = 500


class Refusal(Exception):
    """Something that the user can put right: one line that says what, where, and what to do."""


def one_line(error: BaseException) -> str:
    """The reason of any exception as one line."""
    text = " ".join(str(error).split())
    if not isinstance(error, Refusal):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…"


def is_out_of_memory(error: BaseException) -> bool:
    """Whether a device, or this process, had no memory left."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and any(
        part in text for part in ("out of memory", "DefaultCPUAllocator", "not enough memory")
    )
