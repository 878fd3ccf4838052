import Core
import Formats
import Foundation
import Recipe
import Similarity
import TorchBackend

/// A recipe whose files are open and whose choices are made: all that is left is to run it.
///
/// A terminal, a background worker and a test run the same value; what becomes of the study between
/// minibatches is for `report` to decide, and `Run.perform` has the usual answer.
public struct Run {
  /// What was asked for.
  public let recipe: Recipe
  /// What the figures mean.
  public private(set) var options: StudyOptions
  /// What the user should know before it begins; one line each.
  public let warnings: [String]
  /// What its files were understood as, a line each; empty where there are none.
  public let understood: [String]
  /// The models, and their layers in order.
  public let models: [StudyModel]
  /// Samples of each minibatch of the whole.
  public let sampleCounts: [Int]
  /// Its minibatches: all, or those of a shard.
  public let shard: Shard
  /// What all shards agree on; nil where it is no shard.
  let plan: RunPlan?
  /// Which shard it is, of how many; nil for all of the run.
  public let choice: ShardChoice?
  /// Its backend was told of minibatches that are there already, and may leave them out.
  let passesOver: Bool
  let choices: ComputeChoices
  let origin: Origin
  let command: [String]
  let hashes: SourceHashes

  /// Where Gram matrices come from.
  enum Origin {
    case features(FeatureSet, FeatureSetSource)
    case backend(BackendStream, command: String, files: [String])
  }

  /// Opens the files that `request` names, or starts its backend.
  /// - Parameters:
  ///   - seen: minibatches of its own that are there already; a backend may pass over them.
  ///   - plan: the file of what all shards agreed on before; nil where there is none yet.
  ///   - shouldStop: is asked while a backend is waited for; `report` decides between minibatches.
  ///   - hear: is called with each line that a backend writes on standard error.
  /// - Throws: `FormatError` when files cannot be read or do not fit one another, `ComputeError`
  ///   when the backend does not start, `CancellationError` when `shouldStop` says so.
  public init(
    _ request: RunRequest, seen: Int = 0, plan planFile: String? = nil,
    shouldStop: @escaping () -> Bool = { false },
    hear: @escaping (BackendLine) -> Void = { _ in }
  ) throws {
    try request.checkShard()
    recipe = request.recipe
    command = request.command
    choices = try ComputeChoices(recipe)
    options = choices.options
    var warnings: [String] = []
    var understood: [String] = []
    choice = request.shard
    var settled: String?
    let backend = try Self.backend(request)
    passesOver = backend != nil && seen > 0
    if let backend {
      let stream = try BackendStream(
        backend.arguments, folder: backend.folder,
        patience: recipe.number(.patience) ?? RunRequest.standardPatience,
        wanted: BackendStream.Wanted(shard: request.shard, seen: seen, plan: planFile),
        shouldStop: shouldStop, hear: hear)
      settled = stream.header.plan
      origin = .backend(stream, command: backend.text, files: backend.files)
      (models, sampleCounts) = (stream.header.models, stream.header.sampleCounts)
      warnings = stream.header.about.warnings
    } else {
      let features = try FeatureSet.open(recipe.features, options: choices.reading)
      let source = FeatureSetSource(features)
      origin = .features(features, source)
      (models, sampleCounts) = (source.models, source.sampleCounts)
      warnings = features.warnings.map(\.description)
      understood = FeatureOutline(features, choices.reading).lines
    }
    switch origin {
    case .features(let features, _): hashes = SourceHashes(features.paths)
    case .backend(_, _, let files): hashes = SourceHashes(files)
    }
    if choices.options.estimator == .biased, sampleCounts.count > 1 {
      warnings.append(
        "biased HSIC of \(sampleCounts.count) minibatches is not that of all samples, and grows "
          + "as minibatches shrink; take --batch-size all, or the unbiased estimator")
    }
    (self.warnings, self.understood) = (warnings, understood)
    shard = request.shard?.shard(of: sampleCounts.count) ?? .whole(sampleCounts.count)
    plan = request.shard.map { [models, sampleCounts] _ in
      RunPlan(models: models, sampleCounts: sampleCounts, backend: settled)
    }
    try checkNull()
  }

