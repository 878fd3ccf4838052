import Core

/// A numpy dtype that a result may have.
enum NumpyType: Equatable {
  case number(ScalarType, swapped: Bool)
  /// UCS-4 text of `length` code points, padded with zeros ("<U12").
  case text(length: Int, swapped: Bool)
  /// Byte text of `length` bytes, padded with zeros ("S12").
  case byteText(length: Int)

  /// Bytes an element takes.
  var size: Int {
    switch self {
    case .number(let type, _): type.size
    case .text(let length, _): length * 4
    case .byteText(let length): length
    }
  }

  /// The dtype in the other byte order, or this one where order means nothing.
  func ordered(swapped: Bool) -> NumpyType {
    switch self {
    case .number(let type, _): .number(type, swapped: swapped && type.size > 1)
    case .text(let length, _): .text(length: length, swapped: swapped)
    case .byteText: self
    }
  }

  /// Parses a type string: an optional byte order (`<`, `>`, `=`, `|`), a kind and a size ("<f4",
  /// "U12").
  /// - Throws: for object, structured, complex and time types, each by its name.
  init(_ text: String) throws(FormatError) {
    var rest = text[...]
    var swapped = false
    if let order = rest.first, "<>=|".contains(order) {
      swapped = order == ">"
      rest = rest.dropFirst()
    }
    guard let kind = rest.first else { throw NumpyType.unknown(text) }
    let digits = rest.dropFirst()
    // Nine digits cannot overflow, nor can four times their number.
    guard digits.utf8.count <= 9, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw NumpyType.refusal(kind) ?? NumpyType.unknown(text)
    }
    if let number = NumpyType.numbers[String(rest)] {
      self = NumpyType.number(number, swapped: false).ordered(swapped: swapped)
      return
    }
    switch (kind, Int(digits)) {
    case ("U", let length?): self = .text(length: length, swapped: swapped)
    case ("S", let length?): self = .byteText(length: length)
    default: throw NumpyType.refusal(kind) ?? NumpyType.unknown(text)
    }
  }

  private static let numbers: [String: ScalarType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32,
    "i8": .int64, "u1": .uint8, "u2": .uint16, "u4": .uint32, "u8": .uint64, "b1": .bool,
    "?": .bool,
  ]

  /// Why a kind is refused; nil for a kind that is merely unknown.
  private static func refusal(_ kind: Character) -> FormatError? {
    let name =
      switch kind {
      case "O": "Python objects, which could run code"
      case "c": "complex numbers"
      case "M", "m": "dates or times"
      case "V": "records (a structured array)"
      default: ""
      }
    guard !name.isEmpty else { return nil }
    return FormatError(
      kind == "O" ? .unsafe : .unsupported, "the array holds \(name)",
      remedy: "save it as float32 or float64")
  }

  private static func unknown(_ text: String) -> FormatError {
    FormatError(
      .unsupported, "the numpy type '\(SafeText.sanitise(text))' is not supported",
      remedy: "save the array as float32 or float64")
  }
}

extension NumpyType {
  /// Most elements of an array of text.
  static let mostTexts = 1_000_000

  /// An array of this type over `data`, which may be longer than the array.
  /// - Parameter fortran: the first axis runs fastest.
  func array(
    shape: [Int], fortran: Bool, data: ByteSlice
  ) throws(FormatError) -> Value {
    switch self {
    case .number(let type, let swapped):
      return .array(
        try NDArray(
          type: type, shape: shape, fortran: fortran, packedIn: data, swapped: swapped))
    case .text, .byteText:
      return .strings(try texts(shape: shape, fortran: fortran, data: data), shape: shape)
    }
  }

  /// The texts in row-major order.
  private func texts(
    shape: [Int], fortran: Bool, data: ByteSlice
  ) throws(FormatError) -> [String] {
    let count = try NDArray.count(of: shape)
    guard count <= NumpyType.mostTexts else {
      throw FormatError(
        .tooLarge, "an array of \(count) texts is above the limit of \(NumpyType.mostTexts)")
    }
    // Texts of no length need no bytes: nothing in the file would stand for their number.
    guard size > 0 || count <= 1 else {
      throw FormatError(
        .empty, "an array of \(count) texts of no length",
        remedy: "save the names with their letters")
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, bytes <= data.count else {
      throw FormatError(
        .damaged,
        "an array of shape \(shape) needs \(count) texts of \(size) bytes, there are \(data.count)",
        remedy: "save the result again; the file is damaged")
    }
    var texts: [String] = []
    texts.reserveCapacity(count)
    for offset in try NumpyType.offsets(shape: shape, fortran: fortran, size: size) {
      guard let part = data.part(from: offset, count: size) else { continue }
      texts.append(part.withBytes(text))
    }
    return texts
  }

  /// Byte offsets of a packed array's elements, in row-major order.
  private static func offsets(
    shape: [Int], fortran: Bool, size: Int
  ) throws(FormatError) -> [Int] {
    let strides = try NDArray.packedStrides(shape, size: size, fortran: fortran)
    if shape.contains(0) { return [] }
    var offsets = [0]
    for (length, stride) in zip(shape, strides) {
      offsets = offsets.flatMap { start in (0..<length).map { start + $0 * stride } }
    }
    return offsets
  }

  /// One element without its padding.
  private func text(_ bytes: UnsafeRawBufferPointer) -> String {
    guard case .text(let length, let swapped) = self else {
      let end = bytes.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
      return String(decoding: bytes[..<end], as: UTF8.self)
    }
    var scalars = String.UnicodeScalarView()
    var pending = 0  // zeros seen, kept only when something follows them
    for i in 0..<length {
      let raw = bytes.loadUnaligned(fromByteOffset: i * 4, as: UInt32.self)
      let value = swapped ? raw.bigEndian : raw.littleEndian
      guard value != 0 else {
        pending += 1
        continue
      }
      while pending > 0 {
        scalars.append("\0")
        pending -= 1
      }
      scalars.append(Unicode.Scalar(value) ?? "\u{FFFD}")
    }
    return String(scalars)
  }
}
