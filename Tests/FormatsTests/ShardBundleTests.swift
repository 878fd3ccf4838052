import Core
import TestSupport
import Testing

@testable import Formats
@testable import Similarity

/// Shards of a study in files: what they hold, and that merging them gives the file of one run.
@Suite struct ShardBundleTests {
  static let choices: [StudyOptions] = [
    StudyOptions(), StudyOptions(weighting: .equal, keep: .sumsOnly),
    StudyOptions(estimator: .biased, null: NullPlan(draws: 19, seed: 3), skipBad: true),
    StudyOptions(keep: .sumsOnly, skipBad: true),
  ]

  /// Shard `range` of 11 invented minibatches of five layers; a layer is bad in three of them.
  static func part(_ options: StudyOptions, _ range: Range<Int>) throws -> Study {
    try added(
      range,
      to: Study(
        models: StudyBundleSamples.models, options: options, shard: Shard(range: range, total: 11)))
  }

  @Test("bad minibatches that are set aside are held within a bound")
  func pending() throws {
    var merger = StudyMerger()
    let first = try Self.part(Self.choices[3], 0..<5)
    let second = try Self.part(Self.choices[3], 5..<11)
    #expect(first.pending.isEmpty && second.pending.count == 2)
    try merger.add(first)
    merger.mostPending = 1
    let error = #expect(throws: MergeError.self) { try merger.add(second) }
    #expect(error?.description.hasPrefix("2 bad minibatches") == true)
    merger.mostPending = 1 << 20
    try merger.add(second)
  }

  static func added(_ range: Range<Int>, to study: Study) throws -> Study {
    var accumulator = StudyAccumulator(study, threads: 1)
    for minibatch in range {
      var noise = Noise(seed: UInt64(minibatch))
      let n = minibatch == 10 ? 5 : 9
      let layers = (0..<5).map { layer in
        if layer == 3, [2, 6, 7].contains(minibatch) { return GramFrame.Layer.fault("it broke") }
        let x = (0..<n).map { _ in minibatch < 2 && layer == 1 ? 1 : noise.gaussian() }
        let mean = x.reduce(0, +) / Double(n)
        let gram = x.flatMap { a in x.map { (a - mean) * ($0 - mean) } }
        return .gram(Matrix(rows: n, columns: n, values: gram))
      }
      try accumulator.add(
        GramFrame(samples: n, sampleHash: "hash\(minibatch)", layers: layers))
    }
    return accumulator.study
  }

  /// `study` as a file gives it back.
  private func record(
    _ study: Study, _ provenance: StudyProvenance = StudyProvenance()
  ) throws -> StudyRecord {
    let bytes = try ResultBundle.encode(study, provenance: provenance)
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    return try #require(try ResultBundle.record(ResultBundle.study(of: file), file: file))
  }

  private func merged(_ records: [StudyRecord], partial: Bool = false) throws -> StudyRecord {
    var merger = RecordMerger()
    for (index, record) in records.enumerated() { try merger.add(record, name: "part-\(index)") }
    return try merger.merged(partial: partial)
  }

  @Test(arguments: choices.indices)
  func mergedFilesAreTheFileOfOneRun(choice: Int) throws {
    let options = Self.choices[choice]
    var provenance = StudyProvenance()
    (provenance.state, provenance.plannedMinibatches) = (.complete, 11)
    let whole = try ResultBundle.encode(Self.part(options, 0..<11), provenance: provenance)
    for ranges in [
      [0..<11], [3..<11, 0..<3], [7..<8, 0..<2, 8..<11, 2..<7], [5..<5, 6..<11, 0..<6],
    ] {
      var parts: [StudyRecord] = []
      for range in ranges {
        // Stopped half way, and taken up from its file.
        let middle = (range.lowerBound + range.upperBound) / 2
        let begun = Study(
          models: StudyBundleSamples.models, options: options,
          shard: Shard(range: range, total: 11))
        let half = try Self.added(range.lowerBound..<middle, to: begun)
        let rest = try Self.added(middle..<range.upperBound, to: try record(half).study)
        #expect(rest.isShardDone)
        parts.append(try record(rest))
      }
      let result = try merged(parts)
      #expect(result.provenance == provenance)
      #expect(try ResultBundle.encode(result.study, provenance: provenance) == whole)
    }
  }

  @Test func aShardSaysWhatItIs() throws {
    let part = try Self.part(StudyOptions(), 4..<9)
    var provenance = StudyProvenance()
    provenance.plannedMinibatches = 11
    let bytes = try ResultBundle.encode(part, provenance: provenance)
    let results = try ResultFile.read(region: ByteRegion(copying: bytes), path: "b")
    #expect(results[0].warnings[0] == "partial: 5 of 11 minibatches so far")
    let again = try #require(results[0].block).study
    #expect(again.shard == Shard(range: 4..<9, total: 11) && again.seen == [4..<9])
    #expect(again.faults == part.faults && again.faults[3]?.minibatch == 6)
    #expect(again.figures == part.figures)
    #expect(results[0].warnings.contains { $0.hasPrefix("B, b1: minibatch 7: it broke") })
  }

