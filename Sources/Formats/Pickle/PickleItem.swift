import Core

/// What stands on a pickle machine's stack.
///
/// Containers live in the machine's list of nodes and are named by their number there, so that
/// sharing, cycles and deep nesting cost neither recursion nor reference counts until a value is
/// made of them.
enum PickleItem {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case string(String)
  case bytes(ByteSlice)
  /// A known name; any other is refused where it is met.
  case symbol(PickleSymbol)
  /// A container or a made object: an index of `PickleMachine.nodes`.
  case node(Int)
}

/// A container or object that opcodes build step by step.
enum PickleNode {
  /// A list or a set.
  case list([PickleItem])
  case tuple([PickleItem])
  case dictionary([(key: PickleItem, value: PickleItem)])
  /// The bytes behind one or more tensors.
  case storage(TorchStorage)
  /// A view of a storage whose bytes may come later in the file.
  case tensor(TorchTensor)
  /// `numpy.dtype(…)`.
  case dtype(NumpyType)
  /// `numpy.dtype('O8')`, where arrays may hold an object.
  case objectType
  /// `_reconstruct(…)`: an array that BUILD fills.
  case emptyArray(masked: Bool)
  /// Anything that is finished.
  case value(Value)

  /// The node as an error names it.
  var kind: String {
    switch self {
    case .list: "a list"
    case .tuple: "a tuple"
    case .dictionary: "a dictionary"
    case .storage: "a tensor storage"
    case .tensor: "a tensor"
    case .dtype, .objectType: "a numpy dtype"
    case .emptyArray: "an unfilled array"
    case .value: "an array"
    }
  }
}

/// What a pickle may make us do, at most; each is far above any real result.
enum PickleLimits {
  /// Opcodes in one pickle.
  static let opcodes = 50_000_000
  /// Items on the stack.
  static let stack = 5_000_000
  /// Memo entries, and the largest memo index.
  static let memo = 5_000_000
  /// Containers and objects.
  static let nodes = 5_000_000
  /// Values after shared ones are counted wherever they stand, and 64 bytes of text as one more.
  static let values = 50_000_000
  /// The same for one key of a dictionary.
  static let keyValues = 1_000
  /// Bytes made (decoded, inflated, widened) for each byte of the pickle.
  static let growth = 8
}
