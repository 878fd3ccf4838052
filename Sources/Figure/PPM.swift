/// The portable pixmap, binary form (P6): `P6`, width, height, 255, then exactly one whitespace
/// byte and the rows from the top, three bytes a pixel.
enum PPM {
  /// Longest comment line, `# ` included: the format allows 70 characters a line.
  static let longestComment = 70

  /// A picture of `width` × `height` pixels.
  /// - Parameter fill: writes the `3 * width` bytes of a row.
  static func encode(
    width: Int, height: Int, comment: String,
    fill: (_ row: Int, _ target: UnsafeMutableBufferPointer<UInt8>) -> Void
  ) throws(FigureError) -> [UInt8] {
    let header = Array(header(width: width, height: height, comment: comment).utf8)
    let (stride, overflow1) = width.multipliedReportingOverflow(by: 3)
    let (body, overflow2) = stride.multipliedReportingOverflow(by: height)
    guard !overflow1, !overflow2, body <= FigureError.mostBytes else {
      throw FigureError.tooLarge(width: width, height: height)
    }
    return [UInt8](unsafeUninitializedCapacity: header.count + body) { bytes, count in
      _ = bytes.update(fromContentsOf: header)
      for row in 0..<height {
        let start = header.count + row * stride
        fill(row, UnsafeMutableBufferPointer(rebasing: bytes[start..<start + stride]))
      }
      count = header.count + body
    }
  }

  /// The header; the comment stands before the numbers, where every reader expects it.
  static func header(width: Int, height: Int, comment: String) -> String {
    let ascii = comment.unicodeScalars.map {
      (0x20..<0x7F).contains($0.value) ? Character($0) : "?"
    }
    let line = String("# \(String(ascii))".prefix(longestComment))
    return "P6\n\(line)\n\(width) \(height)\n255\n"
  }
}
