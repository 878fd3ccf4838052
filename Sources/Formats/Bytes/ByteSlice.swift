import Core

/// A part of a region; nothing is copied.
struct ByteSlice {
  let region: ByteRegion
  let range: Range<Int>

  /// The bytes, valid while `region` lives: never take them of a temporary value, which is gone at
  /// once.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: region.bytes[range]) }

  /// How many bytes there are.
  var count: Int { range.count }
}

extension ByteSlice {
  /// The whole of `region`.
  init(_ region: ByteRegion) {
    self.init(region: region, range: 0..<region.count)
  }

  /// `count` bytes from `offset`, counted from the start of this slice; nil when they are not all
  /// there.
  func part(from offset: Int, count: Int) -> ByteSlice? {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      return nil
    }
    let start = range.lowerBound + offset
    return ByteSlice(region: region, range: start..<(start + count))
  }

  /// Runs `body` on the bytes, and keeps them alive for as long.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withExtendedLifetime(region) { body(bytes) }
  }

  /// A copy of the bytes.
  var array: [UInt8] { withBytes { Array($0) } }

  /// The bytes as UTF-8; what is none becomes U+FFFD.
  var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }

  /// Whether the slice begins with `prefix`.
  func hasPrefix(_ prefix: [UInt8]) -> Bool {
    count >= prefix.count && withBytes { $0.prefix(prefix.count).elementsEqual(prefix) }
  }

  /// The little-endian integer at `offset`; nil where it is not all there.
  func integer<T: FixedWidthInteger>(_ type: T.Type, at offset: Int) -> T? {
    part(from: offset, count: MemoryLayout<T>.size)?.withBytes {
      T(littleEndian: $0.loadUnaligned(as: T.self))
    }
  }
}
