"""Centred linear Gram matrices."""

from __future__ import annotations

import torch

# Bytes of the scratch that holds centred columns: on a processor, what its last cache holds.
_CPU_SCRATCH = 1 << 22
_GPU_SCRATCH = 1 << 26
# Fewer samples than these are not worth halving.
_FEWEST_HALVED = 32


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
        """Writes the Gram matrix of `features` to `out`, which is n × n."""
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
