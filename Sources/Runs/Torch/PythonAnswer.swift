import Core
import Formats
import Foundation
import Similarity
import TorchBackend

/// What Python says when it is asked something: all of its standard output, or why there is none.
public enum PythonAnswer {
  /// Most lines before the reason of a failure that are kept: a traceback's last calls.
  private static let longestTrail = 24

  /// Runs `arguments` to the end.
  /// - Parameters:
  ///   - folder: where it works; nil for our working folder.
  ///   - timeout: seconds that it may take.
  ///   - shouldStop: asked a few times a second.
  /// - Throws: `PythonFailure` when it fails, `ComputeError`, one line, when it takes too long;
  ///   `CancellationError` when `shouldStop` says so.
  public static func data(
    _ arguments: [String], folder: String? = nil, timeout: Double,
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> Data {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(timeout)
    var isLate = false
    var trail: [String] = []
    let pipe = try BackendPipe(
      arguments, folder: folder, patience: timeout + 1,
      shouldStop: {
        isLate = clock.now >= end
        return isLate || shouldStop()
      },
      hear: { line in
        if case .log(let text) = line { trail = (trail + [text]).suffix(longestTrail) }
      })
    let answer: (bytes: [UInt8], lastWords: String?)
    do {
      answer = try pipe.rest(atMost: TorchDescription.mostBytes)
    } catch {
      guard isLate else { throw error }
      let name = SafeText.sanitise(arguments.first ?? "")
      throw ComputeError("\(name) gave no answer within \(Int(timeout)) s")
    }
    guard pipe.end(after: 5)?.raw == 0 else {
      let reason = answer.lastWords ?? "Python failed without a word"
      if trail.last == reason { trail.removeLast() }
      throw PythonFailure(reason: reason, trail: trail)
    }
    return Data(answer.bytes)
  }
}

/// Why Python failed.
public struct PythonFailure: Error, CustomStringConvertible {
  /// What it said last, one line safe to show.
  public let reason: String
  /// The lines before it, usually the end of a traceback.
  public let trail: [String]

  /// The reason.
  public var description: String { reason }
}
