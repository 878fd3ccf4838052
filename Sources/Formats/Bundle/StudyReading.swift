import Core
import Similarity

extension ResultBundle {
  /// The study of a bundle whose text is `text`; nil when it holds none.
  /// - Throws: when a tensor is missing or of another size than the layers need.
  static func record(
    _ text: BundleStudy, file: SafetensorsFile
  ) throws(FormatError) -> StudyRecord? {
    guard let value = text.statistics else { return nil }
    let statistics = try StudyStatistics(value)
    let models = text.studyModels
    let layers = models.reduce(0) { $0 + $1.layers.count }
    guard layers > 0, layers <= Limits.layers else {
      throw FormatError("\(layers) layers in all", at: "metadata 'study'")
    }
    let triangle = PackedTriangle(side: layers)
    // Before anything is made: a study's sums take as much memory as the file's.
    let sums = try tensor("study.sums", [triangle.count], .float64, in: file)
    let scales = try tensor("study.scales", [layers], .float64, in: file)
    var faults = [LayerFault?](repeating: nil, count: layers)
    for (layer, fault) in statistics.faults {
      guard layer < layers else {
        throw FormatError("a fault of layer \(layer) of \(layers)", at: "metadata 'study'")
      }
      faults[layer] = fault
    }
    do {
      let study = try study(
        models: models, statistics, faults: faults, sums: sums, scales: scales, in: file)
      return StudyRecord(study: study, provenance: StudyProvenance(text.provenance))
    } catch let error as StudyError {
      throw FormatError(error.description, at: "metadata 'study'")
    } catch let error as FormatError {
      throw error
    } catch {
      throw FormatError(SafeText.sanitise("\(error)"))
    }
  }

  private static func study(
    models: [StudyModel], _ statistics: StudyStatistics, faults: [LayerFault?], sums: NDArray,
    scales: NDArray, in file: SafetensorsFile
  ) throws -> Study {
    let (options, layers, pairs) = (statistics.options, faults.count, sums.count)
    let (kept, units) = (try kept(pairs, in: file), try units(layers, in: file))
    let figures = try figures(layers, options.estimator, in: file)
    guard let text = statistics.progress else {
      let hasMoments = options.keep == .sumsOnly && file.tensor("study.moments") != nil
      return try Study(
        models: models, options: options, minibatches: statistics.minibatches, faults: faults,
        sums: sums.values(), scales: scales.values(), kept: kept, units: units,
        flat: statistics.flat, figures: figures,
        null: try null(options.null, layers: layers, in: file),
        moments: hasMoments
          ? try tensor("study.moments", [4, pairs], .float64, in: file).values() : nil)
    }
    try checkNull(options.null, layers: layers)
    let layout = SumLayout(layers: layers, options: options)
    let study = try Study(
      models: models, options: options, minibatches: statistics.minibatches,
      faults: faults.map { $0.map { text.numbered($0) } }, scales: scales.values(), kept: kept,
      units: units, flat: statistics.flat, peaks: figures?.layers.map { text.numbered($0) },
      progress: try progress(text, layout: layout, varied: layers, in: file))
    guard zip(study.sums, sums.values()).allSatisfy({ $0 == $1 || $0.isNaN && $1.isNaN }) else {
      throw FormatError("the sums are not those of the nodes", at: "key 'study.sums'")
    }
    return study
  }

  /// The comparisons with the blocks of the study that they are, whose values are those shown.
  /// - Throws: when two are the same block.
  static func blocks(
    of record: StudyRecord, in comparisons: [Comparison], study text: BundleStudy
  ) throws(FormatError) -> [Comparison] {
    var seen: Set<[Int]> = []
    var result: [Comparison] = []
    for (entry, stored) in zip(text.entries, comparisons) {
      guard entry.kind == .layers, seen.insert([entry.rows, entry.columns]).inserted else {
        throw FormatError("two comparisons are the same block of the study", at: entry.tensor)
      }
      let block = StudyBlock(study: record.study, rowModel: entry.rows, columnModel: entry.columns)
      var comparison = stored
      comparison.matrix = block.matrix()
      comparison.block = block
      comparison.origin = record.provenance.origin
      comparison.standing = caveats(of: record)
      comparison.format = format(of: record.study)
      if let warning = disagreement(of: stored, with: comparison.matrix) {
        comparison.warnings.insert(warning, at: 0)
        comparison.standing.insert(.contradiction(warning), at: 0)
      }
      // An earlier version may have written none of these.
      let told = StudyWarning.lines(
        record.study.warnings(rowModel: entry.rows, columnModel: entry.columns))
      comparison.warnings += told.filter { !stored.warnings.contains($0) }
      result.append(comparison)
    }
    return result
  }

  /// What must be said of a study's figures wherever they go.
  static func caveats(of record: StudyRecord) -> [Caveat] {
    guard record.provenance.state == .partial else { return [] }
    return [
      .partial(
        seen: record.study.minibatches.count, planned: record.provenance.plannedMinibatches)
    ]
  }

  /// Where the matrix in the file is not that of the sums beside it: somebody changed one of them.
  static func disagreement(of comparison: Comparison, with computed: Matrix) -> String? {
    let stored = comparison.matrix
    guard comparison.kind == .layers else { return "a comparison of minibatches stands in a study" }
    for (index, (a, b)) in zip(stored.values(), computed.values()).enumerated() {
      if a.isNaN && b.isNaN || abs(a - b) <= 1e-9 { continue }
      let (row, column) = (index / stored.columns, index % stored.columns)
      return "the stored \(a) of \(comparison.rows.layers[row]) × "
        + "\(comparison.columns.layers[column]) is not the \(b) of the sums beside it"
    }
    return nil
  }

  private static func kept(
    _ count: Int, in file: SafetensorsFile
  ) throws(FormatError) -> [[Float]] {
    guard let array = file.tensor("study.kept") else { return [] }
    guard array.type == .float32, array.shape.count == 2, array.shape[1] == count else {
      throw misfit("study.kept", array, "[minibatches, \(count)]")
    }
    return (0..<array.shape[0]).map { array.slice(axis: 0, index: $0).values().map { Float($0) } }
  }

  /// Exponents; nil where all are 0.
  private static func units(
    _ layers: Int, in file: SafetensorsFile
  ) throws(FormatError) -> [Int]? {
    guard file.tensor("study.units") != nil else { return nil }
    let values = try tensor("study.units", [layers], .float64, in: file).values()
    let units = values.compactMap { Int(exactly: $0) }
    guard units.count == layers, units.allSatisfy({ abs($0) <= 1 << 12 }) else {
      throw FormatError(
        "a layer's unit is no power of two that features can have", at: "key 'study.units'")
    }
    return units
  }

  static func tensor(
    _ name: String, _ shape: [Int], _ type: ScalarType, in file: SafetensorsFile
  ) throws(FormatError) -> NDArray {
    guard let array = file.tensor(name) else {
      throw FormatError("the study's tensor is not there", at: "key '\(name)'")
    }
    guard array.type == type, array.shape == shape else {
      throw misfit(name, array, "\(shape)")
    }
    return array
  }

  private static func misfit(_ name: String, _ array: NDArray, _ expected: String) -> FormatError {
    FormatError(
      "\(array.type.rawValue) \(array.shape) instead of \(expected)", at: "key '\(name)'",
      remedy: "save the result again; the file is damaged")
  }
}
