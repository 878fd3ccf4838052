import Core

/// The tensors and the metadata of a safetensors file; the tensors are views of its bytes.
///
/// Layout: 8-byte little-endian header length, a JSON object, the data. As the format demands, the
/// tensors cover the data without holes or overlaps, and nothing stands after the last one.
struct SafetensorsFile {
  /// `__metadata__`, in the header's order.
  var metadata: [(key: String, value: String)] = []
  /// Names and arrays, in the header's order.
  private(set) var tensors: [(name: String, array: NDArray)] = []
  /// Where each tensor stands in `tensors`: a header may hold a hundred thousand of them.
  private var places: [String: Int] = [:]

  /// Element types by the names that headers use.
  static let types: [String: ScalarType] = [
    "F64": .float64, "F32": .float32, "F16": .float16, "BF16": .bfloat16,
    "I64": .int64, "I32": .int32, "I16": .int16, "I8": .int8,
    "U64": .uint64, "U32": .uint32, "U16": .uint16, "U8": .uint8, "BOOL": .bool,
  ]

  /// Whether `bytes` begin like a safetensors file: a header length, then a JSON object.
  static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 8 && bytes[8] == UInt8(ascii: "{")
      // No header is so long that its high bytes could pass for text.
      && bytes[4..<8].contains { $0 < 0x09 || $0 >= 0x7F }
  }

  /// Reads the header of `region`, and checks that it describes the rest exactly.
  init(region: ByteRegion) throws(FormatError) {
    let dataStart = try Self.dataStart(of: region.bytes)
    let header = UnsafeRawBufferPointer(rebasing: region.bytes[8..<dataStart])
    guard case .dictionary(let entries) = try JSONReader.value(of: header) else {
      throw FormatError(.wrongType, "the safetensors header is not a JSON object", at: "byte 8")
    }
    var spans: [Span] = []
    for (key, value) in entries {
      guard case .string(let name) = key else { continue }
      if name == "__metadata__" {
        metadata = try Self.metadata(value)
      } else {
        let description = try TensorDescription(name: name, value: value)
        spans.append(Span(range: description.range, place: description.place))
        places[name] = tensors.count
        tensors.append((name, try description.array(in: region, dataStart: dataStart)))
      }
    }
    try Self.checkCover(spans, dataCount: region.count - dataStart)
  }

  /// The metadata entry `key`.
  func metadata(_ key: String) -> String? { metadata.first { $0.key == key }?.value }

  /// The tensor called `name`.
  func tensor(_ name: String) -> NDArray? { places[name].map { tensors[$0].array } }

  /// Bytes of the data that a tensor takes.
  private struct Span {
    var range: Range<Int>
    var place: String
  }

  private static func dataStart(of bytes: UnsafeRawBufferPointer) throws(FormatError) -> Int {
    guard bytes.count >= 8 else {
      throw FormatError(
        .truncated, "a safetensors file of \(bytes.count) bytes has no header", at: "byte 0")
    }
    let claimed = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard claimed <= UInt64(Limits.safetensorsHeader) else {
      throw FormatError(
        .tooLarge,
        "the header claims \(claimed) bytes, more than the format's "
          + "\(Limits.safetensorsHeader)", at: "byte 0")
    }
    guard claimed <= UInt64(bytes.count - 8) else {
      throw FormatError(
        .truncated, "the header claims \(claimed) bytes, the file has \(bytes.count - 8) left",
        at: "byte 0", remedy: "the file is cut short: copy it again")
    }
    return 8 + Int(claimed)
  }

  private static func metadata(
    _ value: Value
  ) throws(FormatError) -> [(key: String, value: String)] {
    guard case .dictionary(let entries) = value else {
      throw FormatError(.wrongType, "not a map of strings", at: "key '__metadata__'")
    }
    var metadata: [(key: String, value: String)] = []
    for entry in entries {
      guard case .string(let key) = entry.key, case .string(let text) = entry.value else {
        throw FormatError(.wrongType, "not a map of strings", at: "key '__metadata__'")
      }
      metadata.append((key, text))
    }
    return metadata
  }

  private static func checkCover(_ spans: [Span], dataCount: Int) throws(FormatError) {
    var end = 0
    // An empty tensor stands where its neighbour begins: shorter spans first.
    let ordered = spans.sorted {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    for span in ordered {
      guard span.range.lowerBound == end else {
        let problem = span.range.lowerBound < end ? "overlaps another tensor" : "leaves a hole"
        throw FormatError(
          .damaged, "the tensor \(problem) at data byte \(span.range.lowerBound)", at: span.place)
      }
      end = span.range.upperBound
    }
    guard end == dataCount else {
      throw FormatError(
        .damaged, "\(dataCount - end) bytes stand after the last tensor", at: "data byte \(end)")
    }
  }
}

