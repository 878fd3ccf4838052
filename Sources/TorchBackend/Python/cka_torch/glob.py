"""Shell patterns over whole texts: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`."""

from __future__ import annotations

_ANY = "*"


class Glob:
    """A pattern; every text is one. A `[` without its `]` stands for itself."""

    def __init__(self, pattern: str) -> None:
        # A piece is `*` or the ranges of characters it takes, and whether it takes all others.
        self._pieces: list[str | tuple[list[tuple[str, str]], bool]] = []
        index = 0
        while index < len(pattern):
            character = pattern[index]
            end = _set_end(pattern, index + 1) if character == "[" else None
            if character == "*":
                self._pieces.append(_ANY)
            elif character == "?":
                self._pieces.append(([], True))
            elif end is not None:
                self._pieces.append(_set(pattern[index + 1 : end]))
                index = end
            else:
                self._pieces.append(([(character, character)], False))
            index += 1

    def matches(self, text: str) -> bool:
        """Whether the whole text matches; O(text × pattern), whatever the pattern."""
        pieces, piece, position = self._pieces, 0, 0
        # Where to go on when a try fails: only the last `*` need ever take one character more.
        retry: tuple[int, int] | None = None
        while position < len(text):
            if piece < len(pieces) and pieces[piece] == _ANY:
                piece += 1
                retry = (piece, position)
            elif piece < len(pieces) and _takes(pieces[piece], text[position]):
                piece, position = piece + 1, position + 1
            elif retry is not None:
                retry = (retry[0], retry[1] + 1)
                piece, position = retry
            else:
                return False
        return all(rest == _ANY for rest in pieces[piece:])


def _takes(piece: str | tuple[list[tuple[str, str]], bool], character: str) -> bool:
    if isinstance(piece, str):
        return True
    ranges, is_negated = piece
    return any(low <= character <= high for low, high in ranges) != is_negated


def _set_end(pattern: str, start: int) -> int | None:
    """Where the `]` of a set stands; one that comes first belongs to the set."""
    first = start + 1 if pattern[start : start + 1] in ("!", "^") else start
    end = pattern.find("]", first + 1)
    return end if end >= 0 else None


def _set(body: str) -> tuple[list[tuple[str, str]], bool]:
    is_negated = body[0] in "!^"
    body = body[1:] if is_negated else body
    ranges, index = [], 0
    while index < len(body):
        low = high = body[index]
        # A `-` that comes last stands for itself.
        if index + 2 < len(body) and body[index + 1] == "-":
            high = body[index + 2]
            index += 2
        ranges.append((min(low, high), max(low, high)))
        index += 1
    return ranges, is_negated
