"""Forward passes over one minibatch, and the Gram matrices of all layers of a model."""

from __future__ import annotations

import functools
from typing import Any

import torch

from .batches import Batch, arguments
from .features import objection, tensors
from .grams import GramMaker
from .layers import Hooks, evaluating
from .plan import Plan
from .refusal import Refusal, is_out_of_memory, one_line
from .tokens import Tokens

# Bytes of features that are kept on the host while a minibatch is passed in chunks.
GROUP_BYTES = 1 << 30


class ModelPass:
    """Runs one model on minibatches.

    Usually a minibatch goes through the model at once, and each Gram matrix is formed inside the
    hook, so that memory stays near that of the forward pass alone. Where memory runs out, the
    minibatch goes through in chunks, halved until they fit, and for the rest of the run. Then the
    features of a group of layers are collected on the host until the minibatch is whole, because
    the matrix needs all its samples; a group has at most `group_bytes` of features, or one layer,
    and each group takes forward passes of its own.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        plan: Plan,
        maker: GramMaker,
        chunk: int | None = None,
        group_bytes: int = GROUP_BYTES,
    ) -> None:
        self.chunk = chunk
        self._model = model
        self._plan = plan
        self._maker = maker
        self._group_bytes = group_bytes

    def run(
        self, batch: Batch, grams: torch.Tensor, tokens: Tokens | None = None
    ) -> dict[int, str]:
        """Fills `grams`, layers × n × n, and returns why some layers have none.

        - `tokens`: which of them count; None for those of the batch's mask.
        """
        tokens = Tokens.of(batch) if tokens is None else tokens
        while True:
            state = torch.get_rng_state()
            problem = self._try(batch, grams, tokens)
            if isinstance(problem, dict):
                return problem
            # Outside the handler, so that its traceback no longer holds what the pass allocated.
            used = min(self.chunk or batch.count, batch.count)
            if batch.is_graph:
                raise Refusal(f"out of memory, and a graph cannot be parted: {problem}")
            if used <= 1:
                raise Refusal(f"out of memory with a single sample: {problem}")
            self.chunk = (used + 1) // 2
            torch.set_rng_state(state)
            if grams.device.type == "cuda":
                torch.cuda.empty_cache()

    def _try(self, batch: Batch, grams: torch.Tensor, tokens: Tokens) -> dict[int, str] | str:
        try:
            with evaluating(self._model):
                if self.chunk is None or self.chunk >= batch.count or batch.is_graph:
                    return self._whole(batch, grams, tokens)
                return self._in_chunks(batch, grams, tokens, self.chunk)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            return one_line(error)

    def _whole(self, batch: Batch, grams: torch.Tensor, tokens: Tokens) -> dict[int, str]:
        def take(index: int, tensor: torch.Tensor) -> None:
            # Also of a duplicate that is kept: tensors in one memory are not always equal.
            rows = self._plan.layers[index].treatment.rows(tensor, tokens)
            self._maker.gram(rows, grams[index])

        receiver = _Receiver(self._plan, range(len(self._plan.layers)), batch.count, take)
        self._forward(batch, receiver)
        return receiver.all_faults()

    def _in_chunks(
        self, batch: Batch, grams: torch.Tensor, tokens: Tokens, size: int
    ) -> dict[int, str]:
        faults: dict[int, str] = {}
        state = torch.get_rng_state()
        for group in self._groups(batch.count):
            # Whatever is random in a forward pass is the same for all groups.
            torch.set_rng_state(state)
            faults |= self._group(group, batch, grams, tokens, size)
        return faults

    def _group(
        self, group: range, batch: Batch, grams: torch.Tensor, tokens: Tokens, size: int
    ) -> dict[int, str]:
        kept: dict[int, torch.Tensor] = {}
        lengths: dict[int, int] = {}
        faults: dict[int, str] = {}
        for start in range(0, batch.count, size):
            end = min(start + size, batch.count)
            chunk = batch.cut(start, end)
            take = functools.partial(
                self._collect,
                kept,
                lengths,
                faults,
                grams.shape[1],
                tokens.cut(start, end),
                tokens.span(start, end),
            )
            receiver = _Receiver(self._plan, group, chunk.count, take)
            self._forward(chunk, receiver)
            faults |= receiver.all_faults()
        on_host = tokens.to(torch.device("cpu"))
        for index in kept.keys() - faults.keys():
            how = self._plan.layers[index].treatment
            rows = how.whole(kept.pop(index), on_host, lengths[index])
            self._maker.gram(rows, grams[index])
        return faults

    def _collect(
        self,
        kept: dict[int, torch.Tensor],
        lengths: dict[int, int],
        faults: dict[int, str],
        total: int,
        tokens: Tokens,
        span: slice,
        index: int,
        tensor: torch.Tensor,
    ) -> None:
        """Keeps one chunk's features of a layer, at `span` of the minibatch's `total` rows."""
        how = self._plan.layers[index].treatment
        rows = how.part(tensor, tokens, in_order=True)
        lengths[index] = how.length(tensor)
        if index not in kept:
            dtype = torch.promote_types(rows.dtype, torch.float32)
            kept[index] = torch.empty(total, rows.shape[1], dtype=dtype)
        if kept[index].shape[1] != rows.shape[1]:
            faults[index] = "its number of features differs within the minibatch"
        else:
            kept[index][span].copy_(rows)

    def _forward(self, batch: Batch, receiver: _Receiver) -> None:
        positional, named = arguments(batch, self._model)
        with Hooks(self._model, receiver.receive, self._plan.modules):
            self._model(*positional, **named)

    def _groups(self, samples: int) -> list[range]:
        """Consecutive layers whose features fit in `group_bytes` together."""
        groups: list[range] = []
        start, total = 0, 0
        for index, layer in enumerate(self._plan.layers):
            size = 4 * samples * layer.width
            if index > start and total + size > self._group_bytes:
                groups.append(range(start, index))
                start, total = index, 0
            total += size
        return [*groups, range(start, len(self._plan.layers))]


class _Receiver:
    """Hands the outputs of the planned layers to `take`, and notes what went wrong."""

    def __init__(self, plan: Plan, wanted: range, samples: int, take: Any) -> None:
        self._plan = plan
        self._wanted = wanted
        self._samples = samples
        self._take = take
        self._missing = set(wanted)
        self._faults: dict[int, str] = {}

    def receive(self, path: str, call: str, _: torch.nn.Module, output: Any) -> None:
        """One call of a module."""
        for suffix, tensor in tensors(output):
            index = self._plan.positions.get((path, call + suffix))
            if index is None or index not in self._wanted:
                continue
            self._missing.discard(index)
            reason = objection(tensor, self._samples, self._plan.layers[index].treatment.samples)
            if reason:
                self._faults[index] = f"its output {reason}"
            else:
                self._take(index, tensor)

    def all_faults(self) -> dict[int, str]:
        """Faults by layer, those of layers that did not come among them."""
        return dict.fromkeys(self._missing, "it was not called") | self._faults
