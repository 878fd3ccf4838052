"""What goes down the pipe, and how a run ends."""

# What calling a torch module, or asking it for a child, gives has no type.
# mypy: disable-error-code="no-any-return, operator, union-attr, index"
# mypy: disable-error-code="no-untyped-call, attr-defined, arg-type"

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import unittest
from unittest import mock

import numpy
from cka_torch.refusal import Refusal
from cka_torch.request import read
from support import PACKAGE, FolderTest, Frames, cka_torch, command

FILES = """
import os, sys, torch
from torch import nn
print("a print while the file is read")
class Noisy(nn.Module):
    def __init__(self, fails=False, endless=False):
        super().__init__()
        self.fc = nn.Linear(64, 8)
        self.fails, self.endless, self.calls = fails, endless, 0
    def forward(self, x):
        print("a print of the model")
        os.write(1, b"bytes of the model")
        self.calls += 1
        if self.fails and self.calls > 3:
            raise ValueError("the fourth\\ncall")
        y = self.fc(x.flatten(1))
        return y / (0 if x.flatten(1)[0].sum() > 1e9 else 1)
class Drawing(nn.Flatten):
    def forward(self, x):
        y = super().forward(x)
        return y + torch.rand_like(y)
def drawing():
    return nn.Sequential(Drawing(), nn.Linear(64, 4))
def innermost():
    raise KeyError("the real place")
class Chained(nn.Linear):
    def forward(self, x):
        try:
            innermost()
        except KeyError as error:
            raise ValueError("the outer one") from error
def chained():
    return nn.Sequential(Chained(64, 4))
def endless():
    while True:
        yield torch.randn(16, 64)
def poisoned():
    x = torch.randn(32, 64)
    x[20] = float("nan")
    return x
"""
DATA = ("--data", "digits?size=8&channels=1", "--batch-size", "600")


