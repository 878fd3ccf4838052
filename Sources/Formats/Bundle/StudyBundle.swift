import Core
import Similarity

// A bundle that holds a study: its figures as comparisons, which Python reads as they are, and
// beside them everything that is needed to go on where the study stopped. docs/bundle.md has the
// schema.

/// A study and where it comes from, as a bundle holds them.
public struct StudyRecord: Sendable {
  /// The study.
  public var study: Study
  /// Where it comes from.
  public var provenance: StudyProvenance
  /// Where the matrices in the file are not those of the study's sums, one line for each: somebody
  /// changed one of the two.
  public var disagreements: [String] = []

  /// A study that comes from `provenance`.
  public init(study: Study, provenance: StudyProvenance) {
    self.study = study
    self.provenance = provenance
  }
}

extension ResultBundle {
  /// The file that holds `study`: every two of its models, then each with itself.
  ///
  /// Reading it back gives the same study, to the same bits.
  /// - Throws: `FormatError` when there is no layer, or names alone exceed what a header may hold.
  public static func encode(
    _ study: Study, provenance: StudyProvenance
  ) throws(FormatError) -> [UInt8] {
    try file(of: study, intervals: StudyIntervals(study), provenance: provenance).bytes
  }

  /// `encode` for those who have the study's intervals already; its bytes are never whole in
  /// memory.
  public static func file(
    of study: Study, intervals: StudyIntervals, provenance: StudyProvenance
  ) throws(FormatError) -> EncodedFile {
    let pairs = pairs(of: study)
    guard !pairs.isEmpty, study.models.allSatisfy({ !$0.layers.isEmpty }) else {
      throw FormatError("a study needs a model, and every model a layer")
    }
    guard pairs.count <= Limits.resultsPerFile else {
      throw FormatError(
        "\(study.models.count) models make more than \(Limits.resultsPerFile) pairs",
        remedy: "compare fewer models at once")
    }
    let record = StudyRecord(study: study, provenance: provenance)
    let comparisons = comparisons(of: record, path: "")
    var text = BundleStudy(comparisons)
    // Two models may be called alike: indices are those of the study.
    text.models = study.models.map(\.axis)
    text.details = study.models.map(ModelDetails.init)
    for (index, pair) in pairs.enumerated() {
      (text.entries[index].rows, text.entries[index].columns) = pair
    }
    // A finished study needs no more than its totals.
    let progress = provenance.state == .complete ? nil : study.progress
    var statistics = StudyStatistics(study)
    statistics.progress = progress.map(ProgressText.init)
    var file = TensorFile(
      metadata: metadata(
        study: text.json(with: [
          ("statistics", statistics.json), ("provenance", provenance.json),
        ])))
    for (index, pair) in pairs.enumerated() {
      let widths = intervals.halfWidths(rowModel: pair.rows, columnModel: pair.columns)
      let shape = [widths.rows, widths.columns]
      file.add("cka.\(index)", shape: shape, .matrix(comparisons[index].matrix))
      file.add("halfwidth.\(index)", shape: shape, .matrix(widths))
      guard let block = comparisons[index].block else { continue }
      addFindings(of: block, index: index, shape: shape, to: &file)
    }
    addFigures(of: study, to: &file)
    file.add("study.sums", shape: [study.sums.count], .doubles(study.sums))
    file.add("study.scales", shape: [study.scales.count], .doubles(study.scales))
    if study.units.contains(where: { $0 != 0 }) {
      file.add("study.units", shape: [study.units.count], .doubles(study.units.map(Double.init)))
    }
    if !study.kept.isEmpty {
      file.add("study.kept", shape: [study.kept.count, study.triangle.count], .floats(study.kept))
    }
    if let moments = study.moments {
      file.add("study.moments", shape: [4, study.triangle.count], .doubles(moments))
    }
    if let progress { addProgress(progress, to: &file) }
    return try file.sealed()
  }

