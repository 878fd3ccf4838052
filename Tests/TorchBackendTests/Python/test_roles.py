"""Which axis holds the samples, and which the features: by what a module is, never by its name."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import unittest
from typing import Any

import numpy
import torch
from cka_torch.batches import Batch
from cka_torch.libraries import need
from cka_torch.refusal import Refusal
from support import grams, plain_gram, planned
from torch import nn


class Permuted(nn.Module):
    """Turns axes; nothing about it says how."""

    def __init__(self, *axes: int) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.permute(*self.axes).contiguous()


class TokenConv2d(nn.Linear):
    """A linear map over tokens whose name says something else."""


class LayerNorm2d(nn.LayerNorm):
    """As timm and torchvision have it: a layer norm of maps whose features are second."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2).contiguous()


class OwnNorm(nn.Module):
    """A norm that inherits from nothing of torch's."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight / x.std(-1, keepdim=True)


def seeded(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(3))


class Tokens(unittest.TestCase):
    def means(self, model: nn.Module, x: torch.Tensor, **true: torch.Tensor) -> list[str]:
        """Checks means of tokens, and of positions, against plain ones; returns the warnings."""
        model = model.eval()
        found, faults = grams(model, x, tokens="mean", pool="mean")
        self.assertFalse(faults)
        for name, rows in true.items():
            name = name.removeprefix("l").replace("_", ".")
            expected = plain_gram(rows)
            numpy.testing.assert_allclose(found[name], expected, atol=1e-5 * expected.max())
        return planned(model, x, tokens="mean", pool="mean").warnings

    def test_a_linear_map_of_transformers(self) -> None:
        need("transformers", "a test")
        from transformers.pytorch_utils import Conv1D

        model = nn.Sequential(Conv1D(12, 8), nn.GELU(), Conv1D(6, 12))
        x = seeded(20, 9, 8)
        first = model[0](x)
        told = self.means(
            model, x, l0=first.mean(1), l1=nn.functional.gelu(first).mean(1), l2=model(x).mean(1)
        )
        self.assertEqual(told, [])

    def test_names_that_mislead(self) -> None:
        class Sub1d(nn.Linear):
            pass

        model = nn.Sequential(TokenConv2d(8, 12), nn.ReLU(), Sub1d(12, 5))
        x = seeded(20, 9, 8)
        self.assertEqual(
            self.means(
                model, x, l0=model[0](x).mean(1), l1=model[:2](x).mean(1), l2=model(x).mean(1)
            ),
            [],
        )

    def test_convolutions_along_a_line(self) -> None:
        class Wave(nn.Conv1d):
            pass

        model = nn.Sequential(Wave(4, 6, 3), nn.BatchNorm1d(6), nn.ReLU(), nn.MaxPool1d(2))
        x = seeded(20, 4, 30)
        model.eval()
        self.assertEqual(
            self.means(
                model, x, l0=model[0](x).mean(2), l2=model[:3](x).mean(2), l3=model(x).mean(2)
            ),
            [],
        )

    def test_features_last_and_second_in_one_network(self) -> None:
        model = nn.Sequential(
            nn.Conv2d(3, 6, 3),
            LayerNorm2d(6),
            Permuted(0, 2, 3, 1),
            nn.LayerNorm(6),
            nn.Linear(6, 10),
            nn.GELU(),
            Permuted(0, 3, 1, 2),
            nn.Conv2d(10, 4, 1),
        )
        x = seeded(12, 3, 9, 11)
        told = self.means(
            model,
            x,
            **{
                f"l{i}": model[: i + 1](x).mean((2, 3) if i in (0, 1, 6, 7) else (1, 2))
                for i in range(8)
            },
        )
        # Nothing but it has its output's shape, and no width is known for its last axis.
        self.assertEqual([t for t in told if " 6" not in t], [])

    def test_a_square_is_in_doubt(self) -> None:
        model = nn.Sequential(nn.Linear(9, 9), Permuted(0, 2, 1), nn.Conv1d(9, 9, 1), nn.ReLU())
        told = planned(model, seeded(12, 9, 9), tokens="mean", pool="mean").warnings
        self.assertEqual(len(told), 1)
        self.assertIn("axes of 1, 3: outputs of this shape have their features on", told[0])
        self.assertEqual(planned(model, seeded(12, 9, 9)).warnings, [])

    def test_a_guess_is_told(self) -> None:
        class Only(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x * 2

        found = planned(Only(), seeded(12, 5, 7), tokens="mean")
        self.assertEqual(found.layers[0].treatment.kind, "tokens-mean")
        self.assertIn("(model) (5×7) was taken as samples × tokens × features", found.warnings[0])

    def test_norms_of_ones_own(self) -> None:
        model = nn.Sequential(OwnNorm(8))
        x = seeded(12, 6, 8)
        self.assertEqual(self.means(model, x, l0=model(x).mean(1)), [])

    def test_a_layer_norm_over_maps_says_nothing(self) -> None:
        model = nn.Sequential(nn.Conv2d(3, 8, 1), nn.LayerNorm([8, 5, 8]))
        x = seeded(12, 3, 5, 8)
        self.assertEqual(self.means(model, x, l1=model(x).mean((2, 3))), [])


class TokensFirst(nn.Module):
    """Samples first outside, tokens first inside."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x.transpose(0, 1)).transpose(0, 1)


