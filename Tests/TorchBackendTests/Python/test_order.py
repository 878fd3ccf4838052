"""The order of samples, and graphs, whose samples cannot be parted."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import unittest

import numpy
import torch
from cka_torch import loaders
from cka_torch.data import open_data
from cka_torch.order import permutation, shuffled, told_runs
from cka_torch.refusal import Refusal
from cka_torch.stream import Source, Stream
from support import FolderTest, cka, plain_gram, spec
from torch.utils.data import DataLoader, Dataset, TensorDataset

X = torch.arange(50.0)[:, None].repeat(1, 3)


class Labelled(Dataset[tuple[torch.Tensor, int]]):
    """Sorted by its classes."""

    ids = tuple(f"n{i}" for i in range(50))
    targets = tuple(i // 10 for i in range(50))

    def __len__(self) -> int:
        return 50

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return X[index], self.targets[index]


def opened(data: object) -> Source:
    return loaders.source(data, "d", "py:f.py:d", 16, None)


def taken(source: Source, most: int | None = None) -> list[int]:
    """The samples in the order in which they come."""
    return [int(v) for m in Stream([source], 16, most) for v in m.batches[0].tensors["x"][:, 0]]


class Shuffles(unittest.TestCase):
    def test_all_kinds_of_data_get_the_same_order(self) -> None:
        expected = numpy.random.RandomState(7).permutation(50).tolist()
        self.assertEqual(permutation(50, 7).tolist(), expected)
        for data in [
            X,
            TensorDataset(X, X),
            Labelled(),
            DataLoader(Labelled(), batch_size=7),
            DataLoader(Labelled(), batch_size=7, shuffle=True),
            [X[:20], X[20:]],
            (X, X[:, 0]),
            {"x": X, "ids": range(50)},
            DataLoader(TensorDataset(X), batch_size=9, num_workers=1),
        ]:
            self.assertEqual(taken(shuffled(opened(data), 7)), expected, type(data))
        self.assertEqual(taken(shuffled(opened(X), 7), most=2), expected[:32])

    def test_ids_go_along(self) -> None:
        source = shuffled(opened(Labelled()), 1)
        batch = Stream([source], 16, None).first().batches[0]
        self.assertEqual(batch.ids, [f"n{int(v)}" for v in batch.tensors["x"][:, 0]])
        self.assertEqual(source.labels, [str(Labelled.targets[i]) for i in permutation(50, 1)])

    def test_samplers_of_the_users_stay(self) -> None:
        chosen = torch.utils.data.SubsetRandomSampler([4, 8, 15])
        source = shuffled(opened(DataLoader(Labelled(), sampler=chosen, batch_size=2)), 0)
        self.assertEqual(sorted(taken(source)), [4, 8, 15])

    def test_a_shuffled_set_pairs_with_another(self) -> None:
        from cka_torch.stream import Stream as Pairs

        with_ids = {"x": X.flip(0), "ids": [f"n{i}" for i in range(49, -1, -1)]}
        pair = [shuffled(opened(Labelled()), 3), opened(with_ids)]
        for minibatch in Pairs(pair, 16, None):
            first, second = (b.tensors["x"][:, 0].tolist() for b in minibatch.batches)
            self.assertEqual(first, second)


class Runs(unittest.TestCase):
    def told(self, source: Source) -> str | None:
        stream = Stream([source], 16, None)
        return told_runs(source, stream.first().batches[0], len(stream.samples))

    def test_sorted_labels_are_told_with_figures(self) -> None:
        line = self.told(opened(Labelled())) or ""
        # 45 of 49 neighbours; five classes of ten.
        self.assertIn("92% of neighbouring samples share theirs, where 20% would", line)
        for seed in range(20):
            self.assertIsNone(self.told(shuffled(opened(Labelled()), seed)))

    def test_labels_of_batches(self) -> None:
        labels = torch.arange(50) // 25
        self.assertIn(
            "all 16 samples of the first minibatch",
            self.told(opened([(X[:20], labels[:20]), (X[20:], labels[20:])])) or "",
        )
        self.assertIsNone(self.told(opened((X, torch.arange(50) % 2))))
        self.assertIsNone(self.told(opened(X)))

    def test_folders(self) -> None:
        ids = [f"{'ab'[i > 7]}/{i}.png" for i in range(16)]
        source = opened({"x": X[:32], "ids": ids + [f"c/{i}" for i in range(16)]})
        self.assertIn("folders come in runs", self.told(source) or "")


class Folders(FolderTest):
    def test_images_are_shuffled_by_default(self) -> None:
        from PIL import Image

        for index in range(24):
            place = self.folder / "set" / f"class{index // 8}"
            place.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8), (index, 0, 0)).save(place / f"{index:02}.png")

        def ids(shuffle: int | str | None) -> tuple[list[str], Stream]:
            stream = Stream(
                open_data([spec(f"imagefolder:{self.folder}/set?size=8")], 8, None, shuffle),
                8,
                None,
            )
            return [name for m in stream for name in m.batches[0].ids or []], stream

        plain, stream = ids("none")
        self.assertEqual(plain, sorted(plain))
        self.assertEqual(stream.order, "as they come")
        self.assertIn(
            "labels come in runs",
            told_runs(stream.sources[0], Stream(stream.sources, 8, None).first().batches[0], 3)
            or "",
        )
        for shuffle, seed in ((None, 0), (5, 5)):
            found, stream = ids(shuffle)
            self.assertEqual(found, [plain[i] for i in permutation(24, seed)])
            self.assertEqual(stream.order, f"shuffled with seed {seed}")


GRAPH = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, dense=False):
        super().__init__()
        self.first, self.second = nn.Linear(5, 8), nn.Linear(8, 6)
    def forward(self, x, edge_index=None, adj=None):
        a = adj if adj is not None else torch.zeros(len(x), len(x), dtype=x.dtype).index_put_(
            tuple(edge_index), torch.ones(edge_index.shape[1], dtype=x.dtype), accumulate=True)
        return self.second(a @ self.first(a @ x).relu())
def nodes():
    return torch.randn(34, 5, generator=torch.Generator().manual_seed(0))
def edges():
    return torch.randint(0, 34, (2, 90), generator=torch.Generator().manual_seed(1))
def graph(): return {"x": nodes(), "edge_index": edges(), "y": torch.zeros(34)}
def dense():
    a = torch.zeros(34, 34)
    a.index_put_(tuple(edges()), torch.ones(90), accumulate=True)
    return {"x": nodes(), "adj": a}
def sparse():
    return {"x": nodes(), "adj": dense()["adj"].to_sparse()}
"""


