"""Where models run, and how precisely products are formed there."""

from __future__ import annotations

import torch

from .refusal import Refusal


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
