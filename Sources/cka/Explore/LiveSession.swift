import Cells
import Core
import Dispatch
import Explorer
import Formats
import Foundation
import Similarity
import Synchronization
import System
import Terminal

/// The explorer on a terminal: waits, updates, paints; everything slow happens elsewhere.
final class LiveSession {
  private(set) var state: State
  private let paths: [String]
  private let screen: TerminalScreen
  private let mailbox = Mailbox<Mail>()
  private let watch = FileWatch()
  private let reading = DispatchQueue(label: "cka.reading", qos: .userInitiated)
  private let exporting = DispatchQueue(label: "cka.exporting", qos: .userInitiated)
  private let latest = LatestRequest()
  private let walk = WalkNumber()
  private let errands: JobErrands
  private let jobs = JobWatch()
  private var isRunning = true

  init(state: State, paths: [String], screen: TerminalScreen) {
    self.state = state
    self.paths = paths
    self.screen = screen
    errands = JobErrands(mailbox: mailbox, places: NamedPlaces(paths: paths))
  }

  /// Runs until the user leaves.
  /// - Returns: a line for each export, recipe and job that was still to be seen to then, and
  ///   could not be.
  func run(_ keys: [Key]) -> [String] {
    startWalk()
    errands.see(to: .list)
    var script = keys[...]
    var hasNews = true
    while isRunning {
      // A log that is written beside the results wakes us for each of its lines.
      if hasNews { screen.draw(view(state), cursor: cursor(state)) }
      let events = screen.readEvents(
        wake: [mailbox.descriptor, watch.descriptor, jobs.descriptor].filter { $0 >= 0 },
        timeoutMilliseconds: pause)
      for event in events { receive(event) }
      // What comes after the last key is told of on standard error.
      let mail = isRunning ? mailbox.drain() : []
      for mail in mail { receive(mail) }
      hasNews = !events.isEmpty || !mail.isEmpty
      if isReadyForScript, let key = script.popFirst() {
        dispatch(.input(.key(key)))
        if !script.isEmpty { mailbox.wake() }
        hasNews = true
      }
      if lookAtFiles() { hasNews = true }
      if jobs.isLookDue(jobs: state.jobs) { errands.see(to: .list) }
      if let report = errands.tick() {
        dispatch(.jobs(report))
        hasNews = true
      }
    }
    errands.finish()
    return finishWork()
  }

  /// How long to wait for input, in milliseconds; −1 for as long as it takes.
  private var pause: Int32 {
    let pauses = [jobs.pause(jobs: state.jobs), errands.pause].filter { $0 >= 0 }
    return pauses.min() ?? -1
  }

  /// Scripted keys wait for the picture that they are meant for, or until it is known that there is
  /// none.
  private var isReadyForScript: Bool {
    state.pending == nil && (state.shown != nil || state.scan.isFinished)
  }

  private func receive(_ event: InputEvent) {
    switch event {
    case .hangup: isRunning = false
    case .resumed: screen.repaint()
    default: dispatch(.input(event))
    }
  }

  private func receive(_ mail: Mail) {
    // What an older walk found out last must not replace what this one finds.
    if let number = mail.walk, !walk.isStill(number) { return }
    watch.note(mail.identities)
    dispatch(mail.action)
  }

  private func dispatch(_ action: Action) {
    if case .jobs(.list(let lines)) = action { jobs.follow(lines) }
    for effect in update(&state, action) { perform(effect) }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .load(let id, let companion, let reread): load(id, companion, reread: reread)
    case .readSeeds(let ids): readSeeds(ids)
    case .rescan: startWalk()
    case .export(let requests): export(requests)
    case .jobs(let request): errands.see(to: request)
    case .copy(let text):
      if !screen.copyToClipboard(text) {
        dispatch(.failed("this terminal has no clipboard that reaches through SSH"))
      }
    case .setMouse(let on): screen.setMouse(on)
    case .repaint: screen.repaint()
    case .suspend: screen.suspend()
    case .quit: isRunning = false
    }
  }

  private func load(_ id: ResultID, _ companion: ResultID?, reread: Bool) {
    if !reread { latest.set(id) }
    reading.async { [mailbox, latest] in
      // Someone who runs down the list wants the result they stop at, not all those on the way.
      guard reread || latest.isStill(id) else { return }
      let outcome = Reading.load(id, companion: companion, reread: reread)
      mailbox.post(Mail(action: outcome.action, identities: outcome.identities))
    }
  }

  private func readSeeds(_ ids: [ResultID]) {
    reading.async { [mailbox] in mailbox.post(Mail(action: Reading.seeds(ids))) }
  }

  private func export(_ requests: [ExportRequest]) {
    let (shown, preferences) = (state.shownResults, state.preferences)
    exporting.async { [mailbox] in
      mailbox.post(
        Mail(action: Exporting.write(requests, of: shown, preferences: preferences)))
    }
  }

  private func finishWork() -> [String] {
    exporting.sync {}
    return mailbox.drain().compactMap { mail -> String? in
      switch mail.action {
      case .failed(let reason), .jobs(.refused(let reason)): reason
      case .jobs(.recipeExists(let path)):
        "\(SafeText.sanitise(path)): not saved, there is such a file"
      default: nil
      }
    }
  }

  private func startWalk() {
    let (paths, first, mailbox, walk) = (paths, state.wantedFirst, mailbox, walk)
    let number = walk.next()
    let thread = Thread {
      ResultWalk(paths: paths, first: first, isWanted: { walk.isStill(number) }) {
        mailbox.post(Mail(action: $0, walk: number))
      }.run()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }

  /// Tells of files that changed; false when none has.
  private func lookAtFiles() -> Bool {
    // The result of a job changes all the time, and is read again by itself.
    let shown = Set(
      state.shownResults.map(\.id).filter { !state.jobResults.contains($0) }.map(\.path))
    watch.watch(shown.union(state.recent.map(\.id.path)))
    let news = watch.news()
    for item in news { dispatch(.forget(item.path)) }
    let lines = news.filter { shown.contains($0.path) }.map(Self.line)
    if !lines.isEmpty { dispatch(.fileChanged(lines.joined(separator: "; "))) }
    return !news.isEmpty
  }

  /// What happened to a file, in words.
  private static func line(_ news: FileWatch.News) -> String {
    let name = SafeText.sanitise(news.path)
    return news.isGone
      ? "\(name) was deleted; the picture is from before" : "\(name) has changed; R reads it again"
  }
}

/// The result asked for last.
final class LatestRequest: Sendable {
  private let id = Mutex<ResultID?>(nil)

  func set(_ new: ResultID) { id.withLock { $0 = new } }
  func isStill(_ old: ResultID) -> Bool { id.withLock { $0 == old } }
}

/// The number of the walk that counts.
final class WalkNumber: Sendable {
  private let number = Atomic(0)

  /// Begins another walk: those before it no longer count.
  func next() -> Int { number.add(1, ordering: .relaxed).newValue }
  func isStill(_ old: Int) -> Bool { number.load(ordering: .relaxed) == old }
}
