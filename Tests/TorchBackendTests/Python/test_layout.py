"""The layout of convolutions: faster, and never seen in results."""

from __future__ import annotations

import unittest

import numpy
import torch
from torch import nn

from cka_torch.layout import with_fast_layout
from support import CPU, FolderTest, grams


def is_channels_last(tensor: torch.Tensor) -> bool:
    return not tensor.is_contiguous() and tensor.is_contiguous(
        memory_format=torch.channels_last
    )


class Layout(unittest.TestCase):
    def setUp(self) -> None:
        torch.manual_seed(0)
        self.net = nn.Sequential(
            nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 4, 3)
        ).eval()
        self.x = torch.randn(24, 3, 8, 8)

    def test_maps_lie_channels_last(self) -> None:
        with torch.no_grad():
            y = with_fast_layout(self.net, CPU, lambda: self.net(self.x))
        self.assertTrue(is_channels_last(y))

    def test_grams_are_the_same(self) -> None:
        expected, _ = grams(self.net, self.x)
        found, faults = with_fast_layout(self.net, CPU, lambda: grams(self.net, self.x))
        self.assertTrue(is_channels_last(self.net[0].weight))
        self.assertFalse(faults)
        self.assertEqual(list(found), list(expected))
        for name, matrix in expected.items():
            scale = numpy.abs(matrix).max()
            numpy.testing.assert_allclose(found[name], matrix, atol=1e-6 * scale)

    def test_a_network_that_takes_views_gets_its_own_layout_back(self) -> None:
        class Views(nn.Module):
            def __init__(self, net: nn.Module) -> None:
                super().__init__()
                self.net = net

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.net(x).view(len(x), -1)

        model = Views(self.net).eval()
        expected = model(self.x)
        y = with_fast_layout(model, CPU, lambda: model(self.x))
        self.assertTrue(torch.equal(y, expected))
        self.assertTrue(self.net[0].weight.is_contiguous())

    def test_faults_of_the_network_stay_faults(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "channels"):
            with_fast_layout(self.net, CPU, lambda: self.net(self.x[:, :2]))

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
    def test_networks_run_in_the_fast_layout(self) -> None:
        self.write("net.py", """
from torch import nn

class Told(nn.Module):
    def forward(self, x):
        if x.is_contiguous():
            raise ValueError("the layout is the slow one")
        return x

def net():
    return nn.Sequential(nn.Conv2d(3, 4, 3), Told())
""")
        told = self.frames("py:net.py:net", "--data", "digits?size=8", "--batch-size", "16")
        self.assertIn("0", told.layers())


if __name__ == "__main__":
    unittest.main()
