import Core
import CSignals
import Glibc
import Synchronization

/// A process of our own program that reads one HDF5 file and sends what it found down a pipe.
///
/// libhdf5 crashes, loops or exhausts memory on some damaged files; there it harms nobody. The
/// process is spawned, not forked: a fork of a process with several threads may inherit locks that
/// nobody will release.
struct HDF5Child {
  private static let reader = Mutex<[String]?>(nil)
  private let process: pid_t
  private let pipe: Int32

  /// The command that reads a file whose path is appended to it; nil reads in this very process.
  static var command: [String]? {
    get { reader.withLock(\.self) }
    set { reader.withLock { $0 = newValue } }
  }

  /// Starts `command` on the file at `path`.
  init(_ command: [String], path: String) throws(FormatError) {
    var ends: [Int32] = [-1, -1]
    guard cka_pipe(&ends) == 0 else { throw Self.noProcess(errno) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let arguments = (command + [path]).map { strdup($0) }
    defer { arguments.forEach { free($0) } }
    var child: pid_t = 0
    let status = posix_spawn(&child, command[0], &actions, nil, arguments + [nil], environ)
    close(ends[1])
    guard status == 0 else {
      close(ends[0])
      throw Self.noProcess(status)
    }
    (process, pipe) = (child, ends[0])
  }

  private static func noProcess(_ code: Int32) -> FormatError {
    FormatError("no process to read HDF5 in: \(String(cString: strerror(code)))")
  }

  /// All that the child sent, once it has ended.
  /// - Throws: when it crashed, or took too long.
  func output() throws(FormatError) -> ByteRegion {
    var bytes: [UInt8] = []
    var isExcessive = false
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count = read(pipe, chunk.baseAddress, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      guard bytes.count + count <= 2 * Limits.hdf5Bytes else {
        // Whatever it is that sends so much is not our reader in its right mind.
        isExcessive = true
        kill(process, SIGKILL)
        break
      }
      bytes.append(contentsOf: chunk[..<count])
    }
    close(pipe)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard !isExcessive else {
      throw FormatError(
        "the HDF5 file unfolds to more than \(2 * Limits.hdf5Bytes) bytes",
        remedy: "save less in one file")
    }
    guard status == 0 else {
      let signal = status & 0x7F
      let isLate = signal == SIGALRM || signal == SIGXCPU || signal == SIGKILL
      throw FormatError(
        isLate
          ? "libhdf5 did not finish within \(HDF5Service.seconds) seconds: the file may be damaged"
          : "libhdf5 gave up: the HDF5 file is damaged", remedy: "copy it again")
    }
    return ByteRegion(copying: bytes)
  }
}

/// The child's side.
public enum HDF5Service {
  /// Seconds of computing; the `Limits.hdf5Bytes` that may be read take fewer.
  static let seconds: UInt32 = 10
  /// Bytes of memory: what is read, and its copy for the pipe.
  private static let memory: rlim_t = 8 << 30

  /// Has HDF5 files read by `command`, to which the file's path is appended, instead of in this
  /// process. The command must end up in `serve(path:)`.
  public static func use(_ command: [String]) { HDF5Child.command = command }

  /// Reads the file at `path` and writes what it found to standard output; where standard input is
  /// a socket, answers requests for activations there. The process may die of it.
  public static func serve(path: String) {
    limit(__rlimit_resource_t(RLIMIT_CORE.rawValue), 0)
    limit(__rlimit_resource_t(RLIMIT_DATA.rawValue), memory)
    guard !isSocket(0) else {
      answer(path: path, socket: 0)
      return
    }
    limit(__rlimit_resource_t(RLIMIT_CPU.rawValue), rlim_t(seconds))
    alarm(6 * seconds)
    let bytes: [UInt8]
    do throws(FormatError) {
      bytes = HDF5Wire.encode(try HDF5Reader.readHere(path: path))
    } catch {
      bytes = HDF5Wire.encode(error)
    }
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { exit(1) }
      sent += count
    }
  }

  private static func limit(_ resource: __rlimit_resource_t, _ value: rlim_t) {
    var bounds = rlimit(rlim_cur: value, rlim_max: value)
    setrlimit(resource, &bounds)
  }
}
