import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM as a wish to stop after the current minibatch; a second one ends the program at once.
final class StopRequest {
  /// The number of the signal that arrived; 0 before. The handlers share it, however long they live.
  private final class Received: Sendable {
    let number = Atomic<Int32>(0)
  }

  private let received = Received()
  private var sources: [any DispatchSourceSignal] = []

  /// From now on the two signals are noted.
  init() {
    for number in [SIGINT, SIGTERM] {
      // Before the source is there: in between the signal would end the program.
      Glibc.signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [received] in
        received.number.store(number, ordering: .relaxed)
        Glibc.signal(number, SIG_DFL)
      }
      source.resume()
      sources.append(source)
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { Glibc.signal(number, SIG_DFL) }
  }

  /// The signal that arrived; nil when none has.
  var signal: Int32? {
    let number = received.number.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}
