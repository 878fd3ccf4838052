import Cells
import Core
import Similarity

/// The results' names as the list has room for them: where two under one heading would be cut to
/// the same text, what tells them apart is kept instead.
struct ListLabels: Sendable {
  /// What they were made for.
  struct Key: Sendable, Equatable {
    let revision: Int
    let width: Int
    let unicode: Bool
  }
  private(set) var key: Key?
  /// The names that had to be cut.
  private var cut: [ResultID: String] = [:]

  /// No names yet.
  init() {}

  /// The names of a whole catalogue, each in at most `width` cells.
  init(_ catalog: Catalog, width: Int, _ theme: Theme) {
    key = Key(revision: catalog.revision, width: width, unicode: theme.unicode)
    var group: [(entry: CatalogEntry, label: String)] = []
    for entry in catalog.entries {
      if entry.heading != group.last?.entry.heading {
        cut(group, width: width, theme)
        group = []
      }
      group.append((entry, theme.spell(catalog.label(of: entry))))
    }
    cut(group, width: width, theme)
  }

  /// The text of a result whose label is `label`.
  func text(of id: ResultID, label: String) -> String { cut[id] ?? label }

  private mutating func cut(
    _ group: [(entry: CatalogEntry, label: String)], width: Int, _ theme: Theme
  ) {
    let separator = theme.spell(" × ")
    let count = Dictionary(group.map { ($0.label, 1) }, uniquingKeysWith: +)
    let members = group.compactMap { entry, label -> (id: ResultID, label: String, room: Int)? in
      // Curves are known by what stands behind them, and so are scores of models that have layers
      // here, too.
      let hasMark =
        entry.pair?.kind == .minibatches ? count[label, default: 0] > 1 : entry.pair == nil
      let mark = hasMark ? extent(of: entry, theme) : shortMark(of: entry, theme)
      let room = width - (mark.isEmpty ? 0 : TextWidth.width(of: mark) + 1)
      return TextWidth.width(of: label) > room ? (entry.id, label, room) : nil
    }
    let alike = Dictionary(grouping: members) { Self.shortened($0.label, separator, $0.room) }
    for (text, members) in alike {
      let labels = Array(Set(members.map(\.label)))
      let room = members.map(\.room).min() ?? width
      let apart = labels.count > 1 ? Self.toldApart(labels, separator, room) : [text]
      let texts = Dictionary(zip(labels, apart)) { first, _ in first }
      for member in members { cut[member.id] = theme.spell(texts[member.label] ?? text) }
    }
  }

  /// Names that would be cut to the same text, cut elsewhere: at the end of each, or else in the
  /// beginning that all or some of them share.
  private static func toldApart(_ labels: [String], _ separator: String, _ width: Int) -> [String] {
    let starts = labels.map {
      shortened($0, separator, width, cutting: TextWidth.keepingStart)
    }
    return Set(starts).count == labels.count ? starts : withoutCommonStart(labels, width)
  }

  private static func withoutCommonStart(_ labels: [String], _ width: Int) -> [String] {
    let common = labels.dropFirst().reduce(labels.first ?? "") {
      String(zip($0, $1).prefix { $0 == $1 }.map(\.0))
    }
    // A few of the letters before the difference help to place it.
    let dropped = max(0, common.count - width / 3)
    var texts = labels.map {
      TextWidth.keepingStart(dropped > 0 ? "…\($0.dropFirst(dropped))" : $0, width: width)
    }
    for alike in Dictionary(grouping: labels.indices, by: { texts[$0] }).values
    where alike.count > 1 && alike.count < labels.count {
      for (index, text) in zip(alike, withoutCommonStart(alike.map { labels[$0] }, width)) {
        texts[index] = text
      }
    }
    return texts
  }

  /// A pair of names in at most `width` cells; each keeps its end, which tells models apart, unless
  /// `cutting` keeps something else.
  private static func shortened(
    _ title: String, _ separator: String, _ width: Int,
    cutting: (String, Int) -> String = TextWidth.keepingEnd
  ) -> String {
    guard TextWidth.width(of: title) > width, let cut = title.firstRange(of: separator) else {
      return cutting(title, width)
    }
    let separator = width < 24 ? String(separator.filter { $0 != " " }) : separator
    let (first, second) = (String(title[..<cut.lowerBound]), String(title[cut.upperBound...]))
    let room = width - TextWidth.width(of: separator)
    let (firstWidth, secondWidth) = (TextWidth.width(of: first), TextWidth.width(of: second))
    // A short name leaves its room to the other.
    let share = max(min(firstWidth, room / 2), room - secondWidth)
    let left = cutting(first, share)
    return left + separator + cutting(second, room - TextWidth.width(of: left))
  }
}

/// What must be said of a result, in one cell, where there is no room for the word; empty where
/// nothing must.
func shortMark(of entry: CatalogEntry, _ theme: Theme) -> String {
  entry.marks.isEmpty ? "" : theme.glyph("◐", "~")
}

/// How much there is of a result; a mark of its own for each kind.
func extent(of entry: CatalogEntry, _ theme: Theme) -> String {
  let mark = entry.marks.isEmpty ? "" : entry.marks + " "
  return switch entry.content {
  case .pair(let pair) where pair.kind == .layers:
    mark + theme.spell("\(pair.shape.rows)×\(pair.shape.columns)")
  case .pair(let pair): "\(mark)n \(pair.shape.columns)"
  case .curves(let series): "\(theme.glyph("╱╲", "/\\")) \(series)"
  }
}

extension State {
  /// Cuts the names anew when the catalogue or the list's room has changed.
  mutating func prepareListLabels() {
    // Blanks, the mark of the result on the screen and the frame take four cells.
    guard let width = Layout(self).results.map({ $0.width - 4 }) else { return }
    let key = ListLabels.Key(
      revision: catalog.revision, width: width, unicode: terminal.unicode)
    if listLabels.key != key { listLabels = ListLabels(catalog, width: width, Theme(terminal)) }
  }
}
