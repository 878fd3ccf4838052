"""Centred linear Gram matrices."""

from __future__ import annotations

import torch

# Bytes of the scratch that holds centred columns: about what a processor's cache holds.
_CPU_SCRATCH = 1 << 20
_GPU_SCRATCH = 1 << 26
# Fewer samples or columns than these are not worth splitting.
_SPLIT_SAMPLES = 32
_SPLIT_COLUMNS = 512
# Blocks that are multiplied side by side, whatever the number of threads: they decide the order of
# the sums, and so the last bits.
_BLOCKS = 4


class GramMaker:
    """Forms K = Xc Xcᵀ, n × n, where Xc are features X, n × p, less the mean of each column.

    Centred before the product: with a large mean the product alone would lose all digits. A block
    of columns at a time is centred in a scratch buffer and multiplied while it is in cache, so that
    X is read once and never copied as a whole. On a processor several blocks are multiplied side by
    side, and the rows are halved, so that only three of the four quarters are multiplied.

    - `precision`: of the centred features, the products and the result. Features that have more
      are rounded after they are centred.
    """

    def __init__(self, device: torch.device, precision: torch.dtype) -> None:
        self._device = device
        self._precision = precision
        self._item = torch.empty(0, dtype=precision).element_size()
        self._scratch = torch.empty(0, dtype=precision, device=device)

    def gram(self, features: torch.Tensor, out: torch.Tensor) -> None:
        """Writes the Gram matrix of `features` to `out`, which is n × n."""
        n, p = features.shape
        start = 0
        if self._device.type == "cpu" and n >= _SPLIT_SAMPLES and n % 2 == 0:
            start = self._halves(features, out)
        width = max(1, self._scratch_bytes // (n * self._item))
        for begin in range(start, p, width):
            centred = self._centred(features[:, begin : begin + width])
            if begin == 0:
                torch.mm(centred, centred.T, out=out)
            else:
                out.addmm_(centred, centred.T)

    @property
    def _scratch_bytes(self) -> int:
        return _CPU_SCRATCH if self._device.type == "cpu" else _GPU_SCRATCH

    def _halves(self, features: torch.Tensor, out: torch.Tensor) -> int:
        """Products of as many columns as fill whole blocks; returns how many those are."""
        n, p = features.shape
        width = min(self._scratch_bytes // (n * self._item), p // _BLOCKS)
        if width < _SPLIT_COLUMNS:
            return 0
        half, whole = n // 2, p - p % (_BLOCKS * width)
        # Quarters: the two on the diagonal together, then the one beside them.
        diagonal = self._zeros(2 * _BLOCKS, half)
        beside = self._zeros(_BLOCKS, half)
        for begin in range(0, whole, _BLOCKS * width):
            columns = features[:, begin : begin + _BLOCKS * width]
            centred = self._centred(columns.unflatten(1, (_BLOCKS, width)).transpose(0, 1))
            rows = centred.view(2 * _BLOCKS, half, width)
            diagonal.baddbmm_(rows, rows.transpose(1, 2))
            beside.baddbmm_(centred[:, :half], centred[:, half:].transpose(1, 2))
        first, second = diagonal.view(_BLOCKS, 2, half, half).sum(0)
        out[:half, :half], out[half:, half:] = first, second
        torch.sum(beside, 0, out=out[:half, half:])
        out[half:, :half] = out[:half, half:].T
        return whole

    def _centred(self, columns: torch.Tensor) -> torch.Tensor:
        """… × n × w columns less their means over the n samples, in the scratch."""
        if self._scratch.numel() < columns.numel():
            self._scratch = torch.empty(
                columns.numel(), dtype=self._precision, device=self._device
            )
        centred = self._scratch[: columns.numel()].view(columns.shape)
        if torch.promote_types(columns.dtype, self._precision) != self._precision:
            # Rounded after the mean is taken off, or its digits would be lost.
            columns = columns.to(self._device)
        elif columns.dtype != self._precision or columns.device != centred.device:
            columns = centred.copy_(columns)
        return torch.sub(columns, columns.mean(-2, keepdim=True), out=centred)

    def _zeros(self, count: int, side: int) -> torch.Tensor:
        return torch.zeros(count, side, side, dtype=self._precision, device=self._device)
