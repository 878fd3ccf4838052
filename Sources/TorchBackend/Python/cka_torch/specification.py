"""What a user types for a model or for data: `NAME=SCHEME:TARGET?KEY=VALUE&KEY=VALUE`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from .refusal import Refusal

Value = str | int | float | bool | None
_WORDS: dict[str, Value] = {"true": True, "false": False, "none": None}


@dataclass
class Specification:
    """One specification, taken apart.

    `text` is the specification without its `NAME=`; options are taken out one by one, so that
    what is left are keyword arguments of the constructor. `taken` is the name that it should have
    had, where one before it has that.
    """

    text: str
    name: str | None
    scheme: str
    target: str
    options: dict[str, Value] = field(default_factory=dict)
    taken: str | None = None

    def take(self, key: str, otherwise: Value = None) -> Value:
        """Removes an option and returns its value."""
        return self.options.pop(key, otherwise)

    def number(self, key: str, otherwise: float, least: float | None = None) -> float:
        """Removes an option that has to be a number."""
        value = self.take(key, otherwise)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or (least is not None and value < least):
            limit = "" if least is None else f" of at least {least}"
            raise Refusal(f"{self.text}: {key}={value} is no number{limit}")
        return value

    def refuse_rest(self, known: str) -> None:
        """Raises unless every option was taken."""
        for key in self.options:
            raise Refusal(f"{self.text}: unknown option '{key}'; {self.scheme} knows {known}")


def parse(text: str) -> Specification:
    """Takes a specification apart.

    A name stands before the first `=`, if no `:`, `?` or `/` comes before that. Values of options
    are numbers, `true`, `false`, `none` or text; `%26` is an `&` in one.
    """
    named = re.match(r"([^=:?/]+)=(.+)$", text, re.DOTALL)
    name, rest = (named.group(1), named.group(2)) if named else (None, text)
    body, _, query = rest.partition("?")
    scheme, _, target = body.partition(":")
    options: dict[str, Value] = {}
    for part in filter(None, query.split("&")):
        key, mark, value = part.partition("=")
        if not mark or not key:
            raise Refusal(f"{text}: '{part}' is no option; write key=value")
        options[unquote(key)] = _value(unquote(value))
    return Specification(rest, name, scheme, target, options)


def _value(text: str) -> Value:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            pass
    return text


def give_names(specifications: list[Specification], names: list[str]) -> None:
    """Names each; one whose name was there before has `-2`, `-3`, … after it."""
    given: set[str] = set()
    for specification, name in zip(specifications, names):
        number, unique = 1, name
        while unique in given:
            number += 1
            unique = f"{name}-{number}"
        given.add(unique)
        specification.name = unique
        specification.taken = name if name != unique else None


def renamed(specifications: list[Specification]) -> list[str]:
    """A warning for each that could not have its name."""
    return [
        f"the name '{s.taken}' is taken: {s.text} is called '{s.name}'; "
        f"write NAME={s.text} to name it yourself"
        for s in specifications
        if s.taken is not None
    ]
