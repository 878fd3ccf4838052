"""Tokens of a minibatch: which are padding, and which are drawn where each is a sample."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, field

import numpy
import numpy.typing
import torch

from .batches import Batch
from .refusal import Refusal

Tensor = torch.Tensor
Numbers = numpy.typing.NDArray[numpy.int64]


@dataclass
class Tokens:
    """Which tokens of n samples count.

    - `mask`: n × T truth values; None where all count.
    - `decoder`: the same of the tokens that only a decoder sees.
    - `picks`: for each drawn token its sample, in ascending order, and its place.
    """

    mask: Tensor | None = None
    picks: tuple[Tensor, Tensor] | None = None
    decoder: Tensor | None = None

    @classmethod
    def of(cls, batch: Batch, keeps_padding: bool = False) -> Tokens:
        """Those that count by the masks of a batch."""
        return cls() if keeps_padding else cls(batch.mask, decoder=batch.decoder_mask)

    def seen_by(self, is_decoder: bool) -> Tokens:
        """Those of a layer's kind."""
        return Tokens(self.decoder) if is_decoder else self

    @property
    def has_mask(self) -> bool:
        """Some tokens do not count."""
        return self.mask is not None

    def count(self, samples: int) -> int:
        """Rows of features that so many samples give."""
        return samples if self.picks is None else len(self.picks[0])

    def to(self, device: torch.device) -> Tokens:
        """On a device."""
        mask, decoder = (None if m is None else m.to(device) for m in (self.mask, self.decoder))
        picks = None if self.picks is None else (self.picks[0].to(device), self.picks[1].to(device))
        return Tokens(mask, picks, decoder)

    def fits(self, tensor: Tensor) -> bool:
        """Whether the mask is about the first two axes of a tensor."""
        return self.mask is not None and self.mask.shape == tensor.shape[:2]

    def cut(self, start: int, end: int) -> Tokens:
        """Those of the samples from `start` up to `end`."""
        mask, decoder = (None if m is None else m[start:end] for m in (self.mask, self.decoder))
        if self.picks is None:
            return Tokens(mask, decoder=decoder)
        samples, places = self.picks
        rows = self.span(start, end)
        return Tokens(mask, (samples[rows] - start, places[rows]), decoder)

    def span(self, start: int, end: int) -> slice:
        """The rows of features that samples from `start` up to `end` give."""
        if self.picks is None:
            return slice(start, end)
        bounds = torch.tensor([start, end], device=self.picks[0].device)
        first, last = torch.searchsorted(self.picks[0], bounds).tolist()
        return slice(first, last)

    def drawn(self, tensor: Tensor) -> Tensor:
        """Features of the drawn tokens of n × T × p."""
        assert self.picks is not None
        samples, places = self.picks
        return tensor[samples, places]

    def first(self, tensor: Tensor) -> Tensor:
        """Features of each sample's first token that counts, of n × T × p."""
        if not self.fits(tensor):
            return tensor[:, 0]
        assert self.mask is not None
        places = self.mask.to(torch.uint8).argmax(1)
        return tensor[torch.arange(len(tensor), device=tensor.device), places]

    def mean(self, tensor: Tensor) -> Tensor:
        """The mean of each sample's tokens that count, of n × T × p."""
        if not self.fits(tensor):
            return tensor.mean(1)
        assert self.mask is not None
        kept = self.mask[:, :, None]
        total = torch.where(kept, tensor, 0).sum(1)
        # A sample without any token has the features 0, as there is nothing to take the mean of.
        return total / kept.sum(1).clamp(min=1)

    def without_padding(self, rows: Tensor, length: int) -> Tensor:
        """n × (T · p) features in which padding has no part.

        Each padded position gets the mean of its column over the samples that have a token there:
        centred it is 0, and adds nothing to any product.
        """
        if self.mask is None or self.mask.shape != (len(rows), length):
            return rows
        if bool(self.mask.all()):
            return rows
        x = rows.reshape(len(rows), length, -1)
        kept = self.mask.to(x.device)[:, :, None]
        total = torch.where(kept, x, 0).sum(0, dtype=torch.float64)
        means = total / kept.sum(0).clamp(min=1)
        return torch.where(kept, x, means.to(x.dtype)).flatten(1)


