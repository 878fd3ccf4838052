import Testing

@testable import Core
@testable import Formats

@Suite("Order of samples")
struct SampleOrderTests {
  @Test(
    "a seed decides a permutation, the same as the generator's description gives elsewhere",
    arguments: [
      // From a Python program that follows the documentation.
      (0, [6, 3, 2, 9, 8, 1, 4, 7, 0, 5]), (7, [8, 1, 5, 9, 0, 4, 3, 2, 6, 7]),
      (4_294_967_295, [3, 1, 4, 0, 11, 5, 9, 2, 6, 7, 10, 8]),
    ])
  func permutation(_ seed: Int, _ expected: [Int]) {
    #expect(SampleOrder.permutation(of: expected.count, seed: seed) == expected)
  }

  @Test("all places are equally likely")
  func uniform() {
    var counts = [[Int]](repeating: [0, 0, 0, 0, 0], count: 5)
    for seed in 0..<5000 {
      for (place, item) in SampleOrder.permutation(of: 5, seed: seed).enumerated() {
        counts[place][item] += 1
      }
    }
    // Binomial of 5000 and 1/5: five deviations are 141.
    #expect(counts.joined().allSatisfy { abs($0 - 1000) < 141 })
  }

  @Test("minibatches take all samples once, each in ascending order")
  func minibatches() {
    let order = SampleOrder(counts: [4, 4, 2], shuffle: 7)
    #expect(order[0] == .indices([1, 5, 8, 9]) && order[2] == .indices([6, 7]))
    #expect((0..<3).flatMap { order[$0].indices }.sorted() == Array(0..<10))
    #expect(SampleOrder(counts: [4, 2])[1] == .range(4..<6))
  }

  @Test("permuted samples are the same ones in every layer, file and container")
  func shuffled() throws {
    let folder = try ScratchFolder()
    let (a, b) = (SavedArray("m/a", [10, 1]), SavedArray("m/b", [10, 2]))
    let plain = try folder.write(SavedFile.safetensors([a, b]), "a.safetensors")
    let deflated = folder.path + "/a.npz"
    try SavedFile.deflatedNpz(
      deflated, [("m/a.npy", SavedFile.npy(a)), ("m/b.npy", SavedFile.npy(b))])
    for path in [plain, deflated] {
      let set = try FeatureSet.open([path], options: FeatureOptions(batchSize: 4, shuffle: 7))
      #expect(try set.features(0, "m", "a").values() == [1, 5, 8, 9])
      #expect(try set.features(0, "m", "b").values() == [2, 3, 10, 11, 16, 17, 18, 19])
      #expect(try set.features(2, "m", "a").values() == [6, 7])
    }
  }

  @Test("minibatch files are permuted as a whole, and 'all' joins them")
  func files() throws {
    let folder = try ScratchFolder()
    let paths = try (0..<2).map {
      try folder.write(
        SavedFile.safetensors([SavedArray("m/a", [5, 1], from: Float(5 * $0))]),
        "b\($0).safetensors")
    }
    #expect(paths.count == 2)
    var options = FeatureOptions(shuffle: 7)
    options.batching = .all
    #expect(try FeatureSet.open([folder.path], options: options).sampleCounts == [10])
    options.batching = .standard(128)
    let set = try FeatureSet.open([folder.path], options: options)
    #expect(set.sampleCounts == [5, 5])
    #expect(try set.features(0, "m", "a").values() == [0, 1, 5, 8, 9])
  }
}

@Suite("Samples sorted by class")
struct LabelRunTests {
  @Test("runs of labels are found, with their figures")
  func runs() throws {
    let sorted = (0..<50).map { "\($0 / 10)" }
    let figures = try #require(LabelRuns.figures(sorted))
    // 45 of 49 neighbours agree; 5 · 10 · 9 / (50 · 49) would.
    #expect(abs(figures.share - 45.0 / 49) < 1e-12)
    #expect(abs(figures.expected - 450.0 / 2450) < 1e-12)
  }

  @Test("permuted labels, labels in turn and names of samples are no runs")
  func none() {
    let permuted = SampleOrder.permutation(of: 1000, seed: 3).map { "\($0 % 10)" }
    #expect(LabelRuns.figures(permuted) == nil)
    #expect(LabelRuns.figures((0..<50).map { "\($0 % 5)" }) == nil)
    #expect(LabelRuns.figures((0..<50).map { "\($0)" }) == nil)
    #expect(LabelRuns.figures([String](repeating: "x", count: 50)) == nil)
  }

  @Test("few permuted samples are seldom taken for sorted ones")
  func falseAlarms() {
    let alarms = (0..<1000).count { seed in
      LabelRuns.figures(SampleOrder.permutation(of: 60, seed: seed).map { "\($0 % 6)" }) != nil
    }
    #expect(alarms <= 5, "\(alarms) of 1000")
  }

  @Test("paths and names of images tell classes")
  func classes() {
    #expect(LabelRuns.classes(of: ["val/cat/1.png", "val/dog/2.png"]) == ["val/cat", "val/dog"])
    #expect(LabelRuns.classes(of: ["n014_36.JPEG", "n015_7.JPEG"]) == ["n014", "n015"])
    #expect(LabelRuns.classes(of: ["0", "1"]) == nil)
  }

  @Test("the warning has the figures, and a permutation needs none")
  func warning() throws {
    let folder = try ScratchFolder()
    let labels = (0..<40).flatMap { littleEndian(Int64($0 / 8)) }
    let array = SavedArray("a/fc", [40, 2])
    let path = try folder.write(
      SavedFile.safetensors([
        ("a/fc", "F32", array.shape, array.bytes), ("labels", "I64", [40], labels),
      ]), "a.safetensors")
    func doubts(_ options: FeatureOptions) throws -> [FeatureWarning] {
      try FeatureSet.open([path], options: options).warnings.filter(\.isDoubt)
    }
    #expect(
      try doubts(FeatureOptions(batchSize: 8)) == [
        .sortedSamples(
          labels: "labels", share: 35.0 / 39, expected: 280.0 / 1560, minibatches: 5)
      ])
    #expect(try doubts(FeatureOptions(batchSize: 8, shuffle: 0)).isEmpty)
    #expect(try doubts(FeatureOptions()).isEmpty)
  }
}
