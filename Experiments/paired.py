"""How many cells a paired test tells apart, and how many the single intervals do.

`python paired.py RESULT [--cka PROGRAM]` takes every two pairs of networks that have one in common
(`cka compare`): the cells of A × C with those of B × C, on the same minibatches. It prints the
share of cells that differ at a false discovery rate of 5 %, and the share whose two 95 % intervals
do not touch.
"""

import argparse
import itertools
import json
import subprocess


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("result")
    parser.add_argument("--cka", default="cka")
    options = parser.parse_args()
    command = [options.cka, "info", "--json", options.result]
    records = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    pairs = [(record["model1"], record["model2"]) for record in records]
    cells = paired = apart = comparisons = 0
    for first, second in itertools.combinations(pairs, 2):
        # Three networks, of which one is on the same side of both pairs.
        shared = first[0] == second[0] or first[1] == second[1]
        if not shared or len({*first, *second}) < 3 or first[0] == first[1]:
            continue
        if second[0] == second[1]:
            continue
        found = compare(options, first, second)
        comparisons += bool(found)
        for cell in found:
            if cell["differs"] is None:
                continue
            cells += 1
            paired += bool(cell["differs"])
            widths = cell["half_width_a"] + cell["half_width_b"]
            apart += bool(abs(cell["difference"]) > widths)
    print(
        f"{comparisons} comparisons, {cells} cells: {100 * paired / cells:.0f} % differ by the "
        f"paired test, {100 * apart / cells:.0f} % by intervals that do not touch"
    )


def compare(
    options: argparse.Namespace, a: tuple[str, str], b: tuple[str, str]
) -> list[dict[str, float]]:
    """The cells of one comparison; none where no layers are the same."""
    command = [options.cka, "compare", options.result, "--json", "--top", "1000000"]
    command += ["--pair-a", ",".join(a), "--pair-b", ",".join(b)]
    outcome = subprocess.run(command, check=False, capture_output=True)
    if outcome.returncode:
        return []
    cells: list[dict[str, float]] = json.loads(outcome.stdout)["largest_cells"]
    return cells


if __name__ == "__main__":
    main()
