import Core
import Formats
import Foundation
import Glibc
import Similarity
import System

/// A run as several processes of this machine, a shard each, whose parts are merged at the end.
struct LocalShards {
  private let request: RunRequest
  private let folder: JobFolder
  private let launch: ShardLaunch

  /// Shards of `request`, as `launch` has them started.
  init(_ request: RunRequest, launch: ShardLaunch) {
    self.request = request
    self.launch = launch
    folder = JobFolder(path: launch.folder)
  }

  /// Runs all shards that are not finished, and merges them.
  /// - Returns: whether the result is whole; else it was stopped.
  func perform(_ sink: some RunSink) throws -> Bool {
    let count = launch.devices.count
    let lock = try claim(sink)
    defer { withExtendedLifetime(lock) {} }
    try prepare(count, sink)
    let missing = folder.shards.missing(of: count)
    if missing.count < count {
      sink.note("goes on: \(count - missing.count) of \(count) shards are finished")
    }
    var processes = try start(missing, lock)
    let isStopped = try watch(&processes, count: count, sink: sink)
    if isStopped, !folder.shards.missing(of: count).isEmpty {
      let parts = folder.shards.parts(of: count)
      guard !parts.isEmpty else { return false }
      let merged = try MergedParts(parts, partial: true, command: request.command)
      try sink.keep(RunResult(merged))
      return false
    }
    try check(count)
    let merged = try MergedParts(
      folder.shards.parts(of: count), partial: false, command: request.command)
    guard merged.record.study.countedMinibatches > 0 else { throw Run.nothingCounted }
    try sink.finish(RunResult(merged))
    try? FileManager.default.removeItem(atPath: folder.path)
    return true
  }

  /// Begins anew where another run left its shards, and where the files are not those of its parts.
  private func prepare(_ count: Int, _ sink: some RunSink) throws {
    var spec = launch.spec
    spec.shards = count
    spec.devices = launch.devices.map { $0 ?? "" }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0 != lockName }
    if !names.isEmpty, (try? JobSpec(of: folder))?.asksTheSame(as: spec) != true {
      guard names.allSatisfy(["spec.json", "parts"].contains) else {
        throw ComputeError(
          "\(SafeText.sanitise(folder.path)): is there, and holds no shards of a run; move it away")
      }
      sink.note("begins anew: removes the shards of another command in \(folder.path)")
      for name in names {
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
      }
    }
    do throws(SystemError) { try folder.shards.make() } catch { throw ComputeError(error) }
    try spec.write(to: folder)
    try removeStale(count, sink)
  }

  /// Starts the shards `numbers`: all, or none.
  private func start(
    _ numbers: [Int], _ lock: FileLock?
  ) throws(ComputeError) -> [(number: Int, process: pid_t)] {
    var processes: [(number: Int, process: pid_t)] = []
    for number in numbers {
      do throws(ComputeError) {
        processes.append((number, try start(number, lock)))
      } catch {
        for entry in processes { kill(entry.process, SIGTERM) }
        for entry in processes { _ = ProcessEnding.wait(for: entry.process) }
        throw error
      }
    }
    return processes
  }

  private func start(_ number: Int, _ lock: FileLock?) throws(ComputeError) -> pid_t {
    var start = ProcessStart(launch.program + ["shard", folder.path, "\(number)"])
    // It ends with us, however we end, and the folder is locked for as long as one is at work.
    var environment = ProcessInfo.processInfo.environment
    environment[ShardWorker.parentVariable] = "\(getpid())"
    start.environment = environment
    start.inherited = lock?.descriptor
    start.log = folder.shards.log(number)
    // Ctrl-C is ours to pass on: once, and as a wish.
    start.group = .own
    unlink(folder.shards.progress(number))
    do throws(SystemError) { return try start.start() } catch { throw ComputeError(error) }
  }

  /// Waits until all have ended.
  /// - Returns: whether they were asked to stop.
  private func watch(
    _ processes: inout [(number: Int, process: pid_t)], count: Int, sink: some RunSink
  ) throws -> Bool {
    let begin = ContinuousClock.now
    var isStopped = false
    while !processes.isEmpty {
      if !isStopped, sink.shouldStop {
        isStopped = true
        for entry in processes { kill(entry.process, SIGTERM) }
      }
      for (index, entry) in processes.enumerated().reversed()
      where ProcessEnding.isOver(entry.process) {
        _ = ProcessEnding.wait(for: entry.process)
        processes.remove(at: index)
      }
      report(count, since: begin, to: sink)
      usleep(50_000)
    }
    return isStopped
  }

  private func report(_ count: Int, since begin: ContinuousClock.Instant, to sink: some RunSink) {
    let known = (1...count).compactMap { ShardProgress(path: folder.shards.progress($0)) }
    guard let whole = known.map(\.whole).max(), whole > 0 else {
      if let message = known.compactMap(\.message).first { sink.hear(.progress(message)) }
      return
    }
    let done = known.reduce(0) { $0 + $1.done }
    guard done > 0 else { return }
    var progress = RunProgress(
      done: done, total: whole, samples: 0,
      seconds: (ContinuousClock.now - begin) / .seconds(1), samplesLeft: 0)
    let rate = known.filter { $0.state == .running }.compactMap(\.rate).reduce(0, +)
    progress.samples = Int(rate * progress.seconds)
    let left = known.filter { $0.state == .running }.compactMap(\.secondsLeft).max() ?? 0
    progress.samplesLeft = Int(left * rate)
    sink.report(progress, halfWidth: nil)
  }

  /// - Throws: why a shard has no part.
  private func check(_ count: Int) throws(ComputeError) {
    let missing = folder.shards.missing(of: count)
    guard let first = missing.first else { return }
    let progress = ShardProgress(path: folder.shards.progress(first))
    let reason =
      progress?.state == .failed
      ? progress?.message ?? "it failed"
      : "it ended without a word; see \(folder.shards.log(first))"
    let others = missing.count > 1 ? " and \(missing.count - 1) more" : ""
    throw ComputeError(
      "shard \(first)\(others) of \(count): \(reason); the same command goes on with what is missing"
    )
  }
}

