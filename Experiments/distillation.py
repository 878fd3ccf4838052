"""Two ways of learning from a teacher: its soft answers, and its features as prior knowledge."""

import torch
import torch.nn.functional as F
from data import Digits
from fitting import Objective
from networks import PlainCNN
from torch import Tensor, nn


class SoftTargets(Objective):
    """Knowledge distillation (Hinton, Vinyals and Dean 2015).

    (1 − weight) × cross-entropy of the labels + weight × T² × KL(teacher ‖ student), both at
    temperature T. The training images never change, so the teacher answers each of them once.
    """

    def __init__(
        self, teacher: nn.Module, data: Digits, temperature: float = 4.0, weight: float = 0.9
    ) -> None:
        super().__init__()
        self.temperature, self.weight = temperature, weight
        cnn = _plain(teacher)
        self.maps = _stages(cnn, data.images)
        with torch.no_grad():
            self.soft = F.log_softmax(cnn.classify(self.maps[-1]) / temperature, dim=1)

    def forward(
        self, network: nn.Module, images: Tensor, labels: Tensor, positions: Tensor
    ) -> Tensor:
        cnn = _plain(network)
        return self._answers(cnn.stages(images), cnn, labels, positions)

    def _answers(
        self, maps: list[Tensor], network: PlainCNN, labels: Tensor, positions: Tensor
    ) -> Tensor:
        logits = network.classify(maps[-1])
        student = F.log_softmax(logits / self.temperature, dim=1)
        soft = F.kl_div(student, self.soft[positions], reduction="batchmean", log_target=True)
        hard = F.cross_entropy(logits, labels)
        return (1 - self.weight) * hard + self.weight * self.temperature**2 * soft


class PriorKnowledge(SoftTargets):
    """Dynamic prior knowledge (Qiu et al., ICLR 2023), in small; `SoftTargets` with one more term.

    After each stage some positions of the student's map are replaced by the teacher's, and a
    decoder has to make the teacher's whole map of the mixture: the teacher's features are an input,
    not only a target. The share of replaced positions is 1 − CKA(student, teacher) of the
    minibatch: much help while the two are far apart, less as they come closer.

    Simpler than in the paper: the student's map reaches the teacher's width by one 1 × 1
    convolution and the decoder is two 3 × 3 convolutions, where the paper has encoders and decoders
    of transformer blocks on patches; the error counts in units of the teacher's variance.
    """

    def __init__(
        self,
        teacher: nn.Module,
        student: nn.Module,
        data: Digits,
        strength: float = 1.0,
        seed: int = 0,
    ) -> None:
        super().__init__(teacher, data)
        self.strength = strength
        self.random = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            widths = [map.shape[1] for map in _plain(student).stages(data.images[:2])]
        targets = [map.shape[1] for map in self.maps]
        self.align = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(widths, targets, strict=True))
        self.decode = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(width, width, 3, padding=1),
                nn.ReLU(),
                nn.Conv2d(width, width, 3, padding=1),
            )
            for width in targets
        )

    def forward(
        self, network: nn.Module, images: Tensor, labels: Tensor, positions: Tensor
    ) -> Tensor:
        cnn = _plain(network)
        maps = cnn.stages(images)
        loss = self._answers(maps, cnn, labels, positions)
        for stage, student in enumerate(maps):
            teacher = self.maps[stage][positions]
            loss = loss + self.strength * self._features(stage, student, teacher)
        return loss

    def _features(self, stage: int, student: Tensor, teacher: Tensor) -> Tensor:
        """The error of the decoded mixture of two maps, [n, a, h, w] and [n, b, h, w]."""
        gap = 1 - float(unbiased_cka(student.detach(), teacher).clamp(0, 1))
        n, _, height, width = teacher.shape
        ranks = torch.rand(n, height * width, generator=self.random).argsort(dim=1)
        is_helped = (ranks < round(gap * height * width)).view(n, 1, height, width)
        mixture = torch.where(is_helped, teacher, self.align[stage](student))
        return F.mse_loss(self.decode[stage](mixture), teacher) / teacher.var()


def unbiased_cka(x: Tensor, y: Tensor) -> Tensor:
    """CKA by unbiased HSIC (Nguyen, Raghu and Kornblith 2021) of one minibatch, [n, …] and [n, …].

    A signal for training, where its noise does no harm. Published figures come from `cka`.
    """
    first, second = _centred_gram(x), _centred_gram(y)
    own = (first * first).sum() * (second * second).sum()
    return (first * second).sum() / own.sqrt()


def _centred_gram(features: Tensor) -> Tensor:
    """The U-centred linear Gram matrix; features are centred first, which saves digits."""
    features = features.flatten(1)
    features = features - features.mean(0)
    gram = (features @ features.T).fill_diagonal_(0)
    n = len(gram)
    rows = gram.sum(1) / (n - 2)
    centred = gram - rows[:, None] - rows[None, :] + rows.sum() / (n - 1)
    return centred.fill_diagonal_(0)


def _plain(network: nn.Module) -> PlainCNN:
    """`network`, whose stages both methods look into."""
    if not isinstance(network, PlainCNN):
        raise TypeError(f"{type(network).__name__} has no stages to learn from: give a PlainCNN")
    return network


@torch.no_grad()
def _stages(teacher: PlainCNN, images: Tensor) -> list[Tensor]:
    teacher.eval()
    parts = [teacher.stages(part) for part in images.split(256)]
    return [torch.cat(maps) for maps in zip(*parts, strict=True)]
