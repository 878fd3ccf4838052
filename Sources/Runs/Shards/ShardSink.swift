import Core
import Formats
import Foundation
import Glibc
import Similarity
import System

/// A shard's side of a run: its part, what it has meanwhile, and how far it is, in the folder that
/// all shards share.
public final class ShardSink: RunSink {
  private let folder: ShardFolder
  private let number: Int
  private let say: (String) -> Void
  private let isStopped: () -> Bool
  private var progress = ShardProgress(.running)
  private var written = ContinuousClock.now - .seconds(60)
  private var begun: Int?
  private var isTold = false

  /// The sink of shard `number` in `folder`.
  /// - Parameters:
  ///   - isStopped: whether it was asked to stop.
  ///   - say: keeps a line.
  public init(
    _ folder: ShardFolder, number: Int, isStopped: @escaping () -> Bool,
    say: @escaping (String) -> Void
  ) {
    (self.folder, self.number, self.isStopped, self.say) = (folder, number, isStopped, say)
    tell(.running)
  }

  /// What an earlier attempt kept.
  public var unfinished: String? { folder.unfinished(number) }
  /// Whether it was asked to stop.
  public var shouldStop: Bool { isStopped() }
  /// Minibatches that this attempt has added.
  public var added: Int { progress.done - (begun ?? progress.done) }

  /// Keeps a line.
  public func note(_ line: String) { say(line) }

  /// A line for the log, or a message until minibatches come.
  public func hear(_ line: BackendLine) {
    switch line {
    case .log(let text): say("backend: \(text)")
    case .progress(let text) where begun == nil:
      progress.message = text
      write(isDue: false)
    case .progress: break
    }
  }

  /// Says what should be known.
  public func begin(_ run: Run, note: String?) {
    run.warnings.forEach(say)
    if let note { say(note) }
    (progress.total, progress.whole) = (run.planned, run.sampleCounts.count)
    write(isDue: true)
  }

  /// Replaces the file that says how far it is, four times a second at most.
  public func report(_ progress: RunProgress, halfWidth: Double?) {
    if begun == nil { begun = progress.done - 1 }
    self.progress.message = nil
    (self.progress.done, self.progress.total) = (progress.done, progress.total)
    (self.progress.rate, self.progress.secondsLeft) = (progress.rate, progress.secondsLeft)
    write(isDue: false)
  }

  /// Keeps what there is.
  public func save(_ file: () throws(FormatError) -> EncodedFile) {
    do throws(FormatError) {
      try AtomicFile.write(try file(), to: folder.unfinished(number))
    } catch {
      if !isTold { say("\(error.description); the run goes on without a copy") }
      isTold = true
    }
  }

  /// Keeps what there is at the end.
  public func keep(_ kept: RunResult) throws {
    try AtomicFile.write(kept.file, to: folder.unfinished(number))
    say("\(kept.study.minibatches.count) of \(kept.planned) minibatches are kept")
  }

  /// Writes the part.
  public func finish(_ result: RunResult) throws {
    try AtomicFile.write(result.file, to: folder.part(number))
    unlink(folder.unfinished(number))
    tell(.done)
    say("wrote \(folder.part(number))")
  }

  /// Says how it ended, where it did not finish.
  public func tell(_ state: ShardProgress.State, message: String? = nil) {
    progress.state = state
    progress.message = message.map(SafeText.sanitise)
    write(isDue: true)
  }

  private func write(isDue: Bool) {
    guard isDue || ContinuousClock.now - written > .milliseconds(250) else { return }
    written = .now
    progress.time = Timestamp(Date())
    progress.write(to: folder.progress(number))
  }
}
