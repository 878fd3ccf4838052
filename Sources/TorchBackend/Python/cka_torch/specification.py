"""A model or data set as Swift took it apart: nothing here reads the text that users type."""

from __future__ import annotations

from dataclasses import dataclass, field

from .refusal import Refusal

Value = str | int | float | bool | None


@dataclass
class Specification:
    """One specification.

    - `text`: as it was typed, without its `NAME=`, for messages and records only.
    - `wanted`: the name that it should have had, where one before it has that.
    - `options`: taken out one by one, so that what is left are keyword arguments of a constructor.
    """

    text: str
    name: str
    kind: str
    target: str
    options: dict[str, Value] = field(default_factory=dict)
    wanted: str | None = None

    def take(self, key: str, otherwise: Value = None) -> Value:
        """Removes an option and returns its value."""
        return self.options.pop(key, otherwise)

    def number(self, key: str, otherwise: float, least: float | None = None) -> float:
        """Removes an option that has to be a number."""
        value = self.take(key, otherwise)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or (least is not None and float(value or 0) < least):
            limit = "" if least is None else f" of at least {least}"
            raise Refusal(f"{self.text}: {key}={value} is no number{limit}")
        assert isinstance(value, (int, float))
        return value

    def refuse_rest(self, known: str) -> None:
        """Raises unless every option was taken."""
        for key in self.options:
            raise Refusal(f"{self.text}: unknown option '{key}'; {self.kind} knows {known}")

    @property
    def parts(self) -> tuple[str, str]:
        """What stands before the last colon of the target, and behind it."""
        place, _, function = self.target.rpartition(":")
        return place, function


def renamed(specifications: list[Specification]) -> list[str]:
    """A warning for each that could not have its name."""
    return [
        f"the name '{s.wanted}' is taken: {s.text} is called '{s.name}'; "
        f"write NAME={s.text} to name it yourself"
        for s in specifications
        if s.wanted is not None
    ]
