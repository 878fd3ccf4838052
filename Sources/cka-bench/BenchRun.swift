import Foundation
import Glibc
import Similarity
import System

/// One run of `cka compute`, from start to the written bundle, and what it took.
struct BenchRun {
  /// From start to end.
  var seconds: Double
  /// On all processors together.
  var processorSeconds: Double
  /// The most memory beyond mapped files.
  var peakBytes: Int

  /// Runs the program on `inputs`.
  /// - Parameters:
  ///   - environment: further variables, as `NAME=VALUE`.
  ///   - meanwhile: is called every few milliseconds.
  /// - Throws: `ComputeError` when it cannot be started, or fails.
  init(
    _ inputs: BenchActivations, _ arguments: [String], environment: [String] = [],
    meanwhile: () -> Void = {}
  ) throws(ComputeError) {
    unlink(inputs.output)
    let clock = ContinuousClock()
    let begin = clock.now
    let program = try MeasuredProgram.path(ProcessInfo.processInfo.environment)
    let child: ChildProcess
    do throws(SystemError) {
      child = try ChildProcess(
        ["env"] + environment + [program, "compute", "--quiet", "-o", inputs.output]
          + arguments + inputs.paths)
    } catch {
      throw ComputeError(error)
    }
    let ending = child.wait(meanwhile: meanwhile)
    let time = (clock.now - begin).components
    guard ending.status == 0 else {
      throw ComputeError("cka compute ended with status \(ending.status)")
    }
    seconds = Double(time.seconds) + Double(time.attoseconds) * 1e-18
    (processorSeconds, peakBytes) = (ending.processorSeconds, ending.peakBytes)
  }
}