# Tokens of a minibatch that are samples where nobody says how many: more cost n² each.
MOST_TOKENS = 4096
# What the matrices of all layers of a minibatch may take then.
MOST_BYTES = 1 << 29


def most_tokens(layers: int, item: int) -> int:
    """Tokens of a minibatch that are all taken as samples; of more, so many are drawn.

    - `layers`: of all models; `item`: bytes of a number in their matrices.
    """
    return min(MOST_TOKENS, math.isqrt(MOST_BYTES // (item * max(1, layers))))


@dataclass
class Census:
    """Tokens of all minibatches, counted before any of them is computed.

    - `counts`: those of each minibatch that count, in the first data set; `sizes`: its positions.
    - `positions`: of all minibatches, for each data set; 0 where no mask tells.
    - `kept`: how many of these are tokens.
    """

    counts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)

    def add(self, masks: list[Tensor | None]) -> None:
        """One minibatch, by the masks of all data sets."""
        self.positions = self.positions or [0] * len(masks)
        self.kept = self.kept or [0] * len(masks)
        found = [(0, 0) if m is None else (m.numel(), int(m.sum())) for m in masks]
        self.sizes.append(found[0][0])
        self.counts.append(found[0][1])
        self.positions = [a + b for a, (b, _) in zip(self.positions, found, strict=True)]
        self.kept = [a + b for a, (_, b) in zip(self.kept, found, strict=True)]


def draw(
    mask: Tensor | None, samples: int, length: int, wanted: int, seed: int, index: int
) -> tuple[Numbers, Numbers]:
    """`wanted` of a minibatch's tokens that count, without repetition, in their order.

    The same for the same seed and minibatch: by numpy's RandomState, whose stream never changes.

    - `length`: tokens of a row, where no mask tells.
    - `index`: the minibatch's number, from 0.
    """
    length = length if mask is None else mask.shape[1]
    count = samples * length
    able = numpy.arange(count) if mask is None else numpy.flatnonzero(mask.cpu().numpy().ravel())
    if len(able) < wanted:
        raise Refusal(
            f"minibatch {index + 1} has {len(able)} tokens, and {wanted} of its {samples} rows "
            f"are to be drawn; write --tokens each:{len(able) // max(1, samples)}, or each for all"
        )
    order = numpy.random.RandomState([seed, index]).permutation(len(able))[:wanted]
    chosen = numpy.sort(able[order])
    return chosen // length, chosen % length


def suspected_padding(ids: Tensor) -> float:
    """The share of positions that look like padding, where no mask tells: one number repeated at
    the end of sequences, a different number of times. 0 where nothing looks like it.

    - `ids`: n × T whole numbers.
    """
    if ids.dim() != 2 or ids.is_floating_point() or ids.shape[1] < 2:
        return 0
    last = ids[:, -1].mode().values
    is_other = (ids != last).flip(1)
    runs = torch.where(is_other.any(1), is_other.to(torch.uint8).argmax(1), ids.shape[1])
    repeated = torch.where(runs > 1, runs, 0)
    is_padding = int((repeated > 0).sum()) > 1 and len(set(runs.tolist())) > 1
    return float(repeated.sum()) / ids.numel() if is_padding else 0


def hash_of(minibatch: str, samples: Numbers, places: Numbers) -> str:
    """Tells drawn tokens: from what tells their minibatch, and which of its tokens they are."""
    digest = hashlib.blake2b(minibatch.encode(), digest_size=16)
    for numbers in (samples, places):
        digest.update(numbers.astype(numpy.int64).tobytes())
    return f"tokens:{digest.hexdigest()}"
