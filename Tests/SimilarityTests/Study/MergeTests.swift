import Core
import TestSupport
import Testing

@testable import Similarity

@Suite("Merging")
struct MergeTests {
  static let choices: [StudyOptions] =
    Weighting.allCases.map { StudyOptions(weighting: $0) }
    + [
      StudyOptions(precision: .float64, keep: .sumsOnly),
      StudyOptions(weighting: .equal, keep: .sumsOnly, skipBad: true),
      StudyOptions(keep: .upTo(bytes: 4 * 15 * 7 + 3), skipBad: true),
      StudyOptions(estimator: .biased, null: NullPlan(draws: 19, seed: 5), skipBad: true),
      StudyOptions(kernel: .rbf(fraction: 1, median: .offDiagonal), null: NullPlan(draws: 3)),
      StudyOptions(estimator: .biased, weighting: .samples, keep: .sumsOnly),
    ]

  @Test(
    "gives the bits of one run for any split, order and interruption",
    arguments: choices.indices)
  func anySplit(choice: Int) throws {
    for seed in 0..<12 {
      var noise = Noise(seed: UInt64(1000 * choice + seed))
      let example = MergeCase(seed: 100 * choice + seed, Self.choices[choice])
      let whole = try example.part(.whole(example.total))
      for count in [1, 2, 3, 7] {
        let parts = try example.shards(count, &noise).map {
          try example.part($0, cut: noise.next(3) == 0 ? noise.next(50) : nil)
        }
        let order = noise.permutation(of: parts.count)
        let merged = try Study.merged(try order.map { try restored(parts[$0]) })
        #expect(differences(merged, whole) == [], "seed \(seed), \(count) shards")
        #expect(merged.isComplete && merged.shard == Shard.whole(example.total))
      }
    }
  }

  @Test("of merged parts, and of what was there so far, ends the same", arguments: [3, 5, 6])
  func inSteps(choice: Int) throws {
    for seed in 0..<8 {
      var noise = Noise(seed: UInt64(seed))
      let example = MergeCase(seed: 70 + seed, Self.choices[choice])
      let whole = try example.part(.whole(example.total))
      let parts = try example.shards(6, &noise).map { try example.part($0) }
      let order = noise.permutation(of: parts.count)
      let some = try Study.merged(order.prefix(3).map { parts[$0] }, partial: true)
      let others = try Study.merged(order.dropFirst(3).map { parts[$0] }, partial: true)
      #expect(some.minibatches.count + others.minibatches.count == example.total)
      let merged = try Study.merged([try restored(others), try restored(some)])
      #expect(differences(merged, whole) == [], "seed \(seed)")
    }
  }

  @Test("of an unfinished run and the rest is that of one run")
  func unfinished() throws {
    let example = MergeCase(seed: 4, Self.choices[0])
    let (total, half) = (example.total, example.total / 2)
    try #require(half > 0)
    let first = try example.computation().run { $0.minibatches.count < half }
    #expect(!first.isShardDone && first.seen == [0..<half])
    let rest = try example.part(Shard(range: half..<total, total: total))
    #expect(rest.isShardDone && !rest.isComplete)
    let whole = try example.computation().run()
    #expect(differences(try Study.merged([rest, first]), whole) == [])
  }

