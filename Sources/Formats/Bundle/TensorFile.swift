import Core

/// A safetensors file in the making: a map of texts, and named tensors.
struct TensorFile {
  /// Where a tensor's values come from.
  enum Content {
    /// Row by row, in the matrix's own type.
    case matrix(Matrix)
    /// As float64.
    case doubles([Double])
    /// One list after another, as float64.
    case lists([[Double]])
    /// One list after another, as float32.
    case floats([[Float]])

    fileprivate var type: ScalarType {
      switch self {
      case .matrix(let matrix): matrix.type
      case .doubles, .lists: .float64
      case .floats: .float32
      }
    }
  }

  private struct Entry {
    var name: String
    var shape: [Int]
    var content: Content
    var byteCount: Int { shape.reduce(content.type.size, *) }
  }

  /// `__metadata__`, in order.
  var metadata: [(key: String, value: String)]
  private var entries: [Entry] = []

  /// A file without tensors.
  init(metadata: [(key: String, value: String)]) { self.metadata = metadata }

  /// Adds a tensor; the product of `shape` must be the number of values.
  mutating func add(_ name: String, shape: [Int], _ content: Content) {
    entries.append(Entry(name: name, shape: shape, content: content))
  }

  /// The file's bytes.
  /// - Throws: `FormatError` when names and texts exceed what a header may hold.
  func encoded() throws(FormatError) -> [UInt8] { try sealed().bytes }

  /// The file, complete; its bytes are made when they are asked for.
  /// - Throws: `FormatError` when names and texts exceed what a header may hold.
  func sealed() throws(FormatError) -> EncodedFile {
    // Wide types first, so that every tensor is aligned without holes, which the format forbids.
    let ordered = entries.enumerated().sorted { a, b in
      (-a.element.content.type.size, a.offset) < (-b.element.content.type.size, b.offset)
    }.map(\.element)
    let (header, dataCount) = header(ordered)
    let length = (header.utf8.count + 7) / 8 * 8
    guard length <= Limits.safetensorsHeader else {
      throw FormatError("the names need \(length) bytes, more than a safetensors header may hold")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + length)
    withUnsafeBytes(of: UInt64(length).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header.utf8)
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: length - header.utf8.count))
    let file = EncodedFile(
      header: bytes, contents: ordered.map(\.content), count: bytes.count + dataCount)
    return metadata.contains { $0.value == Seal.blank } ? file.sealed : file
  }

  private func header(_ ordered: [Entry]) -> (text: String, dataCount: Int) {
    let texts = metadata.map { JSONText.string($0.key) + ": " + JSONText.string($0.value) }
    var fields = ["\"__metadata__\": {\(texts.joined(separator: ", "))}"]
    var end = 0
    for entry in ordered {
      let start = end
      end += entry.byteCount
      let shape = entry.shape.map(String.init).joined(separator: ", ")
      fields.append(
        "\(JSONText.string(entry.name)): {\"dtype\": \"\(Self.name(of: entry.content.type))\", "
          + "\"shape\": [\(shape)], \"data_offsets\": [\(start), \(end)]}")
    }
    return ("{" + fields.joined(separator: ", ") + "}", end)
  }

  private static func name(of type: ScalarType) -> String {
    SafetensorsFile.types.first { $0.value == type }?.key ?? "F64"
  }
}

/// A complete safetensors file, whose bytes are made a part at a time.
public struct EncodedFile: ByteParts {
  /// The length, the header and its padding.
  fileprivate let header: [UInt8]
  fileprivate let contents: [TensorFile.Content]
  /// Bytes in all.
  public let count: Int

  /// All bytes at once.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    forEachPart { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// The same with the checksum of all bytes in the place that was left for it.
  fileprivate var sealed: EncodedFile {
    guard let place = Seal.place(of: Seal.blank, in: header) else { return self }
    var hash = FileHash()
    forEachPart { hash.add($0) }
    var header = header
    header.replaceSubrange(place, with: hash.text.utf8)
    return EncodedFile(header: header, contents: contents, count: count)
  }

  /// Calls `body` with the header, then with one list or matrix after another.
  public func forEachPart<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try header.forEachPart(body)
    for content in contents {
      switch content {
      case .matrix(let matrix):
        #if _endian(little)
          if try matrix.withPackedBytes(body) != nil { continue }
        #endif
        var bytes: [UInt8] = []
        MatrixBytes.append(matrix, as: matrix.type, to: &bytes)
        try bytes.forEachPart(body)
      case .doubles(let values):
        try Self.send(values.map(\.bitPattern.littleEndian), to: body)
      case .lists(let lists):
        for values in lists { try Self.send(values.map(\.bitPattern.littleEndian), to: body) }
      case .floats(let lists):
        for values in lists { try Self.send(values.map(\.bitPattern.littleEndian), to: body) }
      }
    }
  }

  private static func send<Number: BitwiseCopyable, Failure: Error>(
    _ numbers: [Number], to body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    try numbers.withUnsafeBufferPointer { numbers throws(Failure) in
      try body(UnsafeRawBufferPointer(numbers))
    }
  }
}
