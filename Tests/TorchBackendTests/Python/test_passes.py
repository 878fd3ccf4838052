"""Chunks, memory, and the accuracy of Gram matrices."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import unittest
from typing import Any
from unittest import mock

import numpy
import torch
from cka_torch.batches import Batch
from cka_torch.grams import GramMaker
from cka_torch.passes import ModelPass
from support import CPU, grams, plain_gram, planned
from torch import nn


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        nn.Flatten(),
        nn.Linear(8 * 36, 10),
    )


class Chunks(unittest.TestCase):
    def test_same_matrices(self) -> None:
        x = torch.randn(23, 3, 8, 8)
        whole, _ = grams(network(), x)
        for chunk, group_bytes in [(1, 1 << 30), (5, 1 << 30), (8, 1), (22, 30_000)]:
            parts, faults = grams(network(), x, chunk=chunk, group_bytes=group_bytes)
            self.assertFalse(faults)
            self.assertEqual(list(whole), list(parts))
            for name, matrix in whole.items():
                scale = numpy.abs(matrix).max()
                numpy.testing.assert_allclose(parts[name], matrix, atol=1e-6 * scale)

    def test_memory_that_runs_out_halves_the_chunk(self) -> None:
        class Hungry(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.net = network()
                self.sizes: list[int] = []

            def forward(self, x: torch.Tensor) -> Any:
                self.sizes.append(len(x))
                if len(x) > 6:
                    raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")
                return self.net(x)

        x = torch.randn(20, 3, 8, 8)
        model = Hungry()
        found = planned(model, x[:6])
        room = torch.empty(len(found.layers), 20, 20)
        runner = ModelPass(model, found, GramMaker(CPU, torch.float32))
        model.sizes.clear()
        self.assertFalse(runner.run(Batch({"x": x}), room))
        self.assertEqual(model.sizes, [20, 10, 5, 5, 5, 5])
        model.sizes.clear()
        runner.run(Batch({"x": x}), room)
        self.assertEqual(model.sizes, [5, 5, 5, 5])
        whole, _ = grams(network(), x)
        numpy.testing.assert_allclose(room[0].numpy(), whole["0"], rtol=1e-4, atol=1e-3)

    def test_other_errors_are_not_taken_for_it(self) -> None:
        class Broken(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x @ x

        with self.assertRaisesRegex(RuntimeError, "cannot be multiplied"):
            grams(Broken(), torch.randn(3, 4))


class Inputs(unittest.TestCase):
    """A model that works in place on its input changes it for nobody else."""

    def test_stays_as_it_was(self) -> None:
        model = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(6, 5))
        x = torch.randn(24, 6, generator=torch.Generator().manual_seed(0))
        before = x.clone()
        for chunk in (None, 7):
            found, _ = grams(model, x, chunk=chunk, group_bytes=1)
            self.assertTrue(torch.equal(x, before))
            numpy.testing.assert_allclose(found["0"], plain_gram(before.relu()), atol=1e-4)

    def test_named_tensors(self) -> None:
        class Named(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x.mul_(2)

        x = torch.ones(8, 3)
        grams(Named(), Batch({"x": x}, is_named=True))
        self.assertEqual(x.sum().item(), 24)


class InferenceMode(unittest.TestCase):
    def test_models_that_use_it_themselves(self) -> None:
        class Inferring(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.net = network()

            @torch.inference_mode()
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.net(x)

        x = torch.randn(40, 3, 8, 8)
        maker = GramMaker(CPU, torch.float32)
        true, _ = grams(network(), x)
        for chunk in (None, 9):
            found, faults = grams(Inferring(), x, chunk=chunk)
            self.assertFalse(faults)
            for name, matrix in true.items():
                ours = found[f"net.{name}"]
                numpy.testing.assert_allclose(ours, matrix, atol=1e-5 * matrix.max())
        # What one model leaves in the scratch serves the next, in whatever mode.
        for model in (Inferring(), network()):
            plan = planned(model, x)
            room = torch.empty(len(plan.layers), 40, 40)
            self.assertFalse(ModelPass(model, plan, maker).run(Batch({"x": x}), room))


class Accuracy(unittest.TestCase):
    def test_float64_features_are_centred_before_they_are_rounded(self) -> None:
        generator = torch.Generator().manual_seed(0)
        for p in (20, 5000):
            x = torch.randn(40, p, dtype=torch.float64, generator=generator) + 1e9
            out = torch.empty(40, 40)
            GramMaker(CPU, torch.float32).gram(x, out)
            true = plain_gram(x)
            numpy.testing.assert_allclose(out, true, atol=1e-5 * true.max())

    def test_an_outlier_does_not_cost_the_distances_of_the_others(self) -> None:
        generator = torch.Generator().manual_seed(2)
        for outlier in (0, 17, 47):
            for distance in (1e2, 1e5, 1e7):
                x = torch.randn(48, 30, generator=generator)
                x[outlier] += distance
                out = torch.empty(48, 48)
                GramMaker(CPU, torch.float32).gram(x, out)
                squares = out.double().diagonal()
                found = squares[:, None] + squares[None, :] - 2 * out.double()
                true = torch.cdist(
                    x.double(), x.double(), compute_mode="donot_use_mm_for_euclid_dist"
                )
                others = torch.arange(48) != outlier
                numpy.testing.assert_allclose(
                    found[others][:, others], (true**2)[others][:, others], atol=1e-2
                )
                self.assertTrue(bool((found[outlier, others] > 100).all()))

    def test_blocks_do_not_depend_on_threads(self) -> None:
        out = torch.empty(64, 64)
        asked = mock.patch("torch.get_num_threads", side_effect=AssertionError("was asked"))
        # That of torch; test_native has the kernel's.
        with asked, mock.patch("cka_torch.grams.native", return_value=None):
            GramMaker(CPU, torch.float32).gram(torch.randn(64, 9000), out)
        self.assertTrue(out.isfinite().all())

    def test_all_sizes(self) -> None:
        torch.manual_seed(0)
        for n, p in [(4, 1), (31, 1000), (64, 4097), (128, 20_011), (130, 3000), (65, 9000)]:
            for precision, tolerance in [(torch.float32, 2e-6), (torch.float64, 1e-13)]:
                x = torch.randn(n, p) * 2 + 30
                out = torch.full((n, n), torch.nan, dtype=precision)
                GramMaker(CPU, precision).gram(x, out)
                true = plain_gram(x)
                numpy.testing.assert_allclose(out, true, atol=tolerance * true.max())

    def test_any_layout_and_type(self) -> None:
        x = torch.randn(40, 6, 5, 4)
        layouts = [
            x,
            x.to(memory_format=torch.channels_last),
            x.permute(0, 3, 1, 2),
            x[:, ::2],
            x.double(),
            x[:, :1].expand(-1, 3, -1, -1),
            x.flip(0)[:, 1:],
        ]
        for features in layouts:
            matrices, _ = grams(nn.Identity(), features)
            true = plain_gram(features)
            numpy.testing.assert_allclose(matrices["(model)"], true, atol=2e-6 * true.max())


if __name__ == "__main__":
    unittest.main()