  /// - Throws: when the sums of all draws of a permutation null are too large.
  private func checkNull() throws(FormatError) {
    let layers = models.reduce(0) { $0 + $1.layers.count }
    let minibatches = sampleCounts.count
    guard let plan = options.null else { return }
    let bytes = plan.bytes(layers: layers)
    let memory = plan.memory(layers: layers, minibatches: minibatches)
    guard bytes > NullPlan.mostBytes || memory > NullPlan.mostMemory else { return }
    let what =
      bytes > NullPlan.mostBytes
      ? "takes \(bytes >> 20) MiB, more than \(NullPlan.mostBytes >> 20)"
      : "takes up to \(memory >> 20) MiB of memory over "
        + "\(StudyOutline.count(minibatches, "minibatch", "minibatches")), more than "
        + "\(NullPlan.mostMemory >> 20)"
    let fitting = NullPlan.draws(fittingLayers: layers, minibatches: minibatches)
    throw FormatError(
      .tooLarge, "a null of \(plan.draws) draws of \(layers) layers \(what)",
      remedy: fitting < NullPlan.fewestDraws
        ? "take fewer --layers" : "take --null \(fitting) or fewer, or fewer --layers")
  }

  /// Takes the weighting of `record`, which an earlier version may have begun, where nothing says
  /// another: the same command has to end with the figures that it was begun for.
  /// - Returns: what to tell the user; nil when nothing was changed.
  mutating func adoptWeighting(of record: StudyRecord) -> String? {
    let begun = record.study.options.weighting
    guard recipe[.weighting] == nil, begun != options.weighting else { return nil }
    options.weighting = begun
    return "weighting \(begun.rawValue), as it was begun"
  }

  /// A program that sends Gram matrices.
  private struct Backend {
    var arguments: [String]
    var folder: String?
    /// What the record calls it.
    var text: String
    /// Files and folders that its matrices come from, as far as they are known.
    var files: [String] = []
  }

  /// The program that is asked for; nil when files are read.
  private static func backend(_ request: RunRequest) throws(FormatError) -> Backend? {
    if let line = request.recipe[.backend] {
      return Backend(arguments: ["/bin/sh", "-c", line], text: SafeText.sanitise(line))
    }
    guard request.recipe.subject == .models else { return nil }
    let environment = ProcessInfo.processInfo.environment
    let asked = try TorchCommand(request.recipe, environment: environment)
    var torch = asked
    if let device = request.device {
      var recipe = request.recipe
      do throws(RecipeError) { try recipe.say(.device, device) } catch { throw FormatError(error) }
      torch = try TorchCommand(recipe, environment: environment)
    }
    return Backend(
      arguments: torch.arguments("run"), folder: torch.folder, text: asked.text,
      files: torch.files)
  }

  /// The files that `request` reads, as far as they are known beforehand.
  static func files(of request: RunRequest) throws -> [String] {
    if let backend = try backend(request) { return backend.files }
    let options = try ComputeChoices(request.recipe).reading
    return try FeatureSet.open(request.recipe.features, options: options).paths
  }

  /// Its minibatches.
  public var planned: Int { shard.range.count }

  /// Where shards of `request` keep what a backend has settled; nil where files are read, which
  /// tell everything by themselves.
  static func planPlace(of request: RunRequest) throws(FormatError) -> String? {
    try backend(request).map { request.planPlace($0.text, files: $0.files) }
  }

  /// Goes through the minibatches.
  /// - Parameters:
  ///   - start: a study of an earlier run that `objection` finds nothing against.
  ///   - report: is called after every minibatch; returns whether to go on. The study has been
  ///     checked against changed files, so it may be kept.
  /// - Throws: `FormatError` or `ComputeError`; what `report` last got is still good.
  public func run(
    from start: Study? = nil, report: (Study, RunProgress) throws -> Bool
  ) throws -> Study {
    if let start, isConverged(start) { return start }
    hashes.begin()
    let clock = ContinuousClock()
    let begin = clock.now
    let earlier = start?.minibatches.count ?? 0
    var progress = RunProgress(
      done: earlier, total: planned, samples: 0, seconds: 0,
      samplesLeft: sampleCounts[shard.range].dropFirst(earlier).reduce(0, +))
    return try eachMinibatch(from: start) { study in
      progress.done = study.minibatches.count
      let samples = study.minibatches[progress.done - 1].samples
      progress.samples += samples
      progress.samplesLeft -= samples
      let time = (clock.now - begin).components
      progress.seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
      var isConverged = false
      if let looks, IntervalLooks.isDue(study.countedMinibatches) {
        let intervals = StudyIntervals(study)
        progress.halfWidth = intervals.convergence().largestHalfWidth
        isConverged = looks.isConverged(study, intervals)
      }
      return try report(study, progress) && !isConverged
    }
  }

