import Core
import CZlib

/// Where the members of a zip archive stand: libzip unpacks them, but does not tell where they are.
///
/// Used for stored members alone, to read them in place. Sizes and checksums always come from
/// libzip, so a directory that two readers could understand in two ways is noticed by its checksum.
enum ZipLayout {
  /// Offset of each member's data by name; nil when the directory is not found at the end of
  /// `region`.
  static func dataOffsets(in region: ByteRegion) -> [String: Int]? {
    let slice = ByteSlice(region)
    guard let end = endRecord(in: slice), var directory = directory(in: slice, end: end) else {
      return nil
    }
    var offsets: [String: Int] = [:]
    while let entry = nextEntry(&directory) {
      guard let data = dataOffset(ofLocalHeaderAt: entry.header, in: slice) else { continue }
      offsets[entry.name] = data
    }
    return offsets
  }

  /// Offset of the end-of-directory record: 22 bytes and a comment of at most 65,535.
  private static func endRecord(in slice: ByteSlice) -> Int? {
    var offset = slice.count - 22
    let lowest = max(0, offset - 0xFFFF)
    while offset >= lowest {
      if slice.integer(UInt32.self, at: offset) == 0x0605_4B50 { return offset }
      offset -= 1
    }
    return nil
  }

  /// The central directory's bytes; zip64's own record wins where there is one.
  private static func directory(in slice: ByteSlice, end: Int) -> ByteCursor? {
    var size = slice.integer(UInt32.self, at: end + 12).map(Int.init)
    var start = slice.integer(UInt32.self, at: end + 16).map(Int.init)
    if slice.integer(UInt32.self, at: end - 20) == 0x0706_4B50,
      let record = slice.integer(UInt64.self, at: end - 12).flatMap(Int.init(exactly:)),
      slice.integer(UInt32.self, at: record) == 0x0606_4B50
    {
      // The record is in the file, so these sums are small.
      size = slice.integer(UInt64.self, at: record + 40).flatMap(Int.init(exactly:))
      start = slice.integer(UInt64.self, at: record + 48).flatMap(Int.init(exactly:))
    }
    guard let start, let size else { return nil }
    return slice.part(from: start, count: size).map { ByteCursor($0) }
  }

  /// Name and local header of the directory's next entry; nil at its end or where it is damaged.
  private static func nextEntry(_ cursor: inout ByteCursor) -> (name: String, header: Int)? {
    guard let fixed = try? cursor.take(46, "an entry"),
      fixed.integer(UInt32.self, at: 0) == 0x0201_4B50,
      let nameLength = fixed.integer(UInt16.self, at: 28),
      let extraLength = fixed.integer(UInt16.self, at: 30),
      let commentLength = fixed.integer(UInt16.self, at: 32),
      let header = fixed.integer(UInt32.self, at: 42),
      let name = try? cursor.take(Int(nameLength), "a name"),
      let extra = try? cursor.take(Int(extraLength), "its extra fields"),
      (try? cursor.take(Int(commentLength), "a comment")) != nil
    else { return nil }
    guard header == .max else { return (name.text, Int(header)) }
    // Of the sizes and the offset, the zip64 field holds those that did not fit, in this order.
    let before = [20, 24].count { fixed.integer(UInt32.self, at: $0) == .max }
    return (name.text, zip64Offset(in: extra, at: before * 8) ?? Int(header))
  }

  /// The 64-bit number at `offset` of the zip64 field (kind 1); nil where there is none.
  private static func zip64Offset(in extra: ByteSlice, at offset: Int) -> Int? {
    var start = 0
    while let kind = extra.integer(UInt16.self, at: start),
      let size = extra.integer(UInt16.self, at: start + 2)
    {
      if kind == 1, offset + 8 <= Int(size) {
        return extra.integer(UInt64.self, at: start + 4 + offset).flatMap(Int.init(exactly:))
      }
      start += 4 + Int(size)
    }
    return nil
  }

  private static func dataOffset(ofLocalHeaderAt offset: Int, in slice: ByteSlice) -> Int? {
    guard slice.integer(UInt32.self, at: offset) == 0x0403_4B50,
      let nameLength = slice.integer(UInt16.self, at: offset + 26),
      let extraLength = slice.integer(UInt16.self, at: offset + 28)
    else { return nil }
    return offset + 30 + Int(nameLength) + Int(extraLength)
  }
}

/// zip's checksum.
enum Checksum {
  /// CRC-32 of `slice`.
  static func crc32(_ slice: ByteSlice) -> UInt32 {
    slice.withBytes { bytes in
      let start = bytes.baseAddress?.assumingMemoryBound(to: Bytef.self)
      return UInt32(truncatingIfNeeded: crc32_z(0, start, bytes.count))
    }
  }
}
