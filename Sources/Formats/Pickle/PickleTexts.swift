import Core

/// The opcodes that push text or bytes.
extension PickleOpcode {
  static let texts: [PickleOpcode] = [
    .init("UNICODE", 0x56) { machine throws(FormatError) in
      let line = try machine.cursor.line("text")
      machine.push(.string(PickleText.unescape(line.array, style: .unicode).text))
    },
    .init("STRING", 0x53) { machine throws(FormatError) in try machine.pushQuoted() },
    .init("BINUNICODE", 0x58, since: 1) { machine throws(FormatError) in
      try machine.pushText(length: UInt64(try machine.cursor.integer(UInt32.self, "text length")))
    },
    .init("SHORT_BINUNICODE", 0x8C, since: 4) { machine throws(FormatError) in
      try machine.pushText(length: UInt64(try machine.cursor.byte("text length")))
    },
    .init("BINUNICODE8", 0x8D, since: 4) { machine throws(FormatError) in
      try machine.pushText(length: try machine.cursor.integer(UInt64.self, "text length"))
    },
    .init("BINBYTES", 0x42, since: 3) { machine throws(FormatError) in
      try machine.pushBytes(length: UInt64(try machine.cursor.integer(UInt32.self, "byte count")))
    },
    .init("SHORT_BINBYTES", 0x43, since: 3) { machine throws(FormatError) in
      try machine.pushBytes(length: UInt64(try machine.cursor.byte("byte count")))
    },
    .init("BINBYTES8", 0x8E, since: 4) { machine throws(FormatError) in
      try machine.pushBytes(length: try machine.cursor.integer(UInt64.self, "byte count"))
    },
    .init("BYTEARRAY8", 0x96, since: 5) { machine throws(FormatError) in
      try machine.pushBytes(length: try machine.cursor.integer(UInt64.self, "byte count"))
    },
    .init("BINSTRING", 0x54, since: 1) { machine throws(FormatError) in
      let length = try machine.cursor.integer(Int32.self, "text length")
      machine.pushPython2(try machine.cursor.take(Int(length), "text"))
    },
    .init("SHORT_BINSTRING", 0x55, since: 1) { machine throws(FormatError) in
      let length = try machine.cursor.byte("text length")
      machine.pushPython2(try machine.cursor.take(Int(length), "text"))
    },
    .init("NEXT_BUFFER", 0x97, since: 5) { machine throws(FormatError) in
      throw machine.fail(
        "the data is kept in a buffer outside the file", as: .missing,
        remedy: "pickle again without buffer_callback")
    },
    .init("READONLY_BUFFER", 0x98, since: 5) { machine throws(FormatError) in
      _ = try machine.top()
    },
  ]
}

extension PickleMachine {
  /// UTF-8 of `length` bytes; what is no UTF-8 (a lone surrogate) becomes U+FFFD.
  fileprivate mutating func pushText(length: UInt64) throws(FormatError) {
    push(.string(try cursor.take(Int(clamping: length), "text").text))
  }

  fileprivate mutating func pushBytes(length: UInt64) throws(FormatError) {
    push(.bytes(try cursor.take(Int(clamping: length), "a byte string")))
  }

  /// Python 2's `str`: text where it is ASCII, otherwise bytes.
  fileprivate mutating func pushPython2(_ slice: ByteSlice) {
    let isText = slice.withBytes { $0.allSatisfy { $0 < 0x80 } }
    push(isText ? .string(slice.text) : .bytes(slice))
  }

  /// A line with Python 2's `repr` of a string.
  fileprivate mutating func pushQuoted() throws(FormatError) {
    let line = try cursor.line("text").array
    guard line.count >= 2, let quote = line.first, quote == line.last, [0x22, 0x27].contains(quote)
    else { throw fail("text without its quotes") }
    let bytes = PickleText.unescape(Array(line.dropFirst().dropLast()), style: .bytes).bytes
    try charge(bytes.count)
    pushPython2(ByteSlice(ByteRegion(copying: bytes)))
  }
}

/// The backslash escapes of protocol 0's text.
private enum PickleText {
  enum Style {
    /// `\uXXXX` and `\UXXXXXXXX` only; every other byte is the code point of its number.
    case unicode
    /// Python 2's string escapes, for bytes.
    case bytes
  }

  /// The code points that `line` stands for.
  struct Decoded {
    var values: [UInt32]
    var text: String {
      String(String.UnicodeScalarView(values.map { Unicode.Scalar($0) ?? "\u{FFFD}" }))
    }
    var bytes: [UInt8] { values.map { UInt8(truncatingIfNeeded: $0) } }
  }

  static func unescape(_ line: [UInt8], style: Style) -> Decoded {
    var result = Decoded(values: [])
    result.values.reserveCapacity(line.count)
    var i = 0
    while i < line.count {
      if line[i] == 0x5C, i + 1 < line.count,
        let (value, length) = escape(line[i + 1], line[(i + 2)...], style: style)
      {
        result.values.append(value)
        i += length
      } else {
        result.values.append(UInt32(line[i]))
        i += 1
      }
    }
    return result
  }

  /// The value of an escape and its length with the backslash; nil where there is none.
  private static func escape(
    _ letter: UInt8, _ rest: ArraySlice<UInt8>, style: Style
  ) -> (value: UInt32, length: Int)? {
    func hex(_ digits: Int) -> (value: UInt32, length: Int)? {
      guard rest.count >= digits else { return nil }
      let text = String(decoding: rest.prefix(digits), as: UTF8.self)
      guard text.utf8.first != 0x2B, text.utf8.first != 0x2D else { return nil }
      return UInt32(text, radix: 16).map { ($0, digits + 2) }
    }
    switch (style, letter) {
    case (.unicode, UInt8(ascii: "u")): return hex(4)
    case (.unicode, UInt8(ascii: "U")): return hex(8)
    case (.unicode, _): return nil
    case (.bytes, UInt8(ascii: "x")): return hex(2)
    case (.bytes, UInt8(ascii: "n")): return (0x0A, 2)
    case (.bytes, UInt8(ascii: "r")): return (0x0D, 2)
    case (.bytes, UInt8(ascii: "t")): return (0x09, 2)
    case (.bytes, 0x5C), (.bytes, 0x22), (.bytes, 0x27): return (UInt32(letter), 2)
    case (.bytes, _): return nil
    }
  }
}
