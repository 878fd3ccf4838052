import Core

/// The records of a delimited text, by RFC 4180: quoted fields may hold delimiters, quotes and
/// newlines.
struct CSVRecords {
  /// One record and the line on which it begins, from 1.
  struct Record {
    var line: Int
    var fields: [String]
  }

  private let bytes: UnsafeRawBufferPointer
  private let delimiter: UInt8
  private var position = 0
  private var line = 1

  init(bytes: UnsafeRawBufferPointer, delimiter: UInt8) {
    self.bytes = bytes
    self.delimiter = delimiter
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
  }

  /// The next record; nil at the end. A line with nothing on it is left out.
  mutating func next() throws(FormatError) -> Record? {
    skipEmptyLines()
    guard position < bytes.count else { return nil }
    var record = Record(line: line, fields: [])
    while true {
      record.fields.append(try field())
      guard position < bytes.count, bytes[position] == delimiter else { break }
      position += 1
    }
    skipNewline()
    return record
  }

  private mutating func skipEmptyLines() {
    while position < bytes.count, isNewline(bytes[position]) { skipNewline() }
  }

  private func isNewline(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  private mutating func skipNewline() {
    guard position < bytes.count else { return }
    if bytes[position] == 0x0D { position += 1 }
    if position < bytes.count, bytes[position] == 0x0A { position += 1 }
    line += 1
  }

  private mutating func field() throws(FormatError) -> String {
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try quotedField() }
    let start = position
    while position < bytes.count, bytes[position] != delimiter, !isNewline(bytes[position]) {
      position += 1
    }
    return try text(start..<position)
  }

  private mutating func quotedField() throws(FormatError) -> String {
    let startLine = line
    position += 1
    var result = ""
    var runStart = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0x0A { line += 1 }
      guard byte == UInt8(ascii: "\"") else {
        position += 1
        continue
      }
      result += try text(runStart..<position)
      position += 1
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        return try closed(result)
      }
      result += "\""
      position += 1
      runStart = position
    }
    throw FormatError(.syntax, "a quoted field without an end", at: "line \(startLine)")
  }

  private func closed(_ field: String) throws(FormatError) -> String {
    guard position == bytes.count || bytes[position] == delimiter || isNewline(bytes[position])
    else { throw FormatError(.syntax, "text after a closing quote", at: "line \(line)") }
    return field
  }

  private func text(_ range: Range<Int>) throws(FormatError) -> String {
    let run = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard let text = String(validating: run, as: UTF8.self) else {
      throw FormatError(
        .syntax, "the text is not UTF-8", at: "line \(line), byte \(range.lowerBound)")
    }
    return text
  }
}
