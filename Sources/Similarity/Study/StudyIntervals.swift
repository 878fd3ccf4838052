import Core

/// The 95 % intervals of all of a study's cells, computed once: a checkpoint saves them, and those
/// who watch are told the widest.
public struct StudyIntervals: Sendable {
  private let study: Study
  /// Half widths as the study's triangle stores them; NaN where there is none.
  private let halfWidths: [Double]

  /// The intervals of `study` as `Study.uncertainty` describes them.
  /// O(minibatches × layers²), on all processors.
  public init(_ study: Study) {
    let errors = StandardErrors(study)
    let (layers, quantile) = (study.layerCount, study.intervalQuantile)
    let rows = concurrentMap(layers) { row in
      errors.row(row, columns: row..<layers).map { $0 * quantile }
    }
    self.study = study
    halfWidths = Array(rows.joined())
  }

  /// Half widths of the 95 % intervals of `Study.blockMatrix`; NaN where there are none.
  public func halfWidths(rowModel: Int, columnModel: Int) -> Matrix {
    let (rows, columns) = (study.layers(of: rowModel), study.layers(of: columnModel))
    let values = rows.flatMap { i in columns.map { halfWidths[study.triangle.index(i, $0)] } }
    return Matrix(rows: rows.count, columns: columns.count, values: values)
  }

  /// How sure the study is of the blocks `pairs`; of all pairs of models by default.
  public func convergence(pairs: [(rowModel: Int, columnModel: Int)]? = nil) -> Convergence {
    let all = study.models.indices.flatMap { row in
      study.models.indices.filter { $0 >= row }.map { (rowModel: row, columnModel: $0) }
    }
    let isLive = (0..<study.layerCount).map(study.isLive)
    var result = Convergence(largestHalfWidth: 0, cells: 0)
    for (row, column) in pairs ?? all {
      for i in study.layers(of: row) where isLive[i] {
        for j in study.layers(of: column) where isLive[j] {
          let width = halfWidths[study.triangle.index(i, j)]
          result.cells += 1
          result.largestHalfWidth = max(result.largestHalfWidth, width.isNaN ? .infinity : width)
        }
      }
    }
    return result
  }
}
