"""Models from every kind of specification; checkpoints; seeds."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import os
import time
import unittest
from unittest import mock

import numpy
import torch
from cka_torch import checkpoints, models
from cka_torch.checkpoints import Checkpoint
from cka_torch.libraries import need
from cka_torch.refusal import Refusal
from support import FolderTest, grams, plain_gram, spec
from torch import nn

NET = """
import functools
import torch
from torch import nn
def net(width=8, drop=False, tag="a"):
    return nn.Sequential(nn.Flatten(), nn.Linear(64, width), nn.ReLU(), nn.Linear(width, 10))
class Pickled(nn.Linear):
    pass
shared = net()
@functools.lru_cache
def cached(): return net()
def headed(): return nn.Sequential(shared[:3], nn.Linear(8, 3))
def clipped(): return nn.Sequential(nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(64, 8))
def signed(): return torch.randn(32, 64, generator=torch.Generator().manual_seed(0))
def leaves(): raise SystemExit(0)
"""
DATA = ("--data", "digits?size=8&channels=1", "--batch-size", "32", "--max-batches", "1")


class Specifications(unittest.TestCase):
    def test_mistakes(self) -> None:
        for text, reason in [
            ("resnet18", "is no model; write one of torchvision:"),
            ("keras:resnet18", "is no model"),
            ("py:net.py", "write py:FILE.py:FUNCTION"),
            ("py:missing.py:net", "there is no file 'missing.py'"),
            ("hub:net", "write hub:OWNER/REPO:NAME"),
            ("torchvision:resnet1", "torchvision has no model 'resnet1'"),
            ("torchvision:resnet18?widht=3", "widht"),
            ("timm:resnet1", "resnet1"),
            ("hf:missing/model", "hf:missing/model"),
            ("script:missing.pt", "missing.pt"),
        ]:
            with self.assertRaises(Refusal) as caught:
                models.build(spec(text), 0)
            self.assertIn(reason, str(caught.exception))
            self.assertNotIn("\n", str(caught.exception))


class Hub(FolderTest):
    """A folder that is not there is told at once, and no hub is asked again and again."""

    def refusal_of(self, text: str) -> str:
        start = time.monotonic()
        with self.assertRaises(Refusal) as caught:
            models.build(spec(text), 0)
        self.assertLess(time.monotonic() - start, 15)
        return str(caught.exception)

    def test_missing_folders(self) -> None:
        need("transformers", "a test")
        (self.folder / "nets" / "bert").mkdir(parents=True)
        (self.folder / "nets" / "bert" / "weights.pt").write_bytes(b"")
        before = os.getcwd()
        self.addCleanup(os.chdir, before)
        os.chdir(self.folder)
        self.assertIn("'nets' has the folders bert", self.refusal_of("hf:nets/brt"))
        self.assertIn("no folder './gone'", self.refusal_of("hf:./gone"))
        self.assertIn("no config.json", self.refusal_of("hf:nets/bert"))
        self.assertIn("it has weights.pt", self.refusal_of("hf:nets/bert"))
        self.assertIn("HF_HUB_OFFLINE is set", self.refusal_of("hf:gone"))

    def test_names_that_are_nearly_right(self) -> None:
        for text, meant in [
            ("torchvision:resnt18", "did you mean resnet18"),
            ("timm:vit_tiny_patch16_225", "did you mean vit_tiny_patch16_224"),
        ]:
            self.assertIn(meant, self.refusal_of(text))


class Files(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        self.write("net.py", NET)

    def test_a_function_with_arguments(self) -> None:
        found = self.described("py:net.py:net", "wide=py:net.py:net?width=16", *DATA)
        narrow, wide = found["models"]
        self.assertEqual((narrow["name"], wide["name"]), ("net", "wide"))
        self.assertEqual(narrow["layers"], ["0", "1", "2", "3"])
        self.assertEqual(narrow["shapes"], [[64], [8], [8], [10]])
        self.assertEqual(narrow["kinds"], ["Flatten", "Linear", "ReLU", "Linear"])
        self.assertEqual(narrow["folded"], {"(model)": "same as 3"})
        self.assertEqual(narrow["parameters"], 65 * 8 + 9 * 10)
        self.assertEqual(found["samples"], [32])
        self.assertGreater(found["peak_bytes"], 1e7)
        self.assertIn(
            "unexpected keyword argument 'widht'",
            self.refusal("py:net.py:net?widht=3", *DATA).replace("got an ", ""),
        )
        self.assertIn("defines no 'nets'", self.refusal("py:net.py:nets", *DATA))

    def test_a_network_of_the_hub(self) -> None:
        # As torch.hub keeps what it has fetched: with the branch named it asks no server.
        fetched = self.folder / "hub" / "somebody_nets_main"
        fetched.mkdir(parents=True)
        (fetched / "hubconf.py").write_text(NET)
        with mock.patch.dict(os.environ, TORCH_HOME=str(self.folder)):
            model = self.described("hub:somebody/nets:main:net?width=16", *DATA)["models"][0]
            refusal = self.refusal("hub:somebody/nets:main:missing", *DATA)
        self.assertEqual((model["name"], model["shapes"][1]), ("net", [16]))
        self.assertIn("hub:somebody/nets:main:missing: RuntimeError: Cannot find", refusal)

    def test_seeds(self) -> None:
        first, same, other = (
            self.frames("py:net.py:net", *DATA, "--seed", seed).frames[0][1]["net/1"]
            for seed in ("1", "1", "2")
        )
        self.assertTrue(numpy.array_equal(first, same))
        self.assertFalse(numpy.array_equal(first, other))

    def test_checkpoints(self) -> None:
        torch.manual_seed(5)
        net = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 10))
        state = net.state_dict()
        torch.save(state, self.folder / "plain.pt")
        torch.save(
            {"state_dict": {f"module.{k}": v for k, v in state.items()}, "epoch": 3},
            self.folder / "wrapped.pt",
        )
        found = [
            self.frames(f"net=py:net.py:net?checkpoint={name}", *DATA).frames[0][1]["net/3"]
            for name in ("plain.pt", "wrapped.pt")
        ]
        self.assertTrue(numpy.array_equal(*found))
        random = self.frames("net=py:net.py:net", *DATA).frames[0][1]["net/3"]
        self.assertFalse(numpy.array_equal(found[0], random))

    def test_one_network_for_two_specifications(self) -> None:
        torch.manual_seed(5)
        net = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 10))
        torch.save(net.state_dict(), self.folder / "w.pt")
        for name in ("cached", "shared"):
            loaded, plain = f"a=py:net.py:{name}?checkpoint=w.pt", f"b=py:net.py:{name}"
            alone = [self.frames(text, *DATA).frames[0][1] for text in (loaded, plain)]
            for texts in ((loaded, plain), (plain, loaded)):
                both = self.frames(*texts, *DATA).frames[0][1]
                for key, one in (("a/1", alone[0]), ("b/1", alone[1])):
                    self.assertTrue(numpy.array_equal(both[key], one[key]))
        pair = self.frames("a=py:net.py:shared?checkpoint=w.pt", "b=py:net.py:headed", *DATA)
        matrices = pair.frames[0][1]
        self.assertFalse(numpy.array_equal(matrices["a/1"], matrices["b/0.1"]))

    def test_a_model_that_changes_its_input(self) -> None:
        pair = ["c=py:net.py:clipped", "n=py:net.py:net"]
        data = ("--data", "py:net.py:signed", "--batch-size", "32")
        alone = {k: v for text in pair for k, v in self.frames(text, *data).frames[0][1].items()}
        for texts in (pair, pair[::-1]):
            both = self.frames(*texts, *data)
            self.assertEqual(both.frames[0][1].keys(), alone.keys())
            for name, matrix in both.frames[0][1].items():
                numpy.testing.assert_allclose(matrix, alone[name], rtol=1e-5, atol=1e-4)

    def test_code_that_ends_the_process(self) -> None:
        line = self.refusal("py:net.py:leaves", *DATA)
        self.assertIn("called sys.exit(0)", line)

    def test_checkpoints_that_are_damaged(self) -> None:
        net = nn.Linear(2, 2)
        for number, content in enumerate(
            (
                b"",
                b"some text that is no checkpoint",
                b"PK\x03\x04junk",
                b"\0" * 99,
                b"\x80\x02}q\0X\x01",
            )
        ):
            for name in (f"{number}.pt", f"{number}.safetensors"):
                (self.folder / name).write_bytes(content)
                with self.assertRaises(Refusal) as caught:
                    checkpoints.load(net, Checkpoint(str(self.folder / name)))
                self.assertIn(f"{name} cannot be read as weights", str(caught.exception))
                self.assertNotIn("weights_only", str(caught.exception))

    def test_checkpoints_that_do_not_fit(self) -> None:
        net = nn.Sequential(nn.Flatten(), nn.Linear(64, 8), nn.ReLU(), nn.Linear(8, 5))
        torch.save(net.state_dict(), self.folder / "other.pt")
        line = self.refusal("py:net.py:net?checkpoint=other.pt", *DATA)
        self.assertIn("2 of another shape: 3.weight is 5×8 instead of 10×8", line)
        found = self.described("py:net.py:net?checkpoint=other.pt&strict=false", *DATA)
        self.assertIn("fits in part", found["warnings"][0])
        torch.save(net, self.folder / "whole.pt")
        line = self.refusal("py:net.py:net?checkpoint=whole.pt", *DATA)
        self.assertIn("save model.state_dict() instead", line)
        self.assertIn(
            "no checkpoint 'none.pt'", self.refusal("py:net.py:net?checkpoint=none.pt", *DATA)
        )


class Scripts(FolderTest):
    """TorchScript, whose modules take no hooks of torch's."""

    def test_traced_and_scripted(self) -> None:
        torch.manual_seed(0)
        net = nn.Sequential(
            nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU()),
            nn.Dropout(),
            nn.Flatten(),
            nn.Linear(144, 5),
        ).eval()
        x = torch.randn(16, 1, 8, 8)
        true, _ = grams(net, x)
        for script in (torch.jit.trace(net, x[:2]), torch.jit.script(net)):
            torch.jit.save(script, self.folder / "net.pt")
            model = models.build(spec(f"script:{self.folder}/net.pt"), 0)
            found, faults = grams(model.module, x)
            self.assertEqual((faults, model.warnings), ({}, []))
            self.assertEqual(list(found), list(true))
            for name, matrix in true.items():
                numpy.testing.assert_allclose(found[name], matrix, rtol=1e-4, atol=1e-3)
            self.assertEqual(model.parameters, sum(p.numel() for p in net.parameters()))

    def test_axes_of_a_script_are_those_of_its_classes(self) -> None:
        net = nn.Sequential(nn.Conv1d(4, 6, 3), nn.ReLU(), nn.Linear(7, 7)).eval()
        x = torch.randn(16, 4, 9)
        torch.jit.save(torch.jit.trace(net, x[:2]), self.folder / "net.pt")
        model = models.build(spec(f"script:{self.folder}/net.pt"), 0)
        found, _ = grams(model.module, x, tokens="mean", pool="mean")
        for name, rows in [("0", net[0](x).mean(2)), ("2", net(x).mean(1))]:
            numpy.testing.assert_allclose(found[name], plain_gram(rows), atol=1e-4)

    def test_control_flow_is_not_looked_into(self) -> None:
        torch.jit.save(torch.jit.script(Choosing()), self.folder / "net.pt")
        model = models.build(spec(f"script:{self.folder}/net.pt"), 0)
        found, _ = grams(model.module, torch.randn(16, 6))
        self.assertEqual(list(found), ["(model)"])
        self.assertIn("inside the network is not seen", model.warnings[0])


