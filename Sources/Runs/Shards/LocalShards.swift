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
    try prepare(count)
    let missing = folder.shards.missing(of: count)
    if missing.count < count {
      sink.note("goes on: \(count - missing.count) of \(count) shards are finished")
    }
    var processes = try missing.map { (number: $0, process: try start($0)) }
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

  /// Begins anew where another run left its shards.
  private func prepare(_ count: Int) throws {
    var spec = launch.spec
    spec.shards = count
    spec.devices = launch.devices.map { $0 ?? "" }
    let old = try? JobSpec(of: folder)
    if let old, !old.asksTheSame(as: spec) {
      try FileManager.default.removeItem(atPath: folder.path)
    }
    do throws(SystemError) {
      try ShardFolder(path: folder.path).make()
      try folder.shards.make()
    } catch {
      throw ComputeError(error)
    }
    try spec.write(to: folder)
  }

  private func start(_ number: Int) throws(ComputeError) -> pid_t {
    var start = ProcessStart(launch.program + ["shard", folder.path, "\(number)"])
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
