"""Data of every kind, cut into minibatches."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import struct
import tempfile
import unittest
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy
import torch
from cka_torch import images, loaders
from cka_torch.data import open_data
from cka_torch.refusal import Refusal
from cka_torch.stream import Source, Stream
from support import FolderTest, spec
from torch.utils.data import DataLoader, Dataset, IterableDataset, Subset, TensorDataset

X = torch.arange(50.0)[:, None].repeat(1, 3)


class Named(Dataset[tuple[torch.Tensor, int]]):
    ids = tuple(f"n{i}" for i in range(50))

    def __len__(self) -> int:
        return 50

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return X[index], 0


class Streamed(IterableDataset[torch.Tensor]):
    def __iter__(self) -> Iterator[torch.Tensor]:
        return iter(X)


def opened(data: object, most: int | None = None) -> Source:
    return loaders.source(data, "d", "py:f.py:d", 16, most)


def values(source: Source, size: int = 16, most: int | None = None) -> list[list[float]]:
    stream = Stream([source], size, most)
    batches = list(stream)
    assert [b.count for b in batches] == stream.samples
    return [b.batches[0].tensors["x"][:, 0].tolist() for b in batches]


class Loaders(unittest.TestCase):
    def test_all_kinds_give_the_same_minibatches(self) -> None:
        expected = [list(map(float, range(a, min(a + 16, 50)))) for a in range(0, 50, 16)]
        for data in [
            X,
            X.numpy(),
            (X, torch.zeros(50)),
            TensorDataset(X, X),
            Named(),
            Streamed(),
            DataLoader(TensorDataset(X), batch_size=7),
            [X[:20], X[20:]],
            (batch for batch in X.split(9)),
            {"x": X, "ids": range(50)},
            DataLoader(Streamed(), batch_size=11),
            DataLoader(TensorDataset(X), num_workers=1, batch_size=13),
        ]:
            self.assertEqual(values(opened(data)), expected, type(data))

    def test_drop_last_and_limits(self) -> None:
        loader = DataLoader(TensorDataset(X), batch_size=8, drop_last=True)
        self.assertEqual([len(v) for v in values(opened(loader))], [16, 16, 16])
        self.assertEqual([len(v) for v in values(opened(Streamed(), 32), most=2)], [16, 16])

    def test_ids_follow_any_order(self) -> None:
        data = Subset(Named(), list(range(40, 10, -1)))
        source = opened(DataLoader(data, batch_size=9, shuffle=True))
        self.assertTrue(source.has_ids and source.is_shuffled)
        for batch in Stream([source], 10, None):
            numbers = batch.batches[0].tensors["x"][:, 0].int().tolist()
            self.assertEqual(batch.batches[0].ids, [f"n{i}" for i in numbers])

    def test_hashes_tell_samples_and_order(self) -> None:
        def hashes(data: object) -> list[str]:
            return [b.hash for b in Stream([opened(data)], 16, None)]

        self.assertEqual(hashes(X), hashes(DataLoader(TensorDataset(X), batch_size=7)))
        self.assertNotEqual(hashes(X)[0], hashes(X.flip(0))[0])
        self.assertNotEqual(hashes(X)[0], hashes(X * 2)[0])

    def test_refused(self) -> None:
        for data, reason in [
            (3, "yields no samples"),
            ([], "no samples"),
            (["text"], "yields a str"),
            ([torch.tensor(1.0)], "single numbers"),
            ([{"label": X}], "without tensors"),
            ([{"x": X, "id": [1]}], "1 IDs with 50 samples"),
            ([torch.zeros(4, 3), torch.zeros(4, 2)], "different shapes"),
        ]:
            with self.assertRaisesRegex(Refusal, reason):
                values(opened(data))

    def test_sizes_have_to_match(self) -> None:
        with self.assertRaisesRegex(Refusal, "has 50 samples, py:f.py:d 49"):
            Stream([opened(X), opened(X[:49])], 16, None)
        pair = [opened({"x": X, "ids": ids}) for ids in (range(50), [*range(49), 99])]
        with self.assertRaisesRegex(Refusal, "no sample with the ID '49'"):
            list(Stream(pair, 16, None))

    def test_unknown_lengths_and_limits(self) -> None:
        streamed = [{"x": X[i : i + 20]} for i in range(0, 40, 20)]
        pair = [opened(streamed, most=32), opened(X, most=32)]
        stream = Stream(pair, 16, 2)
        self.assertEqual([b.count for b in stream], [16, 16])
        with self.assertRaisesRegex(Refusal, "has 40 samples, py:f.py:d 50"):
            Stream([opened(streamed), opened(X)], 16, 3)

    def test_the_data_set_with_repeated_ids_is_told(self) -> None:
        good, bad = {"x": X, "ids": range(50)}, {"x": X, "ids": [0, 1, 2, 3, 3, *range(5, 50)]}
        for first, second, name in [(bad, good, "first"), (good, bad, "second")]:
            pair = [
                loaders.source(d, n, n, 16, None) for d, n in ((first, "first"), (second, "second"))
            ]
            with self.assertRaisesRegex(Refusal, f"^{name} has two samples with the ID '3'"):
                list(Stream(pair, 16, None))


class Splits(unittest.TestCase):
    """Data sets of torchvision's, each as their constructors are."""

    def made(self, options: str, maker: type) -> object:
        library = SimpleNamespace(datasets=SimpleNamespace(Toy=maker))
        return images.of_torchvision(library, spec(f"torchvision:Toy{options}")).part

    def test_train_or_test(self) -> None:
        class Toy:
            def __init__(self, root: str, train: bool = True, transform: object = None) -> None:
                self.part = train

        self.assertIs(self.made("", Toy), False)
        self.assertIs(self.made("?split=test", Toy), False)
        self.assertIs(self.made("?split=train", Toy), True)
        self.assertIs(self.made("?train=true", Toy), True)
        for options in ("?split=tset", "?split=true", "?split=test&train=true"):
            with self.assertRaisesRegex(Refusal, "either split=train or split=test"):
                self.made(options, Toy)

    def test_files_of_a_data_set(self) -> None:
        images_of = {"train": numpy.zeros((3, 28, 28)), "t10k": numpy.full((5, 28, 28), 255)}
        with tempfile.TemporaryDirectory() as root:
            raw = Path(root) / "MNIST" / "raw"
            raw.mkdir(parents=True)
            for part, pixels in images_of.items():
                for kind, values in [("images-idx3", pixels), ("labels-idx1", pixels[:, 0, 0])]:
                    head = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
                    content = head + values.astype(numpy.uint8).tobytes()
                    (raw / f"{part}-{kind}-ubyte").write_bytes(content)
            text = f"torchvision:MNIST?root={root}&size=16&normalize=false"
            [found] = open_data([spec(t) for t in (text,)], 4, None)
            batches = list(found.batches())
        self.assertEqual((found.count, [b.count for b in batches]), (5, [4, 1]))
        self.assertEqual(batches[0].tensors["x"].shape, (4, 3, 16, 16))
        self.assertTrue((batches[0].tensors["x"] == 1).all())

    def test_splits_of_its_own(self) -> None:
        class Toy:
            def __init__(self, root: str, split: str = "train", transform: object = None) -> None:
                if split not in ("train", "test", "extra"):
                    raise ValueError(f"Unknown value '{split}' for argument split")
                self.part = split

        self.assertEqual(self.made("", Toy), "test")
        self.assertEqual(self.made("?split=extra", Toy), "extra")
        with self.assertRaisesRegex(Refusal, "Unknown value 'tset'"):
            self.made("?split=tset", Toy)


