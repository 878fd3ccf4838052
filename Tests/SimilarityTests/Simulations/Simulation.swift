import Core
import Foundation
import TestSupport

@testable import Similarity

/// How many studies a simulation draws: few, so that all tests take seconds, or as many as
/// `CKA_SIMULATION_DRAWS` says; then its figures are printed, which docs/compute.md quotes.
enum Simulation {
  static let wished = ProcessInfo.processInfo.environment["CKA_SIMULATION_DRAWS"].flatMap {
    Int($0)
  }

  static func draws(_ few: Int) -> Int { wished ?? few }

  static func tell(_ text: @autoclosure () -> String) {
    if wished != nil { print(text()) }
  }
}

/// Two layers whose covariances, and so whose CKA, are known.
enum Population: CaseIterable {
  /// 4 and 6 features of two factors each.
  case twoFactors
  /// 20 and 30 features, of which the first is nine tenths of a factor that both share.
  case oneFactor

  /// `samples` samples of both layers.
  func minibatch(_ samples: Int, _ noise: inout Noise) -> [Table] {
    switch self {
    case .twoFactors:
      let factors = noise.gaussians(samples, 2)
      return [4, 6].map { features in
        let own = noise.gaussians(samples, features)
        return Table(rows: samples, columns: features) { i, k in
          factors[i, k % 2] + (k < 2 ? 0.4 : 1.2) * own[i, k]
        }
      }
    case .oneFactor:
      let factor = noise.gaussians(samples, 1)
      return [20, 30].map { features in
        let own = noise.gaussians(samples, features)
        return Table(rows: samples, columns: features) { i, k in
          (k == 0 ? 3 * factor[i, 0] : 0) + own[i, k]
        }
      }
    }
  }

  /// The population's CKA: linear HSIC is ‖cov(x, y)‖², and covariances are known.
  var truth: Double {
    switch self {
    case .oneFactor: return 81 / ((100.0 + 19) * (100 + 29)).squareRoot()
    case .twoFactors:
      func squares(_ rows: Int, _ columns: Int, isSame: Bool) -> Double {
        (0..<rows).reduce(0) { sum, i in
          (0..<columns).reduce(sum) { sum, j in
            let shared = i % 2 == j % 2 ? 1.0 : 0
            let own = isSame && i == j ? (i < 2 ? 0.16 : 1.44) : 0
            return sum + (shared + own) * (shared + own)
          }
        }
      }
      let own = squares(4, 4, isSame: true) * squares(6, 6, isSame: true)
      return squares(4, 6, isSame: false) / own.squareRoot()
    }
  }

  /// HSIC₁ of both layers in one minibatch, in the order of a study's triangle.
  static func hsic(_ layers: [Table]) throws -> [Double] {
    let source = ArraySource([layers.map { [$0.matrix] }])
    return try study(
      of: source, StudyOptions(weighting: .equal, precision: .float64, keep: .sumsOnly),
      threads: 1
    ).sums
  }
}

/// Tables one below the other.
func stacked(_ a: Table, _ b: Table) -> Table {
  Table(rows: a.rows + b.rows, columns: a.columns) { i, k in
    i < a.rows ? a[i, k] : b[i - a.rows, k]
  }
}

/// A study of two models of one layer that has seen these HSICs.
func study(_ hsic: [(samples: Int, values: [Double])], _ weighting: Weighting) -> Study {
  let models = ["A", "B"].map { StudyModel(name: $0, layers: [StudyLayer(name: "a")]) }
  var study = Study(models: models, options: StudyOptions(weighting: weighting))
  for minibatch in hsic { study.add(samples: minibatch.samples, hsic: minibatch.values) }
  return study
}

/// How an estimate with intervals does over many draws.
struct Scorecard {
  private(set) var draws = 0
  private var squares = 0.0
  private var covered = 0

  mutating func add(_ study: Study, truth: Double) {
    draws += 1
    let error = study.cka(0, 1) - truth
    squares += error * error
    if let width = study.uncertainty(0, 1)?.halfWidth, abs(error) <= width { covered += 1 }
  }

  var rootMeanSquare: Double { (squares / Double(max(1, draws))).squareRoot() }
  var coverage: Double { Double(covered) / Double(max(1, draws)) }

  /// "RMSE 0.0123, coverage 95.2 %".
  var text: String {
    String(format: "RMSE %.4f, coverage %.1f %%", rootMeanSquare, 100 * coverage)
  }
}
