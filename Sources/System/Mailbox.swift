import Glibc
import Synchronization

/// Where background work leaves its results for an event loop, with a descriptor that wakes it.
public final class Mailbox<Mail: Sendable>: Sendable {
  private let waiting = Mutex<[Mail]>([])
  /// Readable while something waits; −1 where the system has no descriptors left.
  public let descriptor: Int32
  private let writing: Int32

  /// Nothing waits.
  public init() {
    (descriptor, writing) = (try? Descriptor.pipe()) ?? (-1, -1)
    for end in [descriptor, writing] where end >= 0 { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
  }

  /// Leaves news, from any thread.
  public func post(_ mail: Mail) {
    waiting.withLock { $0.append(mail) }
    wake()
  }

  /// Wakes the event loop though nothing waits.
  public func wake() {
    // A full pipe wakes as well as one more byte would.
    var byte: UInt8 = 1
    _ = write(writing, &byte, 1)
  }

  /// Takes all that waits.
  public func drain() -> [Mail] {
    Descriptor.drain(descriptor)
    return waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }

  deinit {
    for end in [descriptor, writing] where end >= 0 { close(end) }
  }
}
