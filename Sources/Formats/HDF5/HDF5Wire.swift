import Core

/// The bytes in which a child sends what it read: a tag, then lengths as 8 little-endian bytes,
/// then content.
///
/// Only what HDF5 can hold has a tag. The parent checks every length: a child that libhdf5 has
/// corrupted may send anything.
enum HDF5Wire {
  private enum Tag: UInt8 {
    case error, result, string, strings, array, dictionary
  }

  /// A value that was read.
  static func encode(_ result: ReadValue) -> HDF5Message {
    var bytes = HDF5Message()
    bytes.append(Tag.result.rawValue)
    add(result.warnings.map(\.description), to: &bytes)
    add(result.value, to: &bytes)
    return bytes
  }

  /// The reason why there is none.
  static func encode(_ error: FormatError) -> HDF5Message {
    var bytes = HDF5Message()
    bytes.append(Tag.error.rawValue)
    for text in [error.kind.rawValue, error.problem, error.place, error.remedy] {
      add(text, to: &bytes)
    }
    return bytes
  }

  /// What a child sent.
  /// - Throws: the child's own error, or one that says that its bytes make no sense.
  static func decode(_ region: ByteRegion) throws(FormatError) -> ReadValue {
    var cursor = ByteCursor(ByteSlice(region), source: "libhdf5's answer")
    switch Tag(rawValue: try cursor.byte("tag")) {
    case .error:
      guard let kind = FormatError.Kind(rawValue: try text(&cursor)) else { throw nonsense }
      let problem = try text(&cursor)
      let place = try text(&cursor)
      throw FormatError(kind, problem, at: place, remedy: try text(&cursor))
    case .result:
      let warnings = try texts(&cursor).map(ResultNote.told)
      return ReadValue(value: try value(&cursor, depth: 0), format: .hdf5, warnings: warnings)
    default: throw nonsense
    }
  }

  private static let nonsense = HDF5Failure.nonsense.error
}

// MARK: Writing

extension HDF5Wire {
  private static func add(_ number: Int, to bytes: inout HDF5Message) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: Array($0)) }
  }

  private static func add(_ text: String, to bytes: inout HDF5Message) {
    add(text.utf8.count, to: &bytes)
    bytes.append(contentsOf: text.utf8)
  }

  private static func add(_ texts: [String], to bytes: inout HDF5Message) {
    add(texts.count, to: &bytes)
    for text in texts { add(text, to: &bytes) }
  }

  private static func add(_ value: Value, to bytes: inout HDF5Message) {
    switch value {
    case .string(let text):
      bytes.append(Tag.string.rawValue)
      add(text, to: &bytes)
    case .strings(let texts, let shape):
      bytes.append(Tag.strings.rawValue)
      add(texts, to: &bytes)
      add(shape: shape, to: &bytes)
    case .array(let array):
      bytes.append(Tag.array.rawValue)
      add(array.type.rawValue, to: &bytes)
      bytes.append(array.swapped ? 1 : 0)
      add(shape: array.shape, to: &bytes)
      // Packed, as `HDF5Values` made it.
      bytes.append(array.region)
    case .dictionary(let entries):
      bytes.append(Tag.dictionary.rawValue)
      add(entries.count, to: &bytes)
      for entry in entries {
        add(entry.key.text ?? "", to: &bytes)
        add(entry.value, to: &bytes)
      }
    default: assertionFailure("HDF5 holds no such value")
    }
  }

  private static func add(shape: [Int], to bytes: inout HDF5Message) {
    add(shape.count, to: &bytes)
    for size in shape { add(size, to: &bytes) }
  }
}

// MARK: Reading

extension HDF5Wire {
  /// A count of things that take at least `size` bytes each.
  private static func count(
    _ cursor: inout ByteCursor, ofSize size: Int
  ) throws(FormatError) -> Int {
    let count: Int = try cursor.integer(Int.self, "length")
    guard count >= 0, count <= cursor.remaining / size else { throw nonsense }
    return count
  }

  private static func text(_ cursor: inout ByteCursor) throws(FormatError) -> String {
    let length = try count(&cursor, ofSize: 1)
    return String(decoding: try cursor.take(length, "text").bytes, as: UTF8.self)
  }

  private static func texts(_ cursor: inout ByteCursor) throws(FormatError) -> [String] {
    var texts: [String] = []
    for _ in 0..<(try count(&cursor, ofSize: 8)) { texts.append(try text(&cursor)) }
    return texts
  }

  private static func shape(_ cursor: inout ByteCursor) throws(FormatError) -> [Int] {
    var shape: [Int] = []
    for _ in 0..<(try count(&cursor, ofSize: 8)) {
      shape.append(try cursor.integer(Int.self, "size"))
    }
    return shape
  }

  private static func value(
    _ cursor: inout ByteCursor, depth: Int
  ) throws(FormatError) -> Value {
    guard depth <= Limits.depth else { throw nonsense }
    switch Tag(rawValue: try cursor.byte("tag")) {
    case .string: return .string(try text(&cursor))
    case .strings:
      let texts = try texts(&cursor)
      return .strings(texts, shape: try shape(&cursor))
    case .array: return .array(try array(&cursor))
    case .dictionary:
      var entries: [(key: Value, value: Value)] = []
      for _ in 0..<(try count(&cursor, ofSize: 9)) {
        let key = try text(&cursor)
        entries.append((.string(key), try value(&cursor, depth: depth + 1)))
      }
      return .dictionary(entries)
    default: throw nonsense
    }
  }

  private static func array(_ cursor: inout ByteCursor) throws(FormatError) -> NDArray {
    guard let type = ScalarType(rawValue: try text(&cursor)) else { throw nonsense }
    let swapped = try cursor.byte("byte order") != 0
    let shape = try shape(&cursor)
    let bytes = try cursor.take(try NDArray.count(of: shape) * type.size, "values")
    return try NDArray(type: type, shape: shape, packedIn: bytes, swapped: swapped)
  }
}
