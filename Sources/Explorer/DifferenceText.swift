import Core
import Similarity

extension Difference {
  /// What the test of all cells says, and which chance it speaks of; one line each.
  public var testLines: [String] {
    let summary = summary()
    guard let test, let tested = summary.tested, let differing = summary.differing else {
      return ["not tested: not both results keep the values of their minibatches"]
    }
    let level = DifferenceTest.levelText
    let expected =
      differing == 0
      ? "" : ", of which at most \((summary.expectedFalse ?? 0).fixed(1)) are expected to be false"
    let symmetry = isSymmetric ? [Self.symmetryText] : []
    return [
      "\(differing) of \(tested) tested cells differ (q ≤ \(level), Benjamini–Hochberg)\(expected)"
    ] + symmetry + [
      test.pairing.description,
      "the chance is that of the samples, for these networks; other seeds are not in the interval",
    ]
  }

  /// How cells are counted where A and B are networks with themselves.
  public static let symmetryText = "symmetric: a cell and its mirror image count once"
}

extension State {
  /// What was subtracted, and how sure the difference is.
  func differenceLines(_ view: DifferenceView) -> [String] {
    let b = view.b.comparison
    let width = max(20, min(92, terminal.size.width - 10))
    let key = b.id.key.isEmpty ? "" : " \(SafeText.sanitise(b.id.key))"
    let untested = view.difference.test == nil
    let lines = untested ? ["not tested: \(Self.whyUntested(view))"] : view.difference.testLines
    return ["Subtracted (B)", "  \(SafeText.sanitise(b.id.path))\(key)", "Difference"]
      + lines.flatMap { Self.wrap($0, width: width) }
  }
}
