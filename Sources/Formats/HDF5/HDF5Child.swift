import Core
import Glibc
import Synchronization
import System

/// A process that reads one HDF5 file and sends what it found down a pipe.
///
/// After the greeting come the number of bytes, eight of them and little-endian, and the bytes.
struct HDF5Child {
  private static let reader = Mutex<[String]?>(nil)
  private let process: HDF5Process
  private let pipe: Int32
  private let began = ContinuousClock.now

  /// The command that reads a file whose path is appended to it; nil reads in this very process.
  static var command: [String]? {
    get { reader.withLock(\.self) }
    set { reader.withLock { $0 = newValue } }
  }

  /// What the process that runs `command` makes of the file at `path`.
  /// - Throws: what it says of the file, or why it says nothing.
  static func read(_ command: [String], path: String) throws(FormatError) -> ReadValue {
    let answer: ByteRegion
    do throws(HDF5Failure) {
      answer = try HDF5Child(command, path: path).answer()
    } catch {
      throw error.error
    }
    return try HDF5Wire.decode(answer)
  }

  private init(_ command: [String], path: String) throws(HDF5Failure) {
    guard let seconds = HDF5Patience.allowance else { throw .noPatienceLeft }
    let ends: (reading: Int32, writing: Int32)
    do throws(SystemError) { ends = try Descriptor.pipe() } catch { throw .notStarted(error.code) }
    defer { close(ends.writing) }
    let bytes = min(Limits.hdf5Bytes, MemoryBudget.shared.left)
    do throws(HDF5Failure) {
      process = try HDF5Process(
        command, path: path, output: ends.writing,
        limits: HDF5Limits(bytes: bytes, seconds: seconds))
    } catch {
      close(ends.reading)
      throw error
    }
    pipe = ends.reading
  }

  /// All that it sent, once it has ended.
  private func answer() throws(HDF5Failure) -> ByteRegion {
    var greeting: UInt8 = 0
    let isAlive = withUnsafeMutableBytes(of: &greeting) { HDF5Request.fill($0, from: pipe) }
    let hasBegun = isAlive && greeting == HDF5Process.greeting
    var received: ByteRegion?
    var length = 0
    if hasBegun,
      withUnsafeMutableBytes(of: &length, { HDF5Request.fill($0, from: pipe) }),
      length >= 0, length <= 2 * Limits.hdf5Bytes
    {
      received = try? ByteRegion.filled(length, for: "reading it") { memory throws(FormatError) in
        guard HDF5Request.fill(memory, from: pipe) else { throw HDF5Failure.nonsense.error }
        return length
      }
    }
    // One that still sends is ended by that; its answer is refused.
    close(pipe)
    guard let received else {
      let failure = process.failure(hasBegun: hasBegun)
      if case .late = failure { HDF5Patience.spend(began.duration(to: .now)) }
      throw failure
    }
    process.wait()
    return received
  }
}
