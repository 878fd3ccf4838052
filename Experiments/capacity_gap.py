"""The capacity gap: student accuracy against teacher depth, `python capacity_gap.py [OUTPUT.json]`.

Reads what train.py has recorded, and writes curves that `cka` draws. The caption is computed: the
differences are taken within each seed, whose students share their first weights and the order of
their samples, and intervals are Student's over the seeds.
"""

import json
import sys
from pathlib import Path
from statistics import mean, stdev

from plan import SEEDS, TEACHER_DEPTHS
from scipy.stats import t as student
from train import records

OUTPUT = Path(__file__).parent.parent / "SampleData" / "5-experiments" / "6-capacity-gap.json"

Accuracies = dict[int, list[float]]  # teacher depth → per cent, seed by seed


def main() -> None:
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    output.parent.mkdir(parents=True, exist_ok=True)
    figure = curves()
    output.write_text(json.dumps({"curves": figure}, indent=1) + "\n")
    print(figure["caption"])


def curves() -> dict[str, object]:
    """The figure: teachers, and students by the way they were taught."""
    alone = accuracies("student-alone-seed{seed}")
    kd = accuracies("student-kd-{depth}-seed{seed}")
    dpk = accuracies("student-dpk-{depth}-seed{seed}")
    named = {
        "teacher": accuracies("teacher-{depth}-seed{seed}"),
        "DPK": dpk,
        "KD": kd,
        "alone": alone,
    }
    return {
        "title": "Capacity gap",
        "x": "teacher depth (layers)",
        "y": "test accuracy (%)",
        "caption": caption(alone, kd, dpk),
        "series": [_series(name, values) for name, values in named.items()],
    }


def accuracies(pattern: str) -> Accuracies:
    """Test accuracies in per cent of the networks whose names follow the pattern."""
    done = records()
    try:
        return {
            depth: [
                100 * done[pattern.format(depth=depth, seed=seed)]["accuracy"] for seed in SEEDS
            ]
            for depth in TEACHER_DEPTHS
        }
    except KeyError as missing:
        raise SystemExit(f"capacity_gap.py: {missing} is not trained; run train.py") from None


def caption(alone: Accuracies, kd: Accuracies, dpk: Accuracies) -> str:
    """What the figures say, with intervals."""
    first, last = TEACHER_DEPTHS[0], TEACHER_DEPTHS[-1]
    over_depths = {
        "DPK − KD": _differences(dpk, kd),
        "KD − alone": _differences(kd, alone),
        "DPK − alone": _differences(dpk, alone),
        f"KD with {last} − {first} layers": [
            a - b for a, b in zip(kd[last], kd[first], strict=True)
        ],
        f"DPK with {last} − {first} layers": [
            a - b for a, b in zip(dpk[last], dpk[first], strict=True)
        ],
    }
    sentences = "; ".join(_sentence(name, values) for name, values in over_depths.items())
    return (
        f"A student of 2 layers on 16 × 16 digits; mean and standard deviation over {len(SEEDS)} "
        f"seeds. Paired differences in points, over all teachers, with 95 % intervals: {sentences}."
    )


def _differences(a: Accuracies, b: Accuracies) -> list[float]:
    """Seed by seed, the mean over depths of a − b."""
    return [mean(a[depth][seed] - b[depth][seed] for depth in a) for seed in SEEDS]


def _sentence(name: str, differences: list[float]) -> str:
    centre = mean(differences)
    quantile = float(student.ppf(0.975, len(differences) - 1))
    half = quantile * stdev(differences) / len(differences) ** 0.5
    verdict = "significant" if abs(centre) > half else "not significant"
    difference = f"{centre:+.2f}".replace("-", "−")
    return f"{name} {difference} ± {half:.2f} ({verdict})"


def _series(name: str, values: Accuracies) -> dict[str, object]:
    return {
        "name": name,
        "x": list(values),
        "mean": [round(mean(seeds), 3) for seeds in values.values()],
        "std": [round(stdev(seeds), 3) for seeds in values.values()],
        "n": [len(seeds) for seeds in values.values()],
    }


if __name__ == "__main__":
    main()
