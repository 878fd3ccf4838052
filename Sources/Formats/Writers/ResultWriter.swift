import Core
import Similarity

/// Results in the formats that other programs read. Values are exact; reading a file back gives the
/// same result.
public enum ResultWriter {
  /// How each cell of a matrix stands to a permutation null.
  public struct NullTables {
    /// p, and the value above which it is at most 0.05: of the matrix's shape.
    public let p, quantile: Matrix

    /// Two matrices of the shape of the values.
    public init(p: Matrix, quantile: Matrix) {
      self.p = p
      self.quantile = quantile
    }

    fileprivate var named: [(String, Matrix)] { [("null_p", p), ("null_quantile", quantile)] }
  }

  /// The matrix alone as npy: its own element type, little-endian; a vector for minibatches.
  /// bfloat16, which numpy lacks, becomes float32, which holds the same values.
  public static func npy(_ comparison: Comparison) -> [UInt8] { NpyText.matrix(comparison) }

  /// A table in RFC 4180's form: column names first, row names in front, numbers as Python prints
  /// them.
  ///
  /// A matrix without names is bare numbers. Minibatches are two columns, `minibatch,score`, from
  /// 1. A missing value is `nan`.
  /// - Parameter order: the minibatch (from 1) of each score, where they are sorted; the columns
  ///   are then `rank,minibatch,score`.
  public static func csv(_ comparison: Comparison, order: [Int]? = nil) -> [UInt8] {
    let matrix = comparison.matrix
    var text = ""
    if comparison.kind == .minibatches, let order {
      text = "rank,minibatch,score\n"
      for (index, minibatch) in order.prefix(matrix.columns).enumerated() {
        text += "\(index + 1),\(minibatch),\(csvNumber(matrix[0, index]))\n"
      }
      return Array(text.utf8)
    }
    if comparison.kind == .minibatches {
      text = "minibatch,score\n"
      for index in 0..<matrix.columns { text += "\(index + 1),\(csvNumber(matrix[0, index]))\n" }
      return Array(text.utf8)
    }
    // A line or a column of bare numbers would read back as minibatches.
    let isBare =
      comparison.rows.layersAreGenerated && comparison.columns.layersAreGenerated
      && matrix.rows > 1 && matrix.columns > 1
    if !isBare {
      text += comparison.columns.layers.map { "," + csvField($0) }.joined() + "\n"
    }
    for row in 0..<matrix.rows {
      var fields = isBare ? [] : [csvField(comparison.rows.layers[row])]
      for column in 0..<matrix.columns { fields.append(csvNumber(matrix[row, column])) }
      text += fields.joined(separator: ",") + "\n"
    }
    return Array(text.utf8)
  }

  /// torch_cka's dictionary as JSON, or a dictionary of such dictionaries when there are several.
  /// NaN and infinity are written as Python's json writes and reads them (`NaN`, `Infinity`).
  /// - Parameter order: the minibatch (from 1) of each score of the only result, where they are
  ///   sorted; it stands under `order`. `null` of the only result stands under `null_p` and
  ///   `null_quantile`.
  public static func json(
    _ comparisons: [Comparison], order: [Int]? = nil, null: NullTables? = nil
  ) -> [UInt8] {
    guard comparisons.count != 1 else {
      return Array((jsonObject(comparisons[0], order: order, null: null) + "\n").utf8)
    }
    let entries = zip(labels(comparisons), comparisons).map { label, comparison in
      JSONText.string(label) + ": " + jsonObject(comparison)
    }
    return Array(("{" + entries.joined(separator: ",\n ") + "}\n").utf8)
  }

