import CKACore
import Compute
import Formats
import Glibc

/// A backend that was started, and what it sends.
final class BackendStream {
  /// What it said first.
  let header: BackendHeader
  private var child: ChildProcess?
  private let pipe: BackendPipe
  private var next = 0

  /// Starts `command` with the shell and reads its header.
  /// - Parameters:
  ///   - patience: seconds without a byte after which it counts as stalled.
  ///   - shouldStop: is asked a few times a second while nothing comes.
  ///   - log: is called with each line that it logs, safe to show.
  /// - Throws: `ComputeError` or `FormatError` when it does not start, or says something else;
  ///   `CancellationError` when `shouldStop` says so.
  init(
    _ command: [String], patience: Double, shouldStop: @escaping () -> Bool = { false },
    log: @escaping (String) -> Void
  ) throws {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { throw ComputeError("a pipe cannot be made") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    let child: ChildProcess
    do {
      child = try ChildProcess(command, complaints: ends[1])
    } catch {
      close(ends[0])
      throw error
    }
    let pipe = BackendPipe(
      output: child.output, complaints: ends[0], patience: patience, shouldStop: shouldStop,
      log: log)
    do {
      guard let first = try pipe.buffer(atMost: BackendPipe.longestHeader) else {
        throw ComputeError("the backend ended before it said what it compares")
      }
      header = try BackendHeader(first)
    } catch {
      child.kill()
      throw error
    }
    self.pipe = pipe
    self.child = consume child
  }

  deinit { stop() }

  /// The next minibatch; nil at the end of all that were announced.
  /// - Throws: when the backend died, stalled, or sent something else; `CancellationError` when it is
  ///   not to be waited for any more.
  func frame() throws -> BackendFrame? {
    guard let buffer = try pipe.buffer(atMost: header.mostBytes) else {
      guard next == header.sampleCounts.count else {
        throw ComputeError(
          "the backend ended after \(next) of \(header.sampleCounts.count) minibatches")
      }
      return nil
    }
    let frame = try BackendFrame(buffer, index: next, header: header)
    next += 1
    return frame
  }

  /// Ends the backend, if it still runs.
  func stop() {
    if let child = child.take() { child.kill() }
  }
}

extension Frame {
  /// A sent frame as the computing part takes it.
  /// - Throws: `ComputeError` for a value that is NaN or infinite: a fault is how to say that.
  init(_ frame: BackendFrame, of header: BackendHeader) throws(ComputeError) {
    var layers: [Layer] = []
    for (name, layer) in zip(header.names, frame.layers) {
      switch layer {
      case .fault(let reason): layers.append(.fault(reason))
      case .gram(let gram):
        guard gram.values().allSatisfy(\.isFinite) else {
          throw ComputeError("the backend sent NaN or infinite values for '\(name)'")
        }
        layers.append(.gram(gram))
      }
    }
    self.init(samples: frame.samples, sampleHash: frame.sampleHash, layers: layers)
  }
}
