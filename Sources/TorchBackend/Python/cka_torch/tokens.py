"""Tokens of a minibatch: which are padding, and which are drawn where each is a sample."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy
import numpy.typing
import torch

from .refusal import Refusal

Tensor = torch.Tensor
Numbers = numpy.typing.NDArray[numpy.int64]


@dataclass
class Tokens:
    """Which tokens of n samples count.

    - `mask`: n × T truth values; None where all count.
    - `picks`: for each drawn token its sample, in ascending order, and its place.
    """

    mask: Tensor | None = None
    picks: tuple[Tensor, Tensor] | None = None

    @property
    def has_mask(self) -> bool:
        """Some tokens do not count."""
        return self.mask is not None

    def count(self, samples: int) -> int:
        """Rows of features that so many samples give."""
        return samples if self.picks is None else len(self.picks[0])

    def to(self, device: torch.device) -> Tokens:
        """On a device."""
        mask = None if self.mask is None else self.mask.to(device)
        picks = None if self.picks is None else (self.picks[0].to(device), self.picks[1].to(device))
        return Tokens(mask, picks)

    def fits(self, tensor: Tensor) -> bool:
        """Whether the mask is about the first two axes of a tensor."""
        return self.mask is not None and self.mask.shape == tensor.shape[:2]

    def cut(self, start: int, end: int) -> Tokens:
        """Those of the samples from `start` up to `end`."""
        mask = None if self.mask is None else self.mask[start:end]
        if self.picks is None:
            return Tokens(mask)
        samples, places = self.picks
        rows = self.span(start, end)
        return Tokens(mask, (samples[rows] - start, places[rows]))

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


def draw(
    mask: Tensor | None, samples: int, length: int, each: int, seed: int, index: int
) -> tuple[Numbers, Numbers]:
    """`samples` · `each` of a minibatch's tokens that count, without repetition, in their order.

    The same for the same seed and minibatch: by numpy's RandomState, whose stream never changes.

    - `index`: the minibatch's number, from 0.
    """
    count = samples * length
    able = numpy.arange(count) if mask is None else numpy.flatnonzero(mask.cpu().numpy().ravel())
    wanted = samples * each
    if len(able) < wanted:
        raise Refusal(
            f"minibatch {index + 1} has {len(able)} tokens, and --tokens each:{each} draws "
            f"{wanted} of its {samples} samples; draw at most "
            f"{len(able) // max(1, samples)} of each"
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