class Sequences(unittest.TestCase):
    """Tokens first, as torch's own transformers have them."""

    def test_tokens_first(self) -> None:
        torch.manual_seed(0)
        for tokens in (7, 28, 29):
            layer = nn.TransformerEncoderLayer(8, 2, 16).eval()
            x = seeded(40, tokens, 8)
            found, faults = grams(TokensFirst(layer), x, tokens="mean", keeps_duplicates=True)
            self.assertFalse(faults)
            inner = layer(x.transpose(0, 1)).mean(0)
            numpy.testing.assert_allclose(found["layer"], plain_gram(inner), atol=1e-3)
            self.assertIn("layer.linear1", found)

    def test_axes_that_happen_to_be_as_long(self) -> None:
        class Turned(nn.Module):
            def forward(self, x: torch.Tensor) -> Any:
                return {"table": torch.ones(12, 5) * x.mean(), "right": x}

        found = planned(Turned(), seeded(12, 5))
        self.assertEqual([layer.name for layer in found.layers], ["(model).right"])
        self.assertIn("table is 12×5", found.warnings[0])

    def test_attention_and_recurrent_networks(self) -> None:
        class Both(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                torch.manual_seed(0)
                self.attention = nn.MultiheadAttention(8, 2)
                self.gru = nn.GRU(8, 6)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                y, _ = self.attention(x.transpose(0, 1), x.transpose(0, 1), x.transpose(0, 1))
                return self.gru(y)[0][-1]

        model, x = Both().eval(), seeded(15, 7, 8)
        found, _ = grams(model, x, tokens="mean")
        t = x.transpose(0, 1)
        y = model.attention(t, t, t)[0]
        numpy.testing.assert_allclose(found["attention[0]"], plain_gram(y.mean(0)), atol=1e-4)
        states = model.gru(y)[0].mean(0)
        numpy.testing.assert_allclose(found["gru[0]"], plain_gram(states), atol=1e-4)
        self.assertNotIn("gru[1]", found)

    def test_samples_that_are_taken_for_steps(self) -> None:
        class Wrong(nn.Module):
            def __init__(self, batch_first: bool) -> None:
                super().__init__()
                self.gru = nn.GRU(6, 5, batch_first=batch_first)
                self.attention = nn.MultiheadAttention(5, 1, batch_first=True)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                y = self.gru(x)[0]
                return self.attention(y, y, y)[0]

        x = seeded(20, 7, 6)
        told = [w for w in planned(Wrong(False), x).warnings if "steps of one sequence" in w]
        self.assertEqual(len(told), 1)
        self.assertIn("m: gru[0] with batch_first=False", told[0])
        told = planned(Wrong(True), x).warnings
        self.assertFalse([w for w in told if "steps" in w])

    def test_a_packed_sequence(self) -> None:
        class Packing(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.lstm = nn.LSTM(6, 5, batch_first=True)

            def forward(self, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
                packed = nn.utils.rnn.pack_padded_sequence(x, lengths, True, False)
                return nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], True)[0]

        lengths = torch.arange(20) % 5 + 3
        data = Batch({"x": seeded(20, 7, 6), "lengths": lengths}, is_named=True)
        found = planned(Packing(), data)
        self.assertEqual([layer.name for layer in found.layers], ["(model)"])
        self.assertEqual(len([w for w in found.warnings if "lstm[0]" in w]), 1)


class EncodersAndDecoders(unittest.TestCase):
    """Tokens that only the decoder sees have a mask of their own."""

    def texts(self, length: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
        generator = torch.Generator().manual_seed(seed)
        lengths = torch.randint(2, length + 1, (16, 1), generator=generator)
        mask = (torch.arange(length)[None] < lengths).long()
        return torch.randint(1, 60, (16, length), generator=generator) * mask, mask

    def model(self) -> nn.Module:
        transformers = need("transformers", "a test")
        torch.manual_seed(0)
        config = transformers.T5Config(
            vocab_size=60, d_model=16, d_kv=8, d_ff=24, num_layers=1, num_heads=2
        )
        return transformers.T5Model(config).eval()

    def test_masks(self) -> None:
        model = self.model()
        places = {
            "encoder.block.0.layer.1.DenseReluDense.wi": True,
            "decoder.block.0.layer.2.DenseReluDense.wi": False,
            "decoder.block.0.layer.1.EncDecAttention.k": True,
            "decoder.block.0.layer.1.EncDecAttention.q": False,
        }
        for length, keys in ((9, True), (5, True), (9, False), (16, True)):
            (ids, mask), (own, own_mask) = self.texts(9, 1), self.texts(length, 2)
            inputs = {"input_ids": ids, "attention_mask": mask, "decoder_input_ids": own}
            inputs |= {"decoder_attention_mask": own_mask} if keys else {}
            kept: dict[str, torch.Tensor] = {}
            handles = [
                model.get_submodule(name).register_forward_hook(
                    lambda _m, _i, o, name=name, kept=kept: kept.update({name: o.clone()})
                )
                for name in places
            ]
            with torch.no_grad():
                model(**inputs)
            for handle in handles:
                handle.remove()
            for chunk in (None, 7):
                batch = Batch(inputs, is_named=True)
                found, faults = grams(model, batch, chunk=chunk, tokens="mean")
                self.assertEqual(faults, {})
                for name, is_encoded in places.items():
                    counted = mask if is_encoded else own_mask if keys else torch.ones_like(own)
                    rows = (kept[name] * counted[:, :, None]).sum(1) / counted.sum(1, keepdim=True)
                    numpy.testing.assert_allclose(
                        found[name], plain_gram(rows), atol=1e-4, err_msg=f"{name} {length}"
                    )

    def test_nothing_to_decode(self) -> None:
        ids, mask = self.texts(9, 1)
        with self.assertRaisesRegex(Refusal, "T5Model is an encoder and a decoder: .*decoder_inp"):
            planned(self.model(), Batch({"input_ids": ids, "attention_mask": mask}, is_named=True))


class RealNetworks(unittest.TestCase):
    """Of libraries, from configurations, with random weights."""

    def hooked(self, model: nn.Module, x: Any, **named: Any) -> dict[str, torch.Tensor]:
        """Outputs of all modules, by plain hooks."""
        kept: dict[str, torch.Tensor] = {}

        def keep(name: str, output: Any) -> None:
            output = output[0] if isinstance(output, tuple) else output
            if isinstance(output, torch.Tensor):
                kept.setdefault(name, output.detach().clone())

        for name, module in model.named_modules():
            module.register_forward_hook(lambda _m, _i, o, name=name: keep(name, o))
        with torch.no_grad():
            model(x, **named)
        for module in model.modules():
            module._forward_hooks.clear()
        return kept

    def check(self, model: nn.Module, x: torch.Tensor, last: str, second: str = "^$") -> None:
        """Means over positions, features last where names match `last`, second where `second`."""
        import re

        model = model.eval()
        outputs = self.hooked(model, x)
        found, _ = grams(model, x, tokens="mean", pool="mean", keeps_duplicates=True)
        counted = 0
        for name, value in outputs.items():
            if name not in found or value.dim() < 3:
                continue
            if re.search(last, name):
                rows = value.flatten(1, -2).double().mean(1)
            elif re.search(second, name):
                rows = value.flatten(2).double().mean(2)
            else:
                continue
            counted += 1
            expected = plain_gram(rows)
            numpy.testing.assert_allclose(
                found[name], expected, atol=2e-5 * abs(expected).max() + 1e-9, err_msg=name
            )
        self.assertGreater(counted, 4)

    def test_gpt2(self) -> None:
        transformers = need("transformers", "a test")
        torch.manual_seed(0)
        model = transformers.GPT2Model(
            transformers.GPT2Config(vocab_size=60, n_positions=16, n_embd=24, n_layer=2, n_head=2)
        )
        ids = torch.randint(0, 60, (20, 11), generator=torch.Generator().manual_seed(0))
        self.check(model, ids, r"c_attn|c_proj|c_fc|act|mlp$|ln_|drop|wte")

    def test_vit_and_swin_of_transformers(self) -> None:
        transformers = need("transformers", "a test")
        torch.manual_seed(0)
        x = seeded(9, 3, 32, 32)
        vit = transformers.ViTModel(
            transformers.ViTConfig(
                image_size=32,
                patch_size=8,
                hidden_size=24,
                num_hidden_layers=2,
                num_attention_heads=2,
                intermediate_size=40,
            )
        )
        self.check(vit, x, r"layernorm|output|intermediate|layer\.\d$", r"projection$")
        swin = transformers.SwinModel(
            transformers.SwinConfig(
                image_size=32,
                patch_size=4,
                embed_dim=12,
                depths=[2, 2],
                num_heads=[2, 4],
                window_size=4,
            )
        )
        self.check(swin, x, r"layernorm|output\.dense$|downsample|blocks\.\d$", r"projection$")

    def test_swin_and_convnext_of_torchvision(self) -> None:
        models = need("torchvision", "a test").models
        torch.manual_seed(0)
        swin = models.swin_transformer.SwinTransformer([4, 4], 24, [2, 2], [2, 4], [4, 4])
        last = r"features\.([1-9]\d*(\.\d+)?(\.norm\d|\.mlp.*|\.attn)?|0\.[12])$"
        self.check(swin, seeded(6, 3, 40, 32), last, r"features\.0\.0$")
        block = models.convnext.CNBlockConfig
        convnext = models.convnext.ConvNeXt([block(12, 24, 2), block(24, None, 2)])
        self.check(
            convnext,
            seeded(6, 3, 64, 48),
            r"block\.(1|2|3|4|5)$",
            r"features\.0(\.\d)?$|block\.(0|6)$|block$|features\.\d\.\d$",
        )

    def test_timm(self) -> None:
        timm = need("timm", "a test")
        torch.manual_seed(0)
        model = timm.create_model(
            "swin_tiny_patch4_window7_224",
            img_size=56,
            embed_dim=12,
            depths=(2, 2),
            num_heads=(2, 4),
        )
        self.check(model, seeded(6, 3, 56, 56), r"norm|mlp|blocks\.\d$", r"patch_embed\.proj$")
        model = timm.create_model("convnext_atto", depths=(1, 1, 1, 1), dims=(8, 16, 24, 32))
        self.check(model, seeded(5, 3, 64, 96), r"^$", r"stem|conv_dw|norm|downsample|stages")


class Quantised(unittest.TestCase):
    def test_dynamic(self) -> None:
        model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 5)).eval()
        small = torch.ao.quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)
        x = seeded(14, 6, 8)
        found, faults = grams(small, x, tokens="mean")
        self.assertFalse(faults)
        numpy.testing.assert_allclose(found["2"], plain_gram(small(x).mean(1)), atol=1e-4)
        self.assertEqual(planned(small, x, tokens="mean").warnings, [])

    def test_outputs_of_quantised_numbers(self) -> None:
        class Small(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return torch.quantize_per_tensor(x, 0.1, 0, torch.qint8)

        x = seeded(14, 6)
        found, _ = grams(Small(), x)
        rounded = torch.quantize_per_tensor(x, 0.1, 0, torch.qint8).dequantize()
        numpy.testing.assert_allclose(found["(model)"], plain_gram(rounded), atol=1e-5)


if __name__ == "__main__":
    unittest.main()
