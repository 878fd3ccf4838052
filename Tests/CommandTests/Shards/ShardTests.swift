import Foundation
import TestSupport
import Testing

/// Shards of a run, put together, are the run: to the bit, for any number and in any order.
@Suite struct ShardTests {
  private let place: Place
  private let options = ["--batch-size", "8", "--threads", "1"]

  init() throws { place = try Place() }

  /// 23 minibatches of 3 layers, the last one too short to count.
  private func writeActivations(seed: UInt64 = 1, to file: String = "m.safetensors") throws {
    var noise = Noise(seed: seed)
    let layers = (0..<3).map { layer in
      (
        "m/layer\(layer)",
        (0..<22 * 8 + 3).map { _ in (0..<5).map { _ in Float(noise.gaussian()) } }
      )
    }
    try place.write(activations: layers, to: file)
  }

  private func cka(_ words: [String], _ environment: [String: String] = [:]) throws
    -> Shell.Outcome
  {
    try Shell.outcome(
      of: ["timeout", "-k", "5", "300", Program.path] + words,
      environment: place.environment.merging(environment) { $1 }, folder: place.folder)
  }

  private func shard(_ number: Int, of count: Int, _ more: [String] = []) throws -> String {
    let part = "part-\(number)-\(count).cka.safetensors"
    let outcome = try cka(
      ["compute", "m.safetensors", "--shard", "\(number)/\(count)", "-o", part] + options + more)
    try #require(outcome.status == 0, "\(outcome.complaints)")
    return part
  }

  private func whole(_ more: [String] = []) throws -> BundleFile {
    let outcome = try cka(
      ["compute", "m.safetensors", "-o", "whole.cka.safetensors"] + options + more)
    try #require(outcome.status == 0, "\(outcome.complaints)")
    return try place.bundle("whole.cka.safetensors")
  }

  private func merge(_ parts: [String], _ more: [String] = []) throws -> Shell.Outcome {
    try cka(["merge"] + parts + ["-o", "merged.cka.safetensors"] + more)
  }

  @Test("the same bits as one run", arguments: [1, 2, 3, 7, 30])
  func sameBits(_ count: Int) throws {
    try writeActivations()
    let whole = try whole()
    var parts = try (1...count).map { try shard($0, of: count) }
    for order in 0..<2 {
      if order == 1 {
        parts = parts.reversed().enumerated().sorted { $0.0 % 3 < $1.0 % 3 }.map(\.1)
      }
      let outcome = try merge(parts)
      #expect(outcome.status == 0, "\(outcome.complaints)")
      #expect(try place.bundle("merged.cka.safetensors").data == whole.data)
    }
    let info = try cka(["info", "merged.cka.safetensors"])
    #expect(info.status == 0 && !info.text.contains("partial"), "\(info.text)")
  }

  @Test("also with kept sums alone, a null, and minibatches that are left out")
  func otherMeasures() throws {
    try writeActivations()
    for more in [["--keep", "sums"], ["--null", "20"], ["--estimator", "biased", "--skip-bad"]] {
      let whole = try whole(more)
      let parts = try (1...4).map { try shard($0, of: 4, more) }
      #expect(try merge([parts[2], parts[0], parts[3], parts[1]]).status == 0)
      #expect(try place.bundle("merged.cka.safetensors").data == whole.data, "\(more)")
    }
  }

