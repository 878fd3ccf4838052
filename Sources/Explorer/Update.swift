import Cells
import Core
import Similarity

/// The one place where the state changes: what happened goes in, what to do comes out.
public func update(_ state: inout State, _ action: Action) -> [Effect] {
  let effects = state.react(to: action)
  state.prepare()
  return effects + state.askForSeeds()
}

extension State {
  fileprivate mutating func react(to action: Action) -> [Effect] {
    switch action {
    case .input(let event): return react(to: event)
    case .found(let entries): return merge(entries)
    case .scanned(let progress):
      scan = progress
      if progress.isFinished { return finishScan() }
    case .walked(let ids):
      let underCursor = entryUnderCursor ?? wanted
      let kept = ids.union(jobResults)
      let survivor = catalog.survivor(of: underCursor, among: kept)
      catalog.keepOnly(kept)
      if ids.count == 1 { startsInPicture = true }
      startInPicture()
      if message == Self.lookingAgain { message = .note("looked again") }
      return moveListCursor(to: survivor)
    case .loaded(let result, let companion, let reread):
      return accept(result, companion, reread: reread)
    case .loadFailed(let id, let reason): fail(id, reason)
    case .seedsRead(let results): seeds?.add(results)
    case .exported(let paths): message = .note("wrote \(paths.joined(separator: ", "))")
    case .failed(let reason), .fileChanged(let reason): message = .error(reason)
    case .jobs(let report): return react(to: report)
    case .forget(let path):
      recent.removeAll { $0.id.path == path }
      forgotten.insert(path)
    }
    return []
  }

  private mutating func react(to event: InputEvent) -> [Effect] {
    switch event {
    case .resize(let size):
      terminal.size = size
    case .key(let key):
      isUntouched = false
      if let overlay { return overlayKey(key, overlay) }
      message = nil
      guard let command = Command.bound(to: key, in: focus) else {
        message = .error("\(key.name) does nothing here; ? shows the keys")
        return []
      }
      return run(command)
    case .mouse(let event): return react(to: event)
    case .paste(let text): return paste(text)
    default: break
    }
    return []
  }

  /// Runs a command, or says why not.
  mutating func run(_ command: Command) -> [Effect] {
    guard command.isEnabled(self) else {
      message = .error(whyNot(command))
      return []
    }
    return command.perform(&self)
  }

  mutating func merge(_ entries: [CatalogEntry]) -> [Effect] {
    let underCursor = entryUnderCursor ?? wanted
    catalog.merge(entries)
    if wanted == nil, let first = entries.first { return show(restored(from: entries) ?? first.id) }
    return moveListCursor(to: underCursor) + loadLateCompanion()
  }

  /// Asks for a companion that was found only after the result that it belongs to was asked for.
  private mutating func loadLateCompanion() -> [Effect] {
    guard let shown = primary?.comparison.id, pending == nil, companion == nil,
      let late = catalog.companion(of: shown), late != pendingCompanion
    else { return [] }
    // Asked for once only: it may be unreadable.
    pendingCompanion = late
    if let open = recall(late)?.comparison {
      companion = open
      return []
    }
    return [.load(late, companion: nil, reread: false)]
  }

  /// The result is the companion that was found late, and what it belongs to is still on the
  /// screen.
  private func isLateCompanion(_ id: ResultID) -> Bool {
    id == pendingCompanion && id != wanted && pending == nil && companion == nil
      && primary != nil
  }

  /// The result that was open when this folder was last explored, once the walk has found it.
  private func restored(from entries: [CatalogEntry]) -> ResultID? {
    guard let id = restoring, entries.contains(where: { $0.id == id }) else { return nil }
    return id
  }

  private mutating func finishScan() -> [Effect] {
    guard catalog.entries.isEmpty else { return [] }
    message = .error(
      scan.problems.first.map { scan.problems.count == 1 ? $0 : "no readable results; w lists why" }
        ?? "no results here: name a file or folder with saved CKA results")
    return []
  }

  private mutating func accept(
    _ result: Opened, _ companion: OpenResult?, reread: Bool
  ) -> [Effect] {
    let id = result.id
    if let comparison = result.comparison { takeDifference(comparison) }
    renew([id, companion?.comparison.id], reread: reread)
    guard id == wanted else {
      if isLateCompanion(id) { self.companion = result.comparison }
      // A late answer to a question that was superseded is kept for later, not shown.
      remember(result)
      return []
    }
    pending = nil
    arrive(result, companion: companion)
    if reread, message == Self.readingAgain { message = .note("read again") }
    return loadLateCompanion()
  }

  /// Has everything made anew that was derived from what the files held before.
  private mutating func renew(_ ids: [ResultID?], reread: Bool) {
    let paths = Set(ids.compactMap { $0?.path })
    guard reread || !forgotten.isDisjoint(with: paths) else { return }
    forgotten.subtract(paths)
    generation += 1
  }

  private mutating func fail(_ id: ResultID, _ reason: String) {
    // The picture does without; the file is listed among the problems.
    if isLateCompanion(id) { return }
    if pending == id { pending = nil }
    if differenceSettings.wanted == id { differenceSettings.wanted = nil }
    message = .error(reason)
  }

  /// What is said while the open result is read again, and while only the folder is.
  static let readingAgain = Message.note("reading again…")
  static let lookingAgain = Message.note("looking again…")

  private mutating func react(to event: MouseEvent) -> [Effect] {
    guard terminal.mouse, overlay == nil,
      let pane = Layout(self).pane(x: event.x, y: event.y)
    else { return [] }
    switch event.action {
    case .wheelUp, .wheelDown: return wheel(pane, event)
    case .press: return press(pane, event)
    case .doublePress:
      focusPane(pane)
      if focus == pane, pane != .results { maximised = maximised == nil ? pane : nil }
      return []
    }
  }

  private mutating func wheel(_ pane: Pane, _ event: MouseEvent) -> [Effect] {
    let closer = event.action == .wheelUp
    if pane == .results { return moveListCursor(by: closer ? -1 : 1) }
    guard pane == .layers else { return [] }
    if let here = value(atX: event.x, y: event.y) {
      setCrosshair(row: here.row, column: here.column)
    }
    zoom(in: closer)
    return []
  }

  private mutating func press(_ pane: Pane, _ event: MouseEvent) -> [Effect] {
    message = nil
    focusPane(pane)
    switch pane {
    case .layers:
      if let here = value(atX: event.x, y: event.y) {
        setCrosshair(row: here.row, column: here.column)
      }
    case .minibatches:
      if let hit = rank(atX: event.x, y: event.y) { rank = hit }
    case .profile: break
    case .curves: putCurveCursor(atX: event.x)
    case .results:
      let lines = listLines
      guard let inner = Layout(self).results?.inset(by: 1), inner.contains(x: event.x, y: event.y)
      else { return [] }
      let line = listTop + event.y - inner.y
      guard lines.indices.contains(line), lines[line].isEntry else { return [] }
      listCursor = line
      return showUnderCursor(lines)
    }
    return []
  }
}
