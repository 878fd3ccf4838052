import Core

extension GramMaker {
  /// A sent Gram matrix as one of our own, in float64.
  /// - Throws: `LayerProblem` unless it is n × n for n = `samples`, finite and symmetric.
  func gram(sent matrix: Matrix, samples: Int) throws -> GramView {
    guard matrix.rows == samples, matrix.columns == samples else {
      throw LayerProblem(
        "its Gram matrix is \(matrix.rows) × \(matrix.columns) for \(samples) samples")
    }
    let gram = cleared(side: samples)
    for i in 0..<samples {
      matrix.copyRow(
        i, columns: 0..<samples,
        into: UnsafeMutableBufferPointer(start: gram.values + i * gram.pitch, count: samples))
    }
    guard gram.trace.isFinite else { throw LayerProblem("its Gram matrix is not finite") }
    let tolerance = 1e-4 * gram.trace / Double(samples)
    for i in 0..<samples {
      for j in i..<samples {
        let (upper, lower) = (gram.values[i * gram.pitch + j], gram.values[j * gram.pitch + i])
        guard upper.isFinite, lower.isFinite else {
          throw LayerProblem("its Gram matrix is not finite")
        }
        guard abs(upper - lower) <= tolerance else {
          throw LayerProblem("its Gram matrix is not symmetric")
        }
      }
    }
    return gram
  }
}