  @Test func aPartialMergeSaysSoAndCanBeMergedOn() throws {
    let options = Self.choices[2]
    let parts = try [8..<11, 0..<2, 2..<5].map { try record(Self.part(options, $0)) }
    #expect(throws: RecordMergeError.self) { try merged(parts) }
    let some = try merged(parts, partial: true)
    #expect(some.provenance.state == .partial && some.provenance.plannedMinibatches == 11)
    #expect(some.study.seen == [0..<5, 8..<11])
    let again = try record(some.study, some.provenance)
    #expect(again.study.seen == some.study.seen && again.study.pending == some.study.pending)
    let result = try merged([record(Self.part(options, 5..<8)), again]).study
    let whole = try Self.part(options, 0..<11)
    #expect(result.sums == whole.sums && result.null == whole.null)
    #expect(result.minibatches == whole.minibatches && result.kept == whole.kept)
  }

  @Test func partsOfOtherRunsAreRefused() throws {
    let parts = try [0..<5, 5..<11].map { try Self.part(StudyOptions(), $0) }
    var first = StudyProvenance()
    first.sources = [.init(path: "w.pt", bytes: 9, modified: 1, hash: "xxh64:1")]
    first.settings = ["device": "cuda:0", "dtype": "float32"]
    (first.plan, first.batchSize, first.seed) = ("plan 1", 9, 1)
    func result(_ change: (inout StudyProvenance) -> Void) throws -> StudyRecord {
      var second = first
      change(&second)
      return try merged([
        StudyRecord(study: parts[0], provenance: first),
        StudyRecord(study: parts[1], provenance: second),
      ])
    }
    let changes: [((inout StudyProvenance) -> Void, ProvenanceDifference)] = [
      ({ $0.sources[0].hash = "xxh64:2" }, .source(path: "w.pt")),
      ({ $0.sources[0].bytes = 8 }, .source(path: "w.pt")),
      ({ $0.sources = [] }, .source(path: "w.pt")),
      ({ $0.plan = "plan 2" }, .plan), ({ $0.backend = "cka run" }, .backend),
      ({ $0.settings["dtype"] = "bfloat16" }, .choice("dtype", "float32", "bfloat16")),
      ({ $0.settings["device"] = "cpu" }, .choice("device", "cuda", "cpu")),
      ({ $0.batchSize = 10 }, .choice("the batch size", "9", "10")),
      ({ $0.seed = nil }, .choice("the seed", "1", "")),
      ({ $0.shuffle = 3 }, .choice("the seed of the shuffle", "", "3")),
    ]
    for (change, reason) in changes {
      let error = #expect(throws: RecordMergeError.self) { try result(change) }
      #expect(error?.reason == .provenance(reason))
      #expect(error?.file == "part-1" && error?.other == "part-0")
    }
    #expect(try result { $0.settings["device"] = "cuda:1" }.provenance.warnings.isEmpty)
    #expect(try result { $0.sources[0].hash = nil }.provenance.sources == first.sources)
    let torch = try result { $0.settings["matrices"] = "by torch" }
    #expect(torch.provenance.warnings.contains { $0.contains("by torch, others otherwise") })
    let other = try result { $0.versions["torch"] = "3" }
    #expect(other.provenance.warnings.contains { $0.contains("versions of torch") })
  }

  @Test func anErrorNamesTheFiles() throws {
    let parts = try [0..<5, 5..<8, 7..<11].map { try Self.part(StudyOptions(), $0) }
    let records = parts.map { StudyRecord(study: $0, provenance: StudyProvenance()) }
    let error = #expect(throws: RecordMergeError.self) { try merged(records) }
    #expect(error?.reason == .study(.overlap(7..<8)))
    #expect(
      error?.description == "part-2: both have minibatch 8 (compared with part-1)")
  }

  @Test func whatAnEarlierVersionBeganGoesOnAsItWasBegun() throws {
    let study = StudyBundleSamples.study()
    let bytes = Unsealed.bytes(try ResultBundle.encode(study, provenance: complete))
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    #expect(file.tensor("study.nodes") == nil)
    var again = try #require(try ResultBundle.record(ResultBundle.study(of: file), file: file))
    #expect(again.study.isFlat && again.study.sums == study.sums)
    let hsic = StudyBundleSamples.hsic(seed: 9, layers: 5)
    again.study.add(samples: 9, hsic: hsic)
    for index in [0, 2, 3] {
      #expect(again.study.sums[index] == study.sums[index] + 54 * hsic[index])
    }
    let third = try record(again.study).study
    #expect(third.isFlat && third.sums == again.study.sums)
    #expect(throws: RecordMergeError.self) { try merged([again]) }
  }

  private var complete: StudyProvenance {
    var provenance = StudyProvenance()
    provenance.state = .complete
    return provenance
  }

  @Test func aFinishedStudyHoldsNoMoreThanBefore() throws {
    let study = try Self.part(StudyOptions(), 0..<11)
    let bytes = try ResultBundle.encode(study, provenance: complete)
    let file = try SafetensorsFile(region: ByteRegion(copying: bytes))
    let names = ["study.nodes", "study.varied", "study.moments", "study.pending"]
    #expect(names.allSatisfy { file.tensor($0) == nil })
    #expect(file.metadata("study")?.contains("addition") == false)
  }

  @Test func intervalsOfSumsComeBack() throws {
    let study = try Self.part(Self.choices[1], 0..<11)
    let again = try record(study, complete).study
    #expect(again.uncertainty(0, 2) == study.uncertainty(0, 2) && study.uncertainty(0, 2) != nil)
    #expect(again.moments == study.moments)
  }
}

