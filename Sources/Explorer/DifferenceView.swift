import Core
import Similarity

/// One layer result minus another, A − B, as a result that every view of a layer matrix can show.
public struct DifferenceView: Sendable {
  /// The result that is subtracted from, and the one that is subtracted.
  public let a, b: OpenResult
  /// The values, by common layers.
  public let difference: Difference
  /// A − B as a layer matrix.
  public let result: OpenResult
  /// The same with NaN where A and B do not differ by more than the chance of the samples; nil when
  /// nothing was tested.
  let dimmed: OpenResult?
  /// The names that it was aligned by.
  let order: LabelOrder
  /// Both results' titles: "ResNet18 × ResNet34 − ResNet18 × ResNet50".
  public let title: String
  /// Largest |A − B|: 0 when all cells are alike or none has a value.
  public let largest: Double

  /// The difference of two layer results, or nil when they have no row or no column in common.
  /// - Parameter mostWork: cells × minibatches beyond which nothing is tested; by default what takes
  ///   no time that is felt.
  public init?(
    _ a: OpenResult, minus b: OpenResult, order: LabelOrder = .exported,
    mostWork: Int = OpenResult.mostWork
  ) {
    let difference = Difference(
      a.comparison, minus: b.comparison, order: order, halfWidths: (a.halfWidths, b.halfWidths),
      mostWork: mostWork)
    guard !difference.isEmpty else { return nil }
    (self.a, self.b, self.difference, self.order) = (a, b, difference, order)
    title = Self.title(a.comparison, b.comparison)
    let shown = Self.comparison(difference, a.comparison, b.comparison, order)
    let subtracted = b.comparison.id
    result = OpenResult(shown, variant: .minus(subtracted, isDimmed: false))
    let summary = result.summary
    largest = summary.finiteCount > 0 ? max(abs(summary.minimum), abs(summary.maximum)) : 0
    dimmed = difference.test.map { _ in
      OpenResult(Self.masked(shown, difference), variant: .minus(subtracted, isDimmed: true))
    }
  }

  private static func comparison(
    _ difference: Difference, _ a: Comparison, _ b: Comparison, _ order: LabelOrder
  ) -> Comparison {
    let axes = a.axes(order: order)
    let other = difference.isTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
    let left = difference.rows.leftOut + difference.columns.leftOut
    var comparison = Comparison(
      id: a.id, format: "difference of two results", kind: .layers,
      rows: axes.rows.keeping(difference.rows.first).minus(other.0),
      columns: axes.columns.keeping(difference.columns.first).minus(other.1),
      matrix: difference.matrix,
      warnings: difference.doubts.map(\.description)
        + (left > 0 ? ["\(left) rows and columns that only one result has are left out"] : []))
    comparison.settle(a.caveats(order: order).of("A") + b.caveats(order: order).of("B"))
    return comparison
  }

  /// What must be said of either result.
  public var caveats: [Caveat] { result.comparison.caveats }

  private static func masked(_ shown: Comparison, _ difference: Difference) -> Comparison {
    var masked = shown
    masked.matrix = Matrix(
      rows: shown.matrix.rows, columns: shown.matrix.columns,
      values: (0..<shown.matrix.rows).flatMap { row in
        (0..<shown.matrix.columns).map { column in
          difference.differs(row: row, column: column) == false
            ? .nan : shown.matrix[row, column]
        }
      })
    return masked
  }

  /// The shortest titles that tell the two apart: models, then data sets, then files.
  private static func title(_ a: Comparison, _ b: Comparison) -> String {
    let data = [a, b].map { CatalogEntry.Pair.datasets(ModelKey($0.rows), ModelKey($0.columns)) }
    if a.rows.model == b.rows.model, a.columns.model == b.columns.model, !a.rows.model.isEmpty,
      data[0] != data[1], !data.contains("")
    {
      return "\(a.rows.model) × \(a.columns.model): \(data[0]) − \(data[1])"
    }
    let forms: [(Comparison) -> String] = [
      { $0.rows.model.isEmpty ? "" : "\($0.rows.model) × \($0.columns.model)" },
      { $0.rows.model.isEmpty ? "" : "\($0.rows.title) × \($0.columns.title)" },
      { SafeText.sanitise($0.id.path.split(separator: "/").last.map(String.init) ?? $0.id.path) },
      { SafeText.sanitise($0.id.key.isEmpty ? $0.id.path : "\($0.id.path) \($0.id.key)") },
    ]
    let titles = forms.map { (a: $0(a), b: $0(b)) }
    let best = titles.first { $0.a != $0.b && !$0.a.isEmpty && !$0.b.isEmpty } ?? titles[3]
    return "\(best.a) − \(best.b)"
  }
}

extension Axis {
  /// The axis named after what it is in both results.
  fileprivate func minus(_ other: Axis) -> Axis {
    var axis = self
    if model != other.model { axis.model = "\(model) − \(other.model)" }
    if dataset != other.dataset {
      axis.dataset = "\(dataset.withoutDatasetPrefix) − \(other.dataset.withoutDatasetPrefix)"
    }
    return axis
  }
}
