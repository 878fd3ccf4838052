"""The traps of CKA that concern models, each with a network built to spring it.

Where torch_cka 0.21 falls into one, its answer stands beside ours.
"""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import contextlib
import io
import unittest
import warnings

import numpy
import torch
from support import FolderTest, cka, grams, plain_gram
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def torch_cka_of(first: nn.Module, second: nn.Module, x: torch.Tensor) -> dict[str, object]:
    """torch_cka's export for one minibatch."""
    from torch_cka import CKA

    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        peer = CKA(first, second, "first", "second")
        with torch.no_grad():
            peer.compare(DataLoader(TensorDataset(x), batch_size=len(x)))
    return peer.export()


class Offset(nn.Module):
    """Features with a large mean."""

    def __init__(self, mean: float) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.map = nn.Linear(20, 30)
        nn.init.constant_(self.map.bias, mean)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.map(x)


class LargeMeans(unittest.TestCase):
    """Trap 1: Gram matrices of features that were not centred cancel."""

    def test_centred_first(self) -> None:
        x = torch.randn(64, 20, generator=torch.Generator().manual_seed(0))
        ours, true = [], []
        for mean in (0.0, 20.0, 2000.0):
            model = Offset(mean)
            found, _ = grams(model, x)
            ours.append(cka([(found["map"], plain_gram(x))]))
            true.append(cka([(plain_gram(model.double()(x.double())), plain_gram(x))]))
        numpy.testing.assert_allclose(ours, true, atol=1e-5)
        numpy.testing.assert_allclose(ours, ours[0], atol=1e-4)

    def test_torch_cka_loses_the_digits(self) -> None:
        x = torch.randn(64, 20, generator=torch.Generator().manual_seed(0))
        try:
            found = torch_cka_of(Offset(2000.0), Offset(2000.0), x)["CKA"]
            is_wrong = bool((found.diagonal() - 1).abs().max() > 0.01)
        except AssertionError:
            is_wrong = True  # It stops at the first NaN.
        self.assertTrue(is_wrong)


class DeadLayer(unittest.TestCase):
    """Trap 3: a constant output has no CKA; its matrix is 0, not a little noise."""

    def test_is_exactly_zero(self) -> None:
        model = nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 4))
        with torch.no_grad():
            model[0].bias.fill_(-1e6)
        found, faults = grams(model, torch.randn(32, 8))
        self.assertFalse(faults)
        self.assertEqual(numpy.abs(found["1"]).max(), 0)
        self.assertTrue(numpy.isnan(cka([(found["1"], found["0"])])))


