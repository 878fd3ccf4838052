"""Images from files, as networks trained on ImageNet take them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy
import torch
from torch.utils.data import Dataset

from .libraries import need
from .refusal import Refusal, one_line
from .specification import Specification
from .suggestions import meant

_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm"}
_MEAN = (0.485, 0.456, 0.406)
_DEVIATION = (0.229, 0.224, 0.225)
# The shorter side before the middle is cut out, by the size that is cut: 256 by 224.
_MARGIN = 256 / 224


class Preparation:
    """Makes a 3 × size × size tensor of a picture.

    The shorter side is scaled to size × 256/224 and the middle cut out; then ImageNet's mean and
    deviation are taken off, unless `normalize=false`. Without a size only the numbers change.
    """

    def __init__(self, size: int | None, normalizes: bool) -> None:
        self._size = size
        self._normalizes = normalizes

    def __call__(self, image: Any) -> torch.Tensor:
        """The tensor of one picture."""
        image = image.convert("RGB")
        if self._size is not None:
            image = _middle(image, self._size)
        x = torch.from_numpy(numpy.array(image)).permute(2, 0, 1).float() / 255
        if self._normalizes:
            x = (x - torch.tensor(_MEAN)[:, None, None]) / torch.tensor(_DEVIATION)[:, None, None]
        return x


def _middle(image: Any, size: int) -> Any:
    scale = size * _MARGIN / min(image.size)
    width, height = (max(size, round(side * scale)) for side in image.size)
    image = image.resize((width, height), resample=2)  # Bilinear, by PIL's number.
    left, top = (width - size) // 2, (height - size) // 2
    return image.crop((left, top, left + size, top + size))


class ImageFolder(Dataset[torch.Tensor]):
    """All images below a folder, by their paths, which are their IDs."""

    def __init__(self, specification: Specification) -> None:
        size = int(specification.number("size", 224, least=1))
        self._prepare = Preparation(size, bool(specification.take("normalize", True)))
        specification.refuse_rest("size, normalize, workers")
        need("PIL.Image", specification.text)
        self._folder = Path(specification.target)
        files = self._folder.rglob("*")
        self._files = sorted(f for f in files if f.suffix.lower() in _SUFFIXES and f.is_file())
        if not self._files:
            raise Refusal(f"{specification.text}: there are no images in '{self._folder}'")
        self.ids = [f.relative_to(self._folder).as_posix() for f in self._files]

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> torch.Tensor:
        from PIL import Image

        try:
            with Image.open(self._files[index]) as image:
                return self._prepare(image)
        except (OSError, ValueError) as error:
            raise Refusal(f"{self._files[index]}: {one_line(error)}") from None


def of_torchvision(torchvision: ModuleType, specification: Specification) -> Dataset[Any]:
    """A data set of torchvision's; `split=test`, or `train`, where it has these.

    `split` is passed on as `train` where it is called so; a class that knows other splits checks
    them itself.
    """
    size = specification.take("size")
    side = int(size) if isinstance(size, (int, float)) else None
    prepare = Preparation(side, bool(specification.take("normalize", True)))
    text, name = specification.text, specification.target
    maker: Any = getattr(torchvision.datasets, name, None)
    if not isinstance(maker, type):
        known = [k for k, v in vars(torchvision.datasets).items() if inspect.isclass(v)]
        near = meant(name, known, "it has")
        raise Refusal(f"{text}: torchvision has no data set '{name}'; {near}")
    make: Callable[..., Any] = maker
    arguments = {"root": "."} | specification.options
    takes = inspect.signature(maker).parameters
    if "split" in takes:
        arguments.setdefault("split", "test")
    elif "train" in takes and ("split" in arguments or "train" not in arguments):
        split = arguments.pop("split", "test")
        if split not in ("train", "test") or "train" in arguments:
            raise Refusal(f"{text}: write either split=train or split=test for '{name}'")
        arguments["train"] = split == "train"
    try:
        made: Dataset[Any] = make(transform=prepare, **arguments)
        return made
    except Exception as error:  # Missing files and wrong arguments have many types there.
        raise Refusal(f"{text}: {one_line(error)}") from None
