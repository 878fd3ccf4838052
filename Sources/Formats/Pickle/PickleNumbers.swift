import Core

/// The opcodes that push one number or constant.
extension PickleOpcode {
  static let numbers: [PickleOpcode] = [
    .init("NONE", 0x4E) { machine in machine.push(.none) },
    .init("NEWTRUE", 0x88, since: 2) { machine in machine.push(.bool(true)) },
    .init("NEWFALSE", 0x89, since: 2) { machine in machine.push(.bool(false)) },
    .init("INT", 0x49) { machine throws(FormatError) in
      let text = try machine.textLine("a number")
      switch text {
      case "00": machine.push(.bool(false))
      case "01": machine.push(.bool(true))
      default: machine.push(try machine.number(text))
      }
    },
    .init("LONG", 0x4C) { machine throws(FormatError) in
      let text = try machine.textLine("a number")
      machine.push(try machine.number(text.hasSuffix("L") ? String(text.dropLast()) : text))
    },
    .init("BININT", 0x4A, since: 1) { machine throws(FormatError) in
      machine.push(.int(Int(try machine.cursor.integer(Int32.self, "a number"))))
    },
    .init("BININT1", 0x4B, since: 1) { machine throws(FormatError) in
      machine.push(.int(Int(try machine.cursor.byte("a number"))))
    },
    .init("BININT2", 0x4D, since: 1) { machine throws(FormatError) in
      machine.push(.int(Int(try machine.cursor.integer(UInt16.self, "a number"))))
    },
    .init("LONG1", 0x8A, since: 2) { machine throws(FormatError) in
      try machine.pushLong(length: Int(try machine.cursor.byte("a number's length")))
    },
    .init("LONG4", 0x8B, since: 2) { machine throws(FormatError) in
      try machine.pushLong(length: Int(try machine.cursor.integer(Int32.self, "a number's length")))
    },
    .init("FLOAT", 0x46) { machine throws(FormatError) in
      let text = try machine.textLine("a number")
      guard let value = Double(text) else {
        throw machine.fail("'\(SafeText.sanitise(text))' is no number")
      }
      machine.push(.float(value))
    },
    .init("BINFLOAT", 0x47, since: 1) { machine throws(FormatError) in
      let bits = try machine.cursor.integer(UInt64.self, "a number")
      machine.push(.float(Double(bitPattern: bits.byteSwapped)))  // big-endian
    },
  ]
}

extension PickleMachine {
  /// A line of text, as protocol 0 ends its arguments.
  mutating func textLine(_ what: String) throws(FormatError) -> String {
    try cursor.line(what).text
  }

  /// A line that holds a whole number.
  mutating func decimalLine(_ what: String) throws(FormatError) -> Int {
    let text = try textLine(what)
    guard let value = Int(text) else {
      throw fail("'\(SafeText.sanitise(text))' is no whole number (\(what))")
    }
    return value
  }

  /// A decimal number; one that no 64-bit integer holds becomes the nearest float64.
  fileprivate func number(_ text: String) throws(FormatError) -> PickleItem {
    if let value = Int(text) { return .int(value) }
    let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = Double(text)
    else { throw fail("'\(SafeText.sanitise(text))' is no whole number") }
    return .float(value)
  }

  /// A two's complement little-endian integer of `length` bytes.
  fileprivate mutating func pushLong(length: Int) throws(FormatError) {
    guard length >= 0 else { throw fail("a number claims \(length) bytes") }
    let bytes = try cursor.take(length, "a number").array
    guard let highest = bytes.last else { return push(.int(0)) }
    let isNegative = highest & 0x80 != 0
    if length <= 8 {
      var value: UInt64 = isNegative ? .max : 0
      for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
      return push(.int(Int(truncatingIfNeeded: value)))
    }
    // Beyond 64 bits a float64 stands in; beyond its range, infinity.
    var value = isNegative ? -1.0 : 0.0
    for byte in bytes.reversed() { value = value * 256 + Double(byte) }
    push(.float(value))
  }
}
