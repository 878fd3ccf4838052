import CKACore

/// The native file, `NAME.cka.safetensors`: any number of comparisons in one safetensors file, which Python
/// reads with `safetensors.numpy.load_file` and no code of ours.
///
/// Schema, version 1. `__metadata__` holds three strings:
///
/// - `format`: `"cka"`; it tells a bundle from any other safetensors file.
/// - `version`: `"1"`. A reader refuses a version above its own, and reads every one below.
/// - `study`: JSON text,
///
///   ```json
///   {"models": [{"name": "…", "dataset": "…", "layers": ["…"], "layers_are_generated": false}],
///    "comparisons": [{"key": "…", "kind": "layers", "rows": 0, "columns": 1, "tensor": "cka.0",
///                     "dtype": "float32", "source": {"path": "…", "format": "…"}, "warnings": []}]}
///   ```
///
///   `rows` and `columns` are indices into `models`; `kind` is `"layers"` for a matrix L₁ × L₂ with a row for
///   each layer of the first model, or `"minibatches"` for a vector of N scores. `key` is empty for the only
///   result of a file. `dtype` is the type in the file that the values came from (`"list"` for text), and
///   `source` names that file; both are provenance only.
///
/// The tensor `cka.K` holds the values, little-endian, row-major, in the type in which they were read: F32 stays
/// F32, and lists are F64. Metadata, keys and tensors that a reader does not know are ignored, so that later
/// files of version 1 may add tensors such as `stderr.K` (L₁ × L₂) or `batches.K` (N × L₁ × L₂) and their
/// provenance; the version rises only when an old reader would show something wrong.
public enum ResultBundle {
  /// The newest version that is written and read.
  static let version = 1

  /// The file that holds `comparisons`.
  /// - Throws: `FormatError` when there are none, or names alone exceed what a header may hold.
  public static func encode(_ comparisons: [Comparison]) throws(FormatError) -> [UInt8] {
    guard !comparisons.isEmpty else { throw FormatError("there is no result to write") }
    let study = BundleStudy(comparisons)
    var header = "{\"__metadata__\": {\"format\": \"cka\", \"version\": \"\(version)\", "
    header += "\"study\": \(JSONText.string(study.json))}"
    // Wide types first, so that every tensor is aligned without holes, which the format forbids.
    let order = comparisons.indices.sorted { a, b in
      (-comparisons[a].matrix.type.size, a) < (-comparisons[b].matrix.type.size, b)
    }
    var end = 0
    for index in order {
      let matrix = comparisons[index].matrix
      let start = end
      end += matrix.rows * matrix.columns * matrix.type.size
      let shape =
        comparisons[index].kind == .minibatches
        ? "\(matrix.columns)" : "\(matrix.rows), \(matrix.columns)"
      header += ", \"cka.\(index)\": {\"dtype\": \"\(name(of: matrix.type))\", "
      header += "\"shape\": [\(shape)], \"data_offsets\": [\(start), \(end)]}"
    }
    header += "}"
    return try file(header: header, order.map { comparisons[$0].matrix })
  }

  private static func file(header: String, _ matrices: [Matrix]) throws(FormatError) -> [UInt8] {
    let length = (header.utf8.count + 7) / 8 * 8
    guard length <= Limits.safetensorsHeader else {
      throw FormatError("the names need \(length) bytes, more than a safetensors header may hold")
    }
    var bytes: [UInt8] = []
    withUnsafeBytes(of: UInt64(length).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header.utf8)
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: length - header.utf8.count))
    for matrix in matrices { MatrixBytes.append(matrix, as: matrix.type, to: &bytes) }
    return bytes
  }

  private static func name(of type: ScalarType) -> String {
    SafetensorsFile.types.first { $0.value == type }?.key ?? "F64"
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
    guard let text = file.metadata("version"), let found = Int(text), found >= 1 else {
      throw FormatError("the bundle has no version", at: "metadata 'version'")
    }
    guard found <= version else {
      throw FormatError(
        "the bundle has version \(found), this cka reads up to \(version)",
        at: "metadata 'version'", remedy: "update cka")
    }
    guard let text = file.metadata("study") else {
      throw FormatError("the bundle has no study", at: "metadata 'study'")
    }
    let study = try BundleStudy(json: text)
    guard !study.entries.isEmpty, study.entries.count <= Limits.resultsPerFile else {
      throw FormatError("\(study.entries.count) comparisons", at: "metadata 'study'")
    }
    var comparisons: [Comparison] = []
    for entry in study.entries {
      comparisons.append(try comparison(entry, in: study, file: file, path: path))
    }
    return comparisons
  }

  private static func comparison(
    _ entry: BundleStudy.Entry, in study: BundleStudy, file: SafetensorsFile, path: String
  ) throws(FormatError) -> Comparison {
    let place = "key '\(SafeText.sanitise(entry.tensor))'"
    guard let array = file.tensor(entry.tensor) else {
      throw FormatError("the study names a tensor that is not there", at: place)
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
        "shape \(array.shape) does not fit \(rows.layers.count) × \(columns.layers.count) layers",
        at: place)
    }
    return Comparison(
      id: ResultID(path: path, key: entry.key), format: "cka bundle, version \(version)",
      kind: entry.kind, rows: rows, columns: columns, matrix: try array.matrix(),
      dtype: entry.dtype.isEmpty ? array.type.rawValue : entry.dtype, warnings: entry.warnings)
  }
}