  private func eachMinibatch(
    from start: Study?, step: (Study) throws -> Bool
  ) throws -> Study {
    switch origin {
    case .features(let features, let source):
      let computation = Computation(
        source: source, options: options, threads: choices.threads, shard: shard)
      return try computation.run(from: start) { study in
        // A file that lost its end reads as something else: such a minibatch must not be kept.
        try features.checkIntact()
        return try step(copy study)
      }
    case .backend(let stream, _, _):
      defer { stream.stop() }
      var accumulator = StudyAccumulator(
        start ?? Study(models: models, options: options, shard: shard),
        threads: choices.threads, planned: sampleCounts.count)
      do {
        // What others have, where the backend begins at its beginning.
        while stream.next < shard.range.lowerBound { _ = try stream.frame() }
        // What was seen before is passed over.
        for minibatch in accumulator.study.minibatches {
          let number = stream.next + 1
          guard let frame = try stream.frame(), frame.sampleHash == minibatch.sampleHash else {
            throw ComputeError(
              "minibatch \(number) has other samples than when it was interrupted; remove the "
                + "partial result to begin anew")
          }
        }
        // The end of the whole is waited for; that of another shard is nobody's business.
        while shard.range.upperBound == sampleCounts.count || stream.next < shard.range.upperBound,
          let frame = try stream.frame()
        {
          try frame.checkFinite(stream.header.names)
          try accumulator.add(frame)
          guard try step(accumulator.study) else { break }
        }
      } catch is CancellationError {}
      return accumulator.study
    }
  }

  /// Why the study of `record` cannot be gone on with; nil when it can.
  func objection(to record: StudyRecord) -> String? {
    let study = record.study
    guard study.models == models else { return "it compares other layers" }
    guard study.options == options else { return "it was made with other options" }
    guard study.shard.map({ $0 == shard }) ?? (choice == nil), study.seen.count < 2,
      study.seen.allSatisfy({ $0.lowerBound == shard.range.lowerBound }),
      study.nextMinibatch <= shard.range.upperBound,
      study.minibatches.indices.allSatisfy({
        study.minibatches[$0].samples == sampleCounts[study.number(at: $0)]
      }),
      hasSameSamples(study)
    else { return "it has other minibatches" }
    let now = provenance(state: .partial)
    let then = record.provenance
    guard then.backend == now.backend else { return "other words made its matrices" }
    guard then.plan == now.plan else { return "its shards had agreed on another plan" }
    guard then.pool == now.pool else { return "it was made with other options" }
    if let path = hashes.change(since: then.sources) {
      let what = then.backend.isEmpty ? "the activations" : "the files of the models or data"
      return "\(what) were changed since: \(path)"
    }
    guard then.settings == now.settings, then.versions == now.versions else {
      return "it was made with other settings or versions"
    }
    return nil
  }

  /// The bundle of `study`, which this run made.
  /// - Parameter intervals: those of `study`, where they are known already.
  /// - Throws: `FormatError` when a bundle cannot hold it.
  public func encode(
    _ study: Study, _ intervals: StudyIntervals? = nil
  ) throws(FormatError) -> EncodedFile {
    let intervals = intervals ?? StudyIntervals(study)
    let state: StudyProvenance.State =
      study.minibatches.count == sampleCounts.count
      ? .complete : isConverged(study, intervals) ? .converged : .partial
    return try ResultBundle.file(
      of: study, intervals: intervals,
      // The part of a shard is as final as a whole result.
      provenance: provenance(state: state, isLast: study.isShardDone))
  }
}

// MARK: Samples

extension Run {
  /// Whether the IDs that are known beforehand are those of `study`; a backend tells them later.
  private func hasSameSamples(_ study: Study) -> Bool {
    guard case .features(_, let source) = origin else { return true }
    return study.minibatches.indices.allSatisfy {
      study.minibatches[$0].sampleHash == source.sampleHash(minibatch: study.number(at: $0))
    }
  }
}

// MARK: Stopping early

extension Run {
  private var looks: IntervalLooks? { choices.untilCI.map { IntervalLooks(halfWidth: $0) } }

  /// - Parameter intervals: those of `study`, where they are known already.
  private func isConverged(_ study: Study, _ intervals: StudyIntervals? = nil) -> Bool {
    looks?.isConverged(study, intervals) ?? false
  }
}
