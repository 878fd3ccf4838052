import CKACore
import Compute
import Formats
import Foundation

/// A computation whose files are open and whose choices are made: all that is left is to run it.
///
/// A terminal, a background worker and a test run the same value; what becomes of the study between
/// minibatches is for `report` to decide.
struct ComputeRun: Sendable {
  /// What was asked for.
  let recipe: StudyFile
  /// What the figures mean.
  let options: StudyOptions
  /// What the user should know before it begins; one line each.
  let warnings: [String]
  private let choices: ComputeChoices
  private let features: FeatureSet
  private let source: FeatureSetSource
  private let command: [String]

  /// Opens the files of `recipe`.
  /// - Parameter command: the command line, for the record.
  /// - Throws: `FormatError` when they cannot be read, or do not fit one another.
  init(_ recipe: StudyFile, command: [String] = CommandLine.arguments) throws(FormatError) {
    self.recipe = recipe
    self.command = command
    choices = try ComputeChoices(recipe)
    options = choices.options
    features = try FeatureSet.open(recipe.features, options: choices.reading)
    source = FeatureSetSource(features)
    var warnings = features.warnings
    if recipe.batchSize == nil {
      // The standard size was not asked for: files of one minibatch each are no surprise.
      warnings.removeAll { $0.hasPrefix("the batch size is not used") }
    }
    if options.estimator == .biased, features.minibatchCount > 1 {
      warnings.append(
        "biased HSIC of \(features.minibatchCount) minibatches is not that of all samples, and grows "
          + "as minibatches shrink; take --batch-size all, or the unbiased estimator")
    }
    self.warnings = warnings
  }

  /// The models, and their layers in order.
  var models: [StudyModel] { source.models }
  /// Samples of each minibatch.
  var sampleCounts: [Int] { source.sampleCounts }
  /// Minibatches in all.
  var total: Int { source.sampleCounts.count }

  /// Goes through the minibatches.
  /// - Parameters:
  ///   - start: a study of an earlier run that `objection` finds nothing against.
  ///   - report: is called after every minibatch; returns whether to go on. The study has been checked
  ///     against changed files, so it may be kept.
  /// - Throws: `FormatError` or `ComputeError`; what `report` last got is still good.
  func run(
    from start: Study? = nil, report: (Study, ComputeProgress) throws -> Bool
  ) throws -> Study {
    if let start, isConverged(start) { return start }
    let clock = ContinuousClock()
    let begin = clock.now
    let earlier = start?.minibatches.count ?? 0
    var progress = ComputeProgress(
      done: earlier, total: total, samples: 0, seconds: 0,
      samplesLeft: source.sampleCounts.dropFirst(earlier).reduce(0, +))
    let computation = Computation(source: source, options: options, threads: choices.threads)
    return try computation.run(from: start) { study in
      // A file that lost its end reads as something else: such a minibatch must not be kept.
      try features.checkIntact()
      let study = copy study
      progress.done = study.minibatches.count
      let samples = study.minibatches[progress.done - 1].samples
      progress.samples += samples
      progress.samplesLeft -= samples
      let time = (clock.now - begin).components
      progress.seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
      var isConverged = false
      if let untilCI = choices.untilCI, Self.isDue(study.countedMinibatches) {
        let convergence = study.convergence()
        progress.halfWidth = convergence.largestHalfWidth
        isConverged = convergence.cells > 0 && convergence.largestHalfWidth <= untilCI
      }
      return try report(study, progress) && !isConverged
    }
  }

  /// Why the study of `record` cannot be gone on with; nil when it can.
  func objection(to record: StudyRecord) -> String? {
    let study = record.study
    guard study.models == source.models else { return "it compares other layers" }
    guard study.options == options else { return "it was made with other options" }
    guard study.minibatches.count <= total,
      zip(study.minibatches, source.sampleCounts).allSatisfy({ $0.samples == $1 }),
      study.minibatches.indices.allSatisfy({
        study.minibatches[$0].sampleHash == source.sampleHash(minibatch: $0)
      })
    else { return "it has other minibatches" }
    let now = provenance(state: .partial)
    guard record.provenance.sources == now.sources, record.provenance.pool == now.pool else {
      return "the activations were changed since"
    }
    return nil
  }

  /// The bundle of `study`, which this run made.
  /// - Throws: `FormatError` when a bundle cannot hold it.
  func encode(_ study: Study) throws(FormatError) -> [UInt8] {
    let state: StudyProvenance.State =
      study.minibatches.count == total
      ? .complete : isConverged(study) ? .converged : .partial
    return try ResultBundle.encode(study, provenance: provenance(state: state))
  }
}

// MARK: Stopping early

extension ComputeRun {
  /// Counted minibatches from which intervals are looked at: fewer say little about their own spread.
  private static let fewestForIntervals = 8

  /// Whether intervals are looked at after so many counted minibatches: always at first, then after each
  /// sixty-fourth more or so, since every look goes through all of them. The clock must not decide: a run
  /// that was interrupted has to stop at the same minibatch.
  private static func isDue(_ counted: Int) -> Bool {
    guard counted >= fewestForIntervals else { return false }
    let bits = Int.bitWidth - counted.leadingZeroBitCount
    return counted % (1 << max(0, bits - 7)) == 0
  }

  private func isConverged(_ study: Study) -> Bool {
    guard let untilCI = choices.untilCI, Self.isDue(study.countedMinibatches) else { return false }
    let convergence = study.convergence()
    return convergence.cells > 0 && convergence.largestHalfWidth <= untilCI
  }
}

// MARK: Provenance

extension ComputeRun {
  private func provenance(state: StudyProvenance.State) -> StudyProvenance {
    var provenance = StudyProvenance()
    provenance.state = state
    provenance.plannedMinibatches = total
    provenance.sources = features.paths.map(Self.source)
    provenance.batchSize = recipe.batchSize == .all ? nil : source.sampleCounts.max()
    provenance.layers = SafeText.sanitise(recipe.layers ?? "")
    provenance.pool = choices.reading.pool.rawValue
    provenance.layout = choices.reading.layout.text
    provenance.untilCI = choices.untilCI
    provenance.command = command
    provenance.created = Date().formatted(.iso8601)
    provenance.versions = ["cka": CKA.version]
    if let version = try? OpenBLAS.version() {
      provenance.versions["OpenBLAS"] = SafeText.sanitise(version)
    }
    provenance.warnings = warnings.map(SafeText.sanitise)
    return provenance
  }

  private static func source(_ path: String) -> StudyProvenance.Source {
    let absolute = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    var status = stat()
    guard stat(path, &status) == 0 else {
      return .init(path: SafeText.sanitise(absolute), bytes: 0, modified: 0)
    }
    let (seconds, _) = Int(status.st_mtim.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    return .init(
      path: SafeText.sanitise(absolute), bytes: Int(status.st_size),
      modified: seconds &+ Int(status.st_mtim.tv_nsec))
  }
}
