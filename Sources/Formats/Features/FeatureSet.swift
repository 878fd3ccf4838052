import Core

/// Saved activations of one or more models on the same samples, as minibatches.
///
/// Files stay where they are: `open` reads headers, and a minibatch is a view of a mapped file
/// wherever the format stores its numbers as they are (safetensors, npy, npz, torch.save, HDF5 in
/// one piece). Deflated npz members and chunked HDF5 are unpacked a minibatch at a time. At most 64
/// files are open at once.
public struct FeatureSet: Sendable {
  /// The models, in the order in which files and entries name them.
  public let models: [FeatureModel]
  /// Samples in each minibatch.
  public let sampleCounts: [Int]
  /// For each minibatch a hash of its samples' IDs, which all models that have IDs share; empty
  /// when none has.
  public let sampleIDHashes: [UInt64]
  /// What became of positions, and of tokens unless `FeatureOptions.tokens` says otherwise.
  public let pool: Pooling
  /// The files that were opened, as they were named or found.
  public let paths: [String]
  /// The containers as a person would name them, in order.
  public let formats: [String]
  /// How the files were understood, what was passed over, and what is doubtful.
  public let warnings: [FeatureWarning]

  private let plan: FeaturePlan
  private let store: FeatureStore

  /// How many minibatches there are.
  public var minibatchCount: Int { sampleCounts.count }

  /// Opens files and folders of activations as one set.
  ///
  /// In a folder of files that all hold the same names, each file is a minibatch, in natural order;
  /// all other files are joined, and each names its own models and layers.
  /// - Throws: `FormatError`, one line: when a file cannot be read, nothing fits the layout, two
  ///   arrays are the same layer, or the layers' samples do not fit one another.
  public static func open(
    _ paths: [String], options: FeatureOptions = FeatureOptions()
  ) throws(FormatError) -> FeatureSet {
    let files = try FeaturePaths.files(paths)
    let store = FeatureStore()
    let found = try FeatureLocator(files, options: options, store: store)
    guard !found.arrays.isEmpty else { throw NothingFound(found, files, options).error }
    let plan = try FeaturePlan(found.arrays, options: options)
    let (hashes, unnamed, ids) = try SampleIDs.hashes(
      found.ids, arrays: found.arrays, order: plan.order, sampleCounts: plan.sampleCounts,
      store: store)
    var warnings = found.warnings + plan.warnings
    warnings += unnamed.map { .withoutIDs(model: $0) }
    warnings += LabelDoubts(plan, arrays: found.arrays, isShuffled: options.shuffle != nil)
      .doubts(labels: found.labels, ids: ids, store: store)
    return FeatureSet(
      models: plan.models, sampleCounts: plan.sampleCounts, sampleIDHashes: hashes,
      pool: plan.pool, paths: files.map(\.path), formats: found.formats,
      warnings: warnings, plan: plan, store: store)
  }

  /// The features of one layer on one minibatch: n × p, a row for each sample.
  ///
  /// Elements of a row lie side by side in this machine's byte order, in the file's type; rows may
  /// lie further apart, and need not be aligned. With `Pooling.mean`, what was averaged is float32,
  /// or float64 where the file has float64 or wide integers. May be called from several threads.
  /// - Parameters: all zero-based; `layer` counts in `models[model].layers`.
  /// - Throws: when the file was changed, or an array that has to be unpacked is damaged.
  public func features(
    minibatch: Int, model: Int, layer: Int
  ) throws(FormatError) -> Matrix {
    precondition(sampleCounts.indices.contains(minibatch), "no such minibatch")
    precondition(models.indices.contains(model), "no such model")
    precondition(models[model].layers.indices.contains(layer), "no such layer")
    return try plan.sources[model][layer].matrix(plan.order[minibatch], from: store)
  }

  /// Checks that no file was cut short or written to since it was opened. A view of a file that
  /// lost its end reads as bytes of 0xFF there, so ask when a minibatch is done, before its results
  /// count.
  public func checkIntact() throws(FormatError) { try store.checkIntact() }
}

/// Why nothing that was found is a layer.
private struct NothingFound {
  let error: FormatError

  init(_ found: FeatureLocator, _ files: [FeaturePath], _ options: FeatureOptions) {
    let file = files.count == 1 ? SafeText.sanitise(files[0].path) : ""
    var seen: Set<String> = []
    let filtered = found.filtered.filter { !$0.isEmpty && seen.insert($0).inserted }
    if let filter = options.layers, !filtered.isEmpty {
      let names = filtered.prefix(6).joined(separator: ", ")
      let more = filtered.count > 6 ? " and \(filtered.count - 6) more" : ""
      error = FormatError(
        .noSuchKey, "no layer matches '\(filter.text)'; the layers are \(names)\(more)",
        remedy: NearNames.question(filter.text, among: filtered)
          + "a text matches a part of a name, a glob or a /regex/ says more", file: file,
        available: filtered)
      return
    }
    let left = found.warnings.compactMap { warning -> String? in
      guard case .leftOut(_, let name, let reason) = warning else { return nil }
      return "'\(name)' \(reason)"
    }
    let more = left.count > 4 ? "; and \(left.count - 4) more" : ""
    error = FormatError(
      .missing,
      "no array is a layer" + (left.isEmpty ? "" : ": \(left.prefix(4).joined(separator: "; "))")
        + more,
      remedy:
        "save floating-point arrays named MODEL/LAYER, or say with --layout how they are named",
      file: file)
  }
}