class Files(FolderTest):
    def test_files_that_are_no_npz(self) -> None:
        numpy.save(self.folder / "a.npy", X.numpy())
        (self.folder / "empty.npz").write_bytes(b"")
        (self.folder / "junk.npz").write_bytes(b"junk" * 9)
        with zipfile.ZipFile(self.folder / "cut.npz", "w") as file:
            file.writestr("x.npy", b"\x93NUMPY\x01")
        numpy.savez(self.folder / "object.npz", x=numpy.array([{}], dtype=object))
        numpy.savez(self.folder / "single.npz", x=numpy.array(3.0))
        numpy.savez(self.folder / "text.npz", x=numpy.array(["a"]))
        numpy.savez(self.folder / "ids.npz", x=X.numpy(), ids=numpy.array("abc"))
        for name in (
            "a.npy",
            "empty.npz",
            "junk.npz",
            "cut.npz",
            "object.npz",
            "single.npz",
            "text.npz",
            "ids.npz",
        ):
            with self.assertRaises(Refusal) as caught:
                open_data([spec(t) for t in (f"npz:{self.folder / name}",)], 4, None)
            self.assertIn(name, str(caught.exception))
            self.assertNotIn("pickle", str(caught.exception))

    def test_npz(self) -> None:
        pixels = numpy.arange(24, dtype=numpy.uint8).reshape(6, 4)
        numpy.savez(self.folder / "a.npz", images=pixels, ids=[f"i{k}" for k in range(6)])
        source = open_data([spec(t) for t in (f"npz:{self.folder}/a.npz",)], 4, None)[0]
        self.assertEqual((source.name, source.count, source.has_ids), ("a", 6, True))
        batch = next(source.batches())
        numpy.testing.assert_allclose(batch.tensors["x"], pixels[:4] / 255, rtol=1e-6)
        self.assertEqual(batch.ids, ["i0", "i1", "i2", "i3"])
        numpy.savez(self.folder / "b.npz", weights=pixels)
        with self.assertRaisesRegex(Refusal, "no array x or images or data; it has weights"):
            open_data([spec(t) for t in (f"npz:{self.folder}/b.npz",)], 4, None)
        with self.assertRaisesRegex(Refusal, "No such file"):
            open_data([spec(t) for t in (f"npz:{self.folder}/c.npz",)], 4, None)

    def test_digits(self) -> None:
        plain, turned, noisy = open_data(
            [spec("digits"), spec("turned=digits?rotate=90"), spec("n=digits?noise=1&split=test")],
            1797,
            None,
        )
        self.assertEqual((plain.count, noisy.count), (1797, 359))
        self.assertEqual([plain.name, turned.name, noisy.name], ["digits", "turned", "n"])
        x, y = (next(s.batches()).tensors["x"] for s in (plain, turned))
        self.assertEqual(x.shape, (1797, 3, 32, 32))
        numpy.testing.assert_allclose(torch.rot90(x[:9], 1, (2, 3)), y[:9], atol=1e-4)
        with self.assertRaisesRegex(Refusal, "unknown option 'sise'"):
            open_data([spec(t) for t in ("digits?sise=8",)], 4, None)

    def test_image_folder(self) -> None:
        from PIL import Image

        for index in range(5):
            (self.folder / "set" / f"class{index % 2}").mkdir(parents=True, exist_ok=True)
            image = Image.new("RGB", (40 + index, 60), (index * 40, 0, 255))
            image.save(self.folder / "set" / f"class{index % 2}" / f"{index}.png")
        source = open_data([spec(f"imagefolder:{self.folder}/set?size=24")], 4, None, "none")[0]
        self.assertEqual((source.name, source.count, source.has_ids), ("set", 5, True))
        batch = next(source.batches())
        self.assertEqual(batch.tensors["x"].shape, (4, 3, 24, 24))
        self.assertEqual(
            batch.ids, ["class0/0.png", "class0/2.png", "class0/4.png", "class1/1.png"]
        )
        red = (80 / 255 - 0.485) / 0.229
        self.assertAlmostEqual(batch.tensors["x"][1, 0, 5, 5].item(), red, places=4)
        with self.assertRaisesRegex(Refusal, "no images"):
            open_data([spec(t) for t in (f"imagefolder:{self.folder}/none",)], 4, None)


if __name__ == "__main__":
    unittest.main()
