// The definitions as the papers write them, in float64 and without any thought of speed.

import Foundation

/// K = X Xᵀ of features as they are.
func linearGram(_ x: Table) -> Table { x * x.transposed }

/// X less the mean of every column.
func centred(_ x: Table) -> Table {
  let means = (0..<x.columns).map { k in
    // Twice: the second pass takes what the first left of a large mean.
    let mean = (0..<x.rows).reduce(0) { $0 + x[$1, k] } / Double(x.rows)
    return mean + (0..<x.rows).reduce(0) { $0 + (x[$1, k] - mean) } / Double(x.rows)
  }
  return Table(rows: x.rows, columns: x.columns) { x[$0, $1] - means[$1] }
}

/// exp(−‖x − y‖²/(2 fraction² m)), distances from the features themselves.
func rbfGram(_ x: Table, fraction: Double, offDiagonal: Bool) -> Table {
  let distances = Table(rows: x.rows, columns: x.rows) { i, j in
    (0..<x.columns).reduce(0) { $0 + (x[i, $1] - x[j, $1]) * (x[i, $1] - x[j, $1]) }
  }
  var chosen: [Double] = []
  for i in 0..<x.rows {
    for j in 0..<x.rows where !offDiagonal || j > i { chosen.append(distances[i, j]) }
  }
  chosen.sort()
  let median = (chosen[(chosen.count - 1) / 2] + chosen[chosen.count / 2]) / 2
  return distances.map { exp(-$0 / (2 * fraction * fraction * median)) }
}

/// tr(K H L H)/(n − 1)².
func biasedHSIC(_ k: Table, _ l: Table) -> Double {
  let n = k.rows
  let h = Table(rows: n, columns: n) { ($0 == $1 ? 1 : 0) - 1 / Double(n) }
  let product = k * h * l * h
  return (0..<n).reduce(0) { $0 + product[$1, $1] } / Double((n - 1) * (n - 1))
}

/// Equation 3 of Nguyen, Raghu and Kornblith (2021), term by term.
func unbiasedHSIC(_ k: Table, _ l: Table) -> Double {
  let size = k.rows
  let n = Double(size)
  let noDiagonal = { (m: Table) in
    Table(rows: size, columns: size) { $0 == $1 ? 0 : m[$0, $1] }
  }
  let (k, l) = (noDiagonal(k), noDiagonal(l))
  let product = k * l
  let trace = (0..<size).reduce(0) { $0 + product[$1, $1] }
  let total = { (m: Table) in m.values.reduce(0, +) }
  return (trace + total(k) * total(l) / ((n - 1) * (n - 2)) - 2 / (n - 2) * total(product))
    / (n * (n - 3))
}

/// ⟨U(K), U(L)⟩/(n(n − 3)) with U-centred matrices.
func uCentredHSIC(_ k: Table, _ l: Table) -> Double {
  let n = Double(k.rows)
  return zip(uCentred(k).values, uCentred(l).values).reduce(0) { $0 + $1.0 * $1.1 }
    / (n * (n - 3))
}

/// U(K): rows without the diagonal sum to 0.
func uCentred(_ m: Table) -> Table {
  let size = m.rows
  let n = Double(size)
  let sums = (0..<size).map { i in
    (0..<size).reduce(0) { $0 + ($1 == i ? 0 : m[i, $1]) }
  }
  let mean = sums.reduce(0, +) / ((n - 1) * (n - 2))
  return Table(rows: size, columns: size) { i, j in
    i == j ? 0 : m[i, j] - sums[i] / (n - 2) - sums[j] / (n - 2) + mean
  }
}

/// HSIC(K, L)/√(HSIC(K, K) HSIC(L, L)).
func ratio(_ hsic: (Table, Table) -> Double, _ k: Table, _ l: Table) -> Double {
  hsic(k, l) / (hsic(k, k) * hsic(l, l)).squareRoot()
}
