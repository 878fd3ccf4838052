"""Reads files that cka wrote, with numpy and safetensors alone, and prints what is in them as JSON.

    read_back.py FILE...    ->    [{"tensors": {NAME: {"shape": [...], "dtype": "...", "sum": ...}}}, ...]
"""
import json
import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import load_file


def arrays(path):
    if path.endswith(".safetensors"):
        return load_file(path)
    loaded = numpy.load(path, allow_pickle=False)
    return {"": loaded} if isinstance(loaded, numpy.ndarray) else {name: loaded[name] for name in loaded.files}


def metadata(path):
    if not path.endswith(".safetensors"):
        return {}
    with safe_open(path, "numpy") as file:
        return file.metadata()


def describe(array):
    if array.dtype.kind not in "fiu":
        return {"text": array.tolist()}
    return {"shape": list(array.shape), "dtype": str(array.dtype), "sum": float(array.astype("float64").sum())}


json.dump(
    [
        {"tensors": {name: describe(array) for name, array in arrays(path).items()}, "metadata": metadata(path)}
        for path in sys.argv[1:]
    ],
    sys.stdout,
)
