import ArgumentParser
import CKACore
import Formats
import Foundation

/// What is in result files, in words or as JSON.
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in result files: names, shape, range, warnings.")

  @Argument(help: "Result files, and folders to search for them.", completion: .file())
  var paths: [String]

  @Flag(help: "Print one JSON array with an object for each result.")
  var json = false

  func run() throws {
    let (comparisons, problems) = Self.read(paths)
    if json {
      try Self.print(comparisons.map(InfoRecord.init))
    } else {
      for comparison in comparisons { try StandardOutput.print(Self.describe(comparison)) }
    }
    problems.forEach(complain)
    if !problems.isEmpty { throw ExitCode(1) }
  }

  /// The words alone, for those who start the explorer where there is no terminal.
  static func summarise(_ paths: [String]) throws {
    var info = Info()
    info.paths = paths
    info.json = false
    try info.run()
  }

  /// Every result below `paths`, and a line for every file that cannot be read.
  /// - Parameter skipped: a file that folders are searched as if without.
  static func read(
    _ paths: [String], skipping skipped: FileIdentity? = nil
  ) -> (comparisons: [Comparison], problems: [String]) {
    var files: [String] = []
    var problems: [String] = []
    var finder = FileFinder(
      skipping: skipped, found: { files.append($0) }, problem: { problems.append($0) })
    for path in paths { finder.visit(path) }
    var comparisons: [Comparison] = []
    for file in files {
      do {
        comparisons += try ResultFile.read(path: file)
      } catch {
        problems.append(error.description)
      }
    }
    if files.isEmpty, problems.isEmpty {
      problems.append("no result files here; name a file, or a folder that holds some")
    }
    return (comparisons, problems)
  }

  private static func print(_ records: [InfoRecord]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try StandardOutput.print(String(decoding: encoder.encode(records), as: UTF8.self))
  }

  private static func describe(_ comparison: Comparison) -> String {
    let summary = comparison.summary
    let key = comparison.id.key.isEmpty ? "" : "  [\(SafeText.sanitise(comparison.id.key))]"
    let shape =
      comparison.kind == .layers
      ? "\(comparison.matrix.rows) × \(comparison.matrix.columns) layers"
      : "\(comparison.matrix.columns) \(comparison.matrix.columns == 1 ? "minibatch" : "minibatches")"
    var lines = [
      "\(SafeText.sanitise(comparison.id.path))\(key)",
      "  \(name(comparison.rows)) × \(name(comparison.columns))",
      "  \(shape), \(comparison.dtype), \(comparison.format)",
      "  min \(summary.minimum)  max \(summary.maximum)  mean \(summary.mean)\(leftOut(summary))",
    ]
    lines += madeOf(comparison)
    lines += comparison.warnings.map { "  warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  /// Which models were run, how, and by what; nothing where the file does not tell.
  private static func madeOf(_ comparison: Comparison) -> [String] {
    let models = comparison.specifications.map { "  made by \($0)" }
    guard let origin = comparison.origin else { return models }
    let parts = [("with", origin.settingsText), ("versions", origin.versionsText)]
    return models + parts.filter { !$0.1.isEmpty }.map { "  \($0.0) \($0.1)" }
  }

  /// Which values the three numbers do not speak of.
  private static func leftOut(_ summary: Summary) -> String {
    let left = [(summary.nanCount, "NaN"), (summary.infiniteCount, "infinite")].filter { $0.0 > 0 }
    guard !left.isEmpty else { return "" }
    return "  (without \(left.map { "\($0.0) \($0.1)" }.joined(separator: " and ")))"
  }

  private static func name(_ axis: Axis) -> String {
    let model = axis.model.isEmpty ? "(no name)" : axis.model
    return axis.dataset.isEmpty ? model : "\(model) on \(axis.dataset)"
  }
}

/// One result as `info --json` gives it. NaN has no JSON form: a range that is not there is null.
struct InfoRecord: Encodable {
  let file, key, format, model1, model2, dataset1, dataset2: String
  let rows, columns: Int
  let layers1, layers2: [String]
  let kind, dtype: String
  let min, max, mean: Double?
  let nan_count, infinite_count, negative_count: Int
  let warnings: [String]
  let specifications: [String]
  let command, created: String?
  let settings, versions: [String: String]

  init(_ comparison: Comparison) {
    let summary = comparison.summary
    file = SafeText.sanitise(comparison.id.path)
    key = SafeText.sanitise(comparison.id.key)
    format = comparison.format
    (model1, model2) = (comparison.rows.model, comparison.columns.model)
    (dataset1, dataset2) = (comparison.rows.dataset, comparison.columns.dataset)
    (rows, columns) = (comparison.matrix.rows, comparison.matrix.columns)
    (layers1, layers2) = (comparison.rows.layers, comparison.columns.layers)
    kind = comparison.kind.rawValue
    dtype = comparison.dtype
    (min, max, mean) = (summary.minimum.finite, summary.maximum.finite, summary.mean.finite)
    nan_count = summary.nanCount
    infinite_count = summary.infiniteCount
    negative_count = summary.negativeCount
    warnings = comparison.warnings
    specifications = comparison.specifications
    (command, created) = (comparison.origin?.command, comparison.origin?.created)
    (settings, versions) = (comparison.origin?.settings ?? [:], comparison.origin?.versions ?? [:])
  }
}

extension Comparison {
  /// How the models on both sides can be made again, once each; empty where it is not known.
  fileprivate var specifications: [String] {
    guard let block else { return [] }
    let sides = [block.rowModel, block.columnModel].map { block.study.models[$0].specification }
    return (sides[0] == sides[1] ? [sides[0]] : sides).filter { !$0.isEmpty }
  }
}

extension InfoRecord {
  private enum CodingKeys: String, CodingKey {
    case file, key, format, model1, model2, dataset1, dataset2, rows, columns, layers1, layers2,
      kind
    case dtype, min, max, mean, nan_count, infinite_count, negative_count, warnings
    case specifications, command, created, settings, versions
  }

  /// Every key of every record: the encoder that Swift would make leaves out what is nil.
  func encode(to encoder: any Encoder) throws {
    var record = encoder.container(keyedBy: CodingKeys.self)
    for (key, text) in [
      (CodingKeys.file, file), (.key, self.key), (.format, format), (.model1, model1),
      (.model2, model2), (.dataset1, dataset1), (.dataset2, dataset2), (.kind, kind),
      (.dtype, dtype),
    ] { try record.encode(text, forKey: key) }
    for (key, count) in [
      (CodingKeys.rows, rows), (.columns, columns), (.nan_count, nan_count),
      (.infinite_count, infinite_count), (.negative_count, negative_count),
    ] { try record.encode(count, forKey: key) }
    for (key, number) in [(CodingKeys.min, min), (.max, max), (.mean, mean)] {
      try record.encode(number, forKey: key)
    }
    for (key, texts) in [
      (CodingKeys.layers1, layers1), (.layers2, layers2), (.warnings, warnings),
      (.specifications, specifications),
    ] { try record.encode(texts, forKey: key) }
    for (key, text) in [(CodingKeys.command, command), (.created, created)] {
      try record.encode(text, forKey: key)
    }
    for (key, texts) in [(CodingKeys.settings, settings), (.versions, versions)] {
      try record.encode(texts, forKey: key)
    }
  }
}

extension Double {
  /// The value, or nil for NaN and infinities.
  fileprivate var finite: Double? { isFinite ? self : nil }
}
