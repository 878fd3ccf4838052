import CKACore

/// A part of a region; nothing is copied.
struct ByteSlice {
  let region: ByteRegion
  let range: Range<Int>

  /// The bytes, valid while `region` lives.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: region.bytes[range]) }

  /// How many bytes there are.
  var count: Int { range.count }
}

extension ByteSlice {
  /// The whole of `region`.
  init(_ region: ByteRegion) {
    self.init(region: region, range: 0..<region.count)
  }

  /// `count` bytes from `offset`, counted from the start of this slice; nil when they are not all there.
  func part(from offset: Int, count: Int) -> ByteSlice? {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      return nil
    }
    let start = range.lowerBound + offset
    return ByteSlice(region: region, range: start..<(start + count))
  }

  /// Whether the slice begins with `prefix`.
  func hasPrefix(_ prefix: [UInt8]) -> Bool {
    count >= prefix.count && bytes.prefix(prefix.count).elementsEqual(prefix)
  }
}