class Choosing(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(6, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool(x.sum() > 0):
            return self.fc(x)
        return self.fc(x) * 2


class Libraries(FolderTest):
    def test_torchvision_and_timm(self) -> None:
        found = self.described(
            "torchvision:resnet18",
            "timm:vit_tiny_patch16_224?img_size=32",
            "--data",
            "digits?size=32",
            "--batch-size",
            "8",
            "--max-batches",
            "1",
        )
        resnet, vit = found["models"]
        self.assertEqual(resnet["layers"][:3], ["conv1", "bn1", "relu"])
        self.assertIn("layer1.0.relu#2", resnet["layers"])
        self.assertEqual(resnet["folded"]["layer4"], "same as layer4.1.relu#2")
        self.assertIn("blocks.11.mlp.fc2", vit["layers"])
        self.assertEqual(vit["folded"]["blocks.0.ls1"], "same as blocks.0.attn.proj")

    def test_transformers(self) -> None:
        from cka_torch.libraries import need

        transformers = need("transformers", "a test")
        config = transformers.BertConfig(
            vocab_size=50,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=20,
        )
        transformers.BertModel(config).save_pretrained(self.folder / "bert")
        self.write("text.py", TEXT)
        frames = self.frames(
            "hf:bert", "--data", "py:text.py:batches", "--batch-size", "16", "--tokens", "mean"
        )
        layers = frames.layers()
        self.assertIn("encoder.layer.1.output.LayerNorm", layers)
        self.assertIn("pooler.activation", layers)
        self.assertEqual(frames.study["samples"], [16, 8])
        self.assertTrue(frames.frames[0][0]["sample_hash"].startswith("ids:"))


TEXT = """
import torch
def batches():
    torch.manual_seed(0)
    result = []
    for start, length in [(0, 7), (8, 9), (16, 5)]:
        mask = torch.ones(8, length, dtype=torch.long)
        mask[::2, -2:] = 0
        ids = torch.randint(1, 50, (8, length))
        result.append({"input_ids": ids, "attention_mask": mask, "labels": torch.zeros(8),
                       "id": [f"s{start + i}" for i in range(8)]})
    return result
"""


if __name__ == "__main__":
    unittest.main()
