"""The networks of the experiments: torchvision's, in small, and plain CNNs of growing depth.

A recipe names them as `py:networks.py:resnet?depth=18&checkpoint=checkpoints/resnet18.pt`.
"""

import importlib
from typing import Any

import torch
from torch import Tensor, nn


def resnet(depth: int = 18, classes: int = 10) -> nn.Module:
    """torchvision's ResNet18 or ResNet34."""
    models = _torchvision("models")
    makers = {18: models.resnet18, 34: models.resnet34}
    if depth not in makers:
        raise ValueError(f"depth={depth}: there are {', '.join(map(str, makers))}")
    network: nn.Module = makers[depth](num_classes=classes)
    return network


def vit(classes: int = 10) -> nn.Module:
    """A vision transformer for images of 32 × 32: 64 patches of 4 × 4 and the class token."""
    network: nn.Module = _torchvision("models").VisionTransformer(
        image_size=32,
        patch_size=4,
        num_layers=6,
        num_heads=4,
        hidden_dim=64,
        mlp_dim=128,
        num_classes=classes,
    )
    return network


def swin(classes: int = 10) -> nn.Module:
    """A Swin transformer for images of 32 × 32: maps of 16 × 16, 8 × 8 and 4 × 4, windows of 4."""
    network: nn.Module = _torchvision("models").SwinTransformer(
        patch_size=[2, 2],
        embed_dim=24,
        depths=[2, 2, 2],
        num_heads=[2, 4, 8],
        window_size=[4, 4],
        mlp_ratio=2.0,
        stochastic_depth_prob=0.0,
        num_classes=classes,
    )
    return network


def cnn(depth: int = 10, width: int = 16, classes: int = 10) -> "PlainCNN":
    """A plain CNN; see `PlainCNN`."""
    return PlainCNN(depth, width, classes)


class PlainCNN(nn.Module):
    """`depth` convolutions in two stages of half of them each, then an average and a classifier.

    The first layer of a stage halves the map; all others add what comes in to what they make.
    Widths are `width` and 2 × `width` channels: images of 16 × 16 become maps of 8 × 8, then 4 × 4.
    """

    def __init__(self, depth: int, width: int, classes: int) -> None:
        super().__init__()
        if depth < 2 or depth % 2:
            raise ValueError(f"depth={depth}: give an even number of layers, 2 or more")
        self.stage1 = self._stage(depth // 2, 3, width)
        self.stage2 = self._stage(depth // 2, width, 2 * width)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(2 * width, classes)

    @staticmethod
    def _stage(layers: int, inputs: int, width: int) -> nn.Sequential:
        first = ConvolutionLayer(inputs, width, stride=2)
        return nn.Sequential(first, *(ConvolutionLayer(width, width) for _ in range(layers - 1)))

    def stages(self, images: Tensor) -> list[Tensor]:
        """The map after each stage, [n, width, 8, 8] and [n, 2 × width, 4, 4]."""
        first = self.stage1(images)
        return [first, self.stage2(first)]

    def classify(self, features: Tensor) -> Tensor:
        """Logits [n, classes] of the last stage's map."""
        logits: Tensor = self.fc(self.pool(features).flatten(1))
        return logits

    def forward(self, images: Tensor) -> Tensor:
        return self.classify(self.stages(images)[-1])


class ConvolutionLayer(nn.Module):
    """A 3 × 3 convolution, batch norm, the skip connection where shapes allow it, and ReLU."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.skips = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn(self.conv(x))
        output: Tensor = self.relu(y + x if self.skips else y)
        return output


_declared: list[torch.library.Library] = []


def _torchvision(module: str) -> Any:
    """Imports a module of torchvision, beside a CPU build of torch too.

    torchvision's wheel for CUDA cannot load its operators there, and stops at registering what two
    of them mean. None of these networks needs them: it is enough that they are declared.
    """
    try:
        return importlib.import_module(f"torchvision.{module}")
    except RuntimeError as error:
        if "torchvision::" not in str(error) or _declared:
            raise
    library = torch.library.Library("torchvision", "DEF")
    library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _declared.append(library)  # a library that is collected takes its declarations with it
    return importlib.import_module(f"torchvision.{module}")
