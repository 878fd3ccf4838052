"""The kernel of `cka` itself, on the memory of tensors."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import os
import unittest
from unittest import mock

import numpy
import torch
from cka_torch import grams as grams_module
from cka_torch.grams import GramMaker
from cka_torch.native import NAME, VARIABLE, NativeGram, native
from support import CPU, FolderTest, grams, plain_gram
from torch import nn


def kernel() -> NativeGram:
    """The kernel, which a build makes; every processor that torch's own kernels are for has it."""
    found = native()
    assert found is not None, f"{NAME} is not built: run swift build"
    return found


def seeded(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1))


class Values(unittest.TestCase):
    """Against float64, and no worse than torch's."""

    def formed(self, features: torch.Tensor) -> numpy.ndarray:
        out = torch.full((len(features), len(features)), torch.nan)
        self.assertTrue(kernel().form(features, out))
        return out.numpy()

    def check(self, features: torch.Tensor) -> None:
        expected = plain_gram(features)
        scale = numpy.abs(expected).max()
        by_torch = torch.empty(len(features), len(features))
        GramMaker(CPU, torch.float32).form(features, by_torch)
        error, other = (
            numpy.abs(found - expected).max() / scale
            for found in (self.formed(features), by_torch.numpy())
        )
        self.assertLess(error, 2e-6)
        self.assertLess(error, 8 * other + 2e-7)

    def test_sizes(self) -> None:
        sizes = [(2, 3), (4, 1), (17, 13), (128, 10), (100, 5000), (512, 700), (33, 40_000)]
        # Around the numbers of features at which there is one more part.
        sizes += [(128, p) for p in (8063, 8064, 8065, 12_096, 12_100, 65_536)]
        for n, p in sizes:
            self.check(seeded(n, p) + 5)

    def test_threads_change_no_bit(self) -> None:
        x = seeded(60, 30_000) + 2
        before = torch.get_num_threads()
        self.addCleanup(torch.set_num_threads, before)
        found = []
        for threads in (1, 2, 5):
            torch.set_num_threads(threads)
            found.append(self.formed(x))
        for other in found[1:]:
            numpy.testing.assert_array_equal(other, found[0])

    def test_memory_as_it_lies(self) -> None:
        maps = seeded(40, 6, 9, 9).contiguous(memory_format=torch.channels_last)
        net = nn.Identity()
        formed: list[bool] = []
        form = NativeGram.form

        def note(self: NativeGram, x: torch.Tensor, out: torch.Tensor) -> bool:
            # Nothing was copied: it is the map's own memory.
            formed.append(x.data_ptr() == maps.data_ptr() and form(self, x, out))
            return formed[-1]

        kernel()
        with (
            mock.patch.object(NativeGram, "form", note),
            mock.patch.object(grams_module, "native", kernel),
        ):
            maker = GramMaker(CPU, torch.float32)
            out = torch.empty(40, 40)
            from cka_torch.features import Treatment
            from cka_torch.tokens import Tokens

            maker.gram(Treatment("flatten").rows(net(maps), Tokens()), out)
        self.assertEqual(formed, [True])
        numpy.testing.assert_allclose(out.numpy(), plain_gram(maps), rtol=1e-4, atol=1e-3)
        wide = seeded(30, 90)[:, 10:50]
        self.check(wide)
        # One direction decides, so that few samples lie far from most.
        self.check(seeded(1, 70).expand(30, 70) + seeded(30, 1))
        self.assertTrue((self.formed(seeded(1, 70).expand(30, 70)) == 0).all())

    def test_what_it_does_not_do(self) -> None:
        out = torch.empty(8, 8)
        x = seeded(8, 20)
        for other in (x.double(), x.half(), seeded(20, 8).T, x[:, :0], seeded(600, 4)):
            room = torch.empty(len(other), len(other))
            self.assertFalse(kernel().form(other, room))
        self.assertFalse(kernel().form(x, out.double()))
        self.assertFalse(kernel().form(x, torch.empty(8, 16)[:, ::2]))

    def test_distances_that_would_be_lost(self) -> None:
        x = seeded(64, 100)
        for place in (0, 40):
            far = x.clone()
            far[place] *= 1e5
            out = torch.empty(64, 64)
            self.assertFalse(kernel().form(far, out))
            # What is formed instead keeps them.
            GramMaker(CPU, torch.float32).gram(far, out)
            squares = out.double().diagonal()
            distances = squares[:, None] + squares[None] - 2 * out.double()
            others = [i for i in range(64) if i != place]
            expected = torch.cdist(far.double(), far.double()).square()
            numpy.testing.assert_allclose(
                distances[others][:, others], expected[others][:, others], rtol=1e-3, atol=1e-2
            )
        x[3, 5] = torch.inf
        self.assertFalse(kernel().form(x, torch.empty(64, 64)))

    def test_a_constant_layer(self) -> None:
        self.assertTrue((self.formed(torch.full((20, 9), 7.0)) == 0).all())


class Places(FolderTest):
    def test_without_it(self) -> None:
        self.write("broken.so", "this is no library")
        for wish in ("", str(self.folder / "none.so"), str(self.folder / "broken.so")):
            with mock.patch.dict(os.environ, {VARIABLE: wish}):
                native.cache_clear()
                self.addCleanup(native.cache_clear)
                self.assertIsNone(native())
                found, _ = grams(nn.Linear(20, 5), seeded(30, 20))
                self.assertEqual(list(found), ["(model)"])

    def test_a_library_of_another_version(self) -> None:
        for version in (1, 3):
            native.cache_clear()
            self.addCleanup(native.cache_clear)
            with mock.patch("cka_torch.native._VERSION", version):
                self.assertIsNone(native())

    def test_it_is_recorded(self) -> None:
        self.write(
            "net.py",
            "import torch\ndef net(): return torch.nn.Linear(64, 3)\n"
            "def x(): return torch.randn(32, 64)\n",
        )
        words = ("py:net.py:net", "--data", "py:net.py:x", "--batch-size", "16")
        for wish, told in ((None, "by cka's kernel"), ("", "by torch")):
            with mock.patch.dict(os.environ, {} if wish is None else {VARIABLE: wish}):
                settings = self.frames(*words).about["settings"]
            self.assertEqual(settings["matrices"], told)
        settings = self.frames(*words, "--precision", "float64").about["settings"]
        self.assertEqual(settings["matrices"], "by torch")


if __name__ == "__main__":
    unittest.main()
