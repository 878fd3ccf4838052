import Core

/// The names that a pickle may mention. None is ever imported or called: each stands for a few
/// lines of ours.
enum PickleSymbol: Equatable {
  // torch
  case rebuildTensor, rebuildParameter, loadFromBytes, torchSize
  case storageType(ScalarType)
  // numpy
  case reconstruct, scalar, fromBuffer, ndarray, dtype
  case maskedReconstruct, maskedArray
  // Python
  case orderedDictionary, defaultDictionary, encode, bytes
  /// A plain type that a `defaultdict` makes its missing values with; it is never called.
  case factory

  /// The symbol of `name` in `module`, matched whole: a dotted name is not walked.
  init?(module: String, name: String) {
    guard let symbol = Self.table[module]?[name] else { return nil }
    self = symbol
  }

  private static let table: [String: [String: PickleSymbol]] = {
    let multiarray: [String: PickleSymbol] = ["_reconstruct": .reconstruct, "scalar": .scalar]
    let numeric: [String: PickleSymbol] = ["_frombuffer": .fromBuffer]
    let builtins: [String: PickleSymbol] = [
      "bytes": .bytes, "bytearray": .bytes, "dict": .factory, "list": .factory, "float": .factory,
      "int": .factory, "set": .factory, "str": .factory, "tuple": .factory,
    ]
    return [
      "torch._utils": [
        "_rebuild_tensor_v2": .rebuildTensor, "_rebuild_tensor": .rebuildTensor,
        "_rebuild_parameter": .rebuildParameter,
      ],
      "torch.storage": [
        "_load_from_bytes": .loadFromBytes, "UntypedStorage": .storageType(.uint8),
      ],
      "torch": torch,
      "numpy.core.multiarray": multiarray,
      "numpy._core.multiarray": multiarray,
      "numpy.core.numeric": numeric,
      "numpy._core.numeric": numeric,
      "numpy": ["ndarray": .ndarray, "matrix": .ndarray, "dtype": .dtype],
      "numpy.matrixlib.defmatrix": ["matrix": .ndarray],
      "numpy.ma.core": ["_mareconstruct": .maskedReconstruct, "MaskedArray": .maskedArray],
      "numpy.ma": ["MaskedArray": .maskedArray],
      "collections": [
        "OrderedDict": .orderedDictionary, "defaultdict": .defaultDictionary,
      ],
      "_codecs": ["encode": .encode],
      "__builtin__": builtins,
      "builtins": builtins,
    ]
  }()

  private static let torch: [String: PickleSymbol] = [
    "FloatStorage": .storageType(.float32), "DoubleStorage": .storageType(.float64),
    "HalfStorage": .storageType(.float16), "BFloat16Storage": .storageType(.bfloat16),
    "LongStorage": .storageType(.int64), "IntStorage": .storageType(.int32),
    "ShortStorage": .storageType(.int16), "CharStorage": .storageType(.int8),
    "ByteStorage": .storageType(.uint8), "BoolStorage": .storageType(.bool),
    "UntypedStorage": .storageType(.uint8), "Size": .torchSize,
  ]
}
