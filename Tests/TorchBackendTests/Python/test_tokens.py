"""Tokens: padding, and each token as a sample."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import json
import unittest
from unittest import mock

import numpy
import support
import torch
from cka_torch import tokens
from cka_torch.batches import Batch
from cka_torch.libraries import need
from cka_torch.preparation import prepare
from cka_torch.refusal import Refusal
from cka_torch.tokens import Tokens
from support import FolderTest, Frames, cka, cka_torch, grams, plain_gram, request
from torch import nn

support.PRELOADED.append("with_transformers")
LENGTHS = [3, 7, 1, 5, 7, 2, 4, 6, 7, 3, 5, 2]


class Embedding(nn.Module):
    """Embeds, and turns what is padding into numbers that nobody may see."""

    def __init__(self, padding: float = 1e6) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.embed = nn.Embedding(30, 6)
        self.map = nn.Linear(6, 5)
        self.padding = padding

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        x = self.map(self.embed(input_ids))
        return torch.where(attention_mask.bool()[:, :, None], x, self.padding)


def batch(left: bool = False) -> Batch:
    generator = torch.Generator().manual_seed(4)
    ids = torch.randint(1, 30, (len(LENGTHS), 7), generator=generator)
    places = torch.arange(7) if not left else torch.arange(6, -1, -1)
    mask = (places[None] < torch.tensor(LENGTHS)[:, None]).long()
    return Batch({"input_ids": ids, "attention_mask": mask}, is_named=True)


def outputs(model: nn.Module, data: Batch) -> numpy.ndarray:
    with torch.no_grad():
        return model(**data.tensors).double().numpy()


class Padding(unittest.TestCase):
    """Whatever stands at padded positions changes nothing."""

    def test_mean_and_class(self) -> None:
        for left in (False, True):
            data = batch(left)
            mask = data.tensors["attention_mask"].bool().numpy()
            x = outputs(Embedding(), data)
            means = numpy.stack([row[m].mean(0) for row, m in zip(x, mask, strict=False)])
            firsts = numpy.stack([row[m][0] for row, m in zip(x, mask, strict=False)])
            for padding in (1e6, float("nan")):
                for name, rows in (("mean", means), ("class", firsts)):
                    found, _ = grams(Embedding(padding), data, tokens=name, layers="(model)")
                    expected = plain_gram(torch.from_numpy(rows))
                    numpy.testing.assert_allclose(found["(model)"], expected, atol=1e-5)

    def test_flatten(self) -> None:
        data = batch()
        mask = data.tensors["attention_mask"].bool().numpy()
        x = outputs(Embedding(), data)
        # Each position is centred over the samples that have it, and is 0 in all others.
        gram = numpy.zeros((len(x), len(x)))
        for place in range(7):
            has = mask[:, place]
            rows = numpy.zeros_like(x[:, place])
            rows[has] = x[has, place] - x[has, place].mean(0)
            gram += rows @ rows.T
        for chunk in (None, 5):
            for padding in (1e6, float("nan")):
                found, _ = grams(Embedding(padding), data, chunk=chunk, layers="(model)")
                numpy.testing.assert_allclose(found["(model)"], gram, atol=1e-5)

    def test_kept_when_asked_for(self) -> None:
        data = batch()
        x = outputs(Embedding(3.0), data)
        found, _ = grams(Embedding(3.0), data, counted=Tokens(), keeps_padding=True)
        numpy.testing.assert_allclose(found["(model)"], plain_gram(torch.from_numpy(x)), atol=1e-4)

    def test_layers_that_a_mask_does_not_fit_are_told(self) -> None:
        class Shorter(Embedding):
            def forward(
                self, input_ids: torch.Tensor, attention_mask: torch.Tensor
            ) -> torch.Tensor:
                return super().forward(input_ids, attention_mask)[:, ::2]

        from support import planned

        told = planned(Shorter(), batch(), tokens="mean").warnings
        self.assertEqual(len(told), 1)
        self.assertIn("padding is not left out of (model)", told[0])

    def test_padding_without_a_mask_is_suspected(self) -> None:
        data = batch()
        ids, mask = data.tensors["input_ids"], data.tensors["attention_mask"]
        padded = torch.where(mask.bool(), ids, 0)
        share = tokens.suspected_padding(padded)
        # A single padded position may be chance.
        expected = sum(7 - n for n in LENGTHS if 7 - n > 1) / (7 * len(LENGTHS))
        self.assertAlmostEqual(share, expected)
        self.assertEqual(tokens.suspected_padding(ids), 0)


class Encoder(nn.Module):
    """torch's own, which would pack tokens without their padding."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)

    def forward(
        self, src: torch.Tensor, src_key_padding_mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        return self.encoder(src, src_key_padding_mask=src_key_padding_mask)


class TorchsOwn(unittest.TestCase):
    def test_a_mask_that_is_true_where_there_is_padding(self) -> None:
        x = torch.randn(20, 7, 8, generator=torch.Generator().manual_seed(0))
        padding = torch.zeros(20, 7, dtype=torch.bool)
        padding[::2, 5:] = True
        data = Batch({"src": x, "src_key_padding_mask": padding}, is_named=True)
        model = Encoder().eval()
        found, faults = grams(model, data, tokens="mean")
        self.assertFalse(faults)
        with torch.no_grad():
            y = model(x, padding).double()
        rows = torch.stack([row[~mask].mean(0) for row, mask in zip(y, padding, strict=True)])
        numpy.testing.assert_allclose(found["encoder.layers.1.norm2"], plain_gram(rows), atol=1e-4)
        self.assertTrue(torch.backends.mha.get_fastpath_enabled())


class EachToken(unittest.TestCase):
    def test_drawn_tokens_are_the_samples(self) -> None:
        data = batch()
        mask = data.tensors["attention_mask"].bool()
        rows, places = tokens.draw(mask, 12, 7, 24, seed=3, index=5)
        self.assertEqual(len(set(zip(rows.tolist(), places.tolist(), strict=False))), 24)
        self.assertTrue(mask.numpy()[rows, places].all())
        counted = Tokens(mask, (torch.from_numpy(rows), torch.from_numpy(places)))
        x = outputs(Embedding(), data)
        expected = plain_gram(torch.from_numpy(x[rows, places]))
        for chunk in (None, 1, 5):
            found, faults = grams(Embedding(), data, chunk=chunk, counted=counted, tokens="each")
            self.assertFalse(faults)
            numpy.testing.assert_allclose(found["(model)"], expected, atol=1e-5)

    def test_drawn_alike_and_unlike(self) -> None:
        mask = batch().tensors["attention_mask"].bool()
        first, same, other, next_one = (
            tokens.draw(mask, 12, 7, 12, seed, index)
            for seed, index in ((0, 0), (0, 0), (1, 0), (0, 1))
        )
        hashes = [tokens.hash_of("m", *drawn) for drawn in (first, same, other, next_one)]
        self.assertEqual(hashes[0], hashes[1])
        self.assertEqual(len(set(hashes)), 3)
        self.assertNotEqual(tokens.hash_of("n", *first), hashes[0])
        with self.assertRaisesRegex(Refusal, "has 52 tokens, and 60 of its 12 rows .* each:4"):
            tokens.draw(mask, 12, 7, 60, 0, 0)

    def test_how_many_are_taken_is_decided_by_memory(self) -> None:
        # 4096 tokens while 8 layers are compared; of more, so many that matrices fit in 512 MiB.
        self.assertEqual([tokens.most_tokens(n, 4) for n in (1, 8, 32)], [4096, 4096, 2048])
        self.assertEqual(tokens.most_tokens(16, 8), 2048)
        self.assertLessEqual(150 * 4 * tokens.most_tokens(150, 4) ** 2, 1 << 29)

    def test_every_token_is_as_likely(self) -> None:
        mask = batch().tensors["attention_mask"].bool()
        counts = numpy.zeros((12, 7))
        for index in range(4000):
            rows, places = tokens.draw(mask, 12, 7, 12, 0, index)
            counts[rows, places] += 1
        drawn = counts[mask.numpy()]
        expected = 4000 * 12 / 52
        chi = ((drawn - expected) ** 2 / expected).sum()
        self.assertEqual(counts.sum(), drawn.sum())
        # 51 degrees of freedom: 87.97 is passed in one of a thousand; drawing without repetition
        # makes it smaller.
        self.assertLess(chi, 87.97)


FILES = """
import torch
from torch import nn
from transformers import BertConfig, BertModel, GPT2Config, GPT2Model
def bert(width=16, layers=2):
    return BertModel(BertConfig(vocab_size=60, hidden_size=width, num_hidden_layers=layers,
        num_attention_heads=2, intermediate_size=24, max_position_embeddings=20))
def gpt():
    return GPT2Model(GPT2Config(vocab_size=60, n_positions=16, n_embd=24, n_layer=1, n_head=2))
def ragged(shuffled=False):
    # Batches of 32 rows, each as wide as its longest text.
    whole = texts()
    rows = [{k: v[i] for k, v in whole.items()} for i in range(96)]
    rows = [{k: v[: int(row["attention_mask"].sum())] for k, v in row.items()} for row in rows]
    rows.sort(key=lambda row: len(row["input_ids"]))
    def collate(items):
        pad = nn.utils.rnn.pad_sequence
        return {k: pad([i[k] for i in items], batch_first=True) for k in items[0]}
    return torch.utils.data.DataLoader(rows, 32, shuffle=shuffled, collate_fn=collate)
class Moody:
    # Another order each time that it is gone through.
    def __iter__(self):
        self.turn = getattr(self, "turn", 0) + 1
        whole = texts()
        for start in range(0, 96, 32):
            part = slice(start, start + 32)
            yield {k: v.roll(self.turn, 0)[part] for k, v in whole.items()}
def texts(shorter=0, length=9, masked=True):
    g = torch.Generator().manual_seed(2)
    n = torch.randint(2, 10, (96,), generator=g).clamp(max=length) - shorter
    ids = torch.randint(1, 60, (96, length), generator=g)
    mask = (torch.arange(length)[None] < n[:, None]).long()
    return {"input_ids": ids * mask, **({"attention_mask": mask} if masked else {})}
class Patches(nn.Module):
    def __init__(self, size=4):
        super().__init__()
        self.conv = nn.Conv2d(3, 10, size, size)
        self.fc = nn.Linear(10, 10)
    def forward(self, x):
        return self.fc(self.conv(x).flatten(2).transpose(1, 2))
"""


class Runs(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        need("transformers", "a test")
        self.write("net.py", FILES)

    EXACT = ("--precision", "float64", "--dtype", "float64", "--batch-size", "32")
    PAIR = ("bert/encoder.layer.0.intermediate.dense", "gpt/h.0.mlp.c_fc")

    def each(self, data: str, *more: str) -> Frames:
        """Two language models, each token a sample."""
        words = ("py:net.py:bert", "py:net.py:gpt", "--data", data, "--tokens", "each")
        return self.frames(*words, *self.EXACT, *more)

    def value(self, frames: Frames) -> float:
        return cka([tuple(matrices[name] for name in self.PAIR) for _, matrices in frames.frames])

    def test_every_token_that_is_no_padding(self) -> None:
        outputs = self.outputs("texts")
        frames = self.each("py:net.py:texts")
        masks = outputs["mask"].reshape(3, 32, 9)
        self.assertEqual(frames.study["samples"], [int(mask.sum()) for mask in masks])
        true = [
            tuple(
                plain_gram(torch.from_numpy(outputs[name].reshape(3, 32, 9, -1)[i][masks[i]]))
                for name in self.PAIR
            )
            for i in range(3)
        ]
        self.assertAlmostEqual(self.value(frames), cka(true), places=9)
        settings = frames.about["settings"]
        counts = sorted(int(mask.sum()) for mask in masks)
        self.assertEqual(
            settings["sample"],
            f"a token: all tokens that are no padding, {counts[0]} to {counts[-1]} a minibatch, "
            f"{sum(counts)} in all",
        )
        share = 1 - sum(counts) / 864
        self.assertEqual(settings["padding"], f"{share:.1%} of 864 positions, left out")
        self.assertFalse(any("drawn" in line for line in frames.about["warnings"]))

    def test_texts_of_other_lengths_in_each_minibatch(self) -> None:
        # The same texts, sorted by length: no position that a minibatch lacks may be counted.
        outputs = self.outputs("texts")
        order = numpy.argsort(outputs["mask"].sum(1), kind="stable").reshape(3, 32)
        true = [
            tuple(
                plain_gram(torch.from_numpy(outputs[name][rows][outputs["mask"][rows]]))
                for name in self.PAIR
            )
            for rows in order
        ]
        self.assertAlmostEqual(self.value(self.each("py:net.py:ragged")), cka(true), places=9)
        found = self.each("py:net.py:ragged", "--keeps-padding", "true")
        widths = [outputs["mask"][rows].sum(1).max() for rows in order]
        self.assertEqual(found.study["samples"], [32 * int(width) for width in widths])

    def test_shuffled_data_are_counted_as_they_come(self) -> None:
        frames = self.each("py:net.py:ragged?shuffled=true")
        self.assertEqual(frames.study["samples"], [len(m[self.PAIR[0]]) for _, m in frames.frames])
        done = cka_torch(
            "run",
            *("py:net.py:gpt", "--data", "py:net.py:Moody", "--tokens", "each"),
            *self.EXACT,
            folder=str(self.folder),
        )
        self.assertIn("--shuffle SEED gives them one", done.stderr.decode().splitlines()[-1])

    def test_drawn_where_there_are_too_many(self) -> None:
        with mock.patch.object(tokens, "MOST_TOKENS", 50):
            study = prepare(
                request(
                    [f"py:{self.folder}/net.py:gpt"],
                    [f"py:{self.folder}/net.py:texts"],
                    batch_size=32,
                    tokens="each",
                ),
                lambda _: None,
            )
        self.assertEqual(study.samples, [50, 50, 50])
        told = study.about()["settings"]["sample"]
        self.assertRegex(told, r"^a token: 50 of the 1\d\d to 1\d\d tokens .* 150 of \d{3} in all")
        self.assertIn("of which 50 are drawn", study.warnings[-1])

    def test_each_token_of_two_language_models(self) -> None:
        frames = self.each("py:net.py:texts", "--tokens-per-sample", "2")
        self.assertEqual(frames.study["samples"], [64, 64, 64])
        settings = frames.about["settings"]
        self.assertIn("drawn at random with seed 0", settings["sample"])
        self.assertTrue(frames.frames[0][0]["sample_hash"].startswith("tokens:"))
        self.assertNotIn("pooler.dense", frames.layers(0))
        self.assertIn("h.0.mlp.c_fc", frames.layers(1))
        # The value in plain numpy, from the tokens that were drawn.
        true = []
        outputs = self.outputs("texts")
        for index in range(3):
            part = slice(32 * index, 32 * index + 32)
            mask = outputs["mask"][part]
            rows, places = tokens.draw(torch.from_numpy(mask), 32, 9, 64, 0, index)
            true.append(
                tuple(
                    plain_gram(torch.from_numpy(outputs[name][part][rows, places]))
                    for name in self.PAIR
                )
            )
        self.assertAlmostEqual(self.value(frames), cka(true), places=9)

    def outputs(self, texts: str) -> dict[str, numpy.ndarray]:
        """Outputs of two layers for all samples at once, by plain hooks."""
        space: dict[str, object] = {}
        exec(FILES, space)
        data = space[texts]()
        found = {"mask": data["attention_mask"].bool().numpy()}
        places = {"bert": "encoder.layer.0.intermediate.dense", "gpt": "h.0.mlp.c_fc"}
        for name, layer in places.items():
            torch.manual_seed(0)
            model = space[name]().double().eval()
            kept: list[torch.Tensor] = []
            model.get_submodule(layer).register_forward_hook(
                lambda _m, _i, o, kept=kept: kept.append(o)
            )
            with torch.no_grad():
                model(**data)
            found[f"{name}/{layer}"] = kept[0].numpy()
        return found

    def test_tokens_that_do_not_agree_are_refused(self) -> None:
        each = ("--batch-size", "32", "--tokens", "each")
        line = self.refusal(
            "a=py:net.py:Patches", "b=py:net.py:Patches?size=8", "--data", "digits?size=16", *each
        )
        self.assertIn("other numbers of tokens: a 16, b 4", line)
        line = self.refusal(
            "py:net.py:bert",
            "--data",
            "x=py:net.py:texts",
            "--data2",
            "y=py:net.py:texts?shorter=1",
            *each,
        )
        self.assertIn("other tokens in one data set than in the other", line)
        line = self.refusal(
            "torchvision:alexnet", "--data", "digits?size=64", *each, "--max-batches", "1"
        )
        self.assertIn("no layer of alexnet has tokens", line)

    def test_what_was_taken_is_told(self) -> None:
        found = self.described(
            "py:net.py:bert", "--data", "py:net.py:texts", "--batch-size", "32", "--tokens", "mean"
        )
        self.assertIn("mean of tokens", found["taken"][0])
        self.assertRegex(found["taken"][1], r"^padding: .*% of 864 positions, left out$")
        found = self.described(
            "py:net.py:bert",
            "--data",
            "py:net.py:texts?masked=false",
            "--batch-size",
            "32",
            "--layers",
            "embeddings",
        )
        self.assertIn("look like padding", json.dumps(found["warnings"]))


if __name__ == "__main__":
    unittest.main()
