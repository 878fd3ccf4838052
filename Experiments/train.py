"""Trains every network of the experiments: `python train.py [--only PATTERN…] [--quick]`.

State dicts go to checkpoints/ beside this file, test accuracies to checkpoints/accuracies.json.
What is already there under the same recipe is left alone, so an interrupted run goes on where it
stopped. `--quick` has a folder of its own, checkpoints-quick/.
"""

import argparse
import functools
import io
import json
import os
import time
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

import torch
from data import Digits, digits
from distillation import PriorKnowledge, SoftTargets
from fitting import Objective, accuracy, fit
from plan import Plan, everything
from torch import nn

HERE = Path(__file__).parent
TEST_PASSES = 4  # Every test digit is drawn four times.

_folder = HERE / "checkpoints"


def main() -> None:
    global _folder
    options = _options()
    torch.set_num_threads(options.threads)
    plans = everything()
    if options.quick:
        plans = [_quick(plan) for plan in plans]
        _folder = HERE / "checkpoints-quick"
    _folder.mkdir(exist_ok=True)
    chosen = [plan for plan in plans if _is_chosen(plan, options.only)]
    if not chosen:
        raise SystemExit(f"train.py: no network is called {' or '.join(options.only)}")
    begin = time.perf_counter()
    for plan in chosen:
        _train(plan)
    print(f"{len(chosen)} networks are trained, {time.perf_counter() - begin:.0f} s")


def load(plan: Plan) -> nn.Module:
    """The trained network of a plan."""
    network = plan.make()
    network.load_state_dict(torch.load(_path(plan.name), weights_only=True))
    return network.eval()


def records() -> dict[str, dict[str, float]]:
    """What was trained: name → accuracy (of test digits), epochs and seconds."""
    file = _records()
    return json.loads(file.read_text()) if file.exists() else {}


def _train(plan: Plan) -> None:
    if _is_trained(plan):
        return
    if plan.teacher:
        _train(plan.teacher)
    begin = time.perf_counter()
    torch.manual_seed(plan.seed)
    network = plan.make()
    train = _data(plan.size, "train", 1)
    objective = _objective(plan, network, train)

    def save_milestone(epoch: int) -> None:
        if epoch in plan.milestones:
            _save(network, f"{plan.name}-epoch{epoch}")

    save_milestone(0)
    fit(network, train, plan.recipe, plan.seed, objective, save_milestone)
    right = accuracy(network, _data(plan.size, "test", TEST_PASSES))
    _save(network, plan.name)
    _record(plan, right, time.perf_counter() - begin)


def _objective(plan: Plan, network: nn.Module, train: Digits) -> Objective:
    if plan.teacher is None:
        return Objective()
    teacher = load(plan.teacher)
    if plan.method == "dpk":
        return PriorKnowledge(teacher, network, train, seed=plan.seed)
    return SoftTargets(teacher, train)


def _record(plan: Plan, right: float, seconds: float) -> None:
    done = records()
    done[plan.name] = {
        "accuracy": round(right, 5),
        "epochs": plan.recipe.epochs,
        "seconds": round(seconds, 1),
    }
    _write(_records(), (json.dumps(done, indent=1) + "\n").encode())
    print(f"{plan.name:24} {right:7.2%}  {seconds:6.1f} s", flush=True)


def _is_trained(plan: Plan) -> bool:
    done = records().get(plan.name, {})
    return done.get("epochs") == plan.recipe.epochs and _path(plan.name).exists()


def _is_chosen(plan: Plan, patterns: list[str]) -> bool:
    return not patterns or any(fnmatch(plan.name, pattern) for pattern in patterns)


def _quick(plan: Plan) -> Plan:
    teacher = _quick(plan.teacher) if plan.teacher else None
    return replace(plan, recipe=replace(plan.recipe, epochs=1), teacher=teacher)


def _save(network: nn.Module, name: str) -> None:
    buffer = io.BytesIO()
    torch.save(network.state_dict(), buffer)
    _write(_path(name), buffer.getvalue())


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all: training may be stopped at any moment."""
    part = file.with_suffix(".part")
    part.write_bytes(content)
    os.replace(part, file)


def _path(name: str) -> Path:
    return _folder / f"{name}.pt"


def _records() -> Path:
    return _folder / "accuracies.json"


@functools.cache
def _data(size: int, part: str, passes: int) -> Digits:
    return digits(size, part, passes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Trains every network of the experiments.")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="PATTERN", help="names to train, such as 'resnet*'"
    )
    parser.add_argument("--quick", action="store_true", help="one epoch each, to try it out")
    parser.add_argument("--threads", type=int, default=2, help="PyTorch's threads (2)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
