import Core
import Similarity

/// The one door to saved results: sniffs what the bytes are, and reads them.
public enum ResultFile {
  /// The comparisons of the file at `path`, for those who have no use for curves.
  /// - Throws: `FormatError`, one line that names file, place and remedy; also when it holds
  ///   nothing but curves.
  public static func read(path: String) throws(FormatError) -> [Comparison] {
    do throws(FormatError) {
      return try comparisons(among: results(path: path))
    } catch {
      var error = error
      error.file = SafeText.sanitise(path)
      throw error
    }
  }

  /// All results of the file at `path`, in the file's order. Nothing in the file is ever executed.
  /// - Throws: `FormatError`, one line that names file, place and remedy.
  public static func results(path: String) throws(FormatError) -> [SavedResult] {
    do throws(FormatError) {
      let region = try MappedFile.region(path: path)
      do throws(FormatError) {
        let results = try results(region: region, path: path)
        try MappedFiles.checkIntact(region)
        return results
      } catch {
        // What is wrong with bytes that the file no longer has is the fault of nobody's values.
        try MappedFiles.checkIntact(region)
        throw error
      }
    } catch {
      var error = error
      error.file = SafeText.sanitise(path)
      throw error
    }
  }

  /// Whether a file of this name is worth opening when a folder is walked: by its extension, in any
  /// case. Hidden files are not.
  public static func isCandidate(name: String) -> Bool {
    guard !name.hasPrefix("."), let dot = name.lastIndex(of: ".") else { return false }
    return extensions.contains(name[name.index(after: dot)...].lowercased())
  }

  private static let extensions: Set<String> = [
    "pkl", "pickle", "pt", "pth", "ckpt", "npy", "npz", "safetensors", "json", "csv", "tsv", "h5",
    "hdf5", "mat", "gz", "yaml", "yml",
  ]
}

// MARK: Dispatch

extension ResultFile {
  /// The comparisons in `region`; `path` is where it stands.
  static func read(region: ByteRegion, path: String) throws(FormatError) -> [Comparison] {
    try comparisons(among: results(region: region, path: path))
  }

  /// The results in `region`; `path` is where it stands.
  static func results(region: ByteRegion, path: String) throws(FormatError) -> [SavedResult] {
    if SafetensorsFile.matches(region.bytes) {
      let file = try SafetensorsFile(region: region)
      try Seal.check(file, in: region.bytes)
      if ResultBundle.matches(file) {
        return try ResultBundle.comparisons(from: file, path: path).map { .comparison($0) }
      }
    }
    let value = try readValue(region: region, path: path)
    if let curves = try CurvesExtractor.curves(from: value, file: path) {
      return curves.map { .curves($0) }
    }
    return try ResultExtractor.comparisons(from: value, file: path).map { .comparison($0) }
  }

  private static func comparisons(
    among results: [SavedResult]
  ) throws(FormatError) -> [Comparison] {
    let comparisons = results.compactMap(\.comparison)
    guard !comparisons.isEmpty else {
      throw FormatError(
        .noResult, "holds curves, not a CKA matrix", remedy: "cka show and cka export draw them")
    }
    return comparisons
  }

  /// What the bytes of `region` say; `path` is where they stand, for formats of several files.
  static func readValue(region: ByteRegion, path: String) throws(FormatError) -> ReadValue {
    let format = try Signature.format(of: region)
    guard format == .gzip else { return try read(region, as: format, path: path) }
    let inner = try Gzip.inflate(region)
    let innerFormat = try Signature.format(of: inner)
    guard innerFormat != .gzip, innerFormat != .hdf5 else {
      throw FormatError(
        .unsupported, "\(innerFormat.rawValue) inside gzip", remedy: "unpack it with gunzip")
    }
    var value = try read(inner, as: innerFormat, path: path)
    value.format = .gzip(value.format)
    return value
  }

  private static func read(
    _ region: ByteRegion, as format: Signature, path: String
  ) throws(FormatError) -> ReadValue {
    switch format {
    case .gzip: throw FormatError(.unsupported, "gzip inside gzip")
    case .zip:
      let archive = try ZipArchive(region)
      return archive.torchPickle == nil
        ? try NpzReader.read(archive) : try TorchReader.readZip(archive)
    case .npy: return try NpyReader.read(region: region)
    case .hdf5: return try HDF5Reader.read(path: path)
    case .safetensors: return try SafetensorsReader.read(region: region)
    case .torchLegacy: return try TorchReader.readLegacy(region: region)
    case .pickle: return try PickleReader.read(region: region)
    case .json:
      try expectRoomForText(region)
      let value = try JSONReader.read(region: region)
      guard CkatorchReader.isIndex(value.value) else { return value }
      return try CkatorchReader.read(index: value.value, path: path)
    case .yamlIndex:
      return try CkatorchReader.read(index: CkatorchReader.yamlIndex(region: region), path: path)
    case .text:
      try expectRoomForText(region)
      return try readText(region, path: path)
    }
  }

  /// Text becomes numbers of eight bytes, from two characters each at the least.
  private static func expectRoomForText(_ region: ByteRegion) throws(FormatError) {
    try MemoryBudget.shared.expectRoom(for: 4 * region.count, "reading it as text")
  }

  /// Text that is nothing else is CSV; when its name does not say so, the error explains that.
  private static func readText(
    _ region: ByteRegion, path: String
  ) throws(FormatError) -> ReadValue {
    do throws(FormatError) {
      return try CSVReader.read(region: region, saysCKA: CKANames.say(path))
    } catch {
      let name = path.lowercased()
      if [".csv", ".tsv", ".csv.gz", ".tsv.gz"].contains(where: { name.hasSuffix($0) }) {
        throw error
      }
      throw FormatError(
        error.kind == .syntax || error.kind == .wrongShape ? .foreign : error.kind,
        "no result file; as CSV: \(error.problem)", at: error.place, remedy: error.remedy)
    }
  }
}
