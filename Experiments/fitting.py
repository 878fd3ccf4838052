"""Training on images in memory: one loop for every network, reproducible from its seed."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from data import Digits
from torch import Tensor, nn


@dataclass(frozen=True)
class Recipe:
    """AdamW under a one-cycle schedule with the highest learning rate `rate`."""

    epochs: int
    batch: int = 64
    rate: float = 2e-3
    decay: float = 1e-2


class Objective(nn.Module):
    """What is minimised: here the cross-entropy of the labels.

    `positions` tell which samples of the training set the minibatch holds, for objectives that know
    more about them. Parameters of an objective are trained with the network.
    """

    def forward(
        self, network: nn.Module, images: Tensor, labels: Tensor, positions: Tensor
    ) -> Tensor:
        return F.cross_entropy(network(images), labels)


def fit(
    network: nn.Module,
    data: Digits,
    recipe: Recipe,
    seed: int,
    objective: Objective | None = None,
    after_epoch: Callable[[int], None] = lambda epoch: None,
) -> None:
    """Trains `network` in place; the order of the samples follows from the seed alone."""
    objective = objective or Objective()
    order = torch.Generator().manual_seed(seed)
    steps = len(data) // recipe.batch
    parameters = [*network.parameters(), *objective.parameters()]
    optimiser = torch.optim.AdamW(parameters, recipe.rate, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, recipe.rate, total_steps=recipe.epochs * steps
    )
    for epoch in range(recipe.epochs):
        network.train()
        shuffled = torch.randperm(len(data), generator=order)
        for positions in shuffled[: steps * recipe.batch].split(recipe.batch):
            optimiser.zero_grad()
            loss = objective(network, data.images[positions], data.labels[positions], positions)
            loss.backward()
            optimiser.step()
            schedule.step()
        after_epoch(epoch + 1)


@torch.no_grad()
def accuracy(network: nn.Module, data: Digits) -> float:
    """The share of samples that the network names rightly."""
    network.eval()
    right = 0
    for images, labels in zip(data.images.split(256), data.labels.split(256), strict=True):
        right += int((network(images).argmax(1) == labels).sum())
    return right / len(data)
