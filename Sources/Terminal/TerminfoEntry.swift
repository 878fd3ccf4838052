import CNcurses
import FoundationEssentials

/// A terminal description, and its compiled form as `term(5)` describes it (32-bit numbers, magic
/// 01036).
///
/// Debian's base install lacks every true-colour entry and those of newer terminals. ncurses reads
/// an entry from the environment just as well: `TERMINFO=b64:…`.
struct TerminfoEntry {
  /// The name that `newterm` is given.
  var name: String
  /// Standard capabilities by their terminfo names; a name that terminfo does not know is left out.
  var booleans: Set<String> = []
  var numbers: [String: Int32] = [:]
  var strings: [String: String] = [:]
  /// Capabilities that ncurses knows by name only.
  var extendedBooleans: Set<String> = []
  var extendedStrings: [String: String] = [:]

  /// The value of `TERMINFO` that provides the entry.
  var environmentValue: String { "b64:" + Data(compiled()).base64EncodedString() }

  /// The entry as `tic` would have written it.
  func compiled() -> [UInt8] {
    let booleanFlags = Self.booleanNames.map { booleans.contains($0) ? UInt8(1) : 0 }
    let numberValues = Self.numberNames.map { numbers[$0] ?? -1 }
    var table = StringTable()
    let offsets = Self.stringNames.map { table.add(strings[$0]) }
    let names = Array("\(name)|compiled by cka".utf8) + [0]

    var bytes: [UInt8] = []
    for count in [
      Self.magic, names.count, booleanFlags.count, numberValues.count, offsets.count,
      table.bytes.count,
    ] { bytes.append(short: Int16(truncatingIfNeeded: count)) }
    bytes += names + booleanFlags
    bytes.padToEven()
    for value in numberValues { bytes.append(int: value) }
    for offset in offsets { bytes.append(short: offset) }
    bytes += table.bytes
    bytes.padToEven()
    return bytes + compiledExtensions()
  }

  /// The part after the standard one: counts, values, then the names in the order of the values.
  private func compiledExtensions() -> [UInt8] {
    let booleanNames = extendedBooleans.sorted()
    let stringNames = extendedStrings.keys.sorted()
    var values = StringTable()
    let valueOffsets = stringNames.map { values.add(extendedStrings[$0]) }
    var names = StringTable()
    let nameOffsets = (booleanNames + stringNames).map { names.add($0) }

    var bytes: [UInt8] = []
    for count in [
      booleanNames.count, 0, stringNames.count, valueOffsets.count + nameOffsets.count,
      values.bytes.count + names.bytes.count,
    ] { bytes.append(short: Int16(truncatingIfNeeded: count)) }
    bytes += booleanNames.map { _ in 1 }
    bytes.padToEven()
    for offset in valueOffsets + nameOffsets { bytes.append(short: offset) }
    return bytes + values.bytes + names.bytes
  }

  private static let magic = 0o1036

  // The order is ncurses's own, read from its tables, so no index is written down here.
  private static let booleanNames = allNames(cka_boolean_name)
  private static let numberNames = allNames(cka_number_name)
  private static let stringNames = allNames(cka_string_name)

  private static func allNames(_ name: (Int32) -> UnsafePointer<CChar>?) -> [String] {
    var names: [String] = []
    while let next = name(Int32(names.count)) { names.append(String(cString: next)) }
    return names
  }
}

/// Strings one after another, each closed by a zero byte.
private struct StringTable {
  private(set) var bytes: [UInt8] = []

  /// Adds `string` and returns its offset; -1 for an absent one.
  mutating func add(_ string: String?) -> Int16 {
    guard let string else { return -1 }
    defer { bytes += Array(string.utf8) + [0] }
    return Int16(truncatingIfNeeded: bytes.count)
  }
}

extension [UInt8] {
  fileprivate mutating func append(short: Int16) {
    Swift.withUnsafeBytes(of: short.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func append(int: Int32) {
    Swift.withUnsafeBytes(of: int.littleEndian) { append(contentsOf: $0) }
  }

  fileprivate mutating func padToEven() {
    if count % 2 == 1 { append(0) }
  }
}
