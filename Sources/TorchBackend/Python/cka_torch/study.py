"""Models, data and layers of one run."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch

from . import data, doctor, models
from .grams import GramMaker
from .layout import use_fast_layout
from .models import Model
from .passes import ModelPass
from .plan import Choice, Plan, dry, plan
from .refusal import Refusal
from .specification import renamed
from .stream import Minibatch, Stream

Say = Callable[[str], None]


@dataclass
class Entry:
    """One model on one data set: an axis of the result."""

    model: Model
    dataset: int
    device: torch.device
    plan: Plan
    runner: ModelPass
    key: str

    @property
    def names(self) -> list[str]:
        """Names of its matrices in a frame."""
        return [f"{self.key}/{layer.name}" for layer in self.plan.layers]


class Study:
    """Everything that a run needs, with the layers found by dry passes."""

    def __init__(self, options: argparse.Namespace, say: Say) -> None:
        self.options = options
        self.warnings: list[str] = []
        set_precision(options.tf32, options.threads)
        self._dtype = getattr(torch, options.dtype)
        self.precision = getattr(torch, options.precision)
        devices = read_devices(options.device)
        networks = models.named(options.models)
        sets = data.named([options.data] + ([options.data2] if options.data2 else []))
        self.warnings += renamed([*networks, *sets])
        self.models = models.build_all(networks, options.seed, say)
        for model in self.models:
            self.warnings += [f"{model.name}: {warning}" for warning in model.warnings]
        self._place(devices)
        say("opening the data")
        models.set_seeds(options.seed)
        most = options.max_batches and options.max_batches * options.batch_size
        sources = data.open_data(sets, options.batch_size, most)
        self.stream = Stream(sources, options.batch_size, options.max_batches)
        self.entries = list(self._entries(say))

    def _place(self, devices: list[torch.device]) -> None:
        self._devices: dict[int, torch.device] = {}
        for index, model in enumerate(self.models):
            device = devices[index % len(devices)]
            model.module.to(device=device, dtype=self._dtype)
            self._devices[id(model)] = device

    def _entries(self, say: Say) -> Iterator[Entry]:
        options = self.options
        choice = Choice(
            options.layers, options.types, options.pool, options.tokens, options.keep_duplicates
        )
        first = self.stream.first()
        makers = {device: GramMaker(device, self.precision) for device in self._devices.values()}
        for model in self.models:
            device = self._devices[id(model)]
            entries, batches = [], []
            for dataset, source in enumerate(self.stream.sources):
                say(f"looking at the layers of {model.name}")
                batch = dry(first.batches[dataset].cut(0, options.chunk or first.count))
                batch = batch.to(device, self._dtype)
                found = plan(model.module, model.name, batch, choice, device)
                self.warnings += found.warnings
                runner = ModelPass(model.module, found, makers[device], options.chunk)
                is_one = len(self.stream.sources) == 1
                key = model.name if is_one else f"{model.name}@{source.name}"
                entries.append(Entry(model, dataset, device, found, runner, key))
                batches.append(batch)
            use_fast_layout(
                model.module, device,
                lambda: [
                    gram for entry, batch in zip(entries, batches)
                    for gram in entry.runner.trial(batch, device)
                ],
            )
            yield from entries

    def run(self, minibatch: Minibatch, grams: list[torch.Tensor]) -> dict[str, str]:
        """Fills the matrices of all entries, and returns why some are missing, by their names."""
        faults: dict[str, str] = {}
        moved: dict[tuple[int, torch.device], Any] = {}
        for entry, out in zip(self.entries, grams):
            place = (entry.dataset, entry.device)
            if place not in moved:
                moved[place] = minibatch.batches[entry.dataset].to(entry.device, self._dtype)
            before = entry.runner.chunk
            found = entry.runner.run(moved[place], out)
            if entry.runner.chunk != before:
                self.warnings.append(
                    f"{entry.key}: memory ran out; chunks of {entry.runner.chunk} samples"
                )
            faults |= {entry.names[index]: reason for index, reason in found.items()}
        return faults

    def grams(self, samples: int) -> list[torch.Tensor]:
        """Room for the matrices of a minibatch, for each entry layers × n × n on its device."""
        return [
            torch.empty(
                len(entry.plan.layers), samples, samples, dtype=self.precision, device=entry.device
            )
            for entry in self.entries
        ]

    def described(self) -> list[dict[str, Any]]:
        """The models for the protocol's header."""
        return [
            {
                "name": entry.model.name,
                "dataset": self.stream.sources[entry.dataset].name,
                "specification": entry.model.specification,
                "layers": [layer.name for layer in entry.plan.layers],
                "shapes": [layer.shape for layer in entry.plan.layers],
                "kinds": [layer.kind for layer in entry.plan.layers],
            }
            for entry in self.entries
        ]

    def about(self) -> dict[str, Any]:
        """What has to be known to trust and to repeat the result."""
        options = self.options
        devices = dict.fromkeys(str(entry.device) for entry in self.entries)
        settings = {
            "device": ", ".join(devices), "dtype": options.dtype,
            "precision": options.precision, "tf32": str(options.tf32).lower(),
            "mode": "eval", "pool": options.pool, "tokens": options.tokens,
            "duplicates": "kept" if options.keep_duplicates else "folded",
            "seed": str(options.seed), "layers": options.layers, "types": options.types,
            "data": " ".join(source.specification for source in self.stream.sources),
            "pairing": self.stream.pairing, "chunk": options.chunk and str(options.chunk),
        }
        return {
            "versions": doctor.versions(),
            "settings": {key: value for key, value in settings.items() if value},
            "warnings": self.warnings,
        }


def set_precision(allows_tf32: bool, threads: int | None) -> None:
    """Full float32 products everywhere, unless TF32 was asked for."""
    if threads is not None:
        torch.set_num_threads(threads)
    torch.set_float32_matmul_precision("high" if allows_tf32 else "highest")
    torch.backends.cuda.matmul.allow_tf32 = allows_tf32
    torch.backends.cudnn.allow_tf32 = allows_tf32


def read_devices(text: str) -> list[torch.device]:
    """The devices that models are put on in turn."""
    if text == "auto":
        text = "cuda" if torch.cuda.is_available() else "cpu"
    result = []
    for name in text.split(","):
        try:
            device = torch.device(name.strip())
        except RuntimeError:
            raise Refusal(f"--device {name}: write auto, cpu, cuda, or cuda:1") from None
        if device.type not in ("cpu", "cuda"):
            raise Refusal(f"--device {name}: only cpu and cuda can be used")
        count = torch.cuda.device_count() if device.type == "cuda" else 1
        if device.type == "cuda" and (device.index or 0) >= count:
            found = f"{count} CUDA devices are" if count != 1 else "one CUDA device is"
            raise Refusal(f"--device {name}: {found} there")
        result.append(device)
    return result
