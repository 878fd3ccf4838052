import Explorer
import Glibc
import Synchronization

/// What background work tells the event loop.
struct Mail: Sendable {
  /// What happened.
  let action: Action
  /// The number of the walk that it comes from, if it comes from one.
  var walk: Int?
  /// The versions of the files that were read for it.
  var identities: [String: FileIdentity] = [:]
}

/// Where background work leaves its results for the event loop, with a descriptor that wakes it.
final class Mailbox: Sendable {
  private let waiting = Mutex<[Mail]>([])
  /// Readable while something waits.
  let descriptor: Int32
  private let writing: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    pipe(&ends)
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    (descriptor, writing) = (ends[0], ends[1])
  }

  /// Leaves news, from any thread.
  func post(_ mail: Mail) {
    waiting.withLock { $0.append(mail) }
    wake()
  }

  /// Wakes the event loop though nothing waits.
  func wake() {
    // A full pipe wakes as well as one more byte would.
    var byte: UInt8 = 1
    _ = write(writing, &byte, 1)
  }

  /// Takes all that waits.
  func drain() -> [Mail] {
    var bytes = [UInt8](repeating: 0, count: 256)
    while read(descriptor, &bytes, bytes.count) == bytes.count {}
    return waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }

  deinit {
    close(descriptor)
    close(writing)
  }
}
