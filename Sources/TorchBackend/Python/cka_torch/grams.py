"""Centred linear Gram matrices."""

from __future__ import annotations

import torch

# Bytes of the scratch that holds a block of centred columns: within a processor's cache.
_CPU_SCRATCH = 1 << 20
_GPU_SCRATCH = 1 << 26


class GramMaker:
    """Forms K = Xc Xcᵀ, n × n, where Xc are features X, n × p, less the mean of each column.

    Centred before the product: with a large mean the product alone would lose all digits. A block
    of columns at a time is centred in a scratch buffer and multiplied while it is in cache, so that
    X is read once and never copied as a whole.

    - `precision`: of the centred features, the products and the result.
    """

    def __init__(self, device: torch.device, precision: torch.dtype) -> None:
        self._device = device
        self._precision = precision
        self._bytes = _CPU_SCRATCH if device.type == "cpu" else _GPU_SCRATCH
        self._scratch = torch.empty(0, dtype=precision, device=device)

    def gram(self, features: torch.Tensor, out: torch.Tensor) -> None:
        """Writes the Gram matrix of `features` to `out`, which is n × n."""
        n, p = features.shape
        width = max(1, self._bytes // (n * self._scratch.element_size()))
        if self._scratch.numel() < n * min(width, p):
            self._scratch = torch.empty(n * width, dtype=self._precision, device=self._device)
        for start in range(0, p, width):
            columns = features[:, start : start + width]
            centred = self._scratch[: columns.numel()].view(columns.shape)
            if columns.dtype != self._precision or columns.device != centred.device:
                centred.copy_(columns)
                columns = centred
            torch.sub(columns, columns.mean(0), out=centred)
            if start == 0:
                torch.mm(centred, centred.T, out=out)
            else:
                out.addmm_(centred, centred.T)
