import Core
import Similarity

/// Makes comparisons of one torch_cka dictionary: the scores, and the names beside them.
struct ComparisonBuilder {
  /// The file's path, for `ResultID`.
  let file: String
  /// The container, and what its reader had to say.
  let source: ReadValue

  /// JSON and CSV hold lists, whatever the reader packs them into.
  var isText: Bool { source.format.isText }

  /// The reader has checked already that the values may be CKA: CSV, whose tables have headings.
  var isKnownTable: Bool { [.csv, .tsv].contains(source.format) }

  /// The comparison of `scores`, or one for each slice of a 3-D array.
  /// - Parameters:
  ///   - entries: the dictionary that may name models, layers and data sets.
  ///   - key: which of the file's results this is.
  ///   - place: where the scores stand, for errors.
  ///   - isStrict: whether names under torch_cka's keys must fit.
  func comparisons(
    scores: Value, entries: [(key: Value, value: Value)], key: String, place: String,
    isStrict: Bool = true
  ) throws(FormatError) -> [Comparison] {
    do throws(FormatError) {
      let scores = try ScoreArray(scores, isText: isText)
      try checkSize(scores.array.shape)
      let names = try NamedSides(entries, isStrict: isStrict)
      guard scores.array.shape.count == 3 else {
        let whole = try comparison(scores.array, dtype: scores.dtype, names: names, key: key)
        return [Self.adding(entries, to: whole)]
      }
      return try slices(scores, names: names, key: key).map { Self.adding(entries, to: $0) }
    } catch {
      var error = error
      if error.place.isEmpty { error.place = place }
      throw error
    }
  }

  /// What whoever wrote the dictionary said of it.
  private static func adding(
    _ entries: [(key: Value, value: Value)], to comparison: Comparison
  ) -> Comparison {
    var comparison = comparison
    comparison.standing = CaveatText.caveats(entries[CaveatText.key])
    comparison.warnings = comparison.standing.map(\.description) + comparison.warnings
    return comparison
  }

  private func checkSize(_ shape: [Int]) throws(FormatError) {
    let spelled = shape.map(String.init).joined(separator: " × ")
    guard !shape.contains(0) else {
      throw FormatError(.empty, "the matrix is empty (\(spelled)): there is nothing to show")
    }
    var cells = 1
    for size in shape {
      let (product, overflow) = cells.multipliedReportingOverflow(by: size)
      guard !overflow, product <= Limits.cells else {
        throw FormatError(.tooLarge, "\(spelled) values, more than \(Limits.cells)")
      }
      cells = product
    }
    guard shape.count < 2 || shape.allSatisfy({ $0 <= Limits.layers }) else {
      throw FormatError(.tooLarge, "\(spelled) layers, more than \(Limits.layers) on a side")
    }
  }

  /// One comparison for each index of the axis that is not layers: the first, when only the last
  /// two match the names, and the last otherwise.
  private func slices(
    _ scores: ScoreArray, names: NamedSides, key: String
  ) throws(FormatError) -> [Comparison] {
    let shape = scores.array.shape
    let axis = names.fitsLast(of: shape) ? 0 : 2
    guard shape[axis] <= Limits.resultsPerFile else {
      throw FormatError(
        .tooLarge, "\(shape[axis]) slices, more than \(Limits.resultsPerFile) results")
    }
    var results: [Comparison] = []
    for index in 0..<shape[axis] {
      let slice = scores.array.slice(axis: axis, index: index)
      let slot = axis == 2 ? "[…, \(index)]" : "[\(index)]"
      var result = try comparison(slice, dtype: scores.dtype, names: names, key: key + slot)
      let note = ResultNote.slice(index, of: shape[axis], shape: shape)
      result.warnings.insert(note.description, at: 0)
      results.append(result)
    }
    return results
  }

  private func comparison(
    _ array: NDArray, dtype: String, names: NamedSides, key: String
  ) throws(FormatError) -> Comparison {
    let isVector = array.shape.count == 1
    let stored = try array.matrix()
    let axes = isVector ? names.axes : try names.axes(for: stored, isNumber: array.shape.isEmpty)
    let matrix = axes.isTransposed ? try array.transposed.matrix() : stored
    let summary = matrix.summary()
    var warnings =
      source.warnings + axes.warnings + ValueWarnings.notes(for: matrix, summary: summary)
    if !isVector, axes.lookRegistered {
      warnings.append(.registrationOrder)
    }
    return Comparison(
      id: ResultID(path: file, key: key), format: source.format,
      kind: isVector ? .minibatches : .layers, rows: axes.rows, columns: axes.columns,
      matrix: matrix, dtype: dtype, warnings: warnings.map(\.description), summary: summary)
  }
}
