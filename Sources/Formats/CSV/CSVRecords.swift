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
  private let hasDecimalCommas: Bool
  private var position = 0
  private var line = 1

  /// - Parameter hasDecimalCommas: whether `0,5` is a number, as spreadsheets write it where a
  ///   semicolon stands between cells.
  init(bytes: UnsafeRawBufferPointer, delimiter: UInt8, hasDecimalCommas: Bool = false) {
    self.bytes = bytes
    self.delimiter = delimiter
    self.hasDecimalCommas = hasDecimalCommas
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { position = 3 }
  }

  /// Steps over lines that begin with `#`, a comment before the table. One with as many fields as the
  /// line after it is a header, as numpy.savetxt writes one, and only loses its mark.
  mutating func skipComments() {
    skipEmptyLines()
    while position < bytes.count, bytes[position] == UInt8(ascii: "#") {
      var after = self
      guard let comment = try? after.next() else { return }
      var beyond = after
      guard let next = try? beyond.next() else { return }
      if comment.fields.count == next.fields.count, !next.fields[0].hasPrefix("#") {
        // "#" alone is pandas' name of an index.
        if comment.fields[0].hasPrefix("# ") { position += 2 }
        return
      }
      self = after
      skipEmptyLines()
    }
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
    let cell = try text(start..<position)
    return hasDecimalCommas ? cell.withDecimalPoint : cell
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
    throw FormatError(.truncated, "a quoted field without an end", at: "line \(startLine)")
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

extension CSVRecords.Record {
  /// Puts an empty cell before the names of the columns where every row has one cell more than they
  /// are, as R's write.table leaves the corner out.
  mutating func addCorner(before records: CSVRecords) {
    var records = records
    guard fields.contains(where: { CSVReader.number($0) == nil }) else { return }
    var rows = 0
    while rows < 20, let record = try? records.next() {
      guard record.fields.count == fields.count + 1, CSVReader.number(record.fields[0]) == nil,
        record.fields.dropFirst().allSatisfy({ CSVReader.number($0) != nil })
      else { return }
      rows += 1
    }
    guard rows > 0 else { return }
    fields.insert("", at: 0)
  }
}

extension String {
  /// `0.5` for `0,5`; anything else as it is.
  fileprivate var withDecimalPoint: String {
    let parts = utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
    guard parts.count == 2, let whole = parts.first, let fraction = parts.last,
      !whole.isEmpty, let first = fraction.first, isDigit(first),
      whole.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: "-") })
    else { return self }
    return replacing(",", with: ".")
  }
}
