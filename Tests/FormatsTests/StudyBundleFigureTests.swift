import Core
import Similarity
import Testing

@testable import Formats

/// What a study knows beside its sums is in the file, and old files without it stay readable.
@Suite struct StudyBundleFigureTests {
  private func record(_ study: Study) throws -> StudyRecord {
    let bytes = try ResultBundle.encode(study, provenance: StudyProvenance())
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    return try #require(try ResultBundle.record(ResultBundle.study(of: file), file: file))
  }

  /// Invented Gram matrices of five layers in three minibatches.
  private func study(_ options: StudyOptions, minibatches: Range<Int> = 0..<3) throws -> Study {
    try add(minibatches, to: Study(models: StudyBundleSamples.models, options: options))
  }

  private func add(_ minibatches: Range<Int>, to study: Study) throws -> Study {
    var accumulator = StudyAccumulator(study, threads: 2)
    for minibatch in minibatches {
      let layers = (0..<5).map { layer in
        let features = (0..<9).map { Double(($0 + 3) * (layer + 2) * (minibatch + 5) % 17) }
        let mean = features.reduce(0, +) / 9
        let gram = features.flatMap { a in features.map { (a - mean) * ($0 - mean) } }
        return GramFrame.Layer.gram(Matrix(rows: 9, columns: 9, values: gram))
      }
      try accumulator.add(GramFrame(samples: 9, layers: layers))
    }
    return accumulator.study
  }

  @Test(arguments: Estimator.allCases)
  func everyBitComesBack(estimator: Estimator) throws {
    let options = StudyOptions(
      estimator: estimator, null: NullPlan(draws: 19, seed: 1 << 40))
    let study = try study(options)
    let again = try record(study).study
    #expect(again.options == options && again.figures == study.figures)
    #expect(again.null == study.null && again.null?.values.count == 19 * 25)
    let part = try record(self.study(options, minibatches: 0..<1)).study
    let whole = try add(1..<3, to: part)
    #expect(whole.null == study.null && whole.figures == study.figures)
    #expect(whole.sums.map(\.bitPattern) == study.sums.map(\.bitPattern))
  }

  @Test func cellsHaveTensorsOfTheirOwn() throws {
    let options = StudyOptions(estimator: .biased, null: NullPlan(draws: 99))
    let study = try study(options)
    let bytes = try ResultBundle.encode(study, provenance: StudyProvenance())
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    let block = StudyBlock(study: study, rowModel: 0, columnModel: 1)
    let p = try #require(file.tensor("null_p.0"))
    #expect(p.shape == [2, 3] && p.values()[0] == block.nullP(row: 0, column: 0))
    let quantile = try #require(file.tensor("null_quantile.0")).values()
    #expect(quantile[1] == block.nullFinding(row: 0, column: 1)?.quantile)
    #expect(try #require(file.tensor("unbiased.0")).values()[0] == study.unbiasedCKA(0, 2))
  }

  @Test func warningsStandInTheFile() throws {
    let bytes = try ResultBundle.encode(
      try study(StudyOptions()), provenance: StudyProvenance())
    let results = try ResultFile.read(region: ByteRegion(copying: bytes), path: "b")
    // One feature is one direction; three minibatches are few.
    #expect(results[0].warnings.contains { $0.contains("one direction decides") })
    #expect(results[0].warnings.contains { $0.hasPrefix("intervals are rough: they come from 3") })
    #expect(Set(results[0].warnings).count == results[0].warnings.count)
  }

  @Test func aFileWithoutThemIsRead() throws {
    let study = StudyBundleSamples.study()
    #expect(study.figures == nil)
    let again = try record(study).study
    #expect(again.figures == nil && again.null == nil && again.options.null == nil)
  }

  @Test(arguments: ["draws\": 20", "draws\": 0", "draws\": -1", "draws\": 100001", "draws\": 1e9"])
  func damageIsTold(text: String) throws {
    let study = try study(StudyOptions(null: NullPlan(draws: 19)))
    let bytes = try ResultBundle.encode(study, provenance: StudyProvenance())
    let header = String(decoding: bytes, as: UTF8.self)
    try #require(header.contains("draws\\\": 19"))
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    var statistics = try #require(file.metadata("study"))
    statistics.replace("draws\": 19", with: text)
    #expect(throws: FormatError.self) {
      try ResultBundle.record(BundleStudy(json: statistics), file: file)
    }
  }
}
