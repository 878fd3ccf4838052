import ArgumentParser
import Formats
import Glibc
import System

/// Standard output, which may be a pipe that nobody reads any more, or a file on a full disk.
enum StandardOutput {
  /// Writes `text` and a line end.
  /// - Throws: `ExitCode` 1, after a line that says why it could not be written.
  static func print(_ text: String) throws { try write(Array((text + "\n").utf8)) }

  /// Writes all of `bytes`.
  /// - Throws: `ExitCode` 1, after a line that says why they could not be written.
  static func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Writes all of `bytes`, unless a file that was read was cut short or changed meanwhile.
  /// - Throws: `ExitCode` 1, after a line that says why they could not be written.
  static func write(_ bytes: UnsafeRawBufferPointer) throws {
    do throws(FormatError) { try MappedFiles.checkIntact() } catch {
      throw fail(error.description)
    }
    let error = write(bytes, to: STDOUT_FILENO)
    // Whoever closed the pipe has read enough, and knows.
    if error == EPIPE { throw ExitCode(1) }
    guard error == 0 else {
      throw fail("standard output cannot be written: \(String(cString: strerror(error)))")
    }
  }

  /// Writes all of `bytes` to a descriptor.
  /// - Returns: 0, or `errno`.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { write($0, to: descriptor) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    do throws(SystemError) {
      try Descriptor.write(bytes, to: descriptor)
      return 0
    } catch {
      return error.code
    }
  }
}
