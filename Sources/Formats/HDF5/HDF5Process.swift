import Core
import Foundation
import Glibc
import System

/// A process of our own program that reads HDF5 for this one.
///
/// libhdf5 crashes, loops or exhausts memory on some damaged files; there it harms nobody. The
/// process is spawned, not forked: a fork of a process with several threads may inherit locks that
/// nobody will release. It first sends one byte, `HDF5Process.greeting`, so that one that cannot
/// run is not taken for one that a file has killed.
struct HDF5Process {
  /// What the process sends before it looks at the file.
  static let greeting: UInt8 = 0x68
  private static let tries = 3

  let identifier: pid_t
  /// What it may use.
  let limits: HDF5Limits

  /// Starts `command`, with `path` appended.
  /// - Parameters:
  ///   - input: its standard input; nil for none.
  ///   - output: its standard output. Both stay open here.
  init(
    _ command: [String], path: String, input: Int32? = nil, output: Int32, limits: HDF5Limits
  ) throws(HDF5Failure) {
    var start = ProcessStart(command + [path], environment: Self.environment(with: limits))
    start.input = input.map { .descriptor($0) } ?? .nothing
    start.output = .descriptor(output)
    start.complaints = .nothing
    start.isApart = true
    var process: pid_t?
    var code: Int32 = EAGAIN
    for attempt in 0..<Self.tries where code == EAGAIN {
      // A moment later there may be room for one more process.
      if attempt > 0 { usleep(50_000) }
      do throws(SystemError) {
        process = try start.start()
        code = 0
      } catch {
        code = error.code
      }
    }
    guard let process else { throw .notStarted(code) }
    identifier = process
    self.limits = limits
  }

  /// This process's environment with the limits in it.
  private static func environment(with limits: HDF5Limits) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment[HDF5Limits.variable] = limits.text
    return environment
  }

  /// Waits for its end, and says what it means that there is no answer.
  func failure(hasBegun: Bool) -> HDF5Failure {
    let status = wait()
    return HDF5Failure(status: status, hasBegun: hasBegun, seconds: limits.seconds)
  }

  /// Waits for its end.
  /// - Returns: the status of `waitpid`.
  @discardableResult
  func wait() -> Int32 { ProcessEnding.wait(for: identifier).raw }

  /// Ends it.
  func end() {
    kill(identifier, SIGKILL)
    wait()
  }
}

/// What a process that reads HDF5 may use.
struct HDF5Limits: Equatable {
  /// Bytes of all values that it may read at once.
  var bytes: Int
  /// Seconds of computing; for one that answers many requests, 0: each has a deadline of its own.
  var seconds: Int

  /// The variable in which it receives them.
  static let variable = "CKA_HDF5_LIMITS"

  /// "1073741824,10".
  var text: String { "\(bytes),\(seconds)" }
}

extension HDF5Limits {
  /// What this process was given.
  static var received: HDF5Limits {
    let text = getenv(variable).map { String(cString: $0) } ?? ""
    let numbers = text.split(separator: ",").compactMap { Int($0) }
    guard numbers.count == 2, numbers[0] > 0, numbers[1] >= 0 else {
      return HDF5Limits(bytes: Limits.hdf5Bytes, seconds: HDF5Patience.secondsForFile)
    }
    return HDF5Limits(bytes: numbers[0], seconds: numbers[1])
  }
}
