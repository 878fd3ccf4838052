import Core
import Glibc

extension GramMaker {
  /// A sent Gram matrix as one of our own, in float64.
  /// - Throws: `LayerProblem` unless it is n × n for n = `samples`, finite and symmetric.
  func gram(sent matrix: Matrix, samples: Int) throws -> GramView {
    guard matrix.rows == samples, matrix.columns == samples else {
      throw LayerProblem.sentShape(
        rows: matrix.rows, columns: matrix.columns, samples: samples)
    }
    var gram = cleared(side: samples)
    for i in 0..<samples {
      matrix.copyRow(
        i, columns: 0..<samples,
        into: UnsafeMutableBufferPointer(start: gram.values + i * gram.pitch, count: samples))
    }
    guard gram.trace.isFinite else { throw LayerProblem.sentNotFinite }
    let tolerance = 1e-4 * gram.trace / Double(samples)
    for i in 0..<samples {
      for j in i..<samples {
        let (upper, lower) = (gram.values[i * gram.pitch + j], gram.values[j * gram.pitch + i])
        guard upper.isFinite, lower.isFinite else {
          throw LayerProblem.sentNotFinite
        }
        guard abs(upper - lower) <= tolerance else {
          throw LayerProblem.sentNotSymmetric
        }
      }
    }
    // A sum of many products, rounded to its type; how many is not known.
    gram.error = (matrix.type == .float32 ? 0x1p-24 : 0x1p-53) * 8
    return gram.comfortable()
  }
}

extension GramView {
  /// The matrix, or one whose HSIC is within float64's range and the unit that makes it this one.
  fileprivate func comfortable() -> GramView {
    let mean = trace / Double(side)
    guard mean > 0, !FeatureScale.isComfortable(mean) else { return self }
    var result = self
    result.unit = Int(mean.exponent)
    for i in 0..<side {
      for j in i..<side { values[i * pitch + j] = scalbn(values[i * pitch + j], -result.unit) }
    }
    return result
  }
}
