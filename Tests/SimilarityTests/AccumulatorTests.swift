import Core
import Testing
import TestSupport

@testable import Similarity

@Suite("Accumulation")
struct AccumulatorTests {
  /// Two models of 40 and 30 layers, five minibatches of which one is too short and one mismatched.
  private func source() -> ArraySource {
    var noise = Noise()
    let sizes = [12, 9, 3, 12, 12]
    var source = ArraySource(
      sizes.map { n in
        [40, 30].map { count in
          (0..<count).map { noise.gaussians(n, 3 + $0 % 11).floatMatrix }
        }
      })
    source.mismatches[3] = "the models saw different samples"
    return source
  }

  private func isSame(_ a: Study, _ b: Study) -> Bool {
    a.sums.map(\.bitPattern) == b.sums.map(\.bitPattern) && a.kept == b.kept
      && a.scales == b.scales && a.minibatches == b.minibatches && a.faults == b.faults
  }

  @Test("gives the same bits on 1, 2 and 3 threads", arguments: Precision.allCases)
  func threads(precision: Precision) throws {
    let source = source()
    let options = StudyOptions(precision: precision)
    let expected = try study(of: source, options, threads: 1)
    for threads in [2, 3] {
      #expect(isSame(try study(of: source, options, threads: threads), expected))
    }
    let byFeatures = try [1, 3].map {
      try study(of: source, options, threads: $0, gramBytes: 0)
    }
    #expect(isSame(byFeatures[0], byFeatures[1]))
  }

  @Test("stopped after any minibatch and taken up again ends with the same bits")
  func resumed() throws {
    let source = source()
    let computation = Computation(source: source, options: StudyOptions(), threads: 2)
    let expected = try computation.run()
    for stop in 1...4 {
      let part = try computation.run { $0.minibatches.count < stop }
      #expect(part.minibatches.count == stop)
      let stored = try restored(part)
      #expect(isSame(try computation.run(from: stored), expected))
    }
  }

  @Test("refuses to go on with another run's study")
  func foreignStudy() throws {
    let source = source()
    let other = Study(models: [], options: StudyOptions())
    let computation = Computation(source: source, options: StudyOptions(), threads: 1)
    #expect(throws: ComputeError.self) { try computation.run(from: other) }
    var whole = try computation.run()
    whole.skip(samples: 12, reason: "made up")
    let longer = whole
    #expect(throws: ComputeError.self) { try computation.run(from: longer) }
  }

