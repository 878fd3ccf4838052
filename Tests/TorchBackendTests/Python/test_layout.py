"""The layout of convolutions: faster, and never seen in results."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import unittest
from collections.abc import Callable

import numpy
import torch
from cka_torch.batches import Batch
from cka_torch.layout import LayoutTrial
from cka_torch.plan import Choice, plan
from support import CPU, FolderTest, Frames, cka_torch, grams
from torch import nn


def is_channels_last(tensor: torch.Tensor) -> bool:
    return not tensor.is_contiguous() and tensor.is_contiguous(memory_format=torch.channels_last)


class Then(nn.Module):
    """A network, and what is done with its map."""

    def __init__(self, net: nn.Module, then: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.net, self.then = net, then

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.then(self.net(x))


class Layout(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(0)
        self.net = nn.Sequential(
            nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 3)
        ).eval()
        self.x = torch.randn(24, 3, 8, 8)

    def laid_out(self, model: nn.Module) -> bool:
        """Whether the model takes the layout, and has the same matrices in either case."""
        expected, _ = grams(model, self.x)
        layout = LayoutTrial(model, CPU)
        found = plan(model, "m", Batch({"x": self.x}), Choice(), CPU, layout)
        self.assertFalse(is_channels_last(self.net[0].weight))
        layout.settle()
        self.assertEqual([layer.name for layer in found.layers], list(expected))
        matrices, faults = grams(model, self.x)
        self.assertFalse(faults)
        for name, matrix in expected.items():
            scale = numpy.abs(matrix).max()
            numpy.testing.assert_allclose(matrices[name], matrix, atol=1e-6 * scale)
        return is_channels_last(self.net[0].weight)

    def test_maps_lie_channels_last(self) -> None:
        self.assertTrue(self.laid_out(self.net))
        self.assertTrue(is_channels_last(self.net(self.x)))

    def test_networks_that_cannot_bear_it_keep_their_own(self) -> None:
        def views(y: torch.Tensor) -> torch.Tensor:
            return y.view(len(y), -1)

        def checks(y: torch.Tensor) -> torch.Tensor:
            assert y.is_contiguous()
            return y

        def looks_at_memory(y: torch.Tensor) -> torch.Tensor:
            return y.as_strided((len(y), 4), (y.stride(0), 1))

        for then in (views, checks, looks_at_memory):
            self.assertFalse(self.laid_out(Then(self.net, then)), then)

    def test_a_small_part_of_the_work_is_not_worth_it(self) -> None:
        # As in a vision transformer: one convolution, and most products in maps over tokens.
        class Patches(nn.Module):
            def __init__(self, width: int) -> None:
                super().__init__()
                self.patches = nn.Conv2d(3, 8, 3, 3)
                self.rest = nn.Sequential(nn.Linear(8, width), nn.GELU(), nn.Linear(width, 8))

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.rest(self.patches(x).flatten(2).transpose(1, 2))

        for width, is_worth in ((500, False), (4, True)):
            model = Patches(width).eval()
            self.net = nn.Sequential(model.patches)
            self.assertEqual(self.laid_out(model), is_worth)

    def test_a_single_sample_tells_nothing(self) -> None:
        class Rows(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x.flatten(2)

        self.x = self.x[:1]
        self.assertFalse(self.laid_out(nn.Sequential(self.net, Rows())))

    def test_a_network_that_wants_many_samples(self) -> None:
        class Neighbours(nn.Module):
            def __init__(self, net: nn.Module) -> None:
                super().__init__()
                self.net = net

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                y = self.net(x)
                return y[torch.cdist(y.flatten(1), y.flatten(1)).topk(9).indices[:, 8]]

        self.assertTrue(self.laid_out(Neighbours(self.net)))

    def test_faults_of_the_network_stay_faults(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "channels"):
            data = Batch({"x": self.x[:, :2]})
            plan(self.net, "m", data, Choice(), CPU, LayoutTrial(self.net, CPU))

    def test_chunks_of_different_layouts_fit_together(self) -> None:
        class Changing(nn.Module):
            """As libraries may do: another kernel, and another layout, for a single sample."""

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                is_single = len(x) == 1
                layout = torch.channels_last if is_single else torch.contiguous_format
                return (2 * x).contiguous(memory_format=layout)

        expected, _ = grams(Changing(), self.x[:9])
        found, faults = grams(Changing(), self.x[:9], chunk=2)
        self.assertFalse(faults)
        numpy.testing.assert_allclose(found["(model)"], expected["(model)"], rtol=1e-5, atol=1e-4)


class Runs(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        self.write(
            "net.py",
            """
import torch
from torch import nn

class Told(nn.Module):
    def forward(self, x):
        print("slow" if x.is_contiguous() else "fast")
        return x

class Viewed(nn.Module):
    def forward(self, x):
        return x.view(len(x), -1)

def told():
    return nn.Sequential(nn.Conv2d(3, 4, 3), Told(), nn.ReLU(), nn.Flatten(), nn.Linear(144, 5))
def viewed():
    return nn.Sequential(nn.Conv2d(3, 4, 3), Viewed())
def maps():
    return torch.randn(32, 3, 8, 8)
def points():
    return torch.randn(32, 3, 3, 3)
""",
        )

    def test_networks_run_in_the_fast_layout_and_keep_their_layers(self) -> None:
        done = cka_torch(
            "run",
            "py:net.py:told",
            "--data",
            "py:net.py:maps",
            "--batch-size",
            "16",
            folder=str(self.folder),
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        said = [line for line in done.stderr.decode().split() if line in ("slow", "fast")]
        # A look in each layout, two minibatches.
        self.assertEqual(said, ["fast", "slow", "fast", "fast"])
        # What only flattens has no matrix of its own, whatever the layout.
        self.assertEqual(Frames(done.stdout).layers(), ["0", "2", "4"])

    def test_one_layout_for_all_data_sets(self) -> None:
        # Of a single position the view is possible in either layout.
        for first, second in [("maps", "points"), ("points", "maps")]:
            found = self.frames(
                "py:net.py:viewed",
                "--data",
                f"a=py:net.py:{first}",
                "--data2",
                f"b=py:net.py:{second}",
                "--batch-size",
                "16",
            )
            self.assertEqual(len(found.frames), 2)


if __name__ == "__main__":
    unittest.main()
