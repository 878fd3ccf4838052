import Explorer
import Glibc
import Synchronization

/// Where background work leaves its results for the event loop, with a descriptor that wakes it.
final class Mailbox: Sendable {
  private let actions = Mutex<[Action]>([])
  /// Readable while something waits.
  let descriptor: Int32

  init() {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK.rawValue | EFD_CLOEXEC.rawValue))
  }

  /// Leaves an action, from any thread.
  func post(_ action: Action) {
    actions.withLock { $0.append(action) }
    var one: UInt64 = 1
    _ = write(descriptor, &one, 8)
  }

  /// Takes all that waits.
  func drain() -> [Action] {
    var count: UInt64 = 0
    _ = read(descriptor, &count, 8)
    return actions.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }

  deinit { close(descriptor) }
}
