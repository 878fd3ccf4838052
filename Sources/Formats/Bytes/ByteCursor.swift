import Core

/// A place in untrusted bytes that moves forward, and never past their end.
struct ByteCursor {
  /// The bytes read from.
  let slice: ByteSlice
  /// What the bytes are, for errors, when they are not the file itself ("NAME/data.pkl").
  let source: String
  /// Bytes read so far, counted from the start of `slice`.
  private(set) var position = 0

  /// Starts at the first byte of `slice`.
  init(_ slice: ByteSlice, source: String = "") {
    self.slice = slice
    self.source = source
  }

  /// Bytes not yet read.
  var remaining: Int { slice.count - position }

  /// "byte 512", counted from the start of the file where the bytes are a part of it.
  func place(_ position: Int) -> String {
    "byte \(slice.range.lowerBound + position)" + (source.isEmpty ? "" : " of \(source)")
  }

  /// The next `count` bytes, or an error that names `what` was to be there.
  mutating func take(_ count: Int, _ what: String) throws(FormatError) -> ByteSlice {
    guard let part = slice.part(from: position, count: count) else {
      throw truncated("\(what) needs \(count) bytes, \(remaining) are left")
    }
    position += count
    return part
  }

  /// The next byte.
  mutating func byte(_ what: String) throws(FormatError) -> UInt8 {
    guard remaining > 0 else { throw truncated("the bytes end where \(what) should stand") }
    defer { position += 1 }
    return slice.region.bytes[slice.range.lowerBound + position]
  }

  /// The next little-endian integer.
  mutating func integer<T: FixedWidthInteger>(
    _ type: T.Type, _ what: String
  ) throws(FormatError) -> T {
    let raw = try take(MemoryLayout<T>.size, what)
    return raw.withBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
  }

  /// The bytes up to the next newline, which is read too but not returned.
  mutating func line(_ what: String) throws(FormatError) -> ByteSlice {
    guard let end = slice.withBytes({ $0[position...].firstIndex(of: 0x0A) }) else {
      throw truncated("the bytes end inside \(what)")
    }
    let line = try take(end - position, what)
    position += 1
    return line
  }

  private func truncated(_ problem: String) -> FormatError {
    FormatError(
      .truncated, problem, at: place(position), remedy: "copy the file again; it may be cut short")
  }
}

extension FormatError {
  /// The same error with `place`, unless it has one already.
  func located(_ place: String) -> FormatError {
    var error = self
    if error.place.isEmpty { error.place = place }
    return error
  }
}
