import Core

/// The header of a `.npy` file: a Python dictionary literal with three keys, parsed and never
/// evaluated.
struct NpyHeader: Equatable {
  /// The type string ("<f4").
  var descr: String
  /// The first axis runs fastest.
  var fortran: Bool
  var shape: [Int]

  /// Parses `text`, which stands from byte `offset` of the file.
  /// - Throws: for anything but `descr` (a string), `fortran_order` (True or False) and `shape`
  ///   (whole numbers), each exactly once.
  init(_ text: ByteSlice, source: String) throws(FormatError) {
    var parser = NpyLiteral(text, source: source)
    var descr: String?
    var fortran: Bool?
    var shape: [Int]?
    try parser.expect("{")
    while !parser.accept("}") {
      let key = try parser.string()
      try parser.expect(":")
      switch key {
      case "descr" where descr == nil: descr = try parser.typeString()
      case "fortran_order" where fortran == nil: fortran = try parser.bool()
      case "shape" where shape == nil: shape = try parser.shape()
      default: throw parser.fail("the npy header has an unexpected or repeated key")
      }
      if !parser.accept(",") {
        try parser.expect("}")
        break
      }
    }
    try parser.expectEnd()
    guard let descr, let fortran, let shape else {
      throw parser.fail("the npy header lacks descr, fortran_order or shape")
    }
    self.descr = descr
    self.fortran = fortran
    self.shape = shape
  }
}

/// The few Python literals that a header has.
private struct NpyLiteral {
  private let bytes: ByteSlice
  private let source: String
  private var position = 0

  init(_ bytes: ByteSlice, source: String) {
    self.bytes = bytes
    self.source = source
  }

  func fail(_ problem: String, as kind: FormatError.Kind = .damaged) -> FormatError {
    FormatError(
      kind, problem, at: ByteCursor(bytes, source: source).place(position),
      remedy: "save the array again with numpy.save")
  }

  /// Passes over `character` when it comes next.
  mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ character: Unicode.Scalar) throws(FormatError) {
    guard accept(character) else { throw fail("the npy header should have '\(character)' here") }
  }

  mutating func expectEnd() throws(FormatError) {
    skipSpace()
    guard next == nil else { throw fail("the npy header goes on after its dictionary") }
  }

  /// A quoted string without escapes; no type string or key has any.
  mutating func string() throws(FormatError) -> String {
    skipSpace()
    guard let quote = next, quote == 0x27 || quote == 0x22 else {
      throw fail("the npy header should have a quoted string here")
    }
    position += 1
    let start = position
    while let byte = next, byte != quote {
      guard byte != 0x5C else { throw fail("the npy header has an escape in a string") }
      position += 1
    }
    guard next != nil, let part = bytes.part(from: start, count: position - start) else {
      throw fail("the npy header ends inside a string")
    }
    position += 1
    return part.text
  }

  /// A type string; a list of fields is a structured type.
  mutating func typeString() throws(FormatError) -> String {
    guard !accept("["), !accept("(") else {
      throw FormatError(
        .unsupported, "the array holds records (a structured array)",
        at: ByteCursor(bytes, source: source).place(position),
        remedy: "save it as float32 or float64")
    }
    return try string()
  }

  mutating func bool() throws(FormatError) -> Bool {
    if acceptWord("True") { return true }
    if acceptWord("False") { return false }
    throw fail("fortran_order should be True or False")
  }

  /// A tuple of whole numbers: `()`, `(3,)`, `(38, 17)`; Python 2 wrote `38L`.
  mutating func shape() throws(FormatError) -> [Int] {
    try expect("(")
    var shape: [Int] = []
    while !accept(")") {
      shape.append(try int())
      _ = accept("L")
      guard shape.count <= NDArray.mostAxes else {
        throw fail("the array has more than \(NDArray.mostAxes) axes", as: .tooLarge)
      }
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return shape
  }

  private mutating func int() throws(FormatError) -> Int {
    let negative = accept("-")
    skipSpace()
    let start = position
    var value = 0
    while let byte = next, (0x30...0x39).contains(byte) {
      let (tenfold, overflow1) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow2) = tenfold.addingReportingOverflow(Int(byte) - 0x30)
      guard !overflow1, !overflow2 else {
        throw fail("a length in the shape is absurdly large", as: .tooLarge)
      }
      value = sum
      position += 1
    }
    guard position > start else { throw fail("the shape should have a whole number here") }
    return negative ? -value : value
  }

  private mutating func acceptWord(_ word: StaticString) -> Bool {
    skipSpace()
    let letters = word.description.utf8
    guard let part = bytes.part(from: position, count: letters.count),
      part.withBytes({ $0.elementsEqual(letters) })
    else { return false }
    position += letters.count
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D {
      position += 1
    }
  }

  private var next: UInt8? { bytes.integer(UInt8.self, at: position) }
}