  @Test("says which minibatches were skipped")
  func skipped() throws {
    let result = try study(of: source())
    #expect(result.countedMinibatches == 3)
    #expect(
      result.notes == [
        "minibatch 3 of 3 samples skipped: HSIC needs at least 4 samples",
        "minibatch 4 of 12 samples skipped: the models saw different samples",
      ])
  }

  @Test("of frames of Gram matrices equals that of features")
  func frames() throws {
    let source = source()
    let options = StudyOptions(precision: .float64)
    var accumulator = StudyAccumulator(
      Study(models: source.models, options: options), threads: 2)
    for minibatch in [0, 1, 4] {
      let layers = source.matrices[minibatch].flatMap { $0 }.map { features in
        let x = Table(rows: features.rows, columns: features.columns) { features[$0, $1] }
        return GramFrame.Layer.gram(linearGram(centred(x)).matrix)
      }
      try accumulator.add(
        GramFrame(samples: layers.isEmpty ? 0 : source.sampleCounts[minibatch], layers: layers))
    }
    let expected = try study(of: source, options)
    #expect(distance(accumulator.study.sums, expected.sums) < 1e-9)
  }

  @Test("gives a layer with a bad minibatch a reason, and leaves the others alone")
  func faults() throws {
    var source = source()
    let sound = try study(of: source)
    source.matrices[1][0][2] = Table(rows: 9, columns: 2) { i, _ in i == 4 ? .infinity : 1 }.matrix
    source.matrices[1][1][0] = Table(rows: 8, columns: 2) { i, _ in Double(i) }.matrix
    source.matrices[4][1][1] = Table(rows: 12, columns: 0) { _, _ in 0 }.matrix
    let result = try study(of: source)
    #expect(result.faults[2]?.reason == .notFinite(count: 2, of: 18))
    #expect(
      result.reason(2) == "minibatch 2: 2 of 18 activations are NaN or infinite; --skip-bad leaves "
        + "out the minibatch instead of the layer")
    #expect(result.reason(40) == "minibatch 2: 8 rows of features for 9 samples")
    #expect(result.reason(41) == "minibatch 5: no features")
    for i in 0..<result.layerCount where result.isLive(i) {
      for j in 0..<result.layerCount where result.isLive(j) {
        #expect(result.cka(i, j) == sound.cka(i, j))
      }
    }
    #expect((0..<result.layerCount).count { !result.isLive($0) } == 3)
  }

  @Test("does not believe a frame")
  func lyingFrames() throws {
    var noise = Noise()
    let good = linearGram(centred(noise.gaussians(5, 3)))
    var (lopsided, broken) = (good, good)
    lopsided[0, 3] += 1
    broken[2, 2] = .nan
    let models = [
      StudyModel(name: "A", layers: ["a", "b", "c", "d", "e"].map { StudyLayer(name: $0) })
    ]
    var accumulator = StudyAccumulator(Study(models: models, options: StudyOptions()), threads: 1)
    #expect(throws: ComputeError.self) {
      try accumulator.add(GramFrame(samples: 5, layers: [.gram(good.matrix)]))
    }
    let small = linearGram(noise.gaussians(4, 3))
    try accumulator.add(
      GramFrame(
        samples: 5,
        layers: [
          .gram(good.matrix), .gram(lopsided.matrix), .gram(broken.matrix), .gram(small.matrix),
          .fault("the layer was not called"),
        ]))
    let study = accumulator.study
    #expect(study.reason(0) == nil)
    #expect(study.reason(1) == "minibatch 1: its Gram matrix is not symmetric")
    #expect(study.reason(2) == "minibatch 1: its Gram matrix is not finite")
    #expect(study.reason(3) == "minibatch 1: its Gram matrix is 4 × 4 for 5 samples")
    #expect(study.reason(4) == "minibatch 1: the layer was not called")
  }

  @Test("ends with the source's error, and what was counted before it is not lost")
  func sourceError() {
    struct Broken: Error {}
    struct Failing: FeatureSource {
      var good: ArraySource
      var models: [StudyModel] { good.models }
      var sampleCounts: [Int] { good.sampleCounts }
      func features(minibatch: Int, model: Int, layer: Int) throws -> Matrix {
        guard minibatch == 0 else { throw Broken() }
        return try good.features(minibatch: minibatch, model: model, layer: layer)
      }
    }
    var seen = 0
    #expect(throws: Broken.self) {
      try Computation(source: Failing(good: source()), options: StudyOptions(), threads: 2)
        .run { study in
          seen = study.countedMinibatches
          return true
        }
    }
    #expect(seen == 1)
  }

  @Test("refuses more samples than Gram matrices have room for, where features do not help")
  func tooManySamples() {
    let options = StudyOptions(kernel: .rbf(fraction: 1, median: .offDiagonal))
    #expect(throws: ComputeError.self) { try study(of: source(), options, gramBytes: 1000) }
    let wide = Table(rows: 9, columns: 100) { Double($0 * $1 % 7) }.matrix
    #expect(throws: ComputeError.self) { try study(of: ArraySource([[[wide]]]), gramBytes: 100) }
    var accumulator = StudyAccumulator(Study(models: [], options: options), threads: 1)
    #expect(throws: ComputeError.self) {
      try accumulator.add(GramFrame(samples: .max, layers: []))
    }
  }
}
