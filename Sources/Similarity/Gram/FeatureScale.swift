import Core
import Glibc

/// The power of two near the largest difference between samples: features divided by it have
/// products well within float64's range. CKA does not depend on the unit of the features.
struct FeatureScale {
  /// The exponent of the power of two; 0 where no scaling is needed.
  var exponent: Int
  /// 2^−exponent, as near as float64 has it.
  var factor: Double { exp2(-Double(exponent)) }

  /// Whether a mean square is so far from the ends of float64's range that its own square, summed
  /// over samples and minibatches, is within it too.
  static func isComfortable(_ meanSquare: Double) -> Bool {
    meanSquare > 0x1p-400 && meanSquare < 0x1p400
  }

  /// The scale of `features`; nil where all samples have the same.
  /// - Throws: `LayerProblem` where some are NaN or infinite.
  init?(of features: Matrix) throws {
    let chunk = 4096
    var (largest, broken) = (0.0, 0)
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * chunk) { buffer in
      for start in stride(from: 0, to: features.columns, by: chunk) {
        let columns = start..<min(features.columns, start + chunk)
        let first = UnsafeMutableBufferPointer(rebasing: buffer[..<columns.count])
        let row = UnsafeMutableBufferPointer(rebasing: buffer[chunk..<chunk + columns.count])
        features.copyRow(0, columns: columns, into: first)
        for i in 0..<features.rows {
          features.copyRow(i, columns: columns, into: row)
          for k in 0..<columns.count {
            guard row[k].isFinite else {
              broken += 1
              continue
            }
            // Quarters: the difference itself may be infinite. What of them underflows is made up
            // for by whole differences below.
            let quarter = abs(row[k] / 4 - first[k] / 4)
            largest = max(largest, quarter > 0x1p-1000 ? quarter : abs(row[k] - first[k]) / 4)
          }
        }
      }
    }
    guard broken == 0 else {
      throw LayerProblem.notFinite(count: broken, of: features.rows * features.columns)
    }
    guard largest > 0 else { return nil }
    // 2^±150: where squares are comfortable anyway. Beyond 2^−1020 the factor would be infinite.
    let found = max(-1020, largest.exponent + 2)
    exponent = abs(found) > 150 ? Int(found) : 0
  }
}

extension Matrix {
  /// Writes `factor` times the values of one row into the first elements of `target`.
  @inline(__always)
  func copyRow(
    _ row: Int, columns: Range<Int>, scaledBy factor: Double,
    into target: UnsafeMutableBufferPointer<Double>
  ) {
    copyRow(row, columns: columns, into: target)
    guard factor != 1 else { return }
    for k in 0..<columns.count { target[k] *= factor }
  }
}
