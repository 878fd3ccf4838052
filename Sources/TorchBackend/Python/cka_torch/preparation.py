"""From what is asked to a study that can be run: models, data, layers."""

from __future__ import annotations

from collections.abc import Callable

import torch

from . import data, models
from .batches import Batch
from .devices import read_devices, set_precision
from .grams import GramMaker
from .layout import LayoutTrial
from .models import Model
from .order import told_runs
from .passes import ModelPass
from .plan import Choice, dry, plan
from .refusal import Refusal
from .request import Request
from .shards import Agreement
from .specification import renamed
from .stream import Stream
from .study import Entry, Sampling, Study
from .tokens import Census, most_tokens, suspected_padding
from .unwrap import run_eagerly

Say = Callable[[str], None]


def prepare(request: Request, say: Say) -> Study:
    """Makes the models, opens the data, and finds the layers by dry passes.

    - `say`: is told what is being done.
    """
    set_precision(request.tf32, request.threads)
    run_eagerly()
    devices = read_devices(request.device)
    warnings = renamed([*request.models, *request.data])
    networks = models.build_all(request.models, request.seed, say)
    warnings += [f"{m.name}: {warning}" for m in networks for warning in m.warnings]
    dtype = getattr(torch, request.dtype)
    places = [devices[index % len(devices)] for index in range(len(networks))]
    for model, device in zip(networks, places, strict=False):
        model.module.to(device=device, dtype=dtype)
    say("opening the data")
    stream = _opened(request)
    warnings += _doubts_about_data(stream)
    seeker = _Seeker(request, stream, dtype, say)
    entries = [
        entry for pair in zip(networks, places, strict=False) for entry in seeker.entries(*pair)
    ]
    for entry in entries:
        warnings += entry.plan.warnings
    sampling = _sampling(request, stream, entries, say)
    warnings += sampling.warnings()
    return Study(
        request,
        stream,
        entries,
        sampling,
        dtype,
        seeker.precision,
        warnings,
        seeker.channels_last,
    )


def _opened(request: Request) -> Stream:
    models.set_seeds(request.seed)
    size, limit = request.batch_size, request.max_batches
    most = limit * size if limit and size else None
    sources = data.open_data(request.data, size, most, request.shuffle)
    return Stream(sources, size, limit)


def _doubts_about_data(stream: Stream) -> list[str]:
    """What is told of the order of the samples, and of padding that nothing marks."""
    found = []
    for source, batch in zip(stream.sources, stream.first().batches, strict=False):
        runs = told_runs(source, batch, len(stream.samples))
        if runs is not None:
            found.append(runs)
        ids = batch.tensors.get("input_ids", next(iter(batch.tensors.values())))
        share = suspected_padding(ids) if batch.mask is None else 0
        if share > 0:
            found.append(
                f"{source.specification} has no attention_mask, and {share:.0%} of the positions "
                "of the first minibatch look like padding: one number at the end of sequences; "
                "they count as tokens unless the data yield a mask"
            )
    return found


def _sampling(request: Request, stream: Stream, entries: list[Entry], say: Say) -> Sampling:
    """What a sample is. Where masks tell what padding is, all of it is counted first."""
    length = _token_length(entries)
    census = None
    if any(batch.mask is not None for batch in stream.first().batches):
        say("counting tokens")
        census = Census()
        stream.survey(lambda m: census.add([batch.mask for batch in m.batches]))
    if length is not None and census is not None and not request.keeps_padding:
        empty = next((i for i, count in enumerate(census.counts) if count == 0), None)
        if empty is not None:
            raise Refusal(f"minibatch {empty + 1} has no token that is no padding")
    item = torch.empty(0, dtype=getattr(torch, request.precision)).element_size()
    most = most_tokens(sum(len(entry.plan.layers) for entry in entries), item)
    return Sampling(request, stream.samples, length, census, most)


def _token_length(entries: list[Entry]) -> int | None:
    """Tokens of a row where each is a sample: the same in all models."""
    lengths = {entry.key: entry.plan.length for entry in entries}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise Refusal(
            "--tokens each compares token by token, and models have other numbers of tokens: "
            + told
        )
    return next(iter(lengths.values()))


class _Seeker:
    """Finds the layers of models on the first samples of each data set."""

    def __init__(self, request: Request, stream: Stream, dtype: torch.dtype, say: Say) -> None:
        self.precision: torch.dtype = getattr(torch, request.precision)
        self._request = request
        self._stream = stream
        self._dtype = dtype
        self._say = say
        self._agreed = Agreement.read()
        self.channels_last: dict[str, bool] = {}
        self._makers: dict[torch.device, GramMaker] = {}
        self._choice = Choice(
            request.layers,
            request.types,
            request.pool,
            request.tokens,
            request.keeps_duplicates,
            request.keeps_padding,
        )

    def entries(self, model: Model, device: torch.device) -> list[Entry]:
        """One model, which is on `device`, on each data set; in the layout that is fastest."""
        first, entries = self._stream.first(), []
        layout = LayoutTrial(model.module, device)
        self._say(f"looking at the layers of {model.name}")
        for dataset in range(len(self._stream.sources)):
            batch = first.batches[dataset]
            if self._request.chunk is not None and not batch.is_graph:
                batch = batch.cut(0, min(batch.count, self._request.chunk))
            batch = dry(batch).to(device, self._dtype)
            entries.append(self._entry(model, dataset, device, batch, layout))
        agreed = self._agreed.channels_last.get(model.name) if self._agreed else None
        self.channels_last[model.name] = layout.settle(agreed)
        return entries

    def _entry(
        self, model: Model, dataset: int, device: torch.device, batch: Batch, layout: LayoutTrial
    ) -> Entry:
        name = self._stream.sources[dataset].name
        key = model.name if len(self._stream.sources) == 1 else f"{model.name}@{name}"
        agreed = self._agreed.layers.get(key) if self._agreed else None
        found = plan(model.module, model.name, batch, self._choice, device, layout, agreed)
        if self._agreed:
            found.keep_to(self._agreed.layers.get(key), self._agreed.folded.get(key, {}), key)
        if device not in self._makers:
            self._makers[device] = GramMaker(device, self.precision)
        runner = ModelPass(model.module, found, self._makers[device], self._request.chunk)
        return Entry(model, dataset, device, found, runner, key)
