import Core
import Similarity

// The permutation null on the screen: cells that unrelated samples reach too are dimmed.
extension State {
  /// The result on the screen knows a permutation null.
  var hasNull: Bool { difference == nil && open(.layers)?.comparison.block?.study.null != nil }

  /// Cells that are not above it are drawn as missing.
  var isDimmingChance: Bool { settings.dimsChance && hasNull }

  /// Dims the cells that are not above the null, or shows all again.
  mutating func toggleChance() -> [Effect] {
    settings.dimsChance.toggle()
    guard settings.dimsChance, let block = open(.layers)?.comparison.block,
      let count = block.countAboveNull()
    else { return note("all cells shown") }
    return note(
      "\(count.above) of \(count.cells) cells are above the null, p at most "
        + "\(Study.nullLevel.plain); the others are dimmed")
  }

  /// What the layer pane's frame says of it.
  var nullRemarks: [String] { isDimmingChance ? ["chance dimmed"] : [] }
}

extension StudyBlock {
  /// The permutation null in words; nil where there is none.
  public var nullLine: String? {
    guard let plan = study.null?.plan, let count = countAboveNull() else { return nil }
    let expected = (Study.nullLevel * Double(count.cells)).fixed(1)
    return "null of \(plan.draws) permutations, seed \(plan.seed): \(count.above) of "
      + "\(count.cells) cells above its 95 % quantile, \(expected) expected by chance"
  }
}
