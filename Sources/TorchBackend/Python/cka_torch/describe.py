"""`describe`: what a run would do, and how long a minibatch takes."""

from __future__ import annotations

import json
import resource
import time

import torch

from .preparation import prepare
from .request import Request
from .study import Study


def describe(request: Request) -> str:
    """JSON with the layers of all models, and the time and memory of one minibatch."""
    study = prepare(request, lambda _: None)
    minibatch = study.stream.first()
    tokens = study.sampling.tokens(minibatch.batches, 0)
    grams = study.grams(study.samples[0])
    start = time.perf_counter()
    study.run(minibatch, tokens, grams)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    seconds = time.perf_counter() - start
    about = study.about()
    models = study.described()
    for model, entry in zip(models, study.entries, strict=False):
        model["folded"] = {k: f"same as {v}" for k, v in entry.plan.folded.items()}
        model["parameters"] = entry.model.parameters
    return json.dumps(
        {
            "models": models,
            "samples": study.samples,
            "taken": study.taken(),
            "seconds_per_minibatch": seconds,
            "peak_bytes": _peak_bytes(study),
            "device": about["settings"]["device"],
            "versions": about["versions"],
            "warnings": study.warnings,
        }
    )


def _peak_bytes(study: Study) -> int:
    """The most memory so far: of the CUDA devices in use, or else of this process."""
    devices = {entry.device for entry in study.entries if entry.device.type == "cuda"}
    if devices:
        return sum(torch.cuda.max_memory_allocated(device) for device in devices)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
