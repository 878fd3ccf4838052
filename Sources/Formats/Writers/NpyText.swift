import Core
import Similarity

/// npy files, version 1 where the header fits: a matrix of numbers, or arrays of text.
enum NpyText {
  /// The values of `comparison`: 1-D for minibatches, 2-D otherwise.
  static func matrix(_ comparison: Comparison) -> [UInt8] {
    let matrix = comparison.matrix
    let type = matrix.type == .bfloat16 ? .float32 : matrix.type
    let shape =
      comparison.kind == .minibatches
      ? "(\(matrix.columns),)" : "(\(matrix.rows), \(matrix.columns))"
    var bytes = header(descr: descr(type), shape: shape)
    MatrixBytes.append(matrix, as: type, to: &bytes)
    return bytes
  }

  /// One text, 0-d.
  static func text(_ text: String) -> [UInt8] { array([text], shape: "()") }

  /// A list of texts, 1-D.
  static func list(_ texts: [String]) -> [UInt8] { array(texts, shape: "(\(texts.count),)") }

  /// A list of whole numbers, 1-D, int64.
  static func integers(_ numbers: [Int]) -> [UInt8] {
    var bytes = header(descr: descr(.int64), shape: "(\(numbers.count),)")
    for number in numbers {
      withUnsafeBytes(of: Int64(number).littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  /// numpy keeps text as UTF-32, each element padded with zeros to the longest.
  private static func array(_ texts: [String], shape: String) -> [UInt8] {
    let width = max(1, texts.map { $0.unicodeScalars.count }.max() ?? 1)
    var bytes = header(descr: "<U\(width)", shape: shape)
    for text in texts {
      var left = width
      for scalar in text.unicodeScalars {
        withUnsafeBytes(of: scalar.value.littleEndian) { bytes.append(contentsOf: $0) }
        left -= 1
      }
      bytes.append(contentsOf: repeatElement(0, count: left * 4))
    }
    return bytes
  }

  /// Magic, version, length and a Python literal, padded so that the data begins at a multiple of
  /// 64.
  private static func header(descr: String, shape: String) -> [UInt8] {
    var text = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }"
    let length = (10 + text.utf8.count + 1 + 63) / 64 * 64
    text += String(repeating: " ", count: length - 10 - text.utf8.count - 1) + "\n"
    var bytes: [UInt8] = [0x93]
    bytes.append(contentsOf: "NUMPY\u{1}\u{0}".utf8)
    withUnsafeBytes(of: UInt16(text.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: text.utf8)
    return bytes
  }

  private static func descr(_ type: ScalarType) -> String {
    switch type {
    case .bool: "|b1"
    case .int8: "|i1"
    case .uint8: "|u1"
    case .float16, .bfloat16: "<f2"
    case .int16: "<i2"
    case .uint16: "<u2"
    case .float32: "<f4"
    case .int32: "<i4"
    case .uint32: "<u4"
    case .float64: "<f8"
    case .int64: "<i8"
    case .uint64: "<u8"
    }
  }
}
