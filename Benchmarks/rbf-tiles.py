"""RBF CKA of so many samples that kernels go through tiles, against plain numpy in float64.

`python rbf-tiles.py [--cka PROGRAM] [--samples N] [--layers L]` writes random activations, runs
`cka compute --batch-size all --kernel rbf:0.5` on them, and prints the time, the most memory
(mapped files count), and the largest difference from CKA by the three-term formula of HSIC1 with
whole kernel matrices of numpy, for all pairs of the first four layers.
"""

import argparse
import json
import resource
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cka", default="cka")
    parser.add_argument("--samples", type=int, default=8192)
    parser.add_argument("--features", type=int, default=256)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--kernel", default="rbf:0.5")
    parser.add_argument("--estimator", default="unbiased")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arrays = activations(options.samples, options.features, options.layers)
        named: dict[str, Any] = {f"net/layer{i:02}": a for i, a in enumerate(arrays)}
        np.savez(folder / "net.npz", **named)
        found = compute(options, folder)
    reference = references(options, arrays[:4])
    print(f"largest difference from numpy: {np.abs(found[:4, :4] - reference).max():.1e}")


def activations(samples: int, features: int, layers: int) -> list[NDArray[np.float32]]:
    """Layers that drift away from the first one, with an outlier."""
    random = np.random.default_rng(1)
    x = random.standard_normal((samples, features))
    found = []
    for _ in range(layers):
        found.append(x.astype(np.float32))
        mixing = random.standard_normal((features, features)) / features**0.5
        x = np.maximum(x @ mixing, 0) + 0.5 * random.standard_normal(x.shape)
        x[7] *= 3
    return found


def compute(options: argparse.Namespace, folder: Path) -> Array:
    """The matrix of `cka compute`, and on the way its time and memory."""
    result = folder / "out.cka.safetensors"
    command = [options.cka, "compute", str(folder / "net.npz"), "--batch-size", "all"]
    command += ["--kernel", options.kernel, "--estimator", options.estimator, "-o", str(result)]
    begin = time.perf_counter()
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - begin
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{options.samples} samples, {options.layers} layers: {seconds:.1f} s, "
        f"{usage.ru_utime + usage.ru_stime:.1f} s of processor time, "
        f"{usage.ru_maxrss / 2**20:.2f} GiB",
        flush=True,
    )
    content = result.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    entry = json.loads(content[8 : 8 + length])["cka.0"]
    first, last = (8 + length + offset for offset in entry["data_offsets"])
    kinds = {"F64": np.float64, "F32": np.float32}
    values = np.frombuffer(content[first:last], kinds[entry["dtype"]])
    return values.reshape(entry["shape"]).astype(np.float64)


def references(options: argparse.Namespace, arrays: list[NDArray[np.float32]]) -> Array:
    """CKA of every two arrays, with whole matrices."""
    kernels = [kernel(options, array.astype(np.float64)) for array in arrays]
    estimate = unbiased if options.estimator == "unbiased" else biased
    hsic = np.array([[estimate(k, m) for m in kernels] for k in kernels])
    own = np.sqrt(np.diag(hsic))
    ratio: Array = hsic / np.outer(own, own)
    return ratio


def kernel(options: argparse.Namespace, x: Array) -> Array:
    """The kernel matrix, n × n."""
    x = x - x.mean(0)
    gram = x @ x.T
    if options.kernel == "linear":
        return gram
    squares = np.diag(gram)
    distances = np.maximum(squares[:, None] + squares - 2 * gram, 0)
    median = np.median(np.sqrt(distances[np.triu_indices(len(x), 1)]))
    fraction = float(options.kernel.split(":")[1])
    result: Array = np.exp(-distances / (2 * (fraction * median) ** 2))
    np.fill_diagonal(result, 1)
    return result


def unbiased(k: Array, m: Array) -> float:
    """HSIC1 of Song et al. (2012), by its three terms."""
    n = len(k)
    k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    first = float((k * m).sum())
    second = float(k.sum() * m.sum()) / ((n - 1) * (n - 2))
    third = 2 / (n - 2) * float(k.sum(0) @ m.sum(0))
    return (first + second - third) / (n * (n - 3))


def biased(k: Array, m: Array) -> float:
    """HSIC0 = tr(KHLH)/(n − 1)²."""
    n = len(k)
    centred = k - k.mean(0) - k.mean(1)[:, None] + k.mean()
    return float((centred * m).sum()) / (n - 1) ** 2


if __name__ == "__main__":
    main()
