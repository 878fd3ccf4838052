"""Writes the files beside it: one 3 x 2 matrix with names, as other programs keep it."""

import pickle
from pathlib import Path

import h5py
import numpy
import torch

HERE = Path(__file__).parent
ROWS = ["conv1", "layer1.0", "fc"]
COLUMNS = ["embed", "head"]
VALUES = numpy.array([[0.9125, 0.3125], [0.5625, 0.4375], [0.1875, 0.8125]])

torch.save((torch.tensor(VALUES), ROWS, COLUMNS), HERE / "tuple.pt")
wrapped = {"cka": {"values": VALUES, "rows": ROWS, "cols": COLUMNS}}
(HERE / "wrapped.pkl").write_bytes(pickle.dumps(wrapped))


def matlab(dataset, name):
    """Marks a dataset as MATLAB does."""
    dataset.attrs["MATLAB_class"] = numpy.bytes_(name)
    return dataset


def text(group, key, value):
    """A MATLAB char array: one row of UTF-16 units, stored as a column."""
    units = numpy.array([[ord(letter)] for letter in value], dtype="u2")
    return matlab(group.create_dataset(key, data=units), "char")


def struct(path, cells):
    """A MATLAB 7.3 file with a struct `results`, whose lists of names are cell arrays."""
    with h5py.File(path, "w", userblock_size=512) as file:
        results = file.create_group("results")
        results.attrs["MATLAB_class"] = numpy.bytes_("struct")
        matlab(results.create_dataset("CKA", data=VALUES.T), "double")
        text(results, "model1_name", "resnet18")
        kept = file.create_group("#refs#")
        for key, names in (("model1_layers", ROWS), ("model2_layers", COLUMNS)):
            references = []
            for index, name in enumerate(names):
                if cells:
                    cell = text(kept, f"{key}{index}", name)
                else:
                    cell = matlab(kept.create_dataset(f"{key}{index}", data=[[1.0]]), "double")
                references.append([cell.ref])
            data = numpy.array(references, dtype=h5py.ref_dtype)
            matlab(results.create_dataset(key, data=data), "cell")


struct(HERE / "struct.mat", cells=True)
struct(HERE / "cells.mat", cells=False)

# In chunks that do not divide it, as they are and packed by three filters.
STEPS = (numpy.arange(400, dtype="f4") / 400).reshape(20, 20)
for name, options in (
    ("chunked.h5", {}),
    ("packed.h5", {"compression": "gzip", "shuffle": True, "fletcher32": True}),
):
    with h5py.File(HERE / name, "w") as file:
        file.create_dataset("CKA", data=STEPS, chunks=(7, 6), **options)