class Protocol(FolderTest):
    def setUp(self) -> None:
        super().setUp()
        self.write("net.py", FILES)

    def test_frames(self) -> None:
        done = cka_torch("run", "a=py:net.py:Noisy", *DATA, folder=str(self.folder))
        self.assertEqual(done.returncode, 0, done.stderr)
        frames = Frames(done.stdout)
        self.assertEqual(frames.rest, b"")
        self.assertEqual((frames.header["format"], frames.header["version"]), ("cka-backend", "1"))
        self.assertEqual(frames.study["samples"], [600, 600, 597])
        model = frames.study["models"][0]
        self.assertEqual(model["specification"], "py:net.py:Noisy")
        self.assertEqual(
            (model["layers"], model["kinds"]), (["fc", "(model)"], ["Linear", "Noisy"])
        )
        settings = frames.about["settings"]
        self.assertEqual((settings["tf32"], settings["device"]), ("false", "cpu"))
        self.assertTrue(all(isinstance(value, str) for value in settings.values()))
        self.assertIn("torch", frames.about["versions"])
        for count, (metadata, tensors) in zip([600, 600, 597], frames.frames, strict=True):
            self.assertEqual(metadata["samples"], str(count))
            gram = tensors["a/fc"]
            self.assertEqual((gram.shape, gram.dtype), ((count, count), numpy.float32))
            self.assertLess(abs(gram.sum(1)).max(), 1e-3 * gram.trace())
        self.assertIn(b"a print of the model", done.stderr)
        self.assertIn(b"bytes of the model", done.stderr)

    def test_models_do_not_see_again_what_the_reader_has(self) -> None:
        # The model fails in its fourth call: the first two are the search for layers.
        model = "a=py:net.py:Noisy?fails=true"
        expected = self.frames("a=py:net.py:Noisy", *DATA).frames
        with mock.patch.dict(os.environ, CKA_BACKEND_SEEN="2"):
            found = self.frames(model, *DATA).frames
        hashes = [[metadata["sample_hash"] for metadata, _ in f] for f in (expected, found)]
        self.assertEqual(*hashes)
        self.assertEqual([list(tensors) for _, tensors in found[:2]], [[], []])
        for name, gram in expected[2][1].items():
            numpy.testing.assert_array_equal(found[2][1][name], gram)

    def test_a_model_that_draws_goes_on_where_it_was(self) -> None:
        expected = self.frames("py:net.py:drawing", *DATA).frames
        with mock.patch.dict(os.environ, CKA_BACKEND_SEEN="2"):
            found = self.frames("py:net.py:drawing", *DATA).frames
        for (_, before), (_, now) in zip(expected, found, strict=True):
            numpy.testing.assert_array_equal(now["drawing/0"], before["drawing/0"])

    def test_what_an_error_came_from_is_told(self) -> None:
        done = cka_torch("run", "py:net.py:chained", *DATA, folder=str(self.folder))
        lines = done.stderr.decode().splitlines()
        self.assertEqual(json.loads(lines[-1])["log"], "ValueError: the outer one")
        self.assertIn("KeyError: 'the real place'", lines)
        self.assertTrue(any("in innermost" in line for line in lines), lines)

    def test_float64(self) -> None:
        frames = self.frames(
            "a=py:net.py:Noisy",
            *DATA,
            "--dtype",
            "float64",
            "--precision",
            "float64",
            "--max-batches",
            "1",
        )
        self.assertEqual(frames.frames[0][1]["a/fc"].dtype, numpy.float64)

    def test_features_that_are_not_finite(self) -> None:
        frames = self.frames(
            "a=py:net.py:Noisy", "--data", "py:net.py:poisoned", "--batch-size", "16"
        )
        first, second = frames.frames
        self.assertNotIn("faults", first[0])
        faults = json.loads(second[0]["faults"])
        self.assertIn("not finite", faults["a/fc"])
        self.assertEqual(second[1], {})

    def test_an_exception_has_its_reason_last(self) -> None:
        done = cka_torch("run", "py:net.py:Noisy?fails=true", *DATA, folder=str(self.folder))
        self.assertEqual(done.returncode, 1)
        lines = done.stderr.decode().splitlines()
        logs = [json.loads(line)["log"] for line in lines if line.startswith('{"log"')]
        self.assertEqual(logs, ["ValueError: the fourth call"])
        self.assertIn("the fourth call", lines[-1])
        self.assertIn('raise ValueError("the fourth\\ncall")', done.stderr.decode())
        self.assertLess(len(lines), 40)

    def test_a_look_that_fails_tells_where_and_why(self) -> None:
        self.write("broken.py", "import torch\ndef net():\n    raise KeyError('a\\nb')\n")
        done = cka_torch("describe", "py:broken.py:net", *DATA, folder=str(self.folder))
        lines = done.stderr.decode().splitlines()
        self.assertEqual((done.returncode, lines[0]), (1, "Traceback (most recent call last):"))
        self.assertIn("raise KeyError", lines[-2])
        self.assertTrue(lines[-1].startswith("KeyError: "), lines)

    def test_a_name_that_is_taken_is_told(self) -> None:
        noisy = "digits?size=8&channels=1&noise=1"
        found = self.described(
            "a=py:net.py:Noisy",
            "a=py:net.py:Noisy?fails=false",
            "--data",
            "x=digits?size=8&channels=1",
            "--data2",
            f"x={noisy}",
            "--batch-size",
            "64",
            "--max-batches",
            "1",
        )
        self.assertEqual(
            {(m["name"], m["dataset"]) for m in found["models"]},
            {("a", "x"), ("a", "x-2"), ("a-2", "x"), ("a-2", "x-2")},
        )
        self.assertEqual(
            [w for w in found["warnings"] if "is taken" in w],
            [
                "the name 'a' is taken: py:net.py:Noisy?fails=false is called 'a-2'; "
                "write NAME=py:net.py:Noisy?fails=false to name it yourself",
                f"the name 'x' is taken: {noisy} is called 'x-2'; write NAME={noisy} to name it "
                "yourself",
            ],
        )

    def test_a_refusal_has_one_line(self) -> None:
        done = cka_torch("run", "py:net.py:none", *DATA, folder=str(self.folder))
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        log = json.loads(done.stderr.decode().splitlines()[-1])["log"]
        self.assertEqual(
            log,
            "py:net.py:none: net.py defines no 'none'; it defines Noisy, Drawing, drawing, "
            "innermost, Chained, chained, endless, poisoned",
        )

    def test_a_reader_that_goes_away(self) -> None:
        with self.running() as process:
            assert process.stdout and process.stderr
            process.stdout.read(10_000)
            process.stdout.close()
            told = process.stderr.read().decode()
            self.assertEqual(process.wait(), 1)
        self.assertNotIn("Traceback", told)
        self.assertNotIn("BrokenPipe", told)

    def test_a_signal_ends_it(self) -> None:
        with self.running() as process:
            assert process.stdout and process.stderr
            process.stdout.read(10_000)
            process.send_signal(signal.SIGTERM)
            process.stdout.close()
            process.stderr.read()
            self.assertNotEqual(process.wait(), 0)

    def running(self) -> subprocess.Popen[bytes]:
        """A run over more minibatches than anybody reads."""
        return subprocess.Popen(
            command(
                "run",
                "py:net.py:Noisy",
                "--data",
                "py:net.py:endless",
                "--max-batches",
                "2000",
                "--batch-size",
                "16",
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self.folder,
        )

    def test_doctor_and_usage(self) -> None:
        found = json.loads(cka_torch("doctor").stdout)
        self.assertEqual(found["interpreter"], sys.executable)
        self.assertEqual(
            set(found["packages"]),
            {"torch", "torchvision", "timm", "transformers", "numpy", "safetensors"},
        )
        self.assertEqual(found["problems"], [])
        self.assertEqual(found["failures"], {})
        done = cka_torch("list")
        self.assertEqual((done.returncode, len(done.stderr.splitlines())), (2, 1))
        names = cka_torch("list", "torchvision").stdout.decode().split()
        self.assertIn("resnet101", names)
        asked = {"models": [], "data": [], "batch_size": 0}
        for changed in ({}, {"batch_size": 0}, {"seed": -1}, {"tokens": "last"}, {"extra": 1}):
            text = json.dumps(asked | changed)
            with self.assertRaises(Refusal):
                read(text)

    def test_it_starts_however_python_finds_packages(self) -> None:
        for name, value in [("PYTHONSAFEPATH", "1"), ("PYTHONPATH", "/nowhere")]:
            done = subprocess.run(
                [sys.executable, str(PACKAGE / "start.py"), "doctor"],
                capture_output=True,
                cwd=self.folder,
                env=os.environ | {name: value},
                timeout=600,
            )
            self.assertEqual(done.returncode, 0, done.stderr.decode())
            self.assertEqual(json.loads(done.stdout)["problems"], [])

    def test_devices(self) -> None:
        for name, reason in [("cuda:77", "CUDA"), ("tpu", "--device tpu"), ("meta", "only cpu")]:
            self.assertIn(reason, self.refusal("py:net.py:Noisy", *DATA, "--device", name))


if __name__ == "__main__":
    unittest.main()
