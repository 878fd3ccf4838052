import Core
import Similarity
import Testing

@testable import Formats

/// A study in a file is the same study.
@Suite struct StudyBundleTests {
  private static let advice = "--skip-bad leaves out the minibatch instead of the layer"

  private func read(_ bytes: [UInt8]) throws -> [Comparison] {
    try ResultFile.read(region: ByteRegion(copying: bytes), path: "b")
  }

  private func record(_ bytes: [UInt8]) throws -> StudyRecord {
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    return try #require(try ResultBundle.record(ResultBundle.study(of: file), file: file))
  }

  @Test func everyBitComesBack() throws {
    let study = StudyBundleSamples.study()
    let again = try record(ResultBundle.encode(study, provenance: StudyProvenance())).study
    #expect(again.models == study.models)
    #expect(again.options == study.options)
    #expect(again.minibatches == study.minibatches)
    #expect(again.faults == study.faults)
    #expect(again.sums.map(\.bitPattern) == study.sums.map(\.bitPattern))
    #expect(again.scales == study.scales)
    #expect(again.kept.map { $0.map(\.bitPattern) } == study.kept.map { $0.map(\.bitPattern) })
  }

  @Test func aStudyThatIsTakenUpAgainEndsTheSame() throws {
    var whole = StudyBundleSamples.study()
    var again = try record(ResultBundle.encode(whole, provenance: StudyProvenance())).study
    let hsic = StudyBundleSamples.hsic(seed: 9, layers: whole.layerCount)
    whole.add(samples: 7, hsic: hsic)
    again.add(samples: 7, hsic: hsic)
    #expect(again.sums.map(\.bitPattern) == whole.sums.map(\.bitPattern))
    #expect(again.kept == whole.kept)
  }

  @Test func optionsComeBack() throws {
    for (kernel, keep) in [
      (Kernel.rbf(fraction: 0.1, median: .all), KeepPolicy.sumsOnly),
      (.rbf(fraction: 1.0 / 3, median: .offDiagonal), .upTo(bytes: 12345)),
    ] {
      let options = StudyOptions(
        estimator: .biased, kernel: kernel, weighting: .samples, precision: .float64, keep: keep)
      let study = StudyBundleSamples.study(options)
      let again = try record(ResultBundle.encode(study, provenance: StudyProvenance())).study
      #expect(again.options == options)
      #expect(again.kept == study.kept)
    }
  }

  @Test func everyPairIsAComparison() throws {
    let study = StudyBundleSamples.study()
    let results = try read(ResultBundle.encode(study, provenance: StudyProvenance()))
    #expect(results.map(\.id.key) == ["A × B on D", "A × A", "B on D × B on D"])
    #expect(results.map(\.rows.model) == ["A", "A", "B"])
    #expect(results.map(\.columns.dataset) == ["D", "", "D"])
    for result in results {
      let block = try #require(result.block)
      #expect(result.dtype == "float64")
      #expect(result.matrix.rows == result.rows.layers.count)
      for row in 0..<result.matrix.rows {
        for column in 0..<result.matrix.columns {
          let cka = block.study.cka(
            study.layers(of: block.rowModel).lowerBound + row,
            study.layers(of: block.columnModel).lowerBound + column)
          #expect(result.matrix[row, column].bitPattern == cka.bitPattern)
        }
      }
    }
    #expect(
      results[0].block?.reason(row: 1, column: 0) == "a1: minibatch 2: it broke; " + Self.advice)
    #expect(results[0].warnings.contains("A, a1: minibatch 2: it broke; " + Self.advice))
    #expect(results[0].warnings.contains { $0.hasPrefix("minibatch 3 of 2 samples skipped") })
    #expect(!results[2].warnings.contains { $0.contains("a1") })
  }

  @Test func valuesAndWidthsStandInTensorsOfTheirOwn() throws {
    let study = StudyBundleSamples.study()
    let bytes = try ResultBundle.encode(study, provenance: StudyProvenance())
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    let values = try #require(file.tensor("cka.0")).values()
    let widths = try #require(file.tensor("halfwidth.0"))
    #expect(values[0] == study.cka(0, 2))
    #expect(widths.values()[0] == study.uncertainty(0, 2)?.halfWidth)
    #expect(widths.shape == [2, 3])
  }

  @Test func whereItComesFromComesBack() throws {
    var provenance = StudyProvenance()
    provenance.state = .converged
    provenance.plannedMinibatches = 40
    provenance.sources = [.init(path: "/data/a.npz", bytes: 1 << 40, modified: 1 << 60)]
    provenance.batchSize = 64
    (provenance.layers, provenance.pool, provenance.layout) = ("conv", "mean", "{model}.{layer}")
    (provenance.untilCI, provenance.seed) = (0.125, 1337)
    provenance.command = ["cka", "compute", "a b"]
    provenance.created = "2025-01-02T03:04:05Z"
    provenance.versions = ["cka": "1", "OpenBLAS": "0.3"]
    provenance.warnings = ["mind the gap"]
    let bytes = try ResultBundle.encode(StudyBundleSamples.study(), provenance: provenance)
    #expect(try record(bytes).provenance == provenance)
    let warnings = try #require(try read(bytes).first).warnings
    #expect(
      warnings[0] == "stopped after 4 of 40 minibatches: every interval is narrow enough; "
        + "intervals of such runs are somewhat too narrow")
    #expect(warnings.contains("mind the gap"))
  }

  @Test func aPartialStudySaysSo() throws {
    var provenance = StudyProvenance()
    provenance.plannedMinibatches = 9
    let study = Study(models: StudyBundleSamples.models, options: StudyOptions())
    let results = try read(ResultBundle.encode(study, provenance: provenance))
    #expect(results[0].warnings[0] == "partial: 0 of 9 minibatches so far")
    let values = results[0].matrix.values()
    #expect(values.allSatisfy { $0.isNaN })
  }

  @Test func aStudyWithoutLayersIsNoBundle() {
    #expect(throws: FormatError.self) {
      try ResultBundle.encode(
        Study(models: [], options: StudyOptions()), provenance: StudyProvenance())
    }
  }
}
