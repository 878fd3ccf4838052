import Similarity

/// The best column of each row of the layer matrix as shown.
struct MatchMarks: Sendable {
  let key: Arrangement.Key
  /// A column for each row; nil where a row has no value.
  let columns: [Int?]
}

extension State {
  /// Marks are drawn: a difference has no best match.
  var drawsMatches: Bool { showsMatches && difference == nil }

  /// Finds the best matches anew when the values shown have changed.
  mutating func prepareMatches() {
    guard drawsMatches, let arrangement, !arrangement.isEmpty else {
      matchMarks = nil
      return
    }
    guard matchMarks?.key != arrangement.key else { return }
    matchMarks = MatchMarks(
      key: arrangement.key, columns: BestMatch(arrangement.view).matches.map { $0?.column })
  }

  /// The matches of the rows shown among the columns shown, and their margins.
  private var matchesShown: (best: BestMatch, margins: [MatchMargin?])? {
    guard difference == nil, let result = open(.layers)?.comparison, let arrangement,
      !arrangement.isEmpty
    else { return nil }
    let best = BestMatch(arrangement.view)
    let margins = best.margins(
      in: result, rows: arrangement.rowIndices, columns: arrangement.columnIndices)
    return (best, margins)
  }

  /// What the marks are, and how many of them are told from the second best.
  var matchNote: String {
    let marked = "the best column of each row is marked"
    guard let margins = matchesShown?.margins.compactMap(\.self), !margins.isEmpty else {
      return marked
    }
    let tied = margins.count(where: \.isTied)
    let ties = tied > 0 ? ", \(tied) tied" : ""
    guard margins.contains(where: { !$0.halfWidth.isNaN }) else { return marked + ties + nullNote }
    let told = margins.count { $0.isTold == true }
    return
      "\(marked); \(told) of \(margins.count) are told from the second best\(ties)\(nullNote)"
  }

  /// How many of the best matches are above the null of the best match; empty without one.
  private var nullNote: String {
    guard hasNull, let result = open(.layers)?.comparison, let arrangement, !arrangement.isEmpty
    else { return "" }
    let findings = BestMatch(arrangement.view).nullFindings(
      in: result, rows: arrangement.rowIndices, columns: arrangement.columnIndices
    ).compactMap(\.self)
    return findings.isEmpty
      ? "" : "; \(findings.count(where: \.isAbove)) of \(findings.count) are above the null"
  }

  /// How the best match of the row under the crosshair stands to the null of the best match.
  private func nullText(_ match: BestMatch.Match, _ arrangement: Arrangement) -> [String] {
    guard
      let finding = open(.layers)?.comparison.block?.nullFinding(
        of: match, row: arrangement.rowIndices[crosshair.row], columns: arrangement.columnIndices)
    else { return [] }
    let doubt = finding.isAbove ? "" : ": not above chance"
    let columns = arrangement.columns.layers.count
    return ["  p \(finding.p.probabilityText) of the best of \(columns)\(doubt)"]
  }

  /// The best match of the row under the crosshair and its margin, while matches are marked.
  var matchLines: [String] {
    guard drawsMatches, let (best, margins) = matchesShown, let arrangement,
      margins.indices.contains(crosshair.row), let match = best.matches[crosshair.row]
    else { return [] }
    let columns = arrangement.columns.layers
    let name = columns[match.column].orRoot
    let lines = ["Best match of \(arrangement.rows.layers[crosshair.row].orRoot)"]
    let chance = nullText(match, arrangement)
    guard let margin = margins[crosshair.row] else { return lines + ["  \(name)"] + chance }
    let second = columns[margin.second].orRoot
    if margin.isTied { return lines + ["  \(name), tied with \(second)"] + chance }
    let width = margin.halfWidth.isNaN ? "" : " ± \(margin.halfWidth.halfWidthText)"
    let doubt = margin.isTold == false ? ", not told apart" : ""
    return lines + ["  \(name), \(margin.margin.fixed(4))\(width) above \(second)\(doubt)"] + chance
  }

  /// Whether a pixel of the heatmap belongs to a mark: the middle of the row's best cell.
  func isMatchMark(pixelX x: Int, _ y: Int, _ place: Placement) -> Bool {
    guard let marks = matchMarks else { return false }
    let (unitRow, unitColumn) = (place.unitRow(pixel: y), place.unitColumn(pixel: x))
    let top = (place.originAtTop ? unitRow : place.unitRows - 1 - unitRow) * place.unitHeight
    guard (x - unitColumn * place.unitWidth).isMiddle(of: place.unitWidth),
      (y - top).isMiddle(of: place.unitHeight)
    else { return false }
    let rows = place.firstRow + unitRow * place.block..<place.firstRow + (unitRow + 1) * place.block
    let columns =
      place.firstColumn + unitColumn * place.block..<place.firstColumn + (unitColumn + 1)
      * place.block
    let (own, other) = settings.transposed ? (columns, rows) : (rows, columns)
    return own.clamped(to: 0..<marks.columns.count).contains { row in
      marks.columns[row].map(other.contains) ?? false
    }
  }
}

extension Int {
  /// Whether this pixel lies in the middle third of `size` pixels; a third is one pixel at least.
  fileprivate func isMiddle(of size: Int) -> Bool {
    let third = Swift.max(1, size / 3)
    let start = (size - third) / 2
    return self >= start && self < start + third
  }
}