/// What the header says of one tensor.
private struct TensorDescription {
  let type: ScalarType
  let shape: [Int]
  let range: Range<Int>
  let place: String

  init(name: String, value: Value) throws(FormatError) {
    place = "key '\(SafeText.sanitise(name))'"
    guard case .dictionary(let entries) = value else {
      throw FormatError(.wrongType, "a tensor's description is not an object", at: place)
    }
    guard case .string(let dtype)? = entries["dtype"] else {
      throw FormatError(.missing, "no dtype", at: place)
    }
    guard let type = SafetensorsFile.types[dtype] else {
      throw FormatError(.damaged, "unknown dtype '\(SafeText.sanitise(dtype))'", at: place)
    }
    guard let shape = entries["shape"]?.sizes, shape.count <= 32 else {
      throw FormatError(.wrongType, "shape is not a list of sizes", at: place)
    }
    guard let offsets = entries["data_offsets"]?.sizes, offsets.count == 2 else {
      throw FormatError(.wrongType, "data_offsets is not a pair of sizes", at: place)
    }
    guard offsets[0] <= offsets[1] else {
      throw FormatError(.damaged, "ends before it begins (\(offsets[0]), \(offsets[1]))", at: place)
    }
    self.type = type
    self.shape = shape
    range = offsets[0]..<offsets[1]
  }

  func array(in region: ByteRegion, dataStart: Int) throws(FormatError) -> NDArray {
    var bytes = type.size
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      guard !overflow else { throw FormatError(.tooLarge, "shape \(shape) is absurd", at: place) }
      bytes = product
    }
    guard bytes == range.count else {
      throw FormatError(
        .wrongShape, "shape \(shape) needs \(bytes) bytes, data_offsets give \(range.count)",
        at: place)
    }
    guard range.upperBound <= region.count - dataStart else {
      throw FormatError(
        .truncated,
        "ends at data byte \(range.upperBound), the file has \(region.count - dataStart)",
        at: place, remedy: "the file is cut short: copy it again")
    }
    let bounds = dataStart + range.lowerBound..<dataStart + range.upperBound
    return try NDArray(
      type: type, shape: shape, packedIn: ByteSlice(region: region, range: bounds))
  }
}

extension [(key: Value, value: Value)] {
  /// The value under the text `key`.
  subscript(key: String) -> Value? {
    for entry in self {
      if case .string(key) = entry.key { return entry.value }
    }
    return nil
  }
}

extension Value {
  /// A list of whole numbers ≥ 0; nil for anything else.
  fileprivate var sizes: [Int]? {
    switch self {
    case .list(let elements): return elements.isEmpty ? [] : nil
    case .array(let array):
      guard array.type == .int64, array.shape.count == 1 else { return nil }
      let values = array.values()
      let sizes = values.compactMap { Int(exactly: $0) }
      return sizes.count == values.count && sizes.allSatisfy { $0 >= 0 } ? sizes : nil
    default: return nil
    }
  }
}
