import CHDF5
import CKACore
import Glibc

/// A forked child that reads one file and sends what it found down a pipe.
struct HDF5Child: Sendable {
  /// Seconds of computing; the `Limits.hdf5Bytes` that may be read take fewer.
  private static let seconds: UInt32 = 10
  /// Bytes of memory: what is read, its copy for the pipe, and the parent's own at the fork.
  private static let memory: UInt64 = 8 << 30

  private let process: pid_t
  private let pipe: Int32

  /// Starts `read` in a child. Only the thread that forks lives on there, so `read` waits for no other.
  init(_ read: () throws(FormatError) -> ReadValue) throws(FormatError) {
    var ends: [Int32] = [-1, -1]
    process = cka_h5_fork(&ends, Self.seconds, Self.memory)
    guard process >= 0 else {
      throw FormatError("no process to read HDF5 in: \(String(cString: strerror(errno)))")
    }
    if process == 0 { Self.serve(ends[1], read) }
    close(ends[1])
    pipe = ends[0]
  }

  /// The child's whole life. `_exit`: nothing of the parent's may be flushed or cleaned up here.
  private static func serve(
    _ pipe: Int32, _ read: () throws(FormatError) -> ReadValue
  ) -> Never {
    let bytes: [UInt8]
    do throws(FormatError) {
      bytes = HDF5Wire.encode(try read())
    } catch {
      bytes = HDF5Wire.encode(error)
    }
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { _exit(1) }
      sent += count
    }
    _exit(0)
  }

  /// All that the child sent, once it has ended.
  /// - Throws: when it crashed, or took too long.
  func output() throws(FormatError) -> ByteRegion {
    var bytes: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = read(pipe, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes.append(contentsOf: chunk[..<count])
    }
    close(pipe)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else {
      let signal = status & 0x7F
      let isLate = signal == SIGALRM || signal == SIGXCPU || signal == SIGKILL
      throw FormatError(
        isLate
          ? "libhdf5 did not finish within \(Self.seconds) seconds: the file may be damaged"
          : "libhdf5 gave up: the HDF5 file is damaged", remedy: "copy it again")
    }
    return ByteRegion(copying: bytes)
  }
}
