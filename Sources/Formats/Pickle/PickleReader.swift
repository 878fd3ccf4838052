import Core

/// Reads what Python's `pickle.dump` wrote; nothing in the file is ever imported or run.
enum PickleReader {
  /// Whether `region` begins as a pickle does: PROTO 2 to 5, or an opcode that protocols 0 and 1
  /// begin with.
  static func isPickle(_ region: ByteRegion) -> Bool {
    let bytes = region.bytes
    guard bytes.count >= 2 else { return false }
    if bytes[0] == 0x80 { return bytes[1] <= 5 }
    // Protocols 0 and 1 have no magic: a container or a global first, and STOP somewhere.
    switch bytes[0] {
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      return [UInt8(ascii: "q"), UInt8(ascii: "r"), UInt8(ascii: "("), UInt8(ascii: ".")]
        .contains(bytes[1])
    case UInt8(ascii: "("):
      return [UInt8(ascii: "d"), UInt8(ascii: "l"), UInt8(ascii: "S"), UInt8(ascii: "V")]
        .contains(bytes[1])
    case UInt8(ascii: "c"):
      // The end too: a CSV file may begin with a column called "conv1".
      return bytes.last == UInt8(ascii: ".") && bytes.prefix(128).contains(0x0A)
    default: return false
    }
  }

  /// The value that the pickle in `region` holds; bytes after its end are passed over with a
  /// warning.
  static func read(region: ByteRegion) throws(FormatError) -> ReadValue {
    var machine = PickleMachine(ByteSlice(region))
    let item = try machine.run()
    var result = ReadValue(
      value: try PickleResolver.value(of: item, in: machine),
      format: .pickle(protocol: machine.protocolVersion))
    if machine.cursor.remaining > 0 {
      result.warnings.append(
        .bytesAfter("the pickle's end", count: machine.cursor.remaining))
    }
    return result
  }
}
