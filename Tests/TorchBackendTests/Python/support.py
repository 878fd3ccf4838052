"""What the tests share: running the package, reading its frames, plain CKA in float64."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy
import torch
from safetensors.numpy import load

# Before transformers is imported: a test must not wait for a network.
os.environ["HF_HUB_OFFLINE"] = "1"

from cka_torch.batches import Batch  # noqa: E402
from cka_torch.grams import GramMaker  # noqa: E402
from cka_torch.passes import ModelPass  # noqa: E402
from cka_torch.plan import Choice, Plan, plan  # noqa: E402

PACKAGE = Path(sys.modules["cka_torch.plan"].__file__ or "").parent.parent
CPU = torch.device("cpu")


class Frames:
    """What `run` sent: the header's study and about, and frames as (metadata, tensors)."""

    def __init__(self, data: bytes) -> None:
        buffers = []
        stream = io.BytesIO(data)
        while length := struct.unpack("<Q", stream.read(8))[0]:
            buffers.append(stream.read(length))
        self.rest = stream.read()
        header = metadata(buffers[0])
        self.header = header
        self.study = json.loads(header["study"])
        self.about = json.loads(header["about"])
        self.frames = [(metadata(buffer), load(buffer)) for buffer in buffers[1:]]

    def layers(self, model: int = 0) -> list[str]:
        """Layers of one of the models."""
        return self.study["models"][model]["layers"]


def metadata(buffer: bytes) -> dict[str, str]:
    """The metadata of a safetensors buffer."""
    length = struct.unpack("<Q", buffer[:8])[0]
    return json.loads(buffer[8 : 8 + length])["__metadata__"]


def cka_torch(*arguments: str, folder: str | None = None) -> subprocess.CompletedProcess[bytes]:
    """Runs the package as users' interpreters do."""
    environment = os.environ | {"PYTHONPATH": str(PACKAGE)}
    return subprocess.run(
        [sys.executable, "-m", "cka_torch", *arguments],
        capture_output=True, cwd=folder, env=environment, timeout=600,
    )


class FolderTest(unittest.TestCase):
    """A test with a folder of its own, in which files are written and commands run."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def frames(self, *arguments: str) -> Frames:
        """Frames of a run that has to succeed."""
        done = cka_torch("run", *arguments, folder=str(self.folder))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return Frames(done.stdout)

    def described(self, *arguments: str) -> dict[str, Any]:
        """What `describe` tells."""
        done = cka_torch("describe", *arguments, folder=str(self.folder))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads(done.stdout)

    def refusal(self, *arguments: str) -> str:
        """The one line of a `describe` that has to fail."""
        done = cka_torch("describe", *arguments, folder=str(self.folder))
        self.assertEqual((done.returncode, done.stdout), (1, b""), done.stderr.decode())
        lines = done.stderr.decode().strip().splitlines()
        self.assertEqual(len(lines), 1, lines)
        return lines[0]


def planned(model: torch.nn.Module, batch: Batch | torch.Tensor, **choices: Any) -> Plan:
    """The layers of a model."""
    batch = batch if isinstance(batch, Batch) else Batch({"x": batch})
    return plan(model, "m", batch, Choice(**choices), CPU)


def grams(
    model: torch.nn.Module, batch: Batch | torch.Tensor, chunk: int | None = None,
    group_bytes: int = 1 << 30, precision: torch.dtype = torch.float32, **choices: Any,
) -> tuple[dict[str, numpy.ndarray], dict[str, str]]:
    """Gram matrices of all layers by name, and faults by name."""
    batch = batch if isinstance(batch, Batch) else Batch({"x": batch})
    found = planned(model, batch, **choices)
    runner = ModelPass(model, found, GramMaker(CPU, precision), chunk, group_bytes)
    room = torch.full((len(found.layers), batch.count, batch.count), torch.nan, dtype=precision)
    faults = runner.run(batch, room)
    names = [layer.name for layer in found.layers]
    matrices = {n: room[i].numpy() for i, n in enumerate(names) if i not in faults}
    return matrices, {names[i]: reason for i, reason in faults.items()}


def plain_gram(features: torch.Tensor) -> numpy.ndarray:
    """The centred Gram matrix in float64, as it is defined."""
    x = features.detach().double().flatten(1).numpy()
    x = x - x.mean(0)
    return x @ x.T


def hsic(k: numpy.ndarray, l: numpy.ndarray) -> float:
    """Unbiased HSIC in float64: equation 3 of Nguyen, Raghu and Kornblith (2021)."""
    n = len(k)
    k, l = (numpy.array(m, dtype=numpy.float64) for m in (k, l))
    numpy.fill_diagonal(k, 0)
    numpy.fill_diagonal(l, 0)
    first = numpy.sum(k * l)
    second = k.sum() * l.sum() / ((n - 1) * (n - 2))
    third = 2 / (n - 2) * k.sum(0) @ l.sum(0)
    return float((first + second - third) / (n * (n - 3)))


def cka(pairs: list[tuple[numpy.ndarray, numpy.ndarray]]) -> float:
    """Minibatch CKA of two layers: a list with their matrices in each minibatch."""
    cross = sum(hsic(k, l) for k, l in pairs)
    scale = numpy.float64(sum(hsic(k, k) for k, _ in pairs) * sum(hsic(l, l) for _, l in pairs))
    with numpy.errstate(invalid="ignore", divide="ignore"):
        return float(cross / numpy.sqrt(scale))