  @Test("names what is missing, and merges what is there")
  func missing() throws {
    let examples = (0..<50).lazy.map { MergeCase(seed: $0, Self.choices[0]) }
    let example = try #require(examples.first { $0.total > 12 })
    let total = example.total
    let parts = try [2..<4, 7..<8].map { try example.part(Shard(range: $0, total: total)) }
    var merger = StudyMerger()
    #expect(throws: MergeError.nothing) { try merger.merged() }
    for part in parts.reversed() { try merger.add(part) }
    #expect(merger.missing == [0..<2, 4..<7, 8..<total] && merger.seen == [2..<4, 7..<8])
    let error = #expect(throws: MergeError.self) { try merger.merged() }
    #expect(
      error?.description == "minibatches 1–2, 5–7, 9–\(total) of \(total) are missing")
    let some = try merger.merged(partial: true)
    #expect(some.seen == [2..<4, 7..<8] && some.minibatches.count == 3 && !some.isComplete)
    #expect(some.number(at: 2) == 7 && some.position(ofMinibatch: 7) == 2)
    #expect(some.position(ofMinibatch: 5) == nil)
    // Of the first eight minibatches one part is in the first half, and one in the second.
    for i in 0..<some.layerCount where some.faults[i] == nil {
      for j in 0..<some.layerCount where some.faults[j] == nil {
        let index = some.triangle.index(i, j)
        #expect(some.sums[index] == parts[0].sums[index] + parts[1].sums[index])
      }
    }
  }

  @Test("Shards split the whole, at bounds that keep their blocks few")
  func split() {
    for (total, count) in [(0, 3), (5, 1), (5, 7), (100, 7), (625, 16), (10_000, 64), (1023, 2)] {
      let shards = Shard.split(total: total, into: count)
      #expect(shards.count == count && shards.allSatisfy { $0.total == total })
      #expect(shards.flatMap { Array($0.range) } == Array(0..<total))
      for shard in shards {
        let even = Double(total) / Double(count)
        #expect(abs(Double(shard.range.count) - even) <= even / 8 + 1)
        var tree = SumTree()
        for minibatch in shard.range { tree.insert(.init(level: 0, index: minibatch), [1]) }
        #expect(tree.blocks.count <= 10)
        #expect(tree.total(0..<1) == [Double(shard.range.count)])
      }
    }
  }
}

@Suite("What does not fit is not merged")
struct MergeRefusalTests {
  private let models = [
    StudyModel(
      name: "A", layers: [StudyLayer(name: "a", shape: [4], kind: "ReLU"), StudyLayer(name: "b")])
  ]

  private func part(
    _ range: Range<Int>, of total: Int = 10, _ options: StudyOptions = StudyOptions(),
    models: [StudyModel]? = nil, hash: String? = nil
  ) -> Study {
    var study = Study(
      models: models ?? self.models, options: options, shard: Shard(range: range, total: total))
    for _ in range { study.add(samples: 10, sampleHash: hash, hsic: [4, 1, 9]) }
    return study
  }

  private func error(_ other: Study) -> MergeError? {
    #expect(throws: MergeError.self) { try Study.merged([part(0..<5), other], partial: true) }
  }

  @Test("Another recipe is refused, by what differs")
  func recipe() throws {
    let second = 5..<10
    #expect(try Study.merged([part(0..<5), part(second)]).countedMinibatches == 10)
    #expect(
      error(part(second, StudyOptions(estimator: .biased)))
        == .option("the estimator", "unbiased", "biased"))
    let others: [(StudyOptions, String)] = [
      (StudyOptions(kernel: .rbf(fraction: 1, median: .all)), "the kernel"),
      (StudyOptions(weighting: .equal), "the weighting"),
      (StudyOptions(precision: .float64), "the precision"),
      (StudyOptions(keep: .sumsOnly), "what is kept"),
      (StudyOptions(null: NullPlan(draws: 20)), "the null"),
      (StudyOptions(skipBad: true), "skipping bad minibatches"),
    ]
    for (options, name) in others {
      guard case .option(name, _, _)? = error(part(second, options)) else {
        Issue.record("\(name) is not told")
        continue
      }
    }
    let seeds = [1, 2].map { StudyOptions(null: NullPlan(draws: 19, seed: $0)) }
    #expect(throws: MergeError.option("the null", "19 draws with seed 1", "19 draws with seed 2")) {
      try Study.merged([part(0..<5, seeds[0]), part(second, seeds[1])])
    }
  }

  @Test("Other models, layers and shapes are refused")
  func layers() {
    func changed(_ change: (inout [StudyModel]) -> Void) -> MergeError? {
      var models = models
      change(&models)
      let first = part(0..<5)
      var other = Study(
        models: models, options: first.options, shard: Shard(range: 5..<10, total: 10))
      other.skip(samples: 1, reason: .fewSamples)
      return error(other)
    }
    #expect(changed { $0[0].name = "B" } == .models)
    #expect(changed { $0[0].dataset = "d" } == .models)
    #expect(changed { $0[0].specification = "timm:x" } == .models)
    #expect(changed { $0.append($0[0]) } == .models)
    #expect(changed { $0[0].layers[0].name = "c" } == .layers(model: "A"))
    #expect(changed { $0[0].layers[0].kind = "GELU" } == .layers(model: "A"))
    #expect(changed { $0[0].layers.removeLast() } == .layers(model: "A"))
    #expect(changed { $0[0].layers[0].shape = [5] } == .shape(layer: "A, a", [4], [5]))
  }

  @Test("Overlaps and another whole are refused; the same samples twice are not, as in one run")
  func minibatches() {
    #expect(error(part(3..<10)) == .overlap(3..<5))
    #expect(error(part(4..<5)) == .overlap(4..<5))
    #expect(error(part(5..<10, of: 11)) == .total(10, 11))
    #expect(error(Study(models: models, options: StudyOptions())) == .notAPart)
    #expect(throws: Never.self) {
      try Study.merged([part(5..<6, hash: "ff"), part(0..<1, hash: "ff")], partial: true)
    }
    #expect(
      MergeError.overlap(3..<5).description == "both have minibatches 4–5")
  }

  @Test("Only totals are no part")
  func totals() throws {
    let part = part(0..<5)
    let flat = try Study(
      models: part.models, options: part.options, minibatches: part.minibatches,
      faults: part.faults, sums: part.sums, scales: part.scales, kept: part.kept)
    #expect(flat.isFlat && flat.progress == nil && error(flat) == .notAPart)
  }

  @Test("A refused part changes nothing")
  func unchanged() throws {
    var merger = StudyMerger()
    try merger.add(part(0..<5))
    #expect(throws: MergeError.self) { try merger.add(part(3..<10)) }
    try merger.add(part(5..<10))
    #expect(try merger.merged().sums == part(0..<10).sums)
  }
}

