import CSignals
import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM as a wish to stop soon; a second one ends the program at once.
public final class StopRequest {
  /// The number of the signal that arrived; 0 before. The handlers share it, however long they
  /// live.
  private final class Received: Sendable {
    let number = Atomic<Int32>(0)
  }

  private let received = Received()
  private var sources: [any DispatchSourceSignal] = []

  /// From now on the two signals are noted, but for one that whoever started the program had
  /// ignored: a shell does so for what runs in the background, and Ctrl-C is then meant for others.
  public init() {
    for number in [SIGINT, SIGTERM] where !Self.isIgnored(number) {
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
    for source in sources {
      source.cancel()
      Glibc.signal(Int32(source.handle), SIG_DFL)
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var present = sigaction()
    guard sigaction(number, nil, &present) == 0 else { return false }
    let ignore = unsafeBitCast(SIG_IGN, to: Int.self)
    return unsafeBitCast(present.__sigaction_handler.sa_handler, to: Int.self) == ignore
  }

  /// The signal that arrived; nil when none has.
  public var signal: Int32? {
    let number = received.number.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }
}

/// SIGTERM as a wish, for a process that has no terminal: it is noted for as long as the process
/// lives, and ends a wait in `poll`; SIGHUP is ignored.
public enum Termination {
  /// From now on SIGTERM and SIGUSR1 are noted instead of ending the process.
  public static func note() { cka_note_termination() }

  /// From now on the end of `parent`, which started this process, is a SIGTERM, also where it is
  /// `kill -9`.
  public static func followParent(_ parent: pid_t) { cka_follow_parent(parent) }

  /// Whether SIGUSR1 arrived since: whoever started the process will soon end it.
  public static var isTimeUp: Bool { cka_time_is_up() }

  /// Whether SIGTERM arrived since.
  public static var isRequested: Bool { cka_termination_requested() }
}
