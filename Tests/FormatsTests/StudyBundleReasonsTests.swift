import Core
import Similarity
import Testing

@testable import Formats

/// Reasons are values in a file, and text for those who know no better.
@Suite struct StudyBundleReasonsTests {
  private static let problems: [LayerProblem] = [
    .notFinite(count: 3, of: 512), .rows(7, samples: 8), .noFeatures, .zeroMedian, .outOfRange,
    .sentShape(rows: 2, columns: 3, samples: 4), .sentNotFinite, .sentNotSymmetric,
    .sentTooCoarse(bits: 32), .told("the layer was not called"),
  ]

  private func study() -> Study {
    let count = Self.problems.count + Flatness.allCases.count
    let layers = (0..<count).map { StudyLayer(name: "l\($0)") }
    var study = Study(
      models: [StudyModel(name: "A", layers: layers)], options: StudyOptions(skipBad: true))
    var hsic = StudyBundleSamples.hsic(seed: 1, layers: count)
    for layer in Self.problems.count..<count {
      for other in 0..<count { hsic[study.triangle.index(layer, other)] = 0 }
    }
    // Layer 11 is flat here and varies all the same, in a unit of its own.
    hsic[study.triangle.index(11, 11)] = 2
    let flat = Dictionary(
      uniqueKeysWithValues: Flatness.allCases.enumerated().map {
        (Self.problems.count + $0, $1)
      })
    study.skip(samples: 3, reason: .fewSamples)
    for problem in Self.problems {
      study.skip(samples: 16, reason: .badLayers([4, 5], problem: problem))
    }
    study.skip(samples: 16, reason: "the models saw \(2) different lists")
    study.add(
      samples: 16, hsic: hsic,
      faults: Dictionary(uniqueKeysWithValues: Self.problems.enumerated().map { ($0, $1) }),
      flat: flat, units: [11: -660])
    return study
  }

  private func record(_ bytes: [UInt8]) throws -> StudyRecord {
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    return try #require(try ResultBundle.record(ResultBundle.study(of: file), file: file))
  }

  @Test func comeBack() throws {
    let study = study()
    let again = try record(ResultBundle.encode(study, provenance: StudyProvenance())).study
    #expect(again.options == study.options)
    #expect(again.minibatches == study.minibatches)
    #expect(again.faults == study.faults)
    #expect(again.flat == study.flat && again.flat.count == Flatness.allCases.count)
    #expect(again.units == study.units && again.units[11] == -660)
    #expect((0..<study.layerCount).allSatisfy { again.reason($0) == study.reason($0) })
  }

  /// A file as 0.1 wrote it has the text alone, and no reasons for flat layers.
  @Test func areTextInOldFiles() throws {
    let old = #"""
      {"estimator": "unbiased", "kernel": "linear", "weighting": "equal", "precision": "float32",
      "keep": "sums", "samples": [3, 16],
      "skipped": [{"minibatch": 0, "reason": "HSIC needs at least 4 samples"}],
      "faults": [{"layer": 7, "minibatch": 1, "reason": "3 of 512 activations are NaN or infinite"}]}
      """#
    let statistics = try StudyStatistics(JSONReader.value(of: old))
    #expect(statistics.minibatches[0].skipped == .told("HSIC needs at least 4 samples"))
    #expect(
      statistics.faults.map(\.fault.reason) == [.told("3 of 512 activations are NaN or infinite")])
    #expect(statistics.flat.isEmpty && !statistics.options.skipBad)
  }

  /// A code of a later version is read as its text.
  @Test func ofLaterVersionsAreText() {
    let known = LayerProblem(code: "not_finite", figures: [1, 2], text: "t")
    #expect(known == .notFinite(count: 1, of: 2))
    for (code, figures) in [("of_tomorrow", []), ("not_finite", [1]), ("rows", [])] {
      #expect(LayerProblem(code: code, figures: figures, text: "t") == .told("t"))
    }
  }
}
