import Core

/// Reads JSON as RFC 8259 has it, plus what Python's `json` writes: `NaN`, `Infinity`, `-Infinity`.
///
/// Strict otherwise: UTF-8 only, no duplicate keys, nothing after the value but, in JSON Lines, another record on
/// its own line, nesting ≤
/// `Limits.depth`. A list of numbers (with `null` for a missing one) becomes one packed array, not
/// a box for each number.
enum JSONReader {
  /// The value in `region`, after an optional byte order mark.
  static func read(region: ByteRegion) throws(FormatError) -> ReadValue {
    ReadValue(value: try value(of: region.bytes), format: .json)
  }

  /// The value that `bytes` spell.
  static func value(of bytes: UnsafeRawBufferPointer) throws(FormatError) -> Value {
    var parser = JSONParser(scanner: JSONScanner(bytes: bytes))
    return try parser.document()
  }

  /// The value that `text` spells.
  static func value(of text: String) throws(FormatError) -> Value {
    let region = ByteRegion(copying: Array(text.utf8))
    return try withExtendedLifetime(region) { () throws(FormatError) -> Value in
      try value(of: region.bytes)
    }
  }
}

/// Values out of tokens. Recursion is bounded by `Limits.depth`.
private struct JSONParser {
  var scanner: JSONScanner

  mutating func document() throws(FormatError) -> Value {
    scanner.skipMark()
    scanner.skipSpace()
    guard !scanner.atEnd else { throw scanner.failure("the JSON text is empty", as: .empty) }
    let value = try value(depth: 0)
    let isWholeLine = scanner.endsLine
    scanner.skipSpace()
    if scanner.atEnd { return value }
    guard isWholeLine, scanner.peek == UInt8(ascii: "{"), case .dictionary = value else {
      throw scanner.failure("text after the end of the JSON value")
    }
    return try lines(after: value)
  }

  /// JSON Lines, as pandas' `lines=True` writes a record on each line: a list of them.
  private mutating func lines(after first: Value) throws(FormatError) -> Value {
    var records = [first]
    while !scanner.atEnd {
      guard scanner.peek == UInt8(ascii: "{") else { throw scanner.failure("expected a record") }
      records.append(try value(depth: 1))
      guard scanner.atEnd || scanner.endsLine else {
        throw scanner.failure("text after the end of the JSON value")
      }
      scanner.skipSpace()
    }
    return .list(records)
  }

  private mutating func value(depth: Int) throws(FormatError) -> Value {
    guard depth < Limits.depth else {
      throw scanner.failure("JSON nests deeper than \(Limits.depth) levels", as: .tooLarge)
    }
    switch scanner.peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try scanner.string())
    case UInt8(ascii: "t"):
      try scanner.expect("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try scanner.expect("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try scanner.expect("null")
      return .none
    default:
      switch try scanner.number() {
      case .integer(let integer): return .int(integer)
      case .real(let real): return .float(real)
      }
    }
  }

  private mutating func object(depth: Int) throws(FormatError) -> Value {
    scanner.advance()
    var entries: [(key: Value, value: Value)] = []
    var seen: Set<String> = []
    scanner.skipSpace()
    if scanner.take(UInt8(ascii: "}")) { return .dictionary([]) }
    while true {
      scanner.skipSpace()
      guard scanner.peek == UInt8(ascii: "\"") else { throw scanner.failure("expected a key") }
      let start = scanner.position
      let key = try scanner.string()
      guard seen.insert(key).inserted else {
        throw scanner.failure(
          "the key '\(SafeText.sanitise(key))' occurs twice", as: .ambiguous, at: start)
      }
      scanner.skipSpace()
      guard scanner.take(UInt8(ascii: ":")) else { throw scanner.failure("expected ':'") }
      scanner.skipSpace()
      entries.append((.string(key), try value(depth: depth + 1)))
      scanner.skipSpace()
      if scanner.take(UInt8(ascii: "}")) { return .dictionary(entries) }
      guard scanner.take(UInt8(ascii: ",")) else { throw scanner.failure("expected ',' or '}'") }
    }
  }

  private mutating func array(depth: Int) throws(FormatError) -> Value {
    scanner.advance()
    scanner.skipSpace()
    if scanner.take(UInt8(ascii: "]")) { return .list([]) }
    if let packed = try packedNumbers() { return .array(packed) }
    var elements: [Value] = []
    while true {
      scanner.skipSpace()
      elements.append(try value(depth: depth + 1))
      scanner.skipSpace()
      if scanner.take(UInt8(ascii: "]")) { return .list(elements) }
      guard scanner.take(UInt8(ascii: ",")) else { throw scanner.failure("expected ',' or ']'") }
    }
  }

  /// The list as one array when it holds only numbers and nulls; nil, and back at its start,
  /// otherwise.
  private mutating func packedNumbers() throws(FormatError) -> NDArray? {
    let start = scanner.position
    var reals: [Double] = []
    var integers: [Int] = []
    while true {
      scanner.skipSpace()
      if scanner.peek == UInt8(ascii: "n") {
        try scanner.expect("null")
        reals.append(.nan)
      } else if scanner.isAtNumber {
        switch try scanner.number() {
        case .integer(let integer):
          reals.append(Double(integer))
          integers.append(integer)
        case .real(let real): reals.append(real)
        }
      } else {
        scanner.position = start
        return nil
      }
      scanner.skipSpace()
      if scanner.take(UInt8(ascii: "]")) { break }
      guard scanner.take(UInt8(ascii: ",")) else { throw scanner.failure("expected ',' or ']'") }
    }
    if integers.count == reals.count {
      return try NDArray(copying: integers, shape: [integers.count])
    }
    // Nothing but nulls is not a list of numbers: it may be a list of names that are not there.
    guard reals.contains(where: { !$0.isNaN }) || scanner.hasNaNToken(from: start) else {
      scanner.position = start
      return nil
    }
    return try NDArray(copying: reals, shape: [reals.count])
  }
}
