"""What the tests share: running the package, reading its frames, plain CKA in float64."""

from __future__ import annotations

import dataclasses
import functools
import io
import json
import multiprocessing
import multiprocessing.forkserver
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import numpy
import torch
from safetensors.numpy import load

# Before transformers is imported: a test must not wait for a network.
os.environ["HF_HUB_OFFLINE"] = "1"

from cka_torch.__main__ import start
from cka_torch.batches import Batch
from cka_torch.grams import GramMaker
from cka_torch.passes import ModelPass
from cka_torch.plan import Choice, Plan, plan
from cka_torch.request import Request
from cka_torch.specification import Specification, Value
from cka_torch.tokens import Tokens

PACKAGE = Path(sys.modules["cka_torch.plan"].__file__ or "").parent.parent
CPU = torch.device("cpu")
# Modules that processes of tests have imported already; a test file may add its own.
PRELOADED = ["with_torchvision"]


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
        return list(self.study["models"][model]["layers"])


def metadata(buffer: bytes) -> dict[str, str]:
    """The metadata of a safetensors buffer."""
    length = struct.unpack("<Q", buffer[:8])[0]
    return dict(json.loads(buffer[8 : 8 + length])["__metadata__"])


def spec(text: str) -> Specification:
    """A specification as Swift would send it, from a shorthand: no escapes, values as in JSON."""
    name, mark, rest = text.partition("=")
    if not mark or any(c in name for c in ":?/"):
        name, rest = "", text
    body, _, query = rest.partition("?")
    kind, _, target = body.partition(":")
    options: dict[str, Value] = {}
    for part in filter(None, query.split("&")):
        key, _, value = part.partition("=")
        try:
            options[key] = json.loads(value)
        except ValueError:
            options[key] = value
    last = target.rpartition(":" if kind in ("py", "hub") else "/")[2]
    own = last.removesuffix(".npz").removesuffix(".pt") or kind
    return Specification(rest, name or own, kind, target, options)


def specs(*texts: str) -> list[Specification]:
    """Several, each with a name of its own."""
    found = [spec(text) for text in texts]
    for index, one in enumerate(found):
        if one.name in [other.name for other in found[:index]]:
            one.wanted, one.name = one.name, f"{one.name}-2"
    return found


def request(models: list[str], data: list[str], **choices: Any) -> Request:
    """What Swift would ask."""
    return Request(models=specs(*models), data=specs(*data), **choices)


def cka_torch(
    verb: str, *words: str, folder: str | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs the package as `cka` does, in a process that has imported torch already."""
    given = words_of(verb, *words)
    with tempfile.TemporaryDirectory() as place:
        streams = [f"{place}/output", f"{place}/complaints"]
        process = _server().Process(
            target=_run_forked,
            args=(given, folder or os.getcwd(), dict(os.environ), streams),
        )
        process.start()
        process.join(600)
        if process.exitcode is None:
            process.kill()
            process.join()
        output, complaints = (Path(stream).read_bytes() for stream in streams)
    return subprocess.CompletedProcess(given, process.exitcode or 0, output, complaints)


def command(verb: str, *words: str) -> list[str]:
    """The command that runs a verb in a Python of its own."""
    return [sys.executable, str(PACKAGE / "start.py"), *words_of(verb, *words)]


def words_of(verb: str, *words: str) -> list[str]:
    """What Python is called with; words of a run are MODEL… and options, `--max-batches 1`."""
    if verb in ("run", "describe"):
        return [verb, json.dumps(dataclasses.asdict(asked(list(words))))]
    return [verb, *words]


@functools.cache
def _server() -> ForkServerContext:
    """Forks processes that have torch, and have not computed: starting Python takes 2 s each."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    places = [str(PACKAGE), str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    before = os.environ.copy()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, places))
    try:
        multiprocessing.forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)
    return context


def _run_forked(
    words: list[str], folder: str, environment: dict[str, str], streams: list[str]
) -> None:
    """What a forked process does: as a new one would begin, with files for its streams."""
    for number, stream in enumerate(streams, start=1):
        with open(stream, "wb") as file:
            os.dup2(file.fileno(), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["start.py", *words]
    start()


def asked(words: list[str]) -> Request:
    models: list[str] = []
    data: list[str] = []
    choices: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            models.append(word)
        elif word in ("--data", "--data2"):
            data.append(words.pop(0))
        else:
            value = words.pop(0)
            try:
                choices[word[2:].replace("-", "_")] = json.loads(value)
            except ValueError:
                choices[word[2:].replace("-", "_")] = value
    return request(models, data, **choices)


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
        return dict(json.loads(done.stdout))

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
    model: torch.nn.Module,
    batch: Batch | torch.Tensor,
    chunk: int | None = None,
    group_bytes: int = 1 << 30,
    precision: torch.dtype = torch.float32,
    counted: Tokens | None = None,
    **choices: Any,
) -> tuple[dict[str, numpy.ndarray], dict[str, str]]:
    """Gram matrices of all layers by name, and faults by name."""
    batch = batch if isinstance(batch, Batch) else Batch({"x": batch})
    found = planned(model, batch, **choices)
    runner = ModelPass(model, found, GramMaker(CPU, precision), chunk, group_bytes)
    count = batch.count if counted is None else counted.count(batch.count)
    room = torch.full((len(found.layers), count, count), torch.nan, dtype=precision)
    faults = runner.run(batch, room, counted)
    names = [layer.name for layer in found.layers]
    matrices = {n: room[i].numpy() for i, n in enumerate(names) if i not in faults}
    return matrices, {names[i]: reason for i, reason in faults.items()}


def plain_gram(features: torch.Tensor) -> numpy.ndarray:
    """The centred Gram matrix in float64, as it is defined."""
    x = features.detach().double().flatten(1).numpy()
    x = x - x.mean(0)
    return numpy.asarray(x @ x.T)


def hsic(k: numpy.ndarray, m: numpy.ndarray) -> float:
    """Unbiased HSIC in float64: equation 3 of Nguyen, Raghu and Kornblith (2021)."""
    n = len(k)
    k, m = (numpy.array(x, dtype=numpy.float64) for x in (k, m))
    numpy.fill_diagonal(k, 0)
    numpy.fill_diagonal(m, 0)
    first = numpy.sum(k * m)
    second = k.sum() * m.sum() / ((n - 1) * (n - 2))
    third = 2 / (n - 2) * k.sum(0) @ m.sum(0)
    return float((first + second - third) / (n * (n - 3)))


def cka(pairs: Sequence[Sequence[numpy.ndarray]]) -> float:
    """Minibatch CKA of two layers: a list with their matrices in each minibatch."""
    cross = sum(hsic(k, m) for k, m in pairs)
    scale = numpy.float64(sum(hsic(k, k) for k, _ in pairs) * sum(hsic(m, m) for _, m in pairs))
    with numpy.errstate(invalid="ignore", divide="ignore"):
        return float(cross / numpy.sqrt(scale))
