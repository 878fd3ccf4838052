import Core

/// What a known symbol's arguments must be.
extension PickleMachine {
  /// The items of a tuple.
  func tuple(_ item: PickleItem, _ what: String) throws(FormatError) -> [PickleItem] {
    guard case .node(let node) = item, case .tuple(let items) = nodes[node] else {
      throw fail("\(what) should be a tuple, not \(kind(item))")
    }
    return items
  }

  /// A whole number.
  func int(_ item: PickleItem, _ what: String) throws(FormatError) -> Int {
    guard case .int(let value) = item else {
      throw fail("\(what) should be a whole number, not \(kind(item))")
    }
    return value
  }

  /// A tuple of whole numbers; numpy also writes a bare number for one axis.
  func ints(_ item: PickleItem, _ what: String) throws(FormatError) -> [Int] {
    if case .int(let value) = item { return [value] }
    var numbers: [Int] = []
    for element in try tuple(item, what) { numbers.append(try int(element, what)) }
    return numbers
  }

  /// Text.
  func string(_ item: PickleItem, _ what: String) throws(FormatError) -> String {
    guard case .string(let value) = item else {
      throw fail("\(what) should be text, not \(kind(item))")
    }
    return value
  }

  /// Bytes; Python 2 wrote them as text, which is kept as text where it is ASCII.
  mutating func bytes(_ item: PickleItem, _ what: String) throws(FormatError) -> ByteSlice {
    switch item {
    case .bytes(let slice): return slice
    case .string(let text) where text.utf8.allSatisfy { $0 < 0x80 }:
      try charge(text.utf8.count)
      return ByteSlice(ByteRegion(copying: text.utf8))
    default: throw fail("\(what) should be bytes, not \(kind(item))")
    }
  }

  /// A dtype that was made before.
  func dtype(_ item: PickleItem) throws(FormatError) -> NumpyType {
    guard case .node(let node) = item, case .dtype(let type) = nodes[node] else {
      throw fail("an array's dtype should be a numpy dtype, not \(kind(item))")
    }
    return type
  }

  /// An item as an error names it.
  func kind(_ item: PickleItem) -> String {
    switch item {
    case .none: "None"
    case .bool: "a truth value"
    case .int: "a whole number"
    case .float: "a number"
    case .string: "text"
    case .bytes: "bytes"
    case .symbol: "a name"
    case .node(let node): nodes[node].kind
    }
  }
}
