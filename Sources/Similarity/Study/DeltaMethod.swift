/// Standard errors of CKA from sums over minibatches alone, by the delta method.
///
/// With c, a and b the weighted HSICs of a minibatch, of two layers and of each with itself, A = Σ a,
/// B = Σ b and θ = Σ c/√(A B), a minibatch moves θ by d = c/√(A B) − θ (a/A + b/B)/2 to first order,
/// and Σ d = 0. The variance is m/(m − 1) Σ d², where m is `Study.effectiveMinibatches`: what the
/// jackknife over minibatches gives, up to terms that are smaller by 1/m. Σ d² is a quadratic form of
/// Σ c², Σ c a, Σ c b, Σ a b, Σ a² and Σ b²; the last two are Σ c² of a layer with itself.
struct DeltaMethod: Sendable {
  private let study: Study
  /// The totals; nil where single ones are added up when they are asked for.
  private let moments: [Double]?
  private let isLive: [Bool]
  /// Σ weight × HSIC of each layer with itself, scaled as the moments are.
  private let own: [Double]
  private let factor: Double

  /// - Parameter isForAll: whether the errors of all cells will be asked for.
  init(_ study: Study, isForAll: Bool) {
    self.study = study
    moments = isForAll ? study.moments : nil
    isLive = (0..<study.layerCount).map(study.isLive)
    own = (0..<study.layerCount).map {
      study.sums[study.triangle.index($0, $0)] * study.scales[$0] * study.scales[$0]
    }
    let count = study.effectiveMinibatches
    factor = count > 1 ? count / (count - 1) : .nan
  }

  /// The error of one cell; NaN where it has no value, there are fewer than two minibatches, or a
  /// layer grew beyond float64 since its first minibatch.
  func standardError(_ first: Int, _ second: Int) -> Double {
    let (i, j) = (min(first, second), max(first, second))
    guard isLive[i], isLive[j], own[i] > 0, own[j] > 0 else { return .nan }
    if i == j { return factor.isNaN ? .nan : 0 }
    let pairs = study.triangle.count
    func moment(_ part: Int, _ row: Int, _ column: Int) -> Double {
      let index = part * pairs + study.triangle.index(row, column)
      return moments?[index] ?? study.tree.total(at: study.layout.moments.lowerBound + index)
    }
    let (a, b, root) = (own[i], own[j], (own[i] * own[j]).squareRoot())
    let value = study.cka(i, j)
    let products =
      moment(0, i, j) / (root * root) - value / root * (moment(1, i, j) / a + moment(2, i, j) / b)
    let squares =
      moment(0, i, i) / (a * a) + 2 * moment(3, i, j) / (a * b) + moment(0, j, j) / (b * b)
    let variance = factor * (products + value * value / 4 * squares)
    return variance.isFinite ? max(0, variance).squareRoot() : .nan
  }
}
