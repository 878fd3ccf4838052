"""Chooses layers by name, with the grammar of `cka`'s own filter.

A filter is a list of terms with spaces between them; a name must match all of them: text that it
contains, a whole-name pattern with `*`, `?` or `[…]`, a regular expression `/…/`, and any of
these after a `!` to leave names out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .glob import Glob
from .refusal import Refusal

_Test = Callable[[str], bool]


class LayerFilter:
    """A filter that was read; the empty text matches all names."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tests = [_test(*word) for word in _words(text)]

    def matches(self, name: str) -> bool:
        """Whether the name matches all terms."""
        return all(test(name) for test in self._tests)


def _words(text: str) -> Iterator[tuple[bool, str, bool]]:
    """Terms as (is it excluded, its text, is it a regular expression)."""
    rest = text.lstrip(" ")
    while rest:
        excludes = rest.startswith("!")
        rest = rest[1:] if excludes else rest
        # A second slash ends the expression only where it ends the word; `\/` does not end it.
        expression = re.match(r"/((?:\\.|[^\\])+?)/(?= |$)", rest, re.DOTALL)
        if expression:
            yield excludes, expression.group(1), True
            rest = rest[expression.end() :]
        else:
            word = rest.partition(" ")[0]
            rest = rest[len(word) :]
            if word:
                yield excludes, word, False
        rest = rest.lstrip(" ")


def _test(excludes: bool, text: str, is_expression: bool) -> _Test:
    if is_expression:
        try:
            found = re.compile(text.replace(r"\/", "/")).search
        except re.error as error:
            raise Refusal(f"regular expression /{text}/: {error}") from None
        return lambda name: (found(name) is not None) != excludes
    folded = text.lower()
    if any(mark in folded for mark in "*?[]"):
        whole = Glob(folded)
        return lambda name: whole.matches(name.lower()) != excludes
    return lambda name: (folded in name.lower()) != excludes
