"""Writes the files beside it: two of each format, with one top group of the same name."""

import pickle
from pathlib import Path

import h5py
import numpy
import torch

HERE = Path(__file__).parent

for name, start in (("teacher", 0), ("student", 1000)):
    arrays = {
        "conv1": numpy.arange(80, dtype="f4").reshape(40, 2) + start,
        "fc": numpy.arange(120, dtype="f4").reshape(40, 3) + start,
    }
    (HERE / f"{name}.pkl").write_bytes(pickle.dumps({"activations": arrays}))
    tensors = {layer: torch.from_numpy(array) for layer, array in arrays.items()}
    torch.save({"activations": tensors}, HERE / f"{name}.pt")
    numpy.savez(HERE / f"{name}.npz", **{f"activations/{k}": v for k, v in arrays.items()})
    with h5py.File(HERE / f"{name}.h5", "w") as file:
        for layer, array in arrays.items():
            file[f"activations/{layer}"] = array

    scores = numpy.eye(3, dtype="f4") * (0.5 if start else 1)
    (HERE / f"result_{name}.pkl").write_bytes(pickle.dumps({"results": {"CKA": scores}}))
    numpy.savez(HERE / f"result_{name}.npz", **{"results/CKA": scores})
    with h5py.File(HERE / f"result_{name}.h5", "w") as file:
        file["results/CKA"] = scores
