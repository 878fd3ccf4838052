import CZlib

/// A zip archive of stored members, written front to back. Without dates, equal content gives equal
/// bytes.
struct StoredZip {
  private var bytes: [UInt8] = []
  private var directory: [UInt8] = []
  private var members = 0

  /// Adds `contents` under `name`.
  /// - Throws: `FormatError` past 4 GiB or 65,535 members, where plain zip ends.
  mutating func add(_ name: String, _ contents: [UInt8]) throws(FormatError) {
    let nameBytes = Array(name.utf8)
    guard let offset = UInt32(exactly: bytes.count), let size = UInt32(exactly: contents.count),
      let nameLength = UInt16(exactly: nameBytes.count), members < UInt16.max
    else { throw FormatError(.tooLarge, "the results do not fit an npz: export fewer at once") }
    let checksum = contents.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
    }
    // What the local header and the directory have in common: version 2.0, UTF-8 names, stored,
    // 1980-01-01.
    var fields: [UInt8] = []
    for value: UInt16 in [20, 0x0800, 0, 0, 0x0021] { Self.add(value, to: &fields) }
    for value in [checksum, size, size] { Self.add(value, to: &fields) }
    Self.add(nameLength, to: &fields)

    Self.add(UInt32(0x0403_4B50), to: &bytes)
    bytes += fields
    Self.add(UInt16(0), to: &bytes)  // no extra field
    bytes += nameBytes
    bytes += contents

    Self.add(UInt32(0x0201_4B50), to: &directory)
    Self.add(UInt16(20), to: &directory)  // made by: version 2.0
    directory += fields
    for value: UInt16 in [0, 0, 0, 0] { Self.add(value, to: &directory) }
    for value: UInt32 in [0, offset] { Self.add(value, to: &directory) }
    directory += nameBytes
    members += 1
  }

  /// The whole archive.
  consuming func finished() throws(FormatError) -> [UInt8] {
    guard let offset = UInt32(exactly: bytes.count), let size = UInt32(exactly: directory.count)
    else { throw FormatError(.tooLarge, "the results do not fit an npz: export fewer at once") }
    bytes += directory
    Self.add(UInt32(0x0605_4B50), to: &bytes)
    let count = UInt16(members)
    for value: UInt16 in [0, 0, count, count] { Self.add(value, to: &bytes) }
    for value in [size, offset] { Self.add(value, to: &bytes) }
    Self.add(UInt16(0), to: &bytes)  // no comment
    return bytes
  }

  private static func add<T: FixedWidthInteger>(_ value: T, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
