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
  /// What became of positions.
  public let pool: Pooling
  /// The files that were opened, as they were named or found.
  public let paths: [String]
  /// The containers as a person would name them, in order.
  public let formats: [String]
  /// What the user should know; one line each, safe to show.
  public let warnings: [String]

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
    guard !found.arrays.isEmpty else {
      throw FormatError(
        "no array fits the layout" + (options.layers == nil ? "" : " and the layer filter"),
        remedy: "name arrays MODEL/LAYER, or say with --layout how they are named",
        file: files.count == 1 ? SafeText.sanitise(files[0].path) : "")
    }
    let plan = try FeaturePlan(found.arrays, options: options)
    let (hashes, unnamed) = try SampleIDs.hashes(
      found.ids, arrays: found.arrays, sampleCounts: plan.sampleCounts, store: store)
    let missing = unnamed.map { "'\($0)' has no sample IDs to compare with the others'" }
    return FeatureSet(
      models: plan.models, sampleCounts: plan.sampleCounts, sampleIDHashes: hashes,
      pool: options.pool, paths: files.map(\.path), formats: found.formats,
      warnings: found.warnings + plan.warnings + missing, plan: plan, store: store)
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
    let (part, rows) = plan.place(minibatch: minibatch, in: plan.sources[model][layer])
    return try store.rows(rows, of: part.entry, file: part.file).featureMatrix(pool: pool)
  }

  /// Checks that no file was cut short or written to since it was opened. A view of a file that
  /// lost its end reads as bytes of 0xFF there, so ask when a minibatch is done, before its results
  /// count.
  public func checkIntact() throws(FormatError) { try store.checkIntact() }
}
