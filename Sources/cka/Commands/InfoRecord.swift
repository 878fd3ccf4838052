import Core
import Formats
import Similarity

/// One result as `info --json` gives it; `kind` tells which keys there are.
enum InfoRecord: Encodable {
  case comparison(ComparisonRecord)
  case curves(CurvesRecord)

  init(_ result: SavedResult) {
    switch result {
    case .comparison(let comparison): self = .comparison(ComparisonRecord(comparison))
    case .curves(let curves): self = .curves(CurvesRecord(curves))
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .comparison(let record): try record.encode(to: encoder)
    case .curves(let record): try record.encode(to: encoder)
    }
  }
}

/// Curves as `info --json` gives them: what the axes are, and what each series spans.
struct CurvesRecord: Encodable {
  /// One series. NaN has no JSON form: a range that is not there is left out.
  struct Series: Encodable {
    let name: String
    let points, missing: Int
    let x_min, x_max: Double
    let min, max: Double?
  }
  let kind = "curves"
  let file, key, format, title, x, y, caption: String
  let error_bar: String?
  let series: [Series]
  let warnings: [String]

  init(_ curves: Curves) {
    file = SafeText.sanitise(curves.id.path)
    key = SafeText.sanitise(curves.id.key)
    (format, title, x, y) = (curves.format, curves.title, curves.xName, curves.yName)
    (caption, error_bar, warnings) = (curves.caption, curves.errorBar?.rawValue, curves.warnings)
    series = curves.series.map { series in
      Series(
        name: series.name, points: series.x.count,
        missing: series.mean.count { !$0.isFinite }, x_min: series.span.lowerBound,
        x_max: series.span.upperBound, min: series.means?.lowerBound,
        max: series.means?.upperBound)
    }
  }
}

/// A comparison as `info --json` gives it. NaN has no JSON form: a range that is not there is null.
struct ComparisonRecord: Encodable {
  let file, key, format, model1, model2, dataset1, dataset2: String
  let rows, columns: Int
  let layers1, layers2, kinds1, kinds2: [String]
  let kind, dtype: String
  let min, max, mean: Double?
  let nan_count, infinite_count, negative_count: Int
  let warnings: [String]
  let caveats: [CaveatRecord]
  let specifications: [String]
  let command, created: String?
  let settings, versions: [String: String]
  let null_draws, null_above: Int?
  let sources: [SourceRecord]

  init(_ comparison: Comparison) {
    let summary = comparison.summary
    file = SafeText.sanitise(comparison.id.path)
    key = SafeText.sanitise(comparison.id.key)
    format = comparison.format
    (model1, model2) = (comparison.rows.model, comparison.columns.model)
    (dataset1, dataset2) = (comparison.rows.dataset, comparison.columns.dataset)
    (rows, columns) = (comparison.matrix.rows, comparison.matrix.columns)
    (layers1, layers2) = (comparison.rows.layers, comparison.columns.layers)
    (kinds1, kinds2) = (comparison.kinds(of: \.rowModel), comparison.kinds(of: \.columnModel))
    kind = comparison.kind.rawValue
    dtype = comparison.dtype
    (min, max, mean) = (summary.minimum.finite, summary.maximum.finite, summary.mean.finite)
    nan_count = summary.nanCount
    infinite_count = summary.infiniteCount
    negative_count = summary.negativeCount
    warnings = comparison.warnings
    caveats = comparison.caveats.map(CaveatRecord.init)
    specifications = comparison.specifications
    (command, created) = (comparison.origin?.command, comparison.origin?.created)
    null_draws = comparison.block?.study.null?.plan.draws
    null_above = comparison.block?.countAboveNull()?.above
    sources = (comparison.origin?.sources ?? []).map(SourceRecord.init)
    (settings, versions) = (comparison.origin?.settings ?? [:], comparison.origin?.versions ?? [:])
  }
}

extension Comparison {
  /// How the models on both sides can be made again, once each; empty where it is not known.
  var specifications: [String] {
    guard let block else { return [] }
    let sides = [block.rowModel, block.columnModel].map { block.study.models[$0].specification }
    return (sides[0] == sides[1] ? [sides[0]] : sides).filter { !$0.isEmpty }
  }
}

extension Comparison {
  /// What computes each layer of one side, "Conv2d"; empty where the file does not tell.
  fileprivate func kinds(of side: KeyPath<StudyBlock, Int>) -> [String] {
    guard let block else { return [] }
    let kinds = block.study.models[block[keyPath: side]].layers.map(\.kind)
    return kinds.contains { !$0.isEmpty } ? kinds : []
  }
}

extension ComparisonRecord {
  private enum CodingKeys: String, CodingKey {
    case file, key, format, model1, model2, dataset1, dataset2, rows, columns, layers1, layers2,
      kinds1, kinds2, kind
    case dtype, min, max, mean, nan_count, infinite_count, negative_count, warnings, caveats
    case specifications, command, created, settings, versions, null_draws, null_above, sources
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
      (CodingKeys.layers1, layers1), (.layers2, layers2), (.kinds1, kinds1), (.kinds2, kinds2),
      (.warnings, warnings), (.specifications, specifications),
    ] { try record.encode(texts, forKey: key) }
    try record.encode(caveats, forKey: .caveats)
    try record.encode(sources, forKey: .sources)
    for (key, text) in [(CodingKeys.command, command), (.created, created)] {
      try record.encode(text, forKey: key)
    }
    for (key, count) in [(CodingKeys.null_draws, null_draws), (.null_above, null_above)] {
      try record.encode(count, forKey: key)
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

/// A file that a result was made from, as `info --json` gives it.
struct SourceRecord: Encodable {
  let path: String
  let bytes: Int
  let hash: String?
  /// What it is now: `same`, `looks-same`, `written-again`, `differs` or `missing`.
  let state: String

  init(_ source: SourceFile) {
    (path, bytes, hash) = (source.path, source.bytes, source.hash)
    state =
      switch source.state(hashingUpTo: Info.hashedBytes) {
      case .same: "same"
      case .looksSame: "looks-same"
      case .writtenAgain: "written-again"
      case .differs: "differs"
      case .missing: "missing"
      }
  }
}
