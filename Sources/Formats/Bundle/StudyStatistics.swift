import Similarity

/// The `statistics` of a bundle's study text: what the figures mean, and which minibatches and
/// layers are behind them. The numbers themselves are tensors.
struct StudyStatistics {
  var options: StudyOptions
  var minibatches: [Minibatch]
  var faults: [(layer: Int, fault: LayerFault)]
  var flat: [Int: Flatness]
  var intervals = "jackknife"
  /// What it takes to go on; nil where only totals are known.
  var progress: ProgressText?

  /// What `study` says.
  init(_ study: Study) {
    options = study.options
    minibatches = study.minibatches
    faults = study.faults.enumerated().compactMap { layer, fault in fault.map { (layer, $0) } }
    flat = study.flat
    if study.moments != nil { intervals = "delta method" }
    for index in faults.indices {
      // Places in the list of minibatches, which is all that other readers know.
      let place = study.position(ofMinibatch: faults[index].fault.minibatch)
      faults[index].fault.minibatch = place ?? 0
    }
  }
}

// MARK: Writing

extension StudyStatistics {
  /// The statistics as JSON text.
  var json: String {
    let keep =
      switch options.keep {
      case .upTo(let bytes): "\(bytes)"
      case .sumsOnly: "\"sums\""
      }
    var fields = [
      ("estimator", JSONText.string(options.estimator.rawValue)),
      ("kernel", JSONText.string(options.kernel.description)),
      ("weighting", JSONText.string(options.weighting.rawValue)),
      ("precision", JSONText.string(options.precision.rawValue)),
      ("centring", "\"features over the minibatch, then the kernel\""),
      (
        "intervals",
        JSONText.string(
          "95 %, \(intervals) over minibatches; of other samples for these networks, not other seeds"
        )
      ), ("keep", keep),
      ("null", options.null.map(Self.json) ?? "null"),
      ("samples", "[\(minibatches.map { "\($0.samples)" }.joined(separator: ", "))]"),
    ]
    if minibatches.contains(where: { $0.sampleHash != nil }) {
      let hashes = minibatches.map { $0.sampleHash.map(JSONText.string) ?? "null" }
      fields.append(("sample_hashes", "[\(hashes.joined(separator: ", "))]"))
    }
    let skipped = minibatches.enumerated().compactMap { index, minibatch in
      minibatch.skipped.map { BundleReasons.skipped($0, minibatch: index) }
    }
    fields.append(("skipped", "[\(skipped.joined(separator: ", "))]"))
    let faults = faults.map { BundleReasons.fault($1, layer: $0) }
    fields.append(("faults", "[\(faults.joined(separator: ", "))]"))
    if !flat.isEmpty {
      let flat = flat.sorted { $0.key < $1.key }.map { BundleReasons.flat($1, layer: $0) }
      fields.append(("flat", "[\(flat.joined(separator: ", "))]"))
    }
    if options.skipBad { fields.append(("skip_bad", "true")) }
    if let progress { fields += progress.fields }
    return JSONText.object(fields)
  }
}

// MARK: Reading

extension StudyStatistics {
  private static let place = "metadata 'study', statistics"

  /// The statistics that `value` holds.
  /// - Throws: when anything that decides the figures' meaning is missing or unknown.
  init(_ value: Value) throws(FormatError) {
    guard let fields = value.fields else {
      throw FormatError("the statistics are not a JSON object", at: Self.place)
    }
    options = StudyOptions(
      estimator: try Self.choice("estimator", in: fields, Estimator.init(rawValue:)),
      kernel: try Self.choice("kernel", in: fields, Kernel.init(text:)),
      weighting: try Self.choice("weighting", in: fields, Weighting.init(rawValue:)),
      precision: try Self.choice("precision", in: fields, Precision.init(rawValue:)),
      keep: try Self.keep(fields["keep"]), null: try Self.null(fields["null"]),
      skipBad: fields["skip_bad"]?.truth ?? false)
    minibatches = try Self.minibatches(fields)
    faults = []
    for entry in try Self.entries("faults", in: fields) {
      guard let layer = entry["layer"]?.integer, let minibatch = entry["minibatch"]?.integer,
        layer >= 0, minibatches.indices.contains(minibatch),
        let reason = BundleReasons.problem(entry)
      else { throw FormatError("a fault names no layer or minibatch", at: Self.place) }
      faults.append((layer, LayerFault(minibatch: minibatch, reason: reason)))
    }
    flat = [:]
    for entry in fields["flat"] == nil ? [] : try Self.entries("flat", in: fields) {
      guard let layer = entry["layer"]?.integer, layer >= 0 else {
        throw FormatError("a flat layer has no number", at: Self.place)
      }
      flat[layer] = entry["code"]?.safeText.flatMap(Flatness.init(rawValue:)) ?? .unknown
    }
    progress = try ProgressText(fields, minibatches: minibatches.count)
  }

  private static func choice<Choice>(
    _ key: String, in fields: [(key: Value, value: Value)], _ read: (String) -> Choice?
  ) throws(FormatError) -> Choice {
    guard let text = fields[key]?.safeText, let choice = read(text) else {
      throw FormatError(
        "the \(key) is none that this cka knows", at: place, remedy: "update cka")
    }
    return choice
  }

  private static func json(_ plan: NullPlan) -> String {
    JSONText.object([("draws", "\(plan.draws)"), ("seed", "\(plan.seed)")])
  }

  /// The permutation null; none where it is not said, as in bundles of earlier versions.
  private static func null(_ value: Value?) throws(FormatError) -> NullPlan? {
    guard let fields = value?.fields else { return nil }
    guard let draws = fields["draws"]?.integer, (1...NullPlan.mostDraws).contains(draws),
      let seed = fields["seed"]?.integer, seed >= 0
    else { throw FormatError("the null is none that this cka knows", at: place) }
    return NullPlan(draws: draws, seed: UInt64(seed))
  }

  private static func keep(_ value: Value?) throws(FormatError) -> KeepPolicy {
    if value?.safeText == "sums" { return .sumsOnly }
    guard let bytes = value?.integer, bytes >= 0 else {
      throw FormatError("keep is neither a number of bytes nor \"sums\"", at: place)
    }
    return .upTo(bytes: bytes)
  }

  private static func minibatches(
    _ fields: [(key: Value, value: Value)]
  ) throws(FormatError) -> [Minibatch] {
    guard let samples = fields["samples"]?.counts else {
      throw FormatError("samples is not a list of sizes", at: place)
    }
    var minibatches = samples.map { Minibatch(samples: $0) }
    if let hashes = fields["sample_hashes"]?.list {
      guard hashes.count == samples.count else {
        throw FormatError(
          "\(hashes.count) sample hashes for \(samples.count) minibatches", at: place)
      }
      for (index, hash) in hashes.enumerated() { minibatches[index].sampleHash = hash.safeText }
    }
    for entry in try entries("skipped", in: fields) {
      guard let index = entry["minibatch"]?.integer, minibatches.indices.contains(index),
        let reason = BundleReasons.skipped(entry)
      else { throw FormatError("a skipped minibatch is none of the minibatches", at: place) }
      minibatches[index].skipped = reason
    }
    return minibatches
  }

  private static func entries(
    _ key: String, in fields: [(key: Value, value: Value)]
  ) throws(FormatError) -> [[(key: Value, value: Value)]] {
    guard let list = fields[key]?.list else {
      throw FormatError("\(key) is not a list", at: place)
    }
    let entries = list.compactMap(\.fields)
    guard entries.count == list.count else {
      throw FormatError("\(key) is not a list of objects", at: place)
    }
    return entries
  }
}