  /// The study as the comparisons that a reader of its bundle at `path` gets.
  public static func comparisons(of record: StudyRecord, path: String) -> [Comparison] {
    let study = record.study
    let pairs = pairs(of: study)
    var taken: Set<String> = []
    return pairs.map { rows, columns in
      let block = StudyBlock(study: study, rowModel: rows, columnModel: columns)
      let name = "\(label(study.models[rows])) × \(label(study.models[columns]))"
      var key = name
      var number = 2
      while !taken.insert(key).inserted {
        key = "\(name) (\(number))"
        number += 1
      }
      var comparison = Comparison(
        id: ResultID(path: path, key: key), format: format(of: study), kind: .layers,
        rows: study.models[rows].axis, columns: study.models[columns].axis,
        matrix: block.matrix(), dtype: "float64",
        warnings: warnings(record, rows: rows, columns: columns), block: block)
      comparison.origin = record.provenance.origin
      comparison.standing = caveats(of: record)
      return comparison
    }
  }

  /// The study of the bundle at `path`; nil when it holds none.
  /// - Throws: `FormatError`, one line, when it is no bundle or does not hold what it says.
  public static func record(path: String) throws(FormatError) -> StudyRecord? {
    do throws(FormatError) {
      let region = try MappedFile.region(path: path)
      guard SafetensorsFile.matches(region.bytes) else { throw FormatError("this is no bundle") }
      let file = try SafetensorsFile(region: region)
      try Seal.check(file, in: region.bytes)
      guard matches(file) else { throw FormatError("this is no bundle") }
      let record = try record(in: file, path: path)
      try MappedFiles.checkIntact(region)
      return record
    } catch {
      var error = error
      error.file = SafeText.sanitise(path)
      throw error
    }
  }

  private static func record(
    in file: SafetensorsFile, path: String
  ) throws(FormatError) -> StudyRecord? {
    let text = try study(of: file)
    guard var record = try record(text, file: file) else { return nil }
    for entry in text.entries {
      let stored = try comparison(entry, in: text, file: file, path: path)
      let block = StudyBlock(study: record.study, rowModel: entry.rows, columnModel: entry.columns)
      if let line = disagreement(of: stored, with: block.matrix()) {
        record.disagreements.append(line)
      }
    }
    return record
  }

  /// Every two models, then each with itself.
  private static func pairs(of study: Study) -> [(rows: Int, columns: Int)] {
    let models = study.models.indices
    return models.flatMap { a in models.filter { $0 > a }.map { (a, $0) } }
      + models.map { ($0, $0) }
  }

  private static func label(_ model: StudyModel) -> String {
    model.dataset.isEmpty ? model.name : "\(model.name) on \(model.dataset)"
  }

  /// "cka bundle, version 1, unbiased, linear, 12 minibatches".
  static func format(of study: Study) -> ResultFormat {
    let (options, counted) = (study.options, study.countedMinibatches)
    return .bundle(
      details: "version \(version), \(options.estimator.rawValue), \(options.kernel), "
        + "\(counted) \(counted == 1 ? "minibatch" : "minibatches")")
  }
}

// MARK: What a reader of the figures should know

extension ResultBundle {
  /// Most layers without values that are named one by one.
  private static let mostReasons = 8

  private static func warnings(_ record: StudyRecord, rows: Int, columns: Int) -> [String] {
    let (study, provenance) = (record.study, record.provenance)
    var lines: [String] = []
    let seen = study.minibatches.count
    lines += caveats(of: record).map(\.description)
    if provenance.state == .converged {
      lines.append(
        "stopped after \(seen) of \(provenance.plannedMinibatches) minibatches: every interval is "
          + "narrow enough; intervals of such runs are somewhat too narrow")
    }
    lines += provenance.warnings + study.notes
    guard study.countedMinibatches > 0 else {
      return lines + ["no minibatch has been counted yet: there are no values"]
    }
    lines += StudyWarning.lines(study.warnings(rowModel: rows, columnModel: columns))
    var reasons: [String] = []
    for model in rows == columns ? [rows] : [rows, columns] {
      for layer in study.layers(of: model) {
        guard let reason = study.reason(layer) else { continue }
        reasons.append("\(study.models[model].name), \(study.name(of: layer)): \(reason)")
      }
    }
    lines += reasons.prefix(mostReasons)
    if reasons.count > mostReasons {
      lines.append("\(reasons.count - mostReasons) more layers have no values")
    }
    return lines
  }
}
