"""The layer filter has the results of the explorer's own, by one table of cases."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import json
import unittest
from pathlib import Path

import support  # noqa: F401
from cka_torch.filter import LayerFilter
from cka_torch.glob import Glob
from cka_torch.refusal import Refusal

CASES = Path(__file__).parents[2] / "Fixtures" / "layer-filter-cases.json"
TABLE = json.loads(CASES.read_text())


class Filters(unittest.TestCase):
    def test_table(self) -> None:
        for case in TABLE["cases"]:
            layers = LayerFilter(case["filter"])
            found = [name for name in TABLE["names"] if layers.matches(name)]
            self.assertEqual(found, case["matches"], case["filter"])

    def test_globs(self) -> None:
        for pattern, text, matches in TABLE["globs"]:
            self.assertEqual(Glob(pattern).matches(text), matches, (pattern, text))

    def test_wrong_expressions_are_told(self) -> None:
        for text in TABLE["wrong"]:
            with self.assertRaisesRegex(Refusal, "regular expression /"):
                LayerFilter(text)

    def test_hard_globs_end(self) -> None:
        self.assertFalse(Glob("*a" * 100 + "*b").matches("a" * 512))


if __name__ == "__main__":
    unittest.main()
