import Core
import Similarity
import Testing

@testable import Formats

/// Tables that are cut short, changed, or full of hostile names: a right answer, or one clear line.
@Suite struct TableDamageTests {
  private static let rows = ["conv1", "layer1.0", "fc"]
  private static let columns = ["stem", "head"]
  private static let values = [[0.9125, 0.3125], [0.5625, 0.4375], [0.1875, 0.8125]]

  private func read(_ text: some Collection<UInt8>, _ kind: TableKind) throws -> [Comparison] {
    try ResultFile.read(region: ByteRegion(copying: Array(text)), path: "cka.\(kind.ending)")
  }

  private func text(_ kind: TableKind) -> String {
    kind.text(rows: Self.rows, columns: Self.columns, values: Self.values)
  }

  @Test("every kind gives the same matrix, the right way round", arguments: TableKind.allCases)
  func whole(_ kind: TableKind) throws {
    let found = try read(text(kind).utf8, kind)
    try #require(found.count == 1)
    var (rows, columns) = (found[0].rows.layers, found[0].columns.layers)
    var values = found[0].matrix.values()
    if kind == .columns {
      // Nothing in the file tells 'columns' from 'index': the outer keys are rows, and it is said.
      #expect(found[0].warnings.contains(ResultNote.outerKeysAreRows.description))
      (rows, columns) = (columns, rows)
      values = (0..<3).flatMap { row in (0..<2).map { values[$0 * 3 + row] } }
    }
    #expect(rows == Self.rows && columns == Self.columns)
    #expect(values == Self.values.flatMap(\.self))
  }

  @Test("cut at any byte, JSON is refused", arguments: TableKind.allCases.filter(\.isJSON))
  func cutJSON(_ kind: TableKind) {
    let bytes = Array(text(kind).utf8)
    for length in 0..<bytes.count {
      let error = #expect(throws: FormatError.self, "\(length) bytes") {
        try read(bytes[..<length], kind)
      }
      #expect(
        [.truncated, .empty].contains(error?.kind), "\(length) bytes: \(error?.problem ?? "")")
    }
  }

  @Test(
    "cut at any byte, a table is refused, or has the values that are left under their names",
    arguments: TableKind.allCases.filter { !$0.isJSON })
  func cutTable(_ kind: TableKind) throws {
    let bytes = Array(text(kind).utf8)
    var opened = 0
    for length in 0..<bytes.count {
      let found: [Comparison]
      do {
        found = try read(bytes[..<length], kind)
      } catch let error as FormatError {
        #expect(!error.problem.isEmpty && isSafe(error.description))
        continue
      }
      opened += 1
      for result in found { check(result, "\(length) bytes") }
    }
    // A table without its last rows is one.
    #expect(opened > 0)
  }

  /// Checks that all cells but the last one of the text, which may lack digits, are right.
  private func check(_ result: Comparison, _ comment: Comment) {
    var wrong = 0
    for (row, name) in result.rows.layers.enumerated() {
      for (column, other) in result.columns.layers.enumerated() {
        let value = result.matrix[row, column]
        guard !value.isNaN else { continue }
        guard let i = Self.rows.firstIndex(of: name), let j = Self.columns.firstIndex(of: other),
          Self.values[i][j] == value
        else {
          wrong += 1
          continue
        }
      }
    }
    #expect(wrong <= 1, comment)
  }

  @Test("with bytes changed at random, a table is read or refused", arguments: TableKind.allCases)
  func changed(_ kind: TableKind) throws {
    let whole = Array(text(kind).utf8)
    var random = SplitMix64(seed: 11)
    var refused = 0
    for _ in 0..<400 {
      var bytes = whole
      for _ in 0...random.below(3) {
        bytes[Int(random.below(UInt64(bytes.count)))] = UInt8(random.below(256))
      }
      do {
        for result in try read(bytes, kind) {
          #expect(result.matrix.rows == result.rows.layers.count)
          #expect(texts(of: result).allSatisfy(isSafe), "\(texts(of: result))")
        }
      } catch let error as FormatError {
        #expect(isSafe(error.description), "\(error.description)")
        refused += 1
      }
    }
    #expect(refused > 0)
  }

  // MARK: Hostile names

  private static let hostile = [
    "esc\u{1B}[2J\u{1B}]0;x\u{7}", "c1\u{9B}31m\u{85}", "bidi\u{202E}cba\u{2066}", "nul\u{0}\u{7F}",
    "line\nbreak\r\ttab", "zero\u{200B}\u{FEFF}width",
    "long" + String(repeating: "ab", count: 20_000),
    "tag\u{E0041}\u{2028}",
  ]

  @Test("hostile names come out as safe text", arguments: TableKind.allCases)
  func names(_ kind: TableKind) throws {
    // A pair of names in one key has a comma between them and no more.
    let columns = ["a", "b\u{9B}1m\u{202E}"]
    let values = Self.hostile.indices.map { [Double($0) / 16, 1 - Double($0) / 16] }
    // Text with control characters of ASCII in it is no text file; C1 it may have.
    let rows = Self.hostile.map { name in
      kind.isJSON ? name : name.replacing(/[\x00-\x08\x0E-\x1F\x7F]/, with: "\u{9F}")
    }
    let text = kind.text(rows: rows, columns: columns, values: values)
    let found: [Comparison]
    do {
      found = try read(text.utf8, kind)
    } catch let error as FormatError {
      Issue.record("\(error.description)")
      return
    }
    try #require(found.count == 1)
    #expect(found[0].matrix.rows * found[0].matrix.columns == 16)
    #expect(texts(of: found[0]).allSatisfy(isSafe))
    #expect(Set(found[0].rows.layers + found[0].columns.layers).count == 10)
  }

  @Test("errors that name what is in the file are safe text", arguments: Self.hostile)
  func errors(_ name: String) {
    for kind in TableKind.allCases {
      // The same pair twice, a word for a number, and names of another measure.
      let texts = [
        kind.text(rows: [name, name], columns: ["x", "y"], values: [[0.1, 0.2], [0.3, 0.4]]),
        kind.text(rows: [name, "b"], columns: ["x", "y"], values: [[0.1, 0.2], [0.3, 0.4]])
          .replacing("0.3", with: kind.isJSON ? "\"\\u001b[1m\"" : "\u{1B}[1m\u{202E}"),
        kind.text(
          rows: ["loss" + name, "b"], columns: ["x", "y"], values: [[9.1, 0.2], [-3, 40]]),
      ]
      for text in texts {
        do {
          for result in try read(text.utf8, kind) {
            #expect(self.texts(of: result).allSatisfy(isSafe))
          }
        } catch let error as FormatError {
          #expect(isSafe(error.description), "\(error.description)")
        } catch {
          Issue.record("\(error)")
        }
      }
    }
  }

  private func texts(of result: Comparison) -> [String] {
    [result.rows, result.columns].flatMap { [$0.model, $0.dataset] + $0.layers }
      + result.warnings + [result.id.key, result.format.description, result.dtype]
  }

  /// One line of bounded length without anything that steers a terminal.
  private func isSafe(_ text: String) -> Bool {
    let unsafe: (Unicode.Scalar) -> Bool = { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF,
        0xE0000...0xE007F:
        true
      default: false
      }
    }
    return text.unicodeScalars.count <= 4096 && !text.unicodeScalars.contains(where: unsafe)
  }
}
