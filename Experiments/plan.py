"""What is trained for the experiments: every network, its recipe, its seed and its teacher."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import networks
from fitting import Recipe
from torch import nn

SEEDS = range(5)
TEACHER_DEPTHS = (4, 6, 8, 10)
CHECKPOINT_EPOCHS = (0, 1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Plan:
    """One network to train.

    name: of the checkpoint, and of the line in the list of accuracies.
    size: images are size × size.
    teacher: the plan whose network teaches this one, by the soft answers alone, or ("dpk") by its
    features too.
    milestones: epochs after which the network is saved as NAME-epochN as well; 0 is before
    training.
    """

    name: str
    make: Callable[[], nn.Module]
    recipe: Recipe
    size: int = 32
    seed: int = 0
    teacher: "Plan | None" = None
    method: str = "alone"
    milestones: tuple[int, ...] = ()


def everything() -> list[Plan]:
    """All plans, teachers before their students and small networks before large ones."""
    return [*_distillation(), *_widths(), *_architectures()]


def _distillation() -> list[Plan]:
    teachers = [_teacher(depth, seed) for depth in TEACHER_DEPTHS for seed in SEEDS]
    alone = [_student("student-alone", seed) for seed in SEEDS]
    taught = [
        _student(f"student-{method}-{depth}", seed, teacher, method)
        for method in ("kd", "dpk")
        for teacher, (depth, seed) in zip(
            teachers, [(depth, seed) for depth in TEACHER_DEPTHS for seed in SEEDS], strict=True
        )
    ]
    return [*teachers, *alone, *taught]


def _teacher(depth: int, seed: int) -> Plan:
    make = partial(networks.cnn, depth=depth, width=16)
    return Plan(f"teacher-{depth}-seed{seed}", make, Recipe(10, rate=4e-3), size=16, seed=seed)


def _student(name: str, seed: int, teacher: Plan | None = None, method: str = "alone") -> Plan:
    make = partial(networks.cnn, depth=2, width=8)
    recipe = Recipe(20, rate=1e-2)
    return Plan(f"{name}-seed{seed}", make, recipe, 16, seed, teacher, method)


def _widths() -> list[Plan]:
    recipe = Recipe(16, rate=4e-3)
    narrow = partial(networks.cnn, depth=10, width=16)
    wide = partial(networks.cnn, depth=10, width=32)
    return [
        Plan("narrow", narrow, recipe, size=16, milestones=CHECKPOINT_EPOCHS),
        Plan("wide", wide, recipe, size=16),
    ]


def _architectures() -> list[Plan]:
    transformers = Recipe(12, batch=16)  # They learn slowly: many steps.
    return [
        Plan("vit", networks.vit, transformers),
        Plan("swin", networks.swin, transformers),
        Plan("resnet18", partial(networks.resnet, depth=18), Recipe(5, rate=1e-3)),
        Plan("resnet34", partial(networks.resnet, depth=34), Recipe(5, rate=1e-3)),
    ]
