"""Seconds until the first minibatch is there, beside what its forward passes and imports take.

    PYTHONPATH=Sources/TorchBackend/Python python Benchmarks/first-minibatch.py
    … Benchmarks/first-minibatch.py torchvision:resnet18 torchvision:resnet34 --size 64 \
        --batch-size 128

Two processes, in turn, on the same samples: one that imports torch, makes the networks and passes
one minibatch through each, in the networks' own layout; and `cka_torch run`, from its start to the
last byte of its first frame, with every phase that it tells. Medians of their parts, and of the
ratio of each two that follow one another. On a machine that does other things meanwhile,
`--processor-time --threads 1` counts what the two processes themselves take.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

PLAIN = """
import json, sys, time
names, file, threads, is_processor = json.loads(sys.argv[1])
clock = time.process_time if is_processor else time.perf_counter
start = 0 if is_processor else clock()
import numpy, torch
from cka_torch.libraries import need
models = need("torchvision", "a benchmark").models
imported = clock()
torch.set_num_threads(threads)
made = [models.get_model(name).eval() for name in names]
ready = clock()
x = torch.from_numpy(numpy.load(file)["x"])
with torch.no_grad():
    for model in made:
        model(x.clone())
end = clock()
print(json.dumps({"imports": imported - start, "making": ready - imported, "forward": end - ready}))
"""
PACKAGE = Path(__file__).parent.parent / "Sources/TorchBackend/Python"


def main() -> None:
    """Prints the parts of both, and their ratio."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/noise.npz"
        _write_noise(file, options.batch_size, options.size)
        plain, ours = [], []
        for _ in range(options.repeats):
            plain.append(_plain(options, file))
            ours.append(_ours(options, file))
    print(f"{' × '.join(options.models)}, batch {options.batch_size} of {options.size}²")
    print("plain torch")
    for part in ("imports", "making", "forward"):
        print(f"  {part:<32}{statistics.median(run[part] for run in plain):8.2f} s")
    print("cka_torch")
    for phase in ours[-1]:
        print(f"  {phase:<32}{statistics.median(run.get(phase, 0.0) for run in ours):8.2f} s")
    pairs = list(zip(plain, ours, strict=True))
    for text, parts in (
        ("all of plain torch", ("imports", "making", "forward")),
        ("its forward passes and imports", ("imports", "forward")),
    ):
        ratios = [sum(o.values()) / sum(p[part] for part in parts) for p, o in pairs]
        told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"first minibatch / {text}: {statistics.median(ratios):.2f} × ({told})")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "models", nargs="*", default=["torchvision:resnet50", "torchvision:vit_b_16"]
    )
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--processor-time", action="store_true")
    return parser.parse_args()


def _write_noise(file: str, count: int, size: int) -> None:
    import numpy

    x = numpy.random.default_rng(0).normal(size=(count, 3, size, size))
    numpy.savez(file, x=x.astype(numpy.float32))


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(PACKAGE)}


def _plain(options: argparse.Namespace, file: str) -> dict[str, float]:
    names = [model.partition(":")[2] for model in options.models]
    start = time.perf_counter()
    asked = [names, file, options.threads, options.processor_time]
    words = [sys.executable, "-c", PLAIN, json.dumps(asked)]
    done = subprocess.run(words, capture_output=True, check=True, env=_environment())
    parts: dict[str, float] = json.loads(done.stdout)
    if not options.processor_time:
        # Python's own start and end count as imports.
        parts["imports"] += time.perf_counter() - start - sum(parts.values())
    return parts


def _ours(options: argparse.Namespace, file: str) -> dict[str, float]:
    """Seconds of each phase; the last one ends with the frame."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(PACKAGE / "start.py"), "run", json.dumps(_request(options, file))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=_environment(),
    )
    assert process.stdout and process.stderr

    def clock() -> float:
        if not options.processor_time:
            return time.perf_counter() - started
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    phases: list[tuple[float, str]] = [(0.0, "starting")]
    reader = threading.Thread(target=_listen, args=(process.stderr, phases, clock), daemon=True)
    reader.start()
    for _ in range(2):  # The header, and the frame.
        process.stdout.read(struct.unpack("<Q", process.stdout.read(8))[0])
    end = clock()
    process.stdout.read()
    process.wait()
    reader.join()
    told = [phase for phase in phases if phase[0] <= end]
    times = [time for time, _ in told] + [end]
    parts: dict[str, float] = {}
    for index, (_, name) in enumerate(told):
        parts[name] = parts.get(name, 0.0) + times[index + 1] - times[index]
    return parts


def _listen(
    stream: BinaryIO | Any, phases: list[tuple[float, str]], clock: Callable[[], float]
) -> None:
    for line in stream:
        if line.startswith(b'{"progress"'):
            phases.append((clock(), json.loads(line)["progress"]))


def _request(options: argparse.Namespace, file: str) -> dict[str, Any]:
    def specification(text: str, kind: str, target: str) -> dict[str, Any]:
        name = target.rpartition("/")[2]
        return {"text": text, "name": name, "kind": kind, "target": target, "options": {}}

    return {
        "models": [specification(m, *m.split(":", 1)) for m in options.models],
        "data": [specification(f"npz:{file}", "npz", file)],
        "batch_size": options.batch_size,
        "threads": options.threads,
    }


if __name__ == "__main__":
    main()
