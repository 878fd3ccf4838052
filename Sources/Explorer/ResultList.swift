import Cells
import Core
import Similarity

/// A line of the results list.
enum ListLine: Sendable, Equatable {
  /// The folder of the entries below, or the file that holds them all.
  case heading(String)
  /// A result, by its place in the catalogue.
  case entry(Int)
}

extension Catalog {
  /// The lines of the list, narrowed to the entries in which each word of `search` occurs.
  func lines(matching search: String) -> [ListLine] {
    let words = search.lowercased().split(separator: " ")
    var lines: [ListLine] = []
    var heading: String?
    for (index, entry) in entries.enumerated() where entry.matches(words) {
      if entry.heading != heading {
        heading = entry.heading
        lines.append(.heading(entry.heading))
      }
      lines.append(.entry(index))
    }
    return lines
  }
}

// The results list: what it shows, and how its cursor moves.
extension State {
  /// The result under the cursor.
  var entryUnderCursor: ResultID? {
    let lines = listLines
    guard listCursor < lines.count, case .entry(let index) = lines[listCursor] else { return nil }
    return catalog.entries[index].id
  }

  /// Moves the cursor by results, and shows the one it comes to.
  mutating func moveListCursor(by step: Int) -> [Effect] {
    let lines = listLines
    let entries = lines.indices.filter { lines[$0].isEntry }
    guard let first = entries.first, let last = entries.last else { return [] }
    let here = entries.lastIndex { $0 <= listCursor } ?? 0
    let target = max(
      0, min(entries.count - 1, here + max(-entries.count, min(entries.count, step))))
    listCursor = max(first, min(last, entries[target]))
    return showUnderCursor(lines)
  }

  /// Puts the cursor on `id`, or on the first result when it is not in the list.
  mutating func moveListCursor(to id: ResultID?) -> [Effect] {
    let lines = listLines
    let position = id.flatMap { catalog.position(of: $0) }
    listCursor =
      position.flatMap { lines.firstIndex(of: .entry($0)) }
      ?? lines.firstIndex(where: \.isEntry) ?? 0
    return []
  }

  /// Shows the result under the cursor, unless it is on the screen already.
  mutating func showUnderCursor(_ lines: [ListLine]) -> [Effect] {
    guard listCursor < lines.count, case .entry(let index) = lines[listCursor] else { return [] }
    let id = catalog.entries[index].id
    return id == wanted ? [] : show(id)
  }

  /// The result `step` lines from the one on the screen, going round at the ends. From one that the
  /// list does not have, because its file is gone or the search hides it, the walk goes on from the
  /// list's cursor.
  func neighbour(step: Int) -> ResultID? {
    let shown = listLines.compactMap { line -> Int? in
      if case .entry(let index) = line { index } else { nil }
    }
    guard !shown.isEmpty else { return nil }
    let next: Int
    if let here = wanted.flatMap({ catalog.position(of: $0) }).flatMap({ shown.firstIndex(of: $0) })
    {
      next = here + step
    } else {
      let above = listLines.prefix(listCursor).count { $0.isEntry }
      next = above + min(step, 0)
    }
    return catalog.entries[shown[(next % shown.count + shown.count) % shown.count]].id
  }

  /// Keeps the cursor, and the heading above the first entry, on the screen.
  mutating func scrollList() {
    guard let height = Layout(self).results.map({ $0.height - 2 }) else { return }
    if listCursor < listTop { listTop = listCursor }
    if listCursor >= listTop + height { listTop = listCursor - height + 1 }
    if listTop == 1, listCursor < height { listTop = 0 }
    listTop = max(0, min(listTop, listLines.count - height))
  }

  /// Asks for a result: from the ones opened lately if it is among them, else from its file.
  mutating func show(_ id: ResultID) -> [Effect] {
    let companion = catalog.companion(of: id)
    pendingCompanion = companion
    differenceSettings.wanted = nil
    if let open = recall(id), companion == nil || companion.flatMap({ recall($0) }) != nil {
      arrive(open, companion: companion.flatMap { recall($0)?.comparison })
      pending = nil
      return moveListCursor(to: id)
    }
    pending = id
    return moveListCursor(to: id) + [.load(id, companion: companion, reread: false)]
  }

  func recall(_ id: ResultID) -> Opened? {
    recent.last { $0.id == id }
  }

  /// Puts a result on the screen.
  mutating func arrive(_ result: Opened, companion: OpenResult?) {
    let isFirst = primary == nil
    if let id = shown?.id, id != result.id { previous = id }
    carryHidden(to: result)
    shown = result
    self.companion = companion
    remember(result)
    if let companion { remember(.comparison(companion)) }
    if !openPanes.contains(focus), focus != .results { focus = primaryPane }
    if let pane = maximised, !openPanes.contains(pane), pane != .results { maximised = focus }
    marked.formIntersection(openPanes)
    if isFirst { centreCrosshair() }
    startInPicture()
    lastFound = nil
  }

  /// Gives the picture the keys, when the session begins with a single result.
  mutating func startInPicture() {
    guard startsInPicture, isUntouched, shown != nil, focus == .results else { return }
    isUntouched = false
    focus = primaryPane
  }

  private mutating func centreCrosshair() {
    guard crosshair == Crosshair(), let matrix = layerResult?.comparison.matrix else { return }
    crosshair = Crosshair(row: matrix.rows / 2, column: matrix.columns / 2)
  }
}

extension ListLine {
  var isEntry: Bool {
    if case .entry = self { return true }
    return false
  }
}

extension CatalogEntry {
  /// Whether each of `words` (lower case) is somewhere in names, data sets or file.
  func matches(_ words: [Substring]) -> Bool {
    words.allSatisfy { searched.contains($0) }
  }
}