class Branches(nn.Module):
    """Children are defined in another order than they are called in."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.head = nn.Linear(6, 3)
        self.block = nn.Sequential(nn.Linear(10, 6), nn.Tanh())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.block(x))


class Labels(unittest.TestCase):
    """Trap 5: names in the order of execution, each with its own values."""

    def test_names_and_values_belong_together(self) -> None:
        model, x = Branches(), torch.randn(20, 10)
        found, _ = grams(model, x, keeps_duplicates=True)
        self.assertEqual(list(found), ["block.0", "block.1", "block", "head", "(model)"])
        hidden = model.block[0](x)
        for name, value in [("block.0", hidden), ("block.1", hidden.tanh()), ("head", model(x))]:
            numpy.testing.assert_allclose(found[name], plain_gram(value), atol=1e-4)

    def test_torch_cka_puts_other_names_beside_them(self) -> None:
        x = torch.randn(20, 10)
        export = torch_cka_of(Branches(), Branches(), x)
        listed = export["model1_layers"]
        self.assertEqual(listed, ["", "head", "block", "block.0", "block.1"])
        # Its row 'head' has the values of block.0: CKA of head and block.1 is read elsewhere.
        model = Branches()
        hidden = plain_gram(model.block[0](x))
        row = export["CKA"][listed.index(""), listed.index("block.1")]
        self.assertAlmostEqual(float(row), cka([(hidden, plain_gram(model(x)))]), places=4)


class InPlace(nn.Module):
    """A ReLU that overwrites what batch norm returned, called twice."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.bn1 = nn.BatchNorm1d(12)
        self.relu = nn.ReLU(inplace=True)
        self.fc = nn.Linear(12, 12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.relu(self.fc(self.relu(self.bn1(x))))


class InPlaceOperations(unittest.TestCase):
    """Traps 6 and 7: features before they are overwritten, and every call of a module."""

    def test_features_are_taken_before(self) -> None:
        model, x = InPlace().eval(), torch.randn(40, 12)
        found, _ = grams(model, x)
        self.assertEqual(list(found), ["bn1", "relu", "fc", "relu#2"])
        normed = model.bn1(x)
        numpy.testing.assert_allclose(found["bn1"], plain_gram(normed), atol=1e-4)
        numpy.testing.assert_allclose(found["relu"], plain_gram(normed.clamp(min=0)), atol=1e-4)
        hidden = model.fc(normed.clamp(min=0))
        numpy.testing.assert_allclose(found["fc"], plain_gram(hidden), atol=1e-4)
        numpy.testing.assert_allclose(found["relu#2"], plain_gram(hidden.relu()), atol=1e-4)

    def test_torch_cka_keeps_what_overwrote_them(self) -> None:
        x = torch.randn(40, 12)
        export = torch_cka_of(InPlace(), InPlace(), x)
        values = export["CKA"]
        # Rows come as bn1, relu, fc, root; bn1 is the ReLU's tensor in its second call's place.
        model = InPlace().eval()
        fc = model.fc(model.bn1(x).relu())
        true = cka([(plain_gram(model.bn1(x)), plain_gram(fc))])
        self.assertGreater(abs(float(values[0, 2]) - true), 0.02)
        self.assertEqual(len(values), 4)

    def test_changes_behind_the_version_counter(self) -> None:
        class Hidden(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.first = nn.Identity()
                self.second = Squares()

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.second(self.first(x * 1))

        class Squares(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                x.data.square_()
                return x

        found, _ = grams(Hidden(), torch.randn(16, 5))
        self.assertEqual(list(found), ["first", "second"])


class Shuffling(FolderTest):
    """Trap 8: two loaders in different orders."""

    LOADERS = """
import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset
def model(): return torch.nn.Sequential(torch.nn.Linear(6, 5), torch.nn.Tanh())
def points(): return torch.randn(40, 6, generator=torch.Generator().manual_seed(0))
def shuffled(): return DataLoader(TensorDataset(points()), batch_size=10, shuffle=True)
def ordered(): return DataLoader(TensorDataset(points()), batch_size=10)
class Named(Dataset):
    ids = [f"p{i}" for i in range(40)]
    def __len__(self): return 40
    def __getitem__(self, i): return points()[i]
def named_shuffled(): return DataLoader(Named(), batch_size=7, shuffle=True)
def in_batches(order):
    ids = list(range(40)) if order == "up" else list(range(39, -1, -1))
    return [{"x": points()[ids[i:i+8]], "id": ids[i:i+8]} for i in range(0, 40, 8)]
"""

    def setUp(self) -> None:
        super().setUp()
        self.write("net.py", self.LOADERS)

    def test_refused_without_ids(self) -> None:
        line = self.refusal(
            "py:net.py:model", "--data", "py:net.py:ordered", "--data2", "py:net.py:shuffled"
        )
        self.assertIn("py:net.py:shuffled shuffles", line)

    def test_paired_by_ids_in_any_order(self) -> None:
        pairs = [
            ("py:net.py:named_shuffled", "py:net.py:named_shuffled"),
            ("py:net.py:in_batches?order=up", "py:net.py:in_batches?order=down"),
        ]
        for first, second in pairs:
            frames = self.frames(
                "m=py:net.py:model",
                "--data",
                f"a={first}",
                "--data2",
                f"b={second}",
                "--batch-size",
                "16",
            )
            self.assertEqual(frames.about["settings"]["pairing"], "ids")
            for _, tensors in frames.frames:
                numpy.testing.assert_allclose(tensors["m@a/0"], tensors["m@b/0"], atol=1e-5)


NETWORK = """
from torch import nn
def net(): return nn.Sequential(nn.Flatten(), nn.Linear(192, 20))
"""


class TwoDataSets(FolderTest):
    """Trap 9: one model on two data sets has two sets of features."""

    def test_features_are_separate(self) -> None:
        self.write("net.py", NETWORK)
        frames = self.frames(
            "net=py:net.py:net",
            "--data",
            "clean=digits?size=8",
            "--data2",
            "noisy=digits?size=8&noise=2",
            "--batch-size",
            "64",
            "--max-batches",
            "1",
        )
        models = [(m["name"], m["dataset"]) for m in frames.study["models"]]
        self.assertEqual(models, [("net", "clean"), ("net", "noisy")])
        tensors = frames.frames[0][1]
        self.assertEqual(frames.layers(0), ["0", "1"])
        value = cka([(tensors["net@clean/1"], tensors["net@noisy/1"])])
        self.assertLess(value, 0.95)


class Containers(unittest.TestCase):
    """Trap 10: tuples, dictionaries, tokens, maps."""

    def test_recurrent_network(self) -> None:
        model = nn.LSTM(5, 7, batch_first=True)
        x = torch.randn(12, 4, 5)
        found, _ = grams(model, x)
        self.assertEqual(list(found), ["(model)[0]"])
        numpy.testing.assert_allclose(found["(model)[0]"], plain_gram(model(x)[0]), atol=1e-4)

    def test_tokens_and_maps_are_different_statistics(self) -> None:
        model = nn.Sequential(nn.Linear(5, 7), nn.Tanh())
        x = torch.randn(12, 4, 5)
        y = model[0](x)
        for tokens, rows in [("flatten", y), ("mean", y.mean(1)), ("class", y[:, 0])]:
            found, _ = grams(model, x, tokens=tokens)
            numpy.testing.assert_allclose(found["0"], plain_gram(rows), atol=1e-4)
        model = nn.Sequential(nn.Conv2d(3, 6, 3))
        x = torch.randn(12, 3, 8, 8)
        for pool, rows in [("flatten", model(x)), ("mean", model(x).mean((2, 3)))]:
            found, _ = grams(model, x, pool=pool)
            numpy.testing.assert_allclose(found["0"], plain_gram(rows), atol=1e-3)


class Averages(unittest.TestCase):
    """Trap 12: minibatches are summed before the ratio, so frames carry matrices, not CKA."""

    def test_unbiased_cka_of_random_features_is_about_zero(self) -> None:
        pairs = []
        for seed in range(30):
            generator = torch.Generator().manual_seed(seed)
            x, y = (torch.randn(32, 512, generator=generator) for _ in range(2))
            pairs.append(tuple(grams(nn.Identity(), v)[0]["(model)"] for v in (x, y)))
        self.assertLess(abs(cka(pairs)), 0.02)


if __name__ == "__main__":
    unittest.main()
