import Core
import Similarity

/// The native file, `NAME.cka.safetensors`: any number of comparisons in one safetensors file,
/// which Python reads with `safetensors.numpy.load_file` and no code of ours.
///
/// Schema, version 1. `__metadata__` holds four strings:
///
/// - `checksum`: of all bytes of the file (`Seal`); files of version 0.1 have none.
/// - `format`: `"cka"`; it tells a bundle from any other safetensors file.
/// - `version`: `"1"`. A reader refuses a version above its own, and reads every one below.
/// - `study`: JSON text,
///
///   ```json
///   {"models": [{"name": "…", "dataset": "…", "layers": ["…"], "layers_are_generated": false}],
///    "comparisons": [{"key": "…", "kind": "layers", "rows": 0, "columns": 1, "tensor": "cka.0",
///                     "dtype": "float32", "source": {"path": "…", "format": "…"}, "warnings":
///                     []}]}
///   ```
///
///   `rows` and `columns` are indices into `models`; `kind` is `"layers"` for a matrix L₁ × L₂ with
///   a row for each layer of the first model, or `"minibatches"` for a vector of N scores. `key` is
///   empty for the only result of a file. `dtype` is the type in the file that the values came from
///   (`"list"` for text), and `source` names that file; both are provenance only.
///
/// The tensor `cka.K` holds the values, little-endian, row-major, in the type in which they were
/// read: F32 stays F32, and lists are F64. Metadata, keys and tensors that a reader does not know
/// are ignored: files of version 1 that hold a `Study` have more of them (`StudyBundle`). The
/// version rises only when an old reader would show something wrong.
public enum ResultBundle {
  /// The newest version that is written and read.
  static let version = 1

  /// The file that holds `comparisons`.
  /// - Throws: `FormatError` when there are none, or names alone exceed what a header may hold.
  public static func encode(_ comparisons: [Comparison]) throws(FormatError) -> [UInt8] {
    guard !comparisons.isEmpty else { throw FormatError(.empty, "there is no result to write") }
    let study = BundleStudy(comparisons)
    var file = TensorFile(metadata: metadata(study: study.json()))
    for (index, comparison) in comparisons.enumerated() {
      let matrix = comparison.matrix
      file.add(
        "cka.\(index)",
        shape: comparison.kind == .minibatches ? [matrix.columns] : [matrix.rows, matrix.columns],
        .matrix(matrix))
    }
    return try file.encoded()
  }

  /// The texts of every bundle.
  static func metadata(study: String) -> [(key: String, value: String)] {
    [(Seal.key, Seal.blank), ("format", "cka"), ("version", "\(version)"), ("study", study)]
  }
}

// MARK: Reading

extension ResultBundle {
  /// Whether `file` is a bundle of any version.
  static func matches(_ file: SafetensorsFile) -> Bool { file.metadata("format") == "cka" }

  /// The comparisons of the bundle `file`, which stands at `path`.
  static func comparisons(
    from file: SafetensorsFile, path: String
  ) throws(FormatError) -> [Comparison] {
    let study = try study(of: file)
    var comparisons: [Comparison] = []
    for entry in study.entries {
      comparisons.append(try comparison(entry, in: study, file: file, path: path))
    }
    guard let record = try record(study, file: file) else { return comparisons }
    return try blocks(of: record, in: comparisons, study: study)
  }

  /// The study text of the bundle `file`.
  static func study(of file: SafetensorsFile) throws(FormatError) -> BundleStudy {
    guard let text = file.metadata("version"), let found = Int(text), found >= 1 else {
      throw FormatError(.missing, "the bundle has no version", at: "metadata 'version'")
    }
    guard found <= version else {
      throw FormatError(
        .tooNew, "the bundle has version \(found), this cka reads up to \(version)",
        at: "metadata 'version'", remedy: "update cka")
    }
    guard let text = file.metadata("study") else {
      throw FormatError(.missing, "the bundle has no study", at: "metadata 'study'")
    }
    let study = try BundleStudy(json: text)
    guard !study.entries.isEmpty, study.entries.count <= Limits.resultsPerFile else {
      throw FormatError(.damaged, "\(study.entries.count) comparisons", at: "metadata 'study'")
    }
    return study
  }

  static func comparison(
    _ entry: BundleStudy.Entry, in study: BundleStudy, file: SafetensorsFile, path: String
  ) throws(FormatError) -> Comparison {
    let place = "key '\(SafeText.sanitise(entry.tensor))'"
    guard let array = file.tensor(entry.tensor) else {
      throw FormatError(.missing, "the study names a tensor that is not there", at: place)
    }
    let rows = study.models[entry.rows]
    let columns = study.models[entry.columns]
    let isFitting =
      switch entry.kind {
      case .minibatches: array.shape.count == 1 && array.count > 0
      case .layers: array.shape == [rows.layers.count, columns.layers.count] && array.count > 0
      }
    guard isFitting, array.count <= Limits.cells else {
      throw FormatError(
        .wrongShape,
        "shape \(array.shape) does not fit \(rows.layers.count) × \(columns.layers.count) layers",
        at: place)
    }
    var comparison = Comparison(
      id: ResultID(path: path, key: entry.key), format: .bundle(details: "version \(version)"),
      kind: entry.kind, rows: rows, columns: columns, matrix: try array.matrix(),
      dtype: entry.dtype.isEmpty ? array.type.rawValue : entry.dtype, warnings: entry.warnings)
    comparison.standing = entry.caveats
    return comparison
  }
}
