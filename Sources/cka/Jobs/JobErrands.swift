import Dispatch
import Explorer
import Synchronization

/// Has done in the background what the explorer asks of the jobs; the answers come by mail.
final class JobErrands {
  private let mailbox: Mailbox
  private let desk = JobDesk()
  /// One after the other: an old list must not arrive after a new one.
  private let queue = DispatchQueue(label: "cka.jobs", qos: .userInitiated)
  /// What may take long, and nothing else waits for.
  private let aside = DispatchQueue(
    label: "cka.looking", qos: .userInitiated, attributes: .concurrent)
  private var check: Check?

  init(mailbox: Mailbox) { self.mailbox = mailbox }

  /// Sees to a request.
  func see(to request: JobRequest) {
    switch request {
    case .check(let arguments):
      check?.cancel()
      let check = Check(arguments)
      self.check = check
      aside.async { [mailbox, desk] in
        let reports = desk.answer(request, shouldStop: { check.isCancelled })
        check.end()
        // Why a check that was stopped is over, nobody asks; it may be about what is being checked again.
        guard !check.isCancelled else { return }
        for report in reports { mailbox.post(Mail(action: .jobs(report))) }
      }
    case .cancelCheck: check?.cancel()
    case .complete: answer(request, on: aside)
    default: answer(request, on: queue)
    }
  }

  private func answer(_ request: JobRequest, on queue: DispatchQueue) {
    queue.async { [mailbox, desk] in
      for report in desk.answer(request) { mailbox.post(Mail(action: .jobs(report))) }
    }
  }

  /// Milliseconds until `tick` has something to tell; −1 for never.
  var pause: Int32 {
    guard let check, !check.isOver else { return -1 }
    let next = check.start + .seconds(check.told + 1) - ContinuousClock.now
    return max(1, Int32((next / .milliseconds(1)).rounded(.up)))
  }

  /// How long the check has taken, once a second while it goes on.
  func tick() -> JobReport? {
    guard let check, !check.isOver else { return nil }
    let seconds = Int((ContinuousClock.now - check.start) / .seconds(1))
    guard seconds > check.told else { return nil }
    check.told = seconds
    return .checking(check.arguments, seconds: seconds)
  }

  /// Ends a check that still goes on, so that no program is left behind.
  func finish() {
    check?.cancel()
    aside.sync(flags: .barrier) {}
  }
}

/// A look at what would be computed, which may start Python and take a minute.
private final class Check: Sendable {
  let arguments: [String]
  let start = ContinuousClock.now
  private let flags = Mutex((isCancelled: false, isOver: false, told: 0))

  init(_ arguments: [String]) { self.arguments = arguments }

  var isCancelled: Bool { flags.withLock { $0.isCancelled } }
  /// Nobody waits for it any more.
  var isOver: Bool { flags.withLock { $0.isOver || $0.isCancelled } }
  /// The seconds that were told of.
  var told: Int {
    get { flags.withLock { $0.told } }
    set { flags.withLock { $0.told = newValue } }
  }
  func cancel() { flags.withLock { $0.isCancelled = true } }
  func end() { flags.withLock { $0.isOver = true } }
}
