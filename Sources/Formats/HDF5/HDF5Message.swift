import Core

/// What one process sends another: bytes of its own, and arrays from where they stand.
struct HDF5Message: ByteParts {
  private enum Part {
    case bytes([UInt8])
    case region(ByteRegion)
  }

  private var parts: [Part] = []
  /// How many bytes it has.
  private(set) var count = 0

  /// Adds one byte.
  mutating func append(_ byte: UInt8) { append(contentsOf: CollectionOfOne(byte)) }

  /// Adds a copy of `bytes`.
  mutating func append(contentsOf bytes: some Collection<UInt8>) {
    count += bytes.count
    guard case .bytes(var last) = parts.last else {
      parts.append(.bytes(Array(bytes)))
      return
    }
    // Taken out while it grows, so that it is not copied.
    parts.removeLast()
    last.append(contentsOf: bytes)
    parts.append(.bytes(last))
  }

  /// Adds the bytes of `region`, which are not copied.
  mutating func append(_ region: ByteRegion) {
    count += region.count
    parts.append(.region(region))
  }

  func forEachPart<Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    for part in parts {
      switch part {
      case .bytes(let bytes): try bytes.forEachPart(body)
      case .region(let region):
        defer { withExtendedLifetime(region) {} }
        try body(region.bytes)
      }
    }
  }
}
