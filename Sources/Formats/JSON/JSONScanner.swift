import Core

/// The tokens of JSON over raw bytes. Every read is checked against the end.
struct JSONScanner {
  /// An integer where the text is one and fits, so that names such as 1 and 2 stay whole.
  enum Number {
    case integer(Int)
    case real(Double)
  }

  let bytes: UnsafeRawBufferPointer
  var position = 0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var atEnd: Bool { position >= bytes.count }

  /// The next byte; 0, which begins no token, at the end.
  var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

  mutating func advance() { position += 1 }

  /// Steps over `byte` if it comes next.
  mutating func take(_ byte: UInt8) -> Bool {
    guard !atEnd, peek == byte else { return false }
    position += 1
    return true
  }

  /// Steps over a UTF-8 byte order mark.
  mutating func skipMark() {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
  }

  /// Whether nothing but blanks is left of this line.
  var endsLine: Bool {
    var rest = bytes[min(position, bytes.count)...].lazy.drop { [0x20, 0x09, 0x0D].contains($0) }
      .makeIterator()
    return rest.next().map { $0 == 0x0A } ?? true
  }

  mutating func skipSpace() {
    while !atEnd {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// Steps over the literal `word`.
  mutating func expect(_ word: StaticString) throws(FormatError) {
    let length = word.utf8CodeUnitCount
    let expected = UnsafeRawBufferPointer(start: word.utf8Start, count: length)
    guard bytes.count - position >= length,
      bytes[position..<position + length].elementsEqual(expected)
    else { throw failure("expected '\(word)'") }
    position += length
  }

  /// An error at `place`, or at the current position.
  func failure(
    _ problem: String, as kind: FormatError.Kind = .syntax, at place: Int? = nil
  ) -> FormatError {
    let offset = min(place ?? position, bytes.count)
    let line = 1 + bytes[..<offset].count { $0 == 0x0A }
    let isCut = offset == bytes.count && kind == .syntax
    let end = isCut ? ": the text ends here" : ""
    return FormatError(
      isCut ? .truncated : kind, "not valid JSON: \(problem)",
      at: "line \(line), byte \(offset)\(end)")
  }
}

// MARK: Numbers

extension JSONScanner {
  /// Whether a number begins here: a digit, a minus sign, `NaN` or `Infinity`.
  var isAtNumber: Bool {
    switch peek {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "N"),
      UInt8(ascii: "I"):
      true
    default: false
    }
  }

  /// Whether the text from `start` to here spells a NaN.
  func hasNaNToken(from start: Int) -> Bool {
    bytes[start..<position].contains(UInt8(ascii: "N"))
  }

  /// The number that begins here. One beyond float64's range is infinite, as in Python.
  mutating func number() throws(FormatError) -> Number {
    let start = position
    if peek == UInt8(ascii: "N") {
      try expect("NaN")
      return .real(.nan)
    }
    let isNegative = take(UInt8(ascii: "-"))
    if peek == UInt8(ascii: "I") {
      try expect("Infinity")
      return .real(isNegative ? -.infinity : .infinity)
    }
    if !take(UInt8(ascii: "0")), !takeDigits() { throw failure("expected a value") }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      guard takeDigits() else { throw failure("expected a digit after '.'") }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard takeDigits() else { throw failure("expected a digit in the exponent") }
    }
    let text = String(
      decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    if isInteger, let integer = Int(text) { return .integer(integer) }
    guard let real = Double(text) else { throw failure("not a number", at: start) }
    return .real(real)
  }

  private mutating func takeDigits() -> Bool {
    let start = position
    while !atEnd, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
    return position > start
  }
}

// MARK: Strings

extension JSONScanner {
  /// The string that begins here, escapes resolved; a lone surrogate becomes U+FFFD.
  mutating func string() throws(FormatError) -> String {
    let start = position
    advance()
    var result = ""
    var runStart = position
    while true {
      guard !atEnd else { throw failure("a string without an end", as: .truncated, at: start) }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        result += try text(runStart..<position)
        advance()
        return result
      case UInt8(ascii: "\\"):
        result += try text(runStart..<position)
        result.unicodeScalars.append(try escape())
        runStart = position
      case 0..<0x20:
        throw failure("a control character inside a string")
      default:
        advance()
      }
    }
  }

  private func text(_ range: Range<Int>) throws(FormatError) -> String {
    let run = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard let text = String(validating: run, as: UTF8.self) else {
      throw failure("a string is not UTF-8", at: range.lowerBound)
    }
    return text
  }

  private mutating func escape() throws(FormatError) -> Unicode.Scalar {
    advance()
    let letter = peek
    guard letter != UInt8(ascii: "u") else { return try unicodeEscape() }
    let scalar: Unicode.Scalar
    switch letter {
    case UInt8(ascii: "\""): scalar = "\""
    case UInt8(ascii: "\\"): scalar = "\\"
    case UInt8(ascii: "/"): scalar = "/"
    case UInt8(ascii: "b"): scalar = "\u{8}"
    case UInt8(ascii: "f"): scalar = "\u{C}"
    case UInt8(ascii: "n"): scalar = "\n"
    case UInt8(ascii: "r"): scalar = "\r"
    case UInt8(ascii: "t"): scalar = "\t"
    default: throw failure("an unknown escape in a string")
    }
    advance()
    return scalar
  }

  private mutating func unicodeEscape() throws(FormatError) -> Unicode.Scalar {
    let unit = try hexUnit()
    guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) ?? "\u{FFFD}" }
    let resume = position
    if peek == UInt8(ascii: "\\"), position + 1 < bytes.count,
      bytes[position + 1] == UInt8(ascii: "u")
    {
      advance()
      let low = try hexUnit()
      if (0xDC00..<0xE000).contains(low) {
        return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
      }
      position = resume
    }
    return "\u{FFFD}"
  }

  /// The four digits after the `u` that stands here.
  private mutating func hexUnit() throws(FormatError) -> UInt32 {
    advance()
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(peek)).hexDigitValue, !atEnd else {
        throw failure("expected four hexadecimal digits after '\\u'")
      }
      unit = unit << 4 | UInt32(digit)
      advance()
    }
    return unit
  }
}
