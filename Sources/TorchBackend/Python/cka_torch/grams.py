"""Centred linear Gram matrices."""

from __future__ import annotations

import torch

from .native import native

# Bytes of the scratch that holds centred columns: on a processor, what its last cache holds.
_CPU_SCRATCH = 1 << 22
_GPU_SCRATCH = 1 << 26
# Fewer samples than these are not worth halving.
_FEWEST_HALVED = 32
# How much rounding may change an RBF kernel before its Gram matrix is formed again.
_MOST_LOSS = 3e-4


class GramMaker:
    """Forms K = Xc Xcᵀ, n × n, where Xc are features X, n × p, less the mean of each column.

    Centred before the product: with a large mean the product alone would lose all digits. A block
    of columns at a time is centred in a scratch buffer and multiplied while it is in cache, so that
    X is read once and never copied as a whole. On a processor the rows are halved, so that only
    three of the four quarters are multiplied.

    - `precision`: of the centred features, the products and the result. Features that have more
      are rounded after they are centred.
    """

    def __init__(self, device: torch.device, precision: torch.dtype) -> None:
        self._device = device
        self.precision = precision
        item = torch.empty(0, dtype=precision).element_size()
        self._most = (_CPU_SCRATCH if device.type == "cpu" else _GPU_SCRATCH) // item
        self._scratch = torch.empty(0, dtype=precision, device=device)

    def gram(self, features: torch.Tensor, out: torch.Tensor) -> None:
        """Writes the Gram matrix of `features` to `out`, which is n × n.

        Where a sample lies so far away that the distances of the others are lost in float32, it is
        formed again about one of those instead of the mean, in float64. Not on a GPU, which would
        have to be waited for: whoever takes distances from such a matrix refuses it.
        """
        kernel = native() if self._device.type == "cpu" else None
        if kernel is not None and kernel.form(features, out):
            return
        self.form(features, out)
        may_lose = self._device.type == "cpu" and out.dtype == torch.float32
        if may_lose and _loses_distances(out, features.shape[1]):
            self._form_about(features, _typical_sample(out), out)

    def _form_about(self, features: torch.Tensor, sample: int, out: torch.Tensor) -> None:
        """About one sample: its row of the Gram matrix is 0."""
        n, p = features.shape
        width = max(1, self._most // (2 * n))
        total = torch.zeros(n, n, dtype=torch.float64)
        for begin in range(0, p, width):
            columns = features[:, begin : begin + width].to(self._device, torch.float64)
            columns = columns - columns[sample : sample + 1]
            total.addmm_(columns, columns.T)
        out.copy_(total)

    def form(self, features: torch.Tensor, out: torch.Tensor) -> None:
        """The same, about the mean in any case."""
        n, p = features.shape
        width = max(1, self._most // n)
        is_halved = self._device.type == "cpu" and n >= _FEWEST_HALVED
        half = n // 2 if is_halved else n
        for begin in range(0, p, width):
            centred = self._centred(features[:, begin : begin + width])
            kept = 1 if begin > 0 else 0
            out[:half].addmm_(centred[:half], centred.T, beta=kept)
            if is_halved:
                out[half:, half:].addmm_(centred[half:], centred[half:].T, beta=kept)
        if is_halved:
            out[half:, :half] = out[:half, half:].T

    def _centred(self, columns: torch.Tensor) -> torch.Tensor:
        """n × w columns less their means over the n samples, in the scratch."""
        if self._scratch.numel() < columns.numel():
            self._scratch = torch.empty(columns.numel(), dtype=self.precision, device=self._device)
        centred = self._scratch[: columns.numel()].view(columns.shape)
        if torch.promote_types(columns.dtype, self.precision) != self.precision:
            # Rounded after the mean is taken off, or its digits would be lost.
            columns = columns.to(self._device)
        elif columns.dtype != self.precision or columns.device != centred.device:
            columns = centred.copy_(columns)
        return torch.sub(columns, columns.mean(0, keepdim=True), out=centred)


def _squared_distances(gram: torch.Tensor) -> torch.Tensor:
    squares = gram.diagonal().double()
    return (squares[:, None] + squares[None, :] - 2 * gram.double()).clamp(min=0)


def _typical_sample(gram: torch.Tensor) -> int:
    """The sample whose median distance to the others is smallest: no outlier is."""
    return int(_squared_distances(gram).median(1).values.argmin())


def _loses_distances(gram: torch.Tensor, p: int) -> bool:
    """Whether rounding may have changed the RBF kernel of half the median distance too much.

    A squared distance is off by about c (‖a‖ + ‖b‖)², where c is the rounding of a sum of the
    products of one block (Higham and Mary 2019).
    """
    n = gram.shape[0]
    if n < 2:
        return False
    above = torch.ones(n, n, dtype=torch.bool).triu(1)
    distances = _squared_distances(gram)[above]
    median = distances.median()
    if not median > 0:
        return bool((distances > 0).any())
    norms = gram.diagonal().double().clamp(min=0).sqrt()
    error = 2.0**-24 * (min(p, 512) ** 0.5 + 2) * (norms[:, None] + norms[None, :])[above] ** 2
    kernel = torch.exp(-2 * distances / median)
    wrong = 4 * kernel * error / median
    return bool((wrong**2).sum() > _MOST_LOSS**2 * (kernel**2).sum())
