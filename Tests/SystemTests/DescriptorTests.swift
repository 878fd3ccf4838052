import Foundation
import Glibc
import Testing

@testable import System

@Suite struct DescriptorTests {
  @Test("what is larger than a pipe arrives whole, while signals interrupt both ends")
  func interrupted() throws {
    // A handler without SA_RESTART: reads and writes are cut off by EINTR.
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGUSR1, &action, nil)
    let pipe = try Descriptor.pipe()
    defer { close(pipe.reading) }
    let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let ends = Ends()
    let writer = Thread {
      ends.begin(pthread_self())
      try? Descriptor.write(bytes, to: pipe.writing)
      close(pipe.writing)
      ends.finish()
    }
    writer.start()
    let reader = pthread_self()
    Thread.detachNewThread {
      while !ends.isOver {
        if let thread = ends.thread { pthread_kill(thread, SIGUSR1) }
        pthread_kill(reader, SIGUSR1)
        usleep(100)
      }
    }
    #expect(try Descriptor.all(from: pipe.reading) == bytes)
    try eventually { ends.isOver }
  }

  /// `@unchecked Sendable`: each use is inside the lock.
  private final class Ends: @unchecked Sendable {
    private let lock = NSLock()
    private var writer: pthread_t?
    private var over = false
    func begin(_ thread: pthread_t) { lock.withLock { writer = thread } }
    func finish() { lock.withLock { (writer, over) = (nil, true) } }
    var thread: pthread_t? { lock.withLock { writer } }
    var isOver: Bool { lock.withLock { over } }
  }

  @Test("reading ends where the bytes end, and goes on from a place in a file")
  func fill() throws {
    let folder = try ScratchFolder()
    let file = open(try folder.write("0123456789", "digits"), O_RDONLY | O_CLOEXEC)
    defer { close(file) }
    func read(_ count: Int, at offset: Int? = nil) throws -> String {
      var bytes = [UInt8](repeating: 0, count: count)
      let filled = try bytes.withUnsafeMutableBytes {
        try Descriptor.fill($0, from: file, at: offset)
      }
      return String(decoding: bytes.prefix(filled), as: UTF8.self)
    }
    #expect(try read(4) == "0123")
    #expect(try read(3, at: 7) == "789")
    #expect(try read(100) == "456789")
    #expect(try read(100) == "")
    #expect(throws: SystemError("cannot be read", code: EBADF)) {
      try Descriptor.some(from: -1)
    }
  }

  @Test("a socket that nobody reads any more is an error, not a signal")
  func brokenSocket() throws {
    let ends = try Descriptor.sockets()
    close(ends.theirs)
    defer { close(ends.ours) }
    #expect(throws: SystemError("cannot be written", code: EPIPE)) {
      try Array("late".utf8).withUnsafeBytes { try Descriptor.send($0, to: ends.ours) }
    }
  }

  @Test("no process that is started inherits an end of a pipe")
  func closedOnExec() throws {
    let pipe = try Descriptor.pipe()
    defer {
      close(pipe.reading)
      close(pipe.writing)
    }
    for end in [pipe.reading, pipe.writing] {
      #expect(fcntl(end, F_GETFD) & FD_CLOEXEC != 0)
      #expect(end > 2)
    }
  }

  @Test("a full disk is said by name")
  func full() {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let error = #expect(throws: SystemError.self) { try Descriptor.write([1], to: full) }
    #expect(error?.code == ENOSPC)
    #expect(error?.description == "cannot be written: No space left on device")
  }
}
