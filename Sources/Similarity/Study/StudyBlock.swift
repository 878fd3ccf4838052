import Core

/// The block of a study that compares one of its models (rows) with another, or with itself
/// (columns).
///
/// It holds what a matrix of values cannot: for each cell its uncertainty, its score in every kept
/// minibatch, and the reason where there is no value.
public struct StudyBlock: Sendable {
  /// The whole study; its arrays are shared, not copied.
  public let study: Study
  /// The model on the rows.
  public let rowModel: Int
  /// The model on the columns.
  public let columnModel: Int

  /// The block of two models of `study`.
  /// - Precondition: both are models of it.
  public init(study: Study, rowModel: Int, columnModel: Int) {
    precondition(study.models.indices.contains(rowModel), "no such model")
    precondition(study.models.indices.contains(columnModel), "no such model")
    self.study = study
    self.rowModel = rowModel
    self.columnModel = columnModel
  }

  /// The number of a row's layer, and of a column's, within the study.
  private func layers(_ row: Int, _ column: Int) -> (Int, Int) {
    (study.layers(of: rowModel).lowerBound + row, study.layers(of: columnModel).lowerBound + column)
  }

  /// CKA of every two layers: rows × columns, float64.
  public func matrix() -> Matrix { study.blockMatrix(rowModel: rowModel, columnModel: columnModel) }

  /// The score of two layers in each kept minibatch, in order; empty when none are kept.
  public func scores(row: Int, column: Int) -> [Double] {
    let (i, j) = layers(row, column)
    return study.scores(i, j)
  }

  /// Standard error and 95 % half width of a cell; nil where they cannot be told.
  public func uncertainty(row: Int, column: Int) -> Uncertainty? {
    let (i, j) = layers(row, column)
    return study.uncertainty(i, j)
  }

  /// Why a cell has no value; nil when it has one.
  public func reason(row: Int, column: Int) -> String? {
    let (i, j) = layers(row, column)
    return study.reason(i, j)
  }
}