  /// torch_cka's dictionary as npz; several stand under `LABEL/CKA`, `LABEL/model1_name` and so on.
  /// - Parameter order: the minibatch (from 1) of each score of the only result, where they are
  ///   sorted; it stands under `order`.
  /// - Throws: `FormatError` when the file would pass 4 GiB, or hold more than 65,535 members.
  public static func npz(
    _ comparisons: [Comparison], order: [Int]? = nil, null: NullTables? = nil
  ) throws(FormatError) -> [UInt8] {
    var zip = StoredZip()
    for (label, comparison) in Swift.zip(labels(comparisons), comparisons) {
      let prefix = comparisons.count == 1 ? "" : label + "/"
      try zip.add(prefix + "CKA.npy", NpyText.matrix(comparison))
      for (key, text) in names(of: comparison) {
        try zip.add(prefix + key + ".npy", NpyText.text(text))
      }
      for (key, layers) in layers(of: comparison) {
        try zip.add(prefix + key + ".npy", NpyText.list(layers))
      }
      let caveats = comparison.caveats
      if !caveats.isEmpty {
        try zip.add(
          prefix + CaveatText.key + ".npy", NpyText.list(caveats.map(\.description)))
      }
    }
    if let order { try zip.add("order.npy", NpyText.integers(order)) }
    for (key, matrix) in null?.named ?? [] {
      var table = comparisons[0]
      table.matrix = matrix
      try zip.add(key + ".npy", NpyText.matrix(table))
    }
    return try zip.finished()
  }
}

// MARK: What torch_cka's dictionary holds

extension ResultWriter {
  private static func names(of comparison: Comparison) -> [(String, String)] {
    [
      ("model1_name", comparison.rows.model), ("model2_name", comparison.columns.model),
      ("dataset1_name", comparison.rows.dataset), ("dataset2_name", comparison.columns.dataset),
    ]
  }

  /// Names that the file gave; numbers that stand in for them are made again by the reader.
  private static func layers(of comparison: Comparison) -> [(String, [String])] {
    [("model1_layers", comparison.rows), ("model2_layers", comparison.columns)]
      .filter { !$0.1.layersAreGenerated }.map { ($0.0, $0.1.layers) }
  }

  /// A name for each of several results: its key, or its file's name; made unique.
  private static func labels(_ comparisons: [Comparison]) -> [String] {
    var seen: Set<String> = []
    return comparisons.map { comparison in
      let file = SafeText.sanitise(String(comparison.id.path.split(separator: "/").last ?? ""))
      // A slash parts a label from its keys inside an npz.
      let name = String(
        (comparison.id.key.isEmpty ? file : SafeText.sanitise(comparison.id.key))
          .map { $0 == "/" ? ":" : $0 })
      var label = name
      var count = 1
      while !seen.insert(label).inserted {
        count += 1
        label = "\(name) (\(count))"
      }
      return label
    }
  }

  /// A list for each row.
  private static func rows(of matrix: Matrix) -> [String] {
    (0..<matrix.rows).map { row in
      let numbers = (0..<matrix.columns).map { JSONText.number(matrix[row, $0]) }
      return "[" + numbers.joined(separator: ", ") + "]"
    }
  }

  private static func jsonObject(
    _ comparison: Comparison, order: [Int]? = nil, null: NullTables? = nil
  ) -> String {
    let rows = rows(of: comparison.matrix)
    let scores =
      comparison.kind == .minibatches ? rows.joined() : "[" + rows.joined(separator: ", ") + "]"
    var fields = names(of: comparison).map { "\"\($0.0)\": \(JSONText.string($0.1))" }
    fields.insert("\"CKA\": \(scores)", at: 2)
    fields.insert(
      contentsOf: layers(of: comparison).map { "\"\($0.0)\": \(JSONText.list($0.1))" }, at: 3)
    if let order { fields.append("\"order\": [\(order.map(String.init).joined(separator: ", "))]") }
    for (key, matrix) in null?.named ?? [] {
      fields.append("\"\(key)\": [\(Self.rows(of: matrix).joined(separator: ", "))]")
    }
    let caveats = comparison.caveats
    if !caveats.isEmpty { fields.append("\"\(CaveatText.key)\": \(CaveatText.json(caveats))") }
    return "{" + fields.joined(separator: ", ") + "}"
  }

  static func csvNumber(_ number: Double) -> String { number.description }

  static func csvField(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      byte != UInt8(ascii: ",") && byte != UInt8(ascii: "\"") && byte != 0x0A && byte != 0x0D
    }
    return isPlain
      ? text
      : "\""
        + text.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\""
  }
}
