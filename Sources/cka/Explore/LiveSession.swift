import CKACore
import Cells
import Dispatch
import Explorer
import Formats
import Foundation
import Synchronization
import Terminal

/// The explorer on a terminal: waits, updates, paints; everything slow happens elsewhere.
final class LiveSession {
  private(set) var state: State
  private let paths: [String]
  private let screen: TerminalScreen
  private let mailbox = Mailbox()
  private let watch = FileWatch()
  private let work = DispatchQueue(label: "cka.work", qos: .userInitiated)
  private let errands = DispatchQueue(label: "cka.jobs", qos: .userInitiated)
  private let latest = LatestRequest()
  private let jobs = JobWatch()
  private var isRunning = true

  init(state: State, paths: [String], screen: TerminalScreen) {
    self.state = state
    self.paths = paths
    self.screen = screen
  }

  /// Runs until the user leaves.
  func run(_ keys: [Key]) {
    startWalk()
    ask(.list)
    var script = keys[...]
    while isRunning {
      screen.draw(view(state), cursor: cursor(state))
      let events = screen.readEvents(
        wake: [mailbox.descriptor, watch.descriptor, jobs.descriptor].filter { $0 >= 0 },
        timeoutMilliseconds: jobs.pause(jobs: state.jobs))
      for event in events { receive(event) }
      for action in mailbox.drain() { dispatch(action) }
      // Scripted keys wait for the picture that they are meant for.
      if state.primary != nil, state.pending == nil, let key = script.popFirst() {
        dispatch(.input(.key(key)))
        if !script.isEmpty { mailbox.wake() }
      }
      lookAtFiles()
      if jobs.isLookDue(jobs: state.jobs) { ask(.list) }
    }
  }

  private func receive(_ event: InputEvent) {
    switch event {
    case .hangup: isRunning = false
    case .resumed: screen.repaint()
    default: dispatch(.input(event))
    }
  }

  private func dispatch(_ action: Action) {
    if case .loaded = action { watch.refresh() }
    for effect in update(&state, action) { perform(effect) }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .load(let id, let companion, _): load(id, companion)
    case .rescan: startWalk()
    case .export(let requests):
      let preferences = state.preferences
      work.async { [mailbox] in
        mailbox.post(Exporting.write(requests, preferences: preferences))
      }
    case .jobs(let request): ask(request)
    case .copy(let text):
      if !screen.copyToClipboard(text) {
        state.message = .error("this terminal has no clipboard that reaches through SSH")
      }
    case .setMouse(let on): screen.setMouse(on)
    case .repaint: screen.repaint()
    case .suspend: screen.suspend()
    case .quit: isRunning = false
    }
  }

  private func ask(_ request: JobRequest) {
    // One after the other: an old list must not arrive after a new one.
    errands.async { [mailbox] in
      for report in JobDesk.answer(request) { mailbox.post(.jobs(report)) }
    }
  }

  private func load(_ id: ResultID, _ companion: ResultID?) {
    latest.set(id)
    work.async { [mailbox, latest] in
      // Someone who runs down the list wants the result they stop at, not all those on the way.
      guard latest.isStill(id) else { return }
      mailbox.post(Reading.load(id, companion: companion))
    }
  }

  private func startWalk() {
    let (paths, first, mailbox) = (paths, state.wantedFirst, mailbox)
    let thread = Thread { ResultWalk(paths: paths, first: first) { mailbox.post($0) }.run() }
    thread.stackSize = 8 << 20
    thread.start()
  }

  private func lookAtFiles() {
    // The result of a job changes all the time, and is read again by itself.
    let open = [state.primary, state.companion].compactMap { $0?.comparison.id }
      .filter { !state.jobResults.contains($0) }.map(\.path)
    watch.watch(open)
    if let line = watch.news().first { dispatch(.fileChanged(line)) }
  }
}

/// The result asked for last.
final class LatestRequest: Sendable {
  private let id = Mutex<ResultID?>(nil)

  func set(_ new: ResultID) { id.withLock { $0 = new } }
  func isStill(_ old: ResultID) -> Bool { id.withLock { $0 == old } }
}