/// A damaged or forged shard is refused with a reason; nothing traps.
@Suite struct ShardBundleHostileTests {
  private func bytes() throws -> [UInt8] {
    var provenance = StudyProvenance()
    provenance.plannedMinibatches = 11
    return try ResultBundle.encode(
      ShardBundleTests.part(ShardBundleTests.choices[2], 5..<9), provenance: provenance)
  }

  private func study(_ bytes: [UInt8]) throws -> Study? {
    try ResultFile.read(region: ByteRegion(copying: bytes), path: "b").first?.block?.study
  }

  @Test func everyCutIsRefused() throws {
    for bytes in [try bytes(), Unsealed.bytes(try bytes())] {
      for count in stride(from: 0, to: bytes.count, by: 7) {
        #expect(throws: FormatError.self, "\(count)") { try study(Array(bytes.prefix(count))) }
      }
    }
  }

  @Test(arguments: [1, 2, 5])
  func everyFlippedBitIsRefused(flips: Int) throws {
    let sound = try bytes()
    var random = Noise(seed: UInt64(flips))
    for trial in 0..<300 {
      var damaged = sound
      for _ in 0..<flips { damaged[random.next(sound.count)] ^= 1 << UInt8(random.next(8)) }
      guard damaged != sound else { continue }
      #expect(throws: FormatError.self, "trial \(trial)") { try study(damaged) }
    }
  }

  @Test func withoutChecksumEveryFlippedByteIsReadOrRefused() throws {
    let sound = Unsealed.bytes(try bytes())
    let length = sound.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    for index in stride(from: 8, to: 8 + length, by: 3) {
      var changed = sound
      changed[index] ^= 0x21
      guard let study = try? study(changed) else { continue }
      // What was read is consistent: it can be merged, or it says why not.
      _ = try? Study.merged([study], partial: true)
      _ = study.nullP(0, 2)
    }
  }

  @Test(arguments: [
    (#"\"addition\": \"tree\""#, #"\"addition\": \"flat\""#),
    (#"\"first\": 5, \"end\": 9"#, #"\"first\": 6, \"end\": 9"#),
    (#"\"first\": 5, \"end\": 9"#, #"\"first\": 5, \"end\": 99"#),
    (#"\"first\": 5, \"end\": 9"#, #"\"first\": -5, \"end\": 9"#),
    (#"\"ranges\": [[5, 9]]"#, #"\"ranges\": [[4, 8]]"#),
    (#"\"ranges\": [[5, 9]]"#, #"\"ranges\": [[5, 7], [7, 9]]"#),
    (#"\"ranges\": [[5, 9]]"#, #"\"ranges\": [[5, 9e99]]"#),
    (#"\"ranges\": [[5, 9]]"#, #"\"ranges\": 9"#),
    (#"\"nodes\": [[0, 5], [0, 8]]"#, #"\"nodes\": [[0, 8], [0, 5]]"#),
    (#"\"nodes\": [[0, 5], [0, 8]]"#, #"\"nodes\": [[0, 5], [0, 5]]"#),
    (#"\"nodes\": [[0, 5], [0, 8]]"#, #"\"nodes\": [[0, 5], [1, 4]]"#),
    (#"\"nodes\": [[0, 5], [0, 8]]"#, #"\"nodes\": [[0, 5], [62, 8]]"#),
    (#"\"nodes\": [[0, 5], [0, 8]]"#, #"\"nodes\": [[0, 5], [-1, 8]]"#),
    (#"\"nodes\": [[0, 5], [0, 8]]"#, #"\"nodes\": [[0, 5]]"#),
    (#"\"pending\": [{\"minibatch\": 6"#, #"\"pending\": [{\"minibatch\": 5"#),
    (#"\"pending\": [{\"minibatch\": 6"#, #"\"pending\": [{\"minibatch\": -6"#),
    (#"\"faults\": [{\"layer\": 3"#, #"\"faults\": [{\"layer\": 9"#),
    (#""study.nodes": {"#, #""study.knots": {"#), (#""study.varied": {"#, #""study.vary": {"#),
    (#""study.pending": {"#, #""study.pend": {"#),
  ])
  func whatDoesNotFitIsRefused(_ old: String, _ new: String) throws {
    let bytes = Unsealed.bytes(try bytes())
    let length = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = String(decoding: bytes[8..<8 + length], as: UTF8.self)
    #expect(header.contains(old), "the test's own text")
    let changed = Array(header.replacing(old, with: new).utf8)
    let count = withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Array($0) }
    #expect(throws: FormatError.self) { try study(count + changed + bytes[(8 + length)...]) }
  }
}
