import Core
import Glibc
import Similarity

/// CKA the slow plain way, in float64 and word for word from the papers, to hold the fast one
/// against.
enum PlainCKA {
  /// A symmetric n × n matrix, row by row.
  typealias Kernel = [[Double]]

  /// The kernel matrix of `features`, n × p, which are centred first.
  static func kernel(_ features: Matrix, _ kind: Similarity.Kernel) -> Kernel {
    guard case .rbf(let fraction, let rule) = kind else { return gram(features) }
    let n = features.rows
    let distances = squaredDistances(features)
    var counted: [Double] = []
    for i in 0..<n {
      for j in 0..<n where rule == .all || i < j { counted.append(distances[i][j]) }
    }
    let scale = 2 * fraction * fraction * median(counted)
    return distances.map { row in row.map { exp(-$0 / scale) } }
  }

  /// HSIC of two kernels of n ≥ 4 samples.
  ///
  /// - Unbiased: the three terms of Song et al. (2012), equation 5, diagonals set to 0.
  /// - Biased: tr(K H L H)/(n − 1)² of Gretton et al. (2005).
  static func hsic(_ k: Kernel, _ l: Kernel, _ estimator: Estimator) -> Double {
    let n = Double(k.count)
    guard estimator == .unbiased else {
      let centred = doublyCentred(k)
      return zip(centred, l).reduce(0) { $0 + dot($1.0, $1.1) } / ((n - 1) * (n - 1))
    }
    var (trace, sumK, sumL, cross) = (0.0, 0.0, 0.0, 0.0)
    for i in k.indices {
      let rowK = k[i].reduce(0, +) - k[i][i]
      let rowL = l[i].reduce(0, +) - l[i][i]
      trace += dot(k[i], l[i]) - k[i][i] * l[i][i]
      sumK += rowK
      sumL += rowL
      cross += rowK * rowL
    }
    return (trace + sumK * sumL / ((n - 1) * (n - 2)) - 2 / (n - 2) * cross) / (n * (n - 3))
  }

  /// n(n − 3) HSIC₁ of linear kernels from the features themselves:
  /// ‖XᵀY‖² − n/(n − 2) Σᵢ ‖xᵢ‖²‖yᵢ‖² + Σᵢ‖xᵢ‖² Σᵢ‖yᵢ‖²/((n − 1)(n − 2)), X and Y centred.
  static func featureForm(_ x: Matrix, _ y: Matrix) -> Double {
    let n = Double(x.rows)
    let (x, y) = (centred(x, 0..<x.columns), centred(y, 0..<y.columns))
    var product = 0.0
    for a in x[0].indices {
      for b in y[0].indices {
        let entry = x.indices.reduce(0) { $0 + x[$1][a] * y[$1][b] }
        product += entry * entry
      }
    }
    let (alpha, beta) = (x.map { dot($0, $0) }, y.map { dot($0, $0) })
    let sums = alpha.reduce(0, +) * beta.reduce(0, +)
    return product - n / (n - 2) * dot(alpha, beta) + sums / ((n - 1) * (n - 2))
  }

  private static func gram(_ features: Matrix) -> Kernel {
    let n = features.rows
    var gram = Kernel(repeating: [Double](repeating: 0, count: n), count: n)
    // In blocks, so that a large layer takes no memory of its size.
    for first in stride(from: 0, to: features.columns, by: 1024) {
      let block = centred(features, first..<min(features.columns, first + 1024))
      for i in 0..<n {
        for j in i..<n { gram[i][j] += dot(block[i], block[j]) }
      }
    }
    for i in 0..<n {
      for j in 0..<i { gram[i][j] = gram[j][i] }
    }
    return gram
  }

  /// ‖xᵢ − xⱼ‖² from the features themselves: from a Gram matrix an outlier would take the digits.
  private static func squaredDistances(_ features: Matrix) -> Kernel {
    let n = features.rows
    var distances = Kernel(repeating: [Double](repeating: 0, count: n), count: n)
    for first in stride(from: 0, to: features.columns, by: 1024) {
      let block = centred(features, first..<min(features.columns, first + 1024))
      for i in 0..<n {
        for j in 0..<n {
          distances[i][j] += zip(block[i], block[j]).reduce(0) { sum, pair in
            sum + (pair.0 - pair.1) * (pair.0 - pair.1)
          }
        }
      }
    }
    return distances
  }

  /// Some columns of `features` less their means.
  private static func centred(_ features: Matrix, _ columns: Range<Int>) -> [[Double]] {
    var rows = (0..<features.rows).map { row in
      [Double](unsafeUninitializedCapacity: columns.count) { buffer, count in
        features.copyRow(row, columns: columns, into: buffer)
        count = columns.count
      }
    }
    for column in 0..<columns.count {
      // As differences from the first: a constant column becomes exactly 0.
      let origin = rows[0][column]
      let shift = rows.reduce(0) { $0 + ($1[column] - origin) } / Double(rows.count)
      for row in rows.indices { rows[row][column] = rows[row][column] - origin - shift }
    }
    return rows
  }

  private static func doublyCentred(_ k: Kernel) -> Kernel {
    let n = Double(k.count)
    let means = k.map { $0.reduce(0, +) / n }
    let mean = means.reduce(0, +) / n
    return k.indices.map { i in k.indices.map { k[i][$0] - means[i] - means[$0] + mean } }
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        var sum = 0.0
        for index in a.indices { sum += a[index] * b[index] }
        return sum
      }
    }
  }
}
