"""Reads files that cka wrote, with numpy and safetensors alone, and prints what is in them as JSON.

read_back.py FILE... -> [{"tensors": {NAME: {"shape": […], "dtype": "…", "sum": …}}, "metadata": …}]
"""

import json
import sys
from typing import Any

import numpy
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load_file


def arrays(path: str) -> dict[str, NDArray[Any]]:
    if path.endswith(".safetensors"):
        tensors: dict[str, NDArray[Any]] = load_file(path)
        return tensors
    loaded = numpy.load(path, allow_pickle=False)
    if isinstance(loaded, numpy.ndarray):
        return {"": loaded}
    return {name: loaded[name] for name in loaded.files}


def metadata(path: str) -> dict[str, str] | None:
    if not path.endswith(".safetensors"):
        return {}
    with safe_open(path, "numpy") as file:
        texts: dict[str, str] | None = file.metadata()
        return texts


def describe(array: NDArray[Any]) -> dict[str, Any]:
    if array.dtype.kind not in "fiu":
        return {"text": array.tolist()}
    return {
        "shape": list(array.shape),
        "dtype": str(array.dtype),
        "sum": float(array.astype("float64").sum()),
    }


def main() -> None:
    read = [
        {
            "tensors": {name: describe(array) for name, array in arrays(path).items()},
            "metadata": metadata(path),
        }
        for path in sys.argv[1:]
    ]
    json.dump(read, sys.stdout)


if __name__ == "__main__":
    main()