@Suite("Sums in one tree")
struct SumTreeTests {
  /// The definition: halves of the aligned range, added.
  private func plain(_ values: [Int: Double], _ range: Range<Int>) -> Double? {
    if range.count == 1 { return values[range.lowerBound] }
    let middle = (range.lowerBound + range.upperBound) / 2
    let left = plain(values, range.lowerBound..<middle)
    let right = plain(values, middle..<range.upperBound)
    guard let left, let right else { return left ?? right }
    return left + right
  }

  @Test("are those of the definition, in any order, with any missing")
  func definition() {
    var noise = Noise(seed: 8)
    for _ in 0..<300 {
      let count = 1 + noise.next(70)
      var values: [Int: Double] = [:]
      for index in 0..<count where noise.next(9) > 0 { values[index] = noise.gaussian() * 1e3 }
      var tree = SumTree()
      for index in noise.permutation(of: count) where values[index] != nil || noise.next(2) > 0 {
        tree.insert(.init(level: 0, index: index), values[index].map { [$0, -$0] } ?? [])
      }
      let expected = plain(values, 0..<128) ?? 0
      #expect(tree.total(0..<2) == [expected, -expected])
      #expect(tree.total(at: 0) == expected && tree.total(at: 1) == -expected)
    }
  }

  @Test("take log₂ m blocks of m minibatches, and less rounding than one after another")
  func few() {
    var (tree, flat) = (SumTree(), SumTree())
    var most = 0
    for index in 0..<5000 {
      tree.insert(.init(level: 0, index: index), [0.1])
      flat.addInOrder([0.1])
      most = max(most, tree.blocks.count)
    }
    #expect(most == 12)
    #expect(abs(tree.total(at: 0) - 500) < abs(flat.total(at: 0) - 500) / 10)
  }

  @Test("A run that an earlier version began is added as it was begun")
  func earlier() throws {
    let example = MergeCase(seed: 2, StudyOptions())
    let part = try example.computation().run { $0.minibatches.count < 3 }
    var expected = part.sums
    let flat = try Study(
      models: part.models, options: part.options, minibatches: part.minibatches,
      faults: part.faults, sums: part.sums, scales: part.scales, kept: part.kept,
      units: part.units, flat: part.flat, figures: part.figures)
    let last = try example.computation().run(from: flat)
    #expect(last.isFlat && last.minibatches.count == example.total)
    for minibatch in 3..<example.total {
      let one = try example.computation(
        Shard(range: minibatch..<minibatch + 1, total: example.total)
      ).run()
      for index in expected.indices { expected[index] += one.sums[index] }
    }
    let live = (0..<last.layerCount).filter(last.isLive)
    for i in live {
      for j in live {
        let index = last.triangle.index(i, j)
        #expect(last.sums[index] == expected[index])
      }
    }
  }
}
