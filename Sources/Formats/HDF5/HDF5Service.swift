import Core
import CSignals
import Glibc
import System

/// The side of the process that reads HDF5 for another one.
///
/// The file is opened and mapped first. Then the process gives up everything but memory, the mapped
/// bytes and the descriptors on which it answers, and only then does libhdf5 see the first byte: one
/// that a hostile file takes over can open, send and start nothing.
public enum HDF5Service {
  /// Seconds that one request for activations may take.
  static let secondsForRequest: UInt32 = 60
  /// The exit code that says that there was not enough memory.
  static let outOfMemoryCode: Int32 = 12
  /// Bytes of memory for the program itself, before any values.
  private static let ownMemory = 256 << 20

  /// Has HDF5 files read by `command`, to which the file's path is appended, instead of in this
  /// process. The command must end up in `serve(path:)`.
  public static func use(_ command: [String]) { HDF5Child.command = command }

  /// Begins with another folder: files without an end in the last one no longer count.
  public static func beginFolder() { HDF5Patience.renew() }

  /// Whether the kernel keeps the process that reads HDF5 from everything but reading.
  public static var isConfined: Bool { cka_can_filter_calls() }

  /// Reads the file at `path` and writes what it found to standard output; where standard input is
  /// a socket, answers requests for activations there. The process may die of it.
  public static func serve(path: String) -> Never {
    let isServer = isSocket(0)
    guard withUnsafeBytes(of: HDF5Process.greeting, { drain($0) }) else { _exit(1) }
    let limits = HDF5Limits.received
    if !isServer { alarm(UInt32(6 * limits.seconds)) }
    do throws(FormatError) {
      let region = try MappedFile.region(path: path, mappingFrom: 1)
      try confine(limits, fileSize: region.count)
      if isServer {
        answer(region, socket: 0)
      } else {
        send(HDF5Wire.encode(try HDF5Reader.readHere(region, most: limits.bytes)))
      }
    } catch {
      let message = HDF5Wire.encode(error)
      if isServer { _ = send(message, isError: true, to: 0) } else { send(message) }
    }
    // Not `exit`: libhdf5 would tidy up what a damaged file has left of its own.
    _exit(0)
  }

  /// Leaves the process what reading a file of `fileSize` bytes takes: values, and as much again
  /// for the chunks that they are unpacked from.
  private static func confine(_ limits: HDF5Limits, fileSize: Int) throws(FormatError) {
    // What looks around in the system has to do so now.
    try HDF5Reader.locked { () throws(FormatError) in }
    _ = MemoryBudget.shared
    let values = min(limits.bytes, Limits.unpacked(from: fileSize))
    var confinement = cka_confinement()
    confinement.memory = ownMemory + 2 * values + min(fileSize, limits.bytes)
    confinement.seconds = UInt32(limits.seconds)
    _ = cka_confine(&confinement)
  }

  private static func send(_ message: HDF5Message) {
    guard withUnsafeBytes(of: message.count, { drain($0) }) else { _exit(1) }
    message.forEachPart { part in if !drain(part) { _exit(1) } }
  }

  /// Writes all of `bytes` to standard output.
  private static func drain(_ bytes: UnsafeRawBufferPointer) -> Bool {
    (try? Descriptor.write(bytes, to: STDOUT_FILENO)) != nil
  }

  /// Whether `descriptor` is a socket, over which `HDF5Server` asks.
  private static func isSocket(_ descriptor: Int32) -> Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }
}