// MARK: The folder

extension LocalShards {
  private var lockName: String { ShardWorker.lockName }

  /// Takes the folder for as long as the lock is held; nil where the file system has no locks.
  /// - Throws: where another run is at work in it.
  private func claim(_ sink: some RunSink) throws(ComputeError) -> FileLock? {
    let path = "\(folder.path)/\(lockName)"
    for _ in 0..<10 {
      var lock: FileLock?
      do throws(SystemError) {
        try ShardFolder(path: folder.path).make()
      } catch {
        throw ComputeError(error)
      }
      do throws(SystemError) {
        lock = try FileLock.acquire(path)
      } catch {
        // The run before has just removed it.
        if access(folder.path, F_OK) != 0 { continue }
        sink.note("\(error): nothing keeps another run off these shards")
        return nil
      }
      guard let lock else { break }
      if lock.isStill(at: path) { return lock }
    }
    throw ComputeError(
      "\(SafeText.sanitise(folder.path)): another run is at work on these shards; wait for its end, "
        + "or take another output")
  }

  /// Removes parts, finished or not, that were not made from the files as they are now.
  private func removeStale(_ count: Int, _ sink: some RunSink) throws {
    let names = (1...max(1, count)).flatMap { number -> [String] in
      [folder.shards.part(number), folder.shards.unfinished(number)]
    }
    let parts = names.filter { access($0, F_OK) == 0 }
    guard !parts.isEmpty else { return }
    let files = SourceHashes(try Run.files(of: request))
    // Parts have the same sources, which may take long to hash.
    var known: [(sources: [SourceFile], change: String?)] = []
    func objection(_ path: String) -> String? {
      guard let record = try? ResultBundle.record(path: path), record.disagreements.isEmpty else {
        return "\(SafeText.sanitise(path)) cannot be read"
      }
      let sources = record.provenance.sources
      let answer =
        known.first { $0.sources == sources } ?? (sources, files.change(since: sources))
      known.append(answer)
      return answer.change.map { "\($0) was changed since" }
    }
    let stale = parts.compactMap { path in objection(path).map { (path: path, reason: $0) } }
    guard let first = stale.first else { return }
    sink.note("computes \(StudyOutline.count(stale.count, "shard")) again: \(first.reason)")
    for part in stale { unlink(part.path) }
    unlink(folder.shards.soFar)
    // What the shards had agreed on may be that of other files, too.
    if stale.count == parts.count { unlink(folder.shards.plan) }
  }
}

extension Run {
  /// Carries `request` out in several processes of this machine, a shard each, and merges their
  /// parts: with the same bits as in one.
  /// - Returns: whether the result is whole; else it was stopped, and the same request goes on.
  public static func perform(
    _ request: RunRequest, in launch: ShardLaunch, sink: some RunSink
  ) throws -> Bool {
    try request.checkShard()
    return try LocalShards(request, launch: launch).perform(sink)
  }
}

/// How shards are started as processes of this machine.
public struct ShardLaunch: Sendable {
  /// The folder that they share; removed once the result is whole.
  public var folder: String
  /// The device of each shard; nil for what the recipe says.
  public var devices: [String?]
  /// What a shard reads of what is asked.
  public var spec: JobSpec
  /// The program, and its arguments before `shard FOLDER NUMBER`.
  public var program: [String]

  /// A shard for each of `devices`.
  public init(folder: String, devices: [String?], spec: JobSpec, program: [String]) {
    (self.folder, self.devices, self.spec, self.program) = (folder, devices, spec, program)
  }
}
