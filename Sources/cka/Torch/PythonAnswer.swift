import CKACore
import Compute
import Formats
import Foundation
import TorchBackend

/// What Python says when it is asked something: all of its standard output, or why there is none.
enum PythonAnswer {
  /// Runs `arguments` to the end.
  /// - Parameters:
  ///   - folder: where it works; nil for our working folder.
  ///   - timeout: seconds that it may take.
  ///   - shouldStop: asked a few times a second.
  /// - Throws: `ComputeError`, one line, when it fails or takes too long; `CancellationError` when
  ///   `shouldStop` says so.
  static func data(
    _ arguments: [String], folder: String? = nil, timeout: Double,
    shouldStop: @escaping () -> Bool = { false }
  ) throws -> Data {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(timeout)
    var isLate = false
    let pipe = try BackendPipe(
      arguments, folder: folder, patience: timeout + 1,
      shouldStop: {
        isLate = clock.now >= end
        return isLate || shouldStop()
      }, hear: { _ in })
    let answer: (bytes: [UInt8], lastWords: String?)
    do {
      answer = try pipe.rest(atMost: TorchDescription.mostBytes)
    } catch {
      guard isLate else { throw error }
      let name = SafeText.sanitise(arguments.first ?? "")
      throw ComputeError("\(name) gave no answer within \(Int(timeout)) s")
    }
    guard pipe.end(after: 5) == 0 else {
      throw ComputeError(answer.lastWords ?? "Python failed without a word")
    }
    return Data(answer.bytes)
  }
}
