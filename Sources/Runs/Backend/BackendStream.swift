import Core
import Formats
import Foundation
import Similarity
import System

/// A backend that was started, and what it sends.
public final class BackendStream {
  /// What it said first.
  public let header: BackendHeader
  private let pipe: BackendPipe
  private let seen: Int
  /// The number of the frame that comes next.
  private(set) var next: Int
  /// The number after that of the last frame.
  private let end: Int

  /// What is wanted of a backend.
  struct Wanted {
    /// The minibatches of a shard alone; nil for all.
    var shard: ShardChoice?
    /// Minibatches of those that are there already.
    var seen = 0
    /// The file of the plan that it has to keep to; nil where there is none.
    var plan: String?
  }

  /// Starts `command` and reads its header.
  /// - Parameters:
  ///   - folder: where it works; nil for our working folder.
  ///   - patience: seconds without a byte after which it counts as stalled.
  ///   - wanted: which minibatches; of others it need not send matrices.
  ///   - shouldStop: is asked a few times a second while nothing comes.
  ///   - hear: is called with each line that it writes on standard error.
  /// - Throws: `ComputeError` or `FormatError` when it does not start, or says something else;
  ///   `CancellationError` when `shouldStop` says so.
  init(
    _ command: [String], folder: String? = nil, patience: Double, wanted: Wanted,
    shouldStop: @escaping () -> Bool = { false }, hear: @escaping (BackendLine) -> Void
  ) throws {
    var environment = ProcessInfo.processInfo.environment
    environment["CKA_BACKEND_SEEN"] = "\(wanted.seen)"
    environment["CKA_BACKEND_SHARD"] = wanted.shard?.description
    environment[RunPlan.variable] = wanted.plan
    pipe = try BackendPipe(
      command, environment: environment, folder: folder, patience: patience,
      shouldStop: shouldStop, hear: hear)
    do {
      guard let first = try pipe.buffer(atMost: BackendPipe.longestHeader) else {
        throw ComputeError("the backend ended before it said what it compares")
      }
      header = try BackendHeader(first)
      let all = 0..<header.sampleCounts.count
      let wantedRange = wanted.shard?.shard(of: all.count).range ?? all
      guard header.range.map({ $0 == wantedRange }) ?? true else {
        throw ComputeError(
          "the backend announces minibatches \(header.range ?? all), not \(wantedRange)")
      }
      seen = wantedRange.lowerBound + wanted.seen
      next = header.range?.lowerBound ?? 0
      end = header.range?.upperBound ?? all.upperBound
    } catch let ended as BackendPipe.Ended {
      throw Self.reason(ended, ending: pipe.end(after: Self.grace), isFirst: true)
    }
  }

  /// Starts `command`, which sends all minibatches.
  public convenience init(
    _ command: [String], patience: Double, hear: @escaping (BackendLine) -> Void
  ) throws {
    try self.init(command, patience: patience, wanted: Wanted(), hear: hear)
  }

  /// The next minibatch; nil at the end of all that were announced.
  /// - Throws: when the backend died, stalled, or sent something else; `CancellationError` when it
  ///   is not to be waited for any more.
  public func frame() throws -> GramFrame? {
    guard let buffer = try buffer() else {
      guard next == end else {
        throw ComputeError("the backend ended after \(next) of \(end) minibatches")
      }
      return nil
    }
    let frame = try GramFrame(buffer, index: next, header: header, seen: seen)
    next += 1
    return frame
  }

  /// Ends the backend, if it still runs.
  func stop() { pipe.end() }

  private func buffer() throws -> ByteRegion? {
    do {
      return try pipe.buffer(atMost: header.mostBytes)
    } catch let ended as BackendPipe.Ended {
      throw Self.reason(ended, ending: pipe.end(after: Self.grace), isFirst: false)
    }
  }
}

// MARK: Why it ended

extension BackendStream {
  /// Seconds that a backend whose output has ended gets to end too.
  private static let grace = 5.0

  /// What it said last, or how it ended; one line.
  /// - Parameters:
  ///   - ending: nil when the backend closed its output and went on.
  ///   - isFirst: nothing came from it before.
  private static func reason(
    _ ended: BackendPipe.Ended, ending: ProcessEnding?, isFirst: Bool
  ) -> ComputeError {
    let words = ended.lastWords.map { ": \($0)" } ?? ""
    let (signal, code) = (ending?.signal ?? 0, ending?.code ?? 0)
    if signal != 0 {
      let advice = signal == SIGKILL ? "; it may have run out of memory" : ""
      return ComputeError(
        "the backend was ended by signal \(signal), \(String(cString: strsignal(signal)))\(advice)"
          + words)
    }
    guard code != 0 else {
      return ComputeError("the backend ended in the middle of what it sent\(words)")
    }
    // Before anything was sent, what it said is about the command line.
    if isFirst, let words = ended.lastWords { return ComputeError(words) }
    return ComputeError("the backend ended with exit code \(code)\(words)")
  }
}

extension GramFrame {
  /// Refuses values that are NaN or infinite: a fault is how to say that.
  /// - Parameter names: of the layers.
  /// - Throws: `ComputeError` that names the first layer with such a value.
  func checkFinite(_ names: [String]) throws(ComputeError) {
    for (name, layer) in zip(names, layers) {
      guard case .gram(let gram) = layer, !gram.values().allSatisfy(\.isFinite) else { continue }
      throw ComputeError("the backend sent NaN or infinite values for '\(name)'")
    }
  }
}
