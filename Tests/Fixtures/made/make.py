"""Writes the small files beside it, which samples/ lacks: python3 make.py (needs numpy, not torch).

The torch files come from stand-in classes that pickle under torch's names, so each is as torch.save
would write it, but for the one thing that its name says.
"""

import collections
import io
import pathlib
import pickle
import struct
import sys
import types
import zipfile

import numpy as np

HERE = pathlib.Path(__file__).parent


def stand_in(module, name, is_class):
    def function(*arguments):
        return None

    made = type(name, (), {}) if is_class else function
    made.__module__, made.__name__, made.__qualname__ = module.__name__, name, name
    setattr(module, name, made)
    return made


torch, utils, storage = (types.ModuleType(n) for n in ("torch", "torch._utils", "torch.storage"))
torch._utils, torch.storage = utils, storage
sys.modules.update({m.__name__: m for m in (torch, utils, storage)})
FLOAT = stand_in(torch, "FloatStorage", True)
UNTYPED = stand_in(storage, "UntypedStorage", True)
REBUILD = stand_in(utils, "_rebuild_tensor_v2", False)
PARAMETER = stand_in(utils, "_rebuild_parameter", False)


class Storage:
    def __init__(self, kind, key, count, location="cpu", view=()):
        self.id = ("storage", kind, key, location, count, *view)


class Tensor:
    def __init__(self, source, offset, shape, strides):
        self.arguments = (source, offset, shape, strides, False, collections.OrderedDict())

    def __reduce__(self):
        return REBUILD, self.arguments


class Parameter:
    def __init__(self, tensor):
        self.tensor = tensor

    def __reduce__(self):
        return PARAMETER, (self.tensor, True, collections.OrderedDict())


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.id if isinstance(value, Storage) else None


def dump(value, protocol=2):
    file = io.BytesIO()
    Pickler(file, protocol).dump(value)
    return file.getvalue()


def write(name, data):
    (HERE / name).write_bytes(data)


def archive(members, method=zipfile.ZIP_STORED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as zipped:
        for name, data in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            zipped.writestr(info, data)
    return file.getvalue()


def torch_zip(name, value, data, order=b"little", method=zipfile.ZIP_STORED):
    members = {"x/data.pkl": dump(value), "x/byteorder": order}
    if data is not None:
        members["x/data/0"] = data
    write(f"torch_{name}.pt", archive(members, method))


def torch_legacy(name, value, count, data, protocol=2):
    parts = [0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}]
    stream = b"".join(pickle.dumps(part, protocol) for part in parts)
    stream += dump(value, protocol) + pickle.dumps(["0"], protocol)
    write(f"torch_legacy_{name}.pt", stream + struct.pack("<q", count) + data)


DATA = struct.pack("<6f", *range(6))
SHARED = Storage(FLOAT, "0", 6)
MATRIX = Tensor(SHARED, 0, (2, 3), (3, 1))
VIEWS = {
    "transposed": Tensor(SHARED, 0, (3, 2), (1, 3)),
    "row": Tensor(SHARED, 3, (3,), (1,)),
    "expanded": Tensor(SHARED, 5, (2, 2), (0, 0)),
    "parameter": Parameter(MATRIX),
}

torch_zip("views", VIEWS, DATA)
torch_zip("big_endian", MATRIX, struct.pack(">6f", *range(6)), order=b"big")
torch_zip("deflated", MATRIX, DATA, method=zipfile.ZIP_DEFLATED)
torch_zip("untyped", Storage(UNTYPED, "0", 24), DATA)
torch_zip("INVALID_short", MATRIX, DATA[:20])
torch_zip("INVALID_missing", MATRIX, None)
torch_zip("INVALID_outside", Tensor(SHARED, 1, (2, 3), (3, 1)), DATA)
torch_zip("INVALID_order", MATRIX, DATA, order=b"middle")
torch_legacy("views", VIEWS, 6, DATA)
torch_legacy("protocol4", MATRIX, 6, DATA, protocol=4)
torch_legacy("INVALID_count", MATRIX, 5, DATA)
VIEW = Storage(FLOAT, "0", 6, view=(("v", 0, 6),))
torch_legacy("INVALID_view", Tensor(VIEW, 0, (2, 3), (3, 1)), 6, DATA)


def pickled(name, value, protocol):
    write(f"numpy_{name}.pkl", pickle.dumps(value, protocol))


MASK = [[0, 1, 0], [0, 0, 1]]
SIX = np.arange(6, dtype="f8").reshape(2, 3)
pickled("masked", np.ma.masked_array(SIX.astype(">f4"), mask=MASK), 4)
pickled("masked_fortran", np.ma.masked_array(np.asfortranarray(SIX), mask=MASK), 4)
pickled("big_fortran_proto5", np.asfortranarray(SIX.astype(">f8")), 5)
pickled("empty_proto2", np.asfortranarray(np.zeros((0, 3))), 2)
pickled("bool", np.array([True, False, True]), 4)
pickled("bytes", np.array([b"ab", b"c", b""]), 4)
pickled("text_big", np.array([["ab", "c"], ["", "d\u00e9"]], ">U3"), 4)
pickled("text_fortran", np.asfortranarray(np.array([["ab", "c"], ["x", "d\u00e9"]])), 4)
pickled("text_scalar_proto2", np.str_("abc"), 2)
pickled("int_scalar", np.int64(-5), 4)
pickled("proto0", {"CKA": SIX.astype("f4"), "name": "\u00e9\n\\"}, 0)
pickled("INVALID_complex", np.zeros(2, "c8"), 4)
pickled("INVALID_dates", np.zeros(2, "M8[s]"), 4)
pickled("INVALID_records", np.zeros(2, [("a", "f4"), ("b", "i4")]), 4)

npy = io.BytesIO()
np.save(npy, SIX.astype("f4"))
locked = bytearray(archive({"a.npy": npy.getvalue()}))
locked[6] |= 1
locked[locked.index(b"PK\1\2") + 8] |= 1
write("zip_INVALID_encrypted.npz", bytes(locked))
write("zip_INVALID_bzip2.npz", archive({"a.npy": npy.getvalue()}, zipfile.ZIP_BZIP2))
write("zip_INVALID_no_arrays.npz", archive({"readme.txt": b"hello"}))
write("zip_stored.npz", archive({"a.npy": npy.getvalue(), "readme.txt": b"hello"}))
wrong = bytearray(archive({"a.npy": npy.getvalue()}))
wrong[wrong.index(b"PK\1\2") - 1] ^= 1
write("zip_INVALID_checksum.npz", bytes(wrong))
