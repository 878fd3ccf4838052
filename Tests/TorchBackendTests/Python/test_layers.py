"""Layers: names, duplicates, what is left out, and what is put back afterwards."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import dataclasses
import unittest
from typing import Any

import numpy
import torch
from cka_torch.batches import Batch
from cka_torch.refusal import Refusal
from support import grams, plain_gram, planned
from torch import nn


class Block(nn.Module):
    """Duplicates of every kind: identity, dropout, container, view, transposed view."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 4, 3)
        self.same = nn.Identity()
        self.drop = nn.Dropout(0.5)
        self.tail = nn.Sequential(nn.Flatten(), nn.Dropout())
        self.turn = Turn()
        self.copy = Copy()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.drop(self.same(self.conv(x)))
        self.turn(x)
        return self.copy(self.tail(x))


class Turn(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(0, 2, 3, 1)


class Copy(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.clone()


class Duplicates(unittest.TestCase):
    def test_folded_into_the_first(self) -> None:
        found = planned(Block(), torch.randn(9, 3, 6, 6))
        self.assertEqual([layer.name for layer in found.layers], ["conv", "copy"])
        self.assertEqual(
            found.folded,
            {
                "same": "conv",
                "drop": "conv",
                "turn": "conv",
                "tail.0": "conv",
                "tail.1": "conv",
                "tail": "conv",
                "(model)": "copy",
            },
        )

    def test_kept_when_asked_for(self) -> None:
        matrices, _ = grams(Block(), torch.randn(9, 3, 6, 6), keeps_duplicates=True)
        self.assertEqual(len(matrices), 9)
        self.assertTrue(numpy.array_equal(matrices["conv"], matrices["turn"]))

    def test_kept_ones_have_matrices_of_their_own(self) -> None:
        class Clamp(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                x.data.clamp_(min=0)
                return x

        # Torch counts no change here, and the first samples have nothing to clamp.
        x = torch.rand(40, 5)
        x[35:] -= 2
        model = nn.Sequential(nn.Identity(), Clamp())
        matrices, _ = grams(model, x, keeps_duplicates=True)
        numpy.testing.assert_allclose(matrices["0"], plain_gram(x), atol=1e-4)
        numpy.testing.assert_allclose(matrices["1"], plain_gram(x.clamp(min=0)), atol=1e-4)

    def test_views_are_other_features_for_means(self) -> None:
        found = planned(Block(), torch.randn(9, 3, 6, 6), pool="mean")
        self.assertIn("turn", [layer.name for layer in found.layers])
        self.assertIn("tail.0", [layer.name for layer in found.layers])

    def test_among_chosen_layers_only(self) -> None:
        found = planned(Block(), torch.randn(9, 3, 6, 6), layers="tail")
        self.assertEqual([layer.name for layer in found.layers], ["tail.0"])
        self.assertEqual(found.folded, {"tail.1": "tail.0", "tail": "tail.0"})

    def test_memory_that_is_used_again_is_no_duplicate(self) -> None:
        model = nn.Sequential(*[nn.Linear(6, 6) for _ in range(20)])
        found = planned(model, torch.randn(9, 6))
        self.assertEqual(len(found.layers), 20)
        self.assertEqual(found.folded, {"(model)": "19"})


class Outputs(nn.Module):
    def forward(self, x: torch.Tensor) -> Any:
        return {
            "hidden": x,
            "all": (x * 2, [x * 3, None]),
            "count": x.long(),
            "flag": x > 0,
            "loss": x.mean(),
            "turned": x.T.contiguous(),
            "text": "none",
        }


class Names(unittest.TestCase):
    def test_tensors_in_containers(self) -> None:
        found = planned(Outputs(), torch.randn(7, 5))
        names = [layer.name for layer in found.layers]
        self.assertEqual(names, ["(model).hidden", "(model).all[0]", "(model).all[1][0]"])
        told = " ".join(found.warnings)
        for part in ("count has int64", "flag has bool", "loss is a single", "turned is 5×3"):
            self.assertIn(f"(model).{part}", told)

    def test_the_only_tensor_is_the_layer(self) -> None:
        class Single(nn.Module):
            def forward(self, x: torch.Tensor) -> Any:
                return (x + 1, None)

        names = [layer.name for layer in planned(Single(), torch.randn(7, 5)).layers]
        self.assertEqual(names, ["(model)"])

    def test_numbers_of_calls_are_no_parts_of_names(self) -> None:
        class Keyed(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                torch.manual_seed(0)
                self.of = nn.ModuleDict({k: nn.Linear(5, 5) for k in ("a", "a#b", "a#2")})

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                x = self.of["a"](self.of["a"](x))
                return self.of["a#2"](self.of["a#b"](x)) + 1

        model, x = Keyed(), torch.randn(12, 5)
        matrices, faults = grams(model, x)
        self.assertFalse(faults)
        self.assertEqual(list(matrices), ["of.a", "of.a#2", "of.a#b", "(model)"])
        second = model.of["a"](model.of["a"](x))
        numpy.testing.assert_allclose(matrices["of.a#2"], plain_gram(second), atol=1e-4)
        third = model.of["a#b"](second)
        numpy.testing.assert_allclose(matrices["of.a#b"], plain_gram(third), atol=1e-4)
        told = planned(model, x).warnings
        self.assertEqual(told, ["m: of.a#2 of of.a#2 has the name of another output; left out"])

    def test_dataclasses_and_what_is_not_looked_into(self) -> None:
        @dataclasses.dataclass
        class Pair:
            mean: torch.Tensor
            deviation: torch.Tensor | None = None

        class Two(nn.Module):
            def forward(self, x: torch.Tensor) -> Pair:
                return Pair(x * 2, x.exp())

        class Drawn(nn.Module):
            def forward(self, x: torch.Tensor) -> Any:
                return torch.distributions.Normal(x, 1.0)

        class Net(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.two, self.drawn = Two(), Drawn()

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.drawn(self.two(x).mean).mean + 1

        x = torch.randn(12, 5)
        found, _ = grams(Net(), x)
        self.assertEqual(list(found), ["two.mean", "two.deviation", "(model)"])
        numpy.testing.assert_allclose(found["two.deviation"], plain_gram(x.exp()), atol=1e-4)
        told = planned(Net(), x).warnings
        self.assertEqual(told, ["m: drawn is a Normal, which has no tensors; left out"])

    def test_types(self) -> None:
        model = nn.Sequential(nn.Conv1d(2, 3, 1), nn.Flatten(), nn.Linear(12, 4), nn.ReLU())
        names = [
            layer.name
            for layer in planned(model, torch.randn(7, 2, 4), types="linear, Conv*").layers
        ]
        self.assertEqual(names, ["0", "2"])
        with self.assertRaisesRegex(Refusal, "no layer of the types Conv9d; it has Conv1d"):
            planned(model, torch.randn(7, 2, 4), types="Conv9d")

    def test_nothing_left(self) -> None:
        with self.assertRaisesRegex(Refusal, "no layer of m is left"):
            planned(nn.ReLU(), torch.randn(7, 2), layers="nowhere")


class Masked(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 6)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        self.seen = attention_mask
        return self.embed(input_ids)


class Reductions(unittest.TestCase):
    def test_mean_of_tokens_honours_the_mask(self) -> None:
        model = Masked()
        ids = torch.randint(0, 10, (6, 4))
        mask = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1], [1, 0, 0, 0]] * 2)
        batch = Batch({"input_ids": ids, "attention_mask": mask}, is_named=True)
        matrices, _ = grams(model, batch, tokens="mean")
        rows = torch.stack(
            [model.embed(i)[m.bool()].mean(0) for i, m in zip(ids, mask, strict=False)]
        )
        numpy.testing.assert_allclose(matrices["embed"], plain_gram(rows), atol=1e-5)
        self.assertTrue(torch.equal(model.seen, mask))

    def test_channels_last(self) -> None:
        model = nn.Sequential(Turn(), nn.LayerNorm(5), Copy())
        x = torch.randn(8, 5, 3, 4)
        matrices, _ = grams(model, x, pool="mean")
        rows = model(x).mean((1, 2))
        numpy.testing.assert_allclose(matrices["2"], plain_gram(rows), atol=1e-5)

    def test_channels_last_before_anything_tells_it(self) -> None:
        model = nn.Sequential(nn.Conv2d(3, 6, 2, 2), Turn(), nn.LayerNorm(6))
        matrices, _ = grams(model, torch.randn(8, 3, 8, 10), pool="mean", layers="1")
        self.assertEqual(list(matrices), ["1"])
        planned_width = planned(model, torch.randn(8, 3, 8, 10), pool="mean").layers[1].width
        self.assertEqual(planned_width, 6)

    def test_swin(self) -> None:
        from cka_torch.libraries import need

        make = need("torchvision", "a test").models.swin_transformer.SwinTransformer
        model = make([4, 4], 24, [2], [2], [4, 4])
        found = planned(model, torch.randn(3, 3, 40, 32), pool="mean", layers="features.0.*")
        self.assertEqual([layer.width for layer in found.layers], [24, 24, 24])

    def test_half_precision_is_raised(self) -> None:
        x = (torch.randn(32, 4096) + 30).half()
        matrices, _ = grams(nn.Identity(), x)
        true = plain_gram(x)
        numpy.testing.assert_allclose(matrices["(model)"], true, atol=1e-5 * true.max())


class Undone(unittest.TestCase):
    def test_modes_hooks_and_generators(self) -> None:
        class Random(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x + torch.randn(1)

        model = nn.Sequential(nn.Dropout(), nn.BatchNorm1d(5), Random()).train()
        model[1].eval()
        state = torch.get_rng_state()
        planned(model, torch.randn(7, 5, generator=torch.Generator().manual_seed(0)))
        self.assertTrue(torch.equal(state, torch.get_rng_state()))
        self.assertEqual([m.training for m in model.modules()], [True, True, False, True])
        self.assertTrue(torch.is_grad_enabled())
        self.assertFalse(any(m._forward_hooks for m in model.modules()))

    def test_after_an_exception(self) -> None:
        class Failing(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.fc = nn.Linear(5, 5)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                raise ValueError(f"no {self.fc(x).shape}")

        model = Failing().train()
        with self.assertRaises(ValueError):
            planned(model, torch.randn(7, 5))
        self.assertTrue(model.training and model.fc.training)
        self.assertFalse(any(m._forward_hooks for m in model.modules()))

    def test_batch_norm_learns_nothing(self) -> None:
        model = nn.BatchNorm1d(5).train()
        grams(model, torch.randn(20, 5) + 3)
        self.assertEqual(model.running_mean.abs().max().item(), 0)


class Faults(unittest.TestCase):
    def test_a_layer_that_comes_only_sometimes(self) -> None:
        class Sometimes(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.a, self.b = nn.Linear(5, 5), nn.Linear(5, 4)
                self.calls = 0

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                self.calls += 1
                return self.b(self.a(x)) if self.calls <= 2 else self.a(x)[:3]

        matrices, faults = grams(Sometimes(), torch.randn(8, 5))
        self.assertEqual(list(matrices), ["a"])
        self.assertEqual(faults, {"b": "it was not called"})


if __name__ == "__main__":
    unittest.main()
