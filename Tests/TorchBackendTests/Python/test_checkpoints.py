"""Checkpoints as people save them, and networks as people wrap them."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import unittest
from typing import Any

import numpy
import torch
from cka_torch import checkpoints
from cka_torch.checkpoints import Checkpoint
from cka_torch.refusal import Refusal
from cka_torch.unwrap import run_eagerly, unwrapped
from support import FolderTest, grams, plain_gram
from torch import nn


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Sequential(nn.Linear(5, 4)))


class Files(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        torch.manual_seed(1)
        self.saved = network()
        self.state = self.saved.state_dict()

    def load(self, content: object, **how: object) -> list[str]:
        """Loads what was saved into a new network, which must then be the saved one."""
        file = str(self.folder / "w.pt")
        torch.save(content, file)
        model = network()
        told = checkpoints.load(model, Checkpoint(file, **how))
        for name, value in model.state_dict().items():
            self.assertTrue(torch.equal(value, self.state[name]), name)
        return told

    def after(self, prefix: str) -> dict[str, torch.Tensor]:
        return {prefix + name: value for name, value in self.state.items()}

    def refusal(self, content: object, **how: object) -> str:  # type: ignore[override]
        with self.assertRaises(Refusal) as caught:
            self.load(content, **how)
        return str(caught.exception)

    def test_any_one_prefix(self) -> None:
        for prefix in (
            "",
            "module.",
            "model.",
            "encoder_q.",
            "_orig_mod.",
            "module.encoder_q.",
            "module._orig_mod.",
            "_orig_mod.module.",
            "net.backbone.",
        ):
            self.assertEqual(self.load(self.after(prefix)), [], prefix)

    def test_components_inside_names(self) -> None:
        inside = {k.replace("2.0.", "2._orig_mod.module.0."): v for k, v in self.state.items()}
        self.assertEqual(self.load(inside), [])

    def test_several_prefixes(self) -> None:
        both = self.after("encoder_q.") | {f"encoder_k.{k}": v + 1 for k, v in self.state.items()}
        line = self.refusal(both)
        self.assertIn("fit after 'encoder_k.' and after 'encoder_q.'; say which with", line)
        told = self.load(both, prefix="encoder_q.")
        self.assertIn("not below 'encoder_q.' is passed over: encoder_k.", told[0])
        self.assertIn("no name", self.refusal(both, prefix="encoder_x."))

    def test_any_one_dictionary(self) -> None:
        step = {"exp_avg": torch.ones(3)}
        for key in ("state_dict", "model", "net", "ema", "weights"):
            content = {key: self.after("module."), "epoch": 3, "optimizer": {"state": {0: step}}}
            self.assertEqual(self.load(content), [], key)
        self.assertEqual(self.load({"a": {"b": self.state}, "history": step}), [])
        averaged = torch.optim.swa_utils.AveragedModel(self.saved).state_dict()
        self.assertEqual(self.load(averaged), [])

    def test_what_lies_beside_the_network(self) -> None:
        # As Lightning saves a module that has a loss and metrics beside its network.
        beside = {"criterion.weight": torch.ones(3), "accuracy.total": torch.zeros(1)}
        told = self.load({"state_dict": self.after("model.") | beside, "epoch": 3, "loops": {}})
        self.assertEqual(len(told), 1)
        self.assertIn("below 'model.' is passed over: criterion.weight, accuracy.total", told[0])
        # Below the prefix it would be a part of the network, and without one it may be.
        line = self.refusal(self.after("model.") | {"model.extra": torch.ones(2)})
        self.assertIn("1 unknown: extra", line)
        self.assertIn("1 unknown: extra", self.refusal(self.state | {"extra": torch.ones(2)}))

    def test_however_deep(self) -> None:
        content: dict[str, Any] = self.after("student.")
        for key in ("d", "c", "b", "a", "run"):
            content = {key: content}
        self.assertEqual(self.load(content), [])

    def test_several_dictionaries(self) -> None:
        other = {k: v + 1 for k, v in self.state.items()}
        content = {"model": self.state, "ema": {"module": other}}
        line = self.refusal(content)
        self.assertIn("several dictionaries that fit: model, ema.module; say which with", line)
        self.assertEqual(self.load(content, key="model"), [])
        self.assertIn("did you mean model or", self.refusal(content, key="modle"))

    def test_nothing_fits(self) -> None:
        line = self.refusal({"a.b": torch.ones(2)})
        self.assertIn("it has a.b, and the model 0.weight, 0.bias, 2.0.weight and 1 more", line)
        self.assertIn("holds no dictionary of tensors", self.refusal([1, 2]))


class Compiled(nn.Module):
    """A part of it was compiled, and so was a function."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.first = torch.compile(nn.Linear(6, 5), fullgraph=True)
        self.second = nn.DataParallel(nn.Sequential(nn.Tanh(), nn.Linear(5, 4)))

    @torch.compile(fullgraph=True)
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x))


class Wrapped(unittest.TestCase):
    def setUp(self) -> None:
        run_eagerly()

    def test_names_and_values(self) -> None:
        torch.manual_seed(2)
        plain = network()
        x = torch.randn(20, 6)
        true, _ = grams(plain, x)
        data_parallel: Any = nn.DataParallel
        wrappers: list[Any] = [
            nn.DataParallel,
            torch.compile,
            lambda m: torch.compile(m, fullgraph=True),
            lambda m: data_parallel(torch.compile(m)),
            torch.optim.swa_utils.AveragedModel,
        ]
        for wrap in wrappers:
            found, faults = grams(unwrapped(wrap(plain)), x)
            self.assertFalse(faults)
            self.assertEqual(list(found), list(true))
            for name, matrix in true.items():
                numpy.testing.assert_allclose(found[name], matrix, atol=1e-5)

    def test_distributed(self) -> None:
        torch.distributed.init_process_group(
            "gloo", store=torch.distributed.HashStore(), rank=0, world_size=1
        )
        self.addCleanup(torch.distributed.destroy_process_group)
        plain = network()
        self.assertIs(unwrapped(nn.parallel.DistributedDataParallel(plain)), plain)

    def test_compiled_in_place_and_parts(self) -> None:
        plain = network()
        plain.compile(fullgraph=True)
        x = torch.randn(20, 6)
        found, _ = grams(unwrapped(plain), x)
        numpy.testing.assert_allclose(found["0"], plain_gram(plain[0](x)), atol=1e-5)
        model = unwrapped(Compiled())
        found, _ = grams(model, x)
        self.assertEqual(list(found), ["first", "second.0", "second.1"])
        numpy.testing.assert_allclose(found["second.1"], plain_gram(model(x)), atol=1e-5)


if __name__ == "__main__":
    unittest.main()
