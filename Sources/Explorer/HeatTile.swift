import Core

/// The layer view's pixels as values: computed when scroll, zoom or result change, not at every
/// key.
struct HeatTile: Sendable {
  /// What it was computed for.
  struct Key: Sendable, Equatable {
    let arrangement: Arrangement.Key
    let placement: Placement
    let transposed: Bool
    let reduction: Reduction
  }
  let key: Key
  /// Value of each unit, `placement.unitRows` × `placement.unitColumns`, row-major as displayed.
  let values: [Double]

  init(key: Key, arrangement: Arrangement) {
    self.key = key
    let place = key.placement
    let pyramid = arrangement.pyramid
    guard key.transposed else {
      values = pyramid.reduce(
        firstRow: place.firstRow, firstColumn: place.firstColumn, block: place.block,
        rows: place.unitRows, columns: place.unitColumns, by: key.reduction)
      return
    }
    let upright = pyramid.reduce(
      firstRow: place.firstColumn, firstColumn: place.firstRow, block: place.block,
      rows: place.unitColumns, columns: place.unitRows, by: key.reduction)
    var turned = upright
    for row in 0..<place.unitRows {
      for column in 0..<place.unitColumns {
        turned[row * place.unitColumns + column] = upright[column * place.unitRows + row]
      }
    }
    values = turned
  }
}