class Graphs(FolderTest):
    def test_a_graph_is_one_minibatch(self) -> None:
        self.write("net.py", GRAPH)
        space: dict[str, object] = {}
        exec(GRAPH, space)
        torch.manual_seed(0)
        net = space["Net"]().double()
        a = space["dense"]()["adj"].double()
        x = space["nodes"]().double()
        hidden = net.first(a @ x)
        true = cka([(plain_gram(hidden), plain_gram(net.second(a @ hidden.relu())))])
        hashes = set()
        for data in ("graph", "dense", "sparse"):
            frames = self.frames(
                "net=py:net.py:Net", "--data", f"py:net.py:{data}", "--batch-size", "null"
            )
            self.assertEqual(frames.study["samples"], [34])
            matrices = frames.frames[0][1]
            ours = cka([(matrices["net/first"], matrices["net/second"])])
            self.assertAlmostEqual(ours, true, places=5)
            hashes.add(frames.frames[0][0]["sample_hash"])
        self.assertEqual(len(hashes), 3)

    def test_a_part_of_a_graph_is_refused(self) -> None:
        self.write("net.py", GRAPH)
        line = self.refusal("py:net.py:Net", "--data", "py:net.py:graph", "--batch-size", "16")
        self.assertIn("'edge_index' (2×90)", line)
        self.assertIn("only with --batch-size all", line)
        with self.assertRaises(Refusal):
            list(Stream([opened({"x": X, "adj": torch.zeros(50, 50)})], 16, None))


if __name__ == "__main__":
    unittest.main()