  @Test("what is missing is named, and can be missing where that is said")
  func missing() throws {
    try writeActivations()
    let parts = try [1, 3].map { try shard($0, of: 3) }
    let refused = try merge(parts)
    #expect(refused.status == 1)
    #expect(refused.complaints.contains("missing"), "\(refused.complaints)")
    #expect(refused.complaints.split(separator: "\n").count == 1)
    #expect(!place.names.contains("merged.cka.safetensors"))
    let partial = try merge(parts, ["--partial"])
    #expect(partial.status == 0)
    #expect(partial.complaints.contains("missing"), "\(partial.complaints)")
    let info = try cka(["info", "merged.cka.safetensors"])
    #expect(info.text.contains("partial"), "\(info.text)")
    // What is there so far is a part like any other.
    let rest = try shard(2, of: 3)
    #expect(
      try cka(["merge", "merged.cka.safetensors", rest, "-o", "all.cka.safetensors"]).status == 0)
    #expect(try place.bundle("all.cka.safetensors").data == whole().data)
  }

  @Test("what does not fit is refused in one line, and nothing is written")
  func refused() throws {
    try writeActivations()
    let first = try shard(1, of: 2)
    let overlap = try merge([first, try shard(1, of: 3)])
    #expect(overlap.status == 1 && overlap.complaints.contains(first), "\(overlap.complaints)")
    let rbf = try shard(2, of: 2, ["--kernel", "rbf:1"])
    let measure = try merge([first, rbf])
    #expect(measure.status == 1, "\(measure.complaints)")
    // Other activations of the same shape.
    try writeActivations(seed: 2)
    let other = try merge([first, try shard(2, of: 2)])
    #expect(other.status == 1 && other.complaints.contains("m.safetensors"), "\(other.complaints)")
    let nothing = try merge([first, "m.safetensors"])
    #expect(nothing.status == 1, "\(nothing.complaints)")
    for outcome in [overlap, measure, other, nothing] {
      #expect(outcome.complaints.split(separator: "\n").count == 1, "\(outcome.complaints)")
    }
    #expect(!place.names.contains("merged.cka.safetensors"))
  }

  @Test("an array of Slurm and torchrun say which shard it is")
  func automatic() throws {
    try writeActivations()
    let whole = try whole()
    for (name, environments) in [
      (
        "slurm",
        (0..<3).map {
          [
            "SLURM_ARRAY_TASK_ID": "\($0 + 1)", "SLURM_ARRAY_TASK_MIN": "1",
            "SLURM_ARRAY_TASK_MAX": "3", "SLURM_ARRAY_TASK_COUNT": "3",
          ]
        }
      ), ("torchrun", (0..<3).map { ["RANK": "\($0)", "WORLD_SIZE": "3"] }),
    ] {
      let parts = (0..<3).map { "\(name)-\($0).cka.safetensors" }
      for (part, environment) in zip(parts, environments) {
        let outcome = try cka(
          ["compute", "m.safetensors", "--shard", "auto", "-o", part] + options, environment)
        #expect(outcome.status == 0, "\(outcome.complaints)")
      }
      #expect(try merge(parts).status == 0)
      #expect(try place.bundle("merged.cka.safetensors").data == whole.data)
    }
    let none = try cka(["compute", "m.safetensors", "--shard", "auto", "-o", "x.cka.safetensors"])
    #expect(none.status == 1 && none.complaints.contains("SLURM_ARRAY_TASK_ID"))
    let early = try cka(
      [
        "compute", "m.safetensors", "--shard", "1/2", "--until-ci", "0.1", "-o",
        "x.cka.safetensors",
      ])
    #expect(early.status == 64 && early.complaints.contains("until-ci"), "\(early.complaints)")
  }

  @Test("a shard that is stopped goes on, and the merge has the same bits")
  func interrupted() throws {
    var noise = Noise(seed: 3)
    let layers = (0..<40).map { layer in
      ("m/layer\(layer)", (0..<1200).map { _ in (0..<4).map { _ in Float(noise.gaussian()) } })
    }
    try place.write(activations: layers, to: "m.safetensors")
    let stopped = try place.shell(
      """
      export CKA_CHECKPOINT_SECONDS=0
      cka compute m.safetensors --batch-size 4 --threads 1 --shard 2/2 \
        -o part-2-2.cka.safetensors &
      pid=$!
      while kill -0 $pid && [ ! -e part-2-2.cka.safetensors.partial ]; do sleep 0.02; done
      kill -TERM $pid
      wait $pid
      """)
    #expect(stopped.status == 143, "\(stopped.complaints)")
    let again = ["--batch-size", "4"]
    let goesOn = try cka(
      ["compute", "m.safetensors", "--shard", "2/2", "-o", "part-2-2.cka.safetensors"]
        + options + again)
    #expect(
      goesOn.status == 0 && goesOn.complaints.contains("goes on after"), "\(goesOn.complaints)")
    let parts = [try shard(1, of: 2, again), "part-2-2.cka.safetensors"]
    #expect(try merge(parts).status == 0)
    #expect(try place.bundle("merged.cka.safetensors").data == whole(again).data)
  }

  @Test("workers of this machine are shards that are merged; nothing is left beside the result")
  func workers() throws {
    try writeActivations()
    let whole = try whole()
    let outcome = try cka(
      ["compute", "m.safetensors", "--workers", "3", "-o", "split.cka.safetensors"] + options)
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(try place.bundle("split.cka.safetensors").data == whole.data)
    #expect(
      place.names == ["m.safetensors", "split.cka.safetensors", "whole.cka.safetensors"])
    let job = try cka(
      ["compute", "m.safetensors", "--workers", "2", "-o", "job.cka.safetensors", "--background"]
        + options)
    #expect(job.status == 0, "\(job.complaints)")
    let id = job.text.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(try cka(["jobs", "wait", id]).status == 0)
    #expect(try place.bundle("job.cka.safetensors").data == whole.data)
  }

  /// 600 minibatches of 40 layers.
  private func writeLong(seed: UInt64) throws {
    var noise = Noise(seed: seed)
    let layers = (0..<40).map { layer in
      ("m/layer\(layer)", (0..<2400).map { _ in (0..<4).map { _ in Float(noise.gaussian()) } })
    }
    try place.write(activations: layers, to: "m.safetensors")
  }

  @Test(
    "workers end with their parent, and parts of other files are computed again",
    arguments: [1, 2])
  func changedFiles(_ finished: Int) throws {
    try writeLong(seed: 3)
    let words = ["--batch-size", "4", "--threads", "1"]
    let killed = try place.shell(
      """
      export CKA_CHECKPOINT_SECONDS=0
      run() { cka compute m.safetensors --workers 2 -o s.cka.safetensors \(words.joined(separator: " ")); }
      cka compute m.safetensors --workers 2 -o s.cka.safetensors \(words.joined(separator: " ")) &
      pid=$!
      while kill -0 $pid && ! ls s.cka.safetensors.shards/parts/*.partial; do sleep 0.02; done
      children=$(cat /proc/$pid/task/*/children)
      run 2> second.txt
      echo $? > status.txt
      kill -9 $pid
      for child in $children; do
        for _ in $(seq 500); do kill -0 $child || break; sleep 0.02; done
        kill -0 $child && echo lives $child
      done
      echo $children > children.txt
      unset CKA_CHECKPOINT_SECONDS
      for number in $(seq \(finished)); do cka shard s.cka.safetensors.shards $number; done
      true
      """)
    #expect(!killed.text.contains("lives"), "\(killed.text)")
    #expect(try place.text("children.txt").split(separator: " ").count == 2)
    #expect(try place.text("status.txt") == "1\n")
    let second = try place.text("second.txt")
    #expect(second.contains("another run is at work") && second.split(separator: "\n").count == 1)
    #expect(
      FileManager.default.fileExists(
        atPath: place.path("s.cka.safetensors.shards/parts/part-\(finished).cka.safetensors")))
    try writeLong(seed: 4)
    let again = try cka(
      ["compute", "m.safetensors", "--workers", "2", "-o", "s.cka.safetensors"] + words)
    #expect(again.status == 0 && again.complaints.contains("was changed since"))
    let whole = try cka(["compute", "m.safetensors", "-o", "whole.cka.safetensors"] + words)
    #expect(whole.status == 0)
    #expect(
      try place.bundle("s.cka.safetensors").data == place.bundle("whole.cka.safetensors").data)
  }
}

