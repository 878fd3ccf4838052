import Dispatch
import Explorer
import Recipe
import Synchronization
import System

/// Has done in the background what the explorer asks of the jobs; the answers come by mail.
final class JobErrands {
  private let mailbox: Mailbox<Mail>
  private let desk: JobDesk
  /// One after the other: an old list must not arrive after a new one.
  private let queue = DispatchQueue(label: "cka.jobs", qos: .userInitiated)
  /// What may take long, and nothing else waits for.
  private let aside = DispatchQueue(
    label: "cka.looking", qos: .userInitiated, attributes: .concurrent)
  /// Completions, one after the other: never more than one Python.
  private let looking = DispatchQueue(label: "cka.completing", qos: .userInitiated)
  private var check: Check?
  private var looks: [Look] = []
  private let isLeaving = Signal()
  /// A list that was asked for and not begun. On a slow disk another one would only queue up behind
  /// it.
  private let isListing = Signal()

  /// - Parameter places: what the explorer was opened on.
  init(mailbox: Mailbox<Mail>, places: NamedPlaces) {
    self.mailbox = mailbox
    desk = JobDesk(places: places)
  }

  /// Sees to a request.
  func see(to request: JobRequest) {
    switch request {
    case .check(let recipe):
      check?.cancel()
      let check = Check(recipe)
      self.check = check
      aside.async { [mailbox, desk] in
        let reports = desk.answer(request, shouldStop: { check.isCancelled })
        check.end()
        // Why a check that was stopped is over, nobody asks; it may be about what is being checked
        // again.
        guard !check.isCancelled else { return }
        for report in reports { mailbox.post(Mail(action: .jobs(report))) }
      }
    case .cancelCheck: check?.cancel()
    case .complete(let question): complete(question)
    case .cancelCompletion: looks.forEach { $0.end.raise() }
    case .list:
      guard !isListing.isRaised else { return }
      isListing.raise()
      queue.async { [mailbox, desk, isLeaving, isListing] in
        isListing.lower()
        guard !isLeaving.isRaised else { return }
        for report in desk.answer(.list) { mailbox.post(Mail(action: .jobs(report))) }
      }
    default:
      queue.async { [mailbox, desk, isLeaving] in
        // What only shows something has nobody to show it to.
        guard request.isLasting || !isLeaving.isRaised else { return }
        let reports = desk.answer(request)
        guard request.isLasting || !isLeaving.isRaised else { return }
        for report in reports { mailbox.post(Mail(action: .jobs(report))) }
      }
    }
  }

  /// Only the newest question is of interest; but names that are being fetched serve the next one,
  /// too.
  private func complete(_ question: CompletionRequest) {
    looks.removeAll { $0.end.isRaised }
    guard !looks.contains(where: { $0.question == question }) else { return }
    for look in looks where !(look.start.isRaised && look.isOfSameNames(as: question)) {
      look.end.raise()
    }
    let look = Look(question)
    looks.append(look)
    looking.async { [mailbox, desk] in
      guard !look.end.isRaised else { return }
      look.start.raise()
      let reports = desk.answer(.complete(question), shouldStop: { look.end.isRaised })
      guard !look.end.isRaised else { return }
      look.end.raise()
      for report in reports { mailbox.post(Mail(action: .jobs(report))) }
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
    return .checking(check.recipe, seconds: seconds)
  }

  /// Ends what only looks, so that no program is left behind, and waits for what was asked to be
  /// done: a recipe to be written, a job to be started. What was refused is in the mail.
  func finish() {
    isLeaving.raise()
    check?.cancel()
    looks.forEach { $0.end.raise() }
    queue.sync {}
    aside.sync(flags: .barrier) {}
    looking.sync {}
  }
}

extension JobRequest {
  /// It leaves something behind, which is wanted though the explorer is left.
  fileprivate var isLasting: Bool {
    switch self {
    case .cancel, .resume, .retry, .remove, .submit, .saveRecipe: true
    case .list, .open, .collect, .details, .log, .check, .cancelCheck, .complete, .cancelCompletion,
      .edit, .openRecipe:
      false
    }
  }
}

/// What one thread tells another.
private final class Signal: Sendable {
  private let flag = Atomic<Bool>(false)

  var isRaised: Bool { flag.load(ordering: .relaxed) }
  func raise() { flag.store(true, ordering: .relaxed) }
  func lower() { flag.store(false, ordering: .relaxed) }
}

/// A question of Tab's, which may start Python.
private final class Look: Sendable {
  let question: CompletionRequest
  let start = Signal()
  /// It was answered, or nobody waits for the answer any more.
  let end = Signal()

  init(_ question: CompletionRequest) { self.question = question }

  /// Both are about networks of one library, as one interpreter knows them.
  func isOfSameNames(as other: CompletionRequest) -> Bool {
    question.library != nil && question.library == other.library
      && question.python == other.python
  }
}

/// A look at what would be computed, which may start Python and take a minute.
private final class Check: Sendable {
  let recipe: Recipe
  let start = ContinuousClock.now
  private let flags = Mutex((isCancelled: false, isOver: false, told: 0))

  init(_ recipe: Recipe) { self.recipe = recipe }

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
