import Testing

@testable import Similarity

/// What the definitions give for trained networks: 1e-9 in float64, 1e-5 in the default mode.
@Suite("Golden values")
struct GoldenTests {
  private static let modes: [(Precision, Double)] = [(.float64, 1e-9), (.float32, 1e-5)]

  private func block(_ study: Study) -> [Double] {
    study.blockMatrix(rowModel: 0, columnModel: 1).values()
  }

  @Test("of minibatches: summed HSIC, and each minibatch's own ratio", arguments: Golden.all)
  func minibatches(golden: Golden) throws {
    let source = try golden.source(isWhole: false)
    for (precision, tolerance) in Self.modes {
      let result = try study(of: source, StudyOptions(precision: precision))
      #expect(distance(block(result), try golden.values("unbiased_minibatch")) < tolerance)
      let (rows, columns) = (result.layers(of: 0), result.layers(of: 1))
      let scores = rows.flatMap { i in columns.map { result.scores(i, $0) } }
      for batch in 0..<3 {
        let truth = try golden.values("unbiased_batch\(batch)")
        // Scores are kept in float32.
        #expect(distance(scores.map { $0[batch] }, truth) < max(tolerance, 1e-6))
      }
    }
  }

  @Test(
    "of all samples, linear and RBF", arguments: Golden.all,
    [
      ("biased_full", StudyOptions(estimator: .biased)),
      ("unbiased_full", StudyOptions(estimator: .unbiased)),
      ("rbf_all_t0.5_biased_full", .rbf(0.5, .all)), ("rbf_all_t1.0_biased_full", .rbf(1, .all)),
      ("rbf_offdiag_t1.0_biased_full", .rbf(1, .offDiagonal)),
    ])
  func allSamples(golden: Golden, expected: (file: String, options: StudyOptions)) throws {
    let source = try golden.source(isWhole: true)
    let truth = try golden.values(expected.file)
    for (precision, tolerance) in Self.modes {
      var options = expected.options
      options.precision = precision
      #expect(distance(block(try study(of: source, options)), truth) < tolerance)
    }
  }

  @Test("of all samples, from products of features", arguments: Estimator.allCases)
  func featureForm(estimator: Estimator) throws {
    let golden = Golden(name: "tiny")
    let source = try golden.source(isWhole: true)
    let layers = source.matrices[0].flatMap { $0 }
    let form = FeatureForm(estimator: estimator, samples: layers[0].rows, threads: 2)
    let found = try #require(
      try form.products(layers: layers.count, unit: { _ in nil }, features: { layers[$0] })
    ).products
    var study = Study(models: source.models, options: StudyOptions(estimator: estimator))
    study.add(samples: layers[0].rows, hsic: found.hsic, faults: found.faults)
    #expect(distance(block(study), try golden.values("\(estimator)_full")) < 1e-9)
  }
}

extension StudyOptions {
  fileprivate static func rbf(_ fraction: Double, _ rule: Kernel.MedianRule) -> StudyOptions {
    StudyOptions(estimator: .biased, kernel: .rbf(fraction: fraction, median: rule))
  }
}