/// The same of models that are run.
@Suite struct TorchShardTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test("shards of models keep to what the first has settled, and give the bits of one run")
  func sameBits() throws {
    let words = [
      "a=\(Fixture.nets):network", "b=\(Fixture.nets):network?width=9", "--data",
      "\(Fixture.nets):images", "--batch-size", "16", "--threads", "1",
    ]
    let whole = try place.computeTorch(words, to: "whole.cka.safetensors")
    try #require(whole.status == 0, "\(whole.complaints)")
    let parts = (1...3).map { "part-\($0).cka.safetensors" }
    for number in [2, 1, 3] {
      let outcome = try place.computeTorch(
        words + ["--shard", "\(number)/3"], to: parts[number - 1])
      try #require(outcome.status == 0, "\(outcome.complaints)")
    }
    #expect(place.names.count { $0.hasPrefix("cka-plan-") } == 1)
    let merged = try place.torch(["merge"] + parts + ["-o", "merged.cka.safetensors"])
    #expect(merged.status == 0, "\(merged.complaints)")
    #expect(
      try place.bundle("merged.cka.safetensors").data
        == place.bundle("whole.cka.safetensors").data)
  }

  @Test("devices of two kinds are refused before anything is computed")
  func mixedDevices() throws {
    let outcome = try place.computeTorch(
      [
        "a=\(Fixture.nets):network", "--data", "\(Fixture.nets):images", "--devices", "cuda:0,cpu",
      ], to: "out.cka.safetensors")
    #expect(outcome.status == 1 && outcome.complaints.contains("one kind, not cpu, cuda"))
    #expect(place.names.allSatisfy { !$0.hasSuffix(".shards") })
  }

  @Test("a plan of other layers is refused, by its name")
  func otherPlan() throws {
    let words = [
      "a=\(Fixture.nets):network", "--data", "\(Fixture.nets):images", "--batch-size", "16",
      "--threads", "1", "--max-batches", "2", "--shard", "1/2",
    ]
    let first = try place.computeTorch(words, to: "part-1.cka.safetensors")
    try #require(first.status == 0, "\(first.complaints)")
    let plan = try #require(place.names.first { $0.hasPrefix("cka-plan-") })
    let text = try place.text(plan)
    #expect(text.contains("1.norm"))
    try Data(text.replacing("1.norm", with: "1.other").utf8)
      .write(to: URL(filePath: place.path(plan)))
    let second = try place.computeTorch(words, to: "part-1b.cka.safetensors")
    #expect(second.status == 1)
    #expect(second.complaints.contains("the plan of the shards"), "\(second.complaints)")
  }
}
