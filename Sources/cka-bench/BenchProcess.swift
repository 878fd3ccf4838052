import Glibc
import Similarity
import System

/// Seconds of the monotonic clock.
func benchClock() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
}

/// A program that was run to its end, and what that took.
struct BenchProcess {
  /// From the start until it was gone, in seconds.
  let seconds: Double
  /// The most memory it had resident, in bytes.
  let peakBytes: Double
  /// What it wrote to standard output.
  let output: String

  /// Runs `arguments[0]`, looked for in PATH unless it is a path.
  /// - Parameter environment: all of its variables.
  /// - Throws: `ComputeError`, one line, when it cannot be started or fails.
  init(_ arguments: [String], environment: [String: String]) throws(ComputeError) {
    let start = benchClock()
    let child: ChildProcess
    do throws(SystemError) {
      child = try ChildProcess(arguments, environment: environment)
    } catch {
      throw ComputeError(error)
    }
    output = String(decoding: (try? Descriptor.all(from: child.output)) ?? [], as: UTF8.self)
    let ending = child.wait()
    seconds = benchClock() - start
    peakBytes = Double(ending.residentBytes)
    guard ending.status == 0 else {
      throw ComputeError("\(arguments[0]) failed (status \(ending.status))")
    }
  }
}
