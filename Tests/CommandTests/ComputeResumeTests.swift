import Foundation
import TestSupport
import Testing

/// A computation that was interrupted goes on, and ends with the same bits.
@Suite struct ComputeResumeTests {
  private let place: Place
  private let options = ["--batch-size", "4", "--threads", "1"]

  init() throws { place = try Place() }

  /// Activations of so many minibatches that a run takes long enough to be interrupted.
  private func writeActivations() throws {
    var noise = SteadyNoise(state: 1)
    let layers = (0..<60).map { layer in
      ("m/layer\(layer)", (0..<1200).map { _ in (0..<4).map { _ in noise.next() } })
    }
    try place.write(activations: layers, to: "m.safetensors")
  }

  /// Interrupts a run with `signal` once its first checkpoint is there.
  private func interrupt(_ signal: String, _ more: String = "") throws -> Shell.Outcome {
    try place.shell(
      """
      export CKA_CHECKPOINT_SECONDS=0.05
      # A shell without job control has what runs in the background ignore SIGINT.
      env --default-signal=INT \\
        cka compute m.safetensors \(options.joined(separator: " ")) \(more) \
        -o out.cka.safetensors &
      pid=$!
      while kill -0 $pid && [ ! -e out.cka.safetensors.partial ]; do sleep 0.02; done
      kill -\(signal) $pid
      wait $pid
      """)
  }

  @Test("A wish to stop is followed after the minibatch", arguments: [("INT", 130), ("TERM", 143)])
  func aSignalSavesWhatThereIs(_ signal: String, _ status: Int) throws {
    try writeActivations()
    let stopped = try interrupt(signal)
    #expect(stopped.status == status, "\(stopped.complaints)")
    #expect(stopped.complaints.contains("minibatches are in out.cka.safetensors.partial"))
    #expect(place.names == ["m.safetensors", "out.cka.safetensors.partial"])
    let warnings =
      try place.records(of: "out.cka.safetensors.partial")[0]["warnings"] as? [String] ?? []
    #expect(warnings.first?.hasPrefix("partial: ") == true)

    let resumed = try place.compute(["m.safetensors"] + options)
    #expect(resumed.status == 0)
    #expect(resumed.complaints.hasPrefix("cka: goes on after "), "\(resumed.complaints)")
    #expect(place.names == ["m.safetensors", "out.cka.safetensors"])
    #expect(try place.compute(["m.safetensors"] + options, to: "whole.cka.safetensors").status == 0)
    #expect(try place.bundle().data == place.bundle("whole.cka.safetensors").data)
  }

  @Test("What weighed minibatches equally goes on so, where nothing says another")
  func weightingIsKept() throws {
    try writeActivations()
    _ = try interrupt("INT", "--weighting equal")
    let resumed = try place.compute(["m.safetensors"] + options)
    #expect(resumed.status == 0)
    #expect(
      resumed.complaints.contains("minibatches, weighting equal, as it was begun"),
      "\(resumed.complaints)")
    let equal = ["m.safetensors", "--weighting", "equal"] + options
    #expect(try place.compute(equal, to: "whole.cka.safetensors").status == 0)
    #expect(try place.bundle().data == place.bundle("whole.cka.safetensors").data)
  }

  @Test("A null goes on to the same bits")
  func nullIsKept() throws {
    try writeActivations()
    _ = try interrupt("INT", "--null 19")
    let arguments = ["m.safetensors", "--null", "19"] + options
    let resumed = try place.compute(arguments)
    #expect(resumed.complaints.hasPrefix("cka: goes on after "), "\(resumed.complaints)")
    #expect(try place.compute(arguments, to: "whole.cka.safetensors").status == 0)
    #expect(try place.bundle().data == place.bundle("whole.cka.safetensors").data)
  }

  @Test("What does not fit is not gone on with", arguments: ["options", "activations", "damage"])
  func anotherStudyBeginsAnew(_ change: String) throws {
    try writeActivations()
    _ = try interrupt("INT")
    let partial = place.path("out.cka.safetensors.partial")
    try #require(FileManager.default.fileExists(atPath: partial))
    var arguments = ["m.safetensors"] + options
    switch change {
    case "options": arguments += ["--weighting", "samples"]
    case "activations":
      // Another value under the old size and date: only the hash tells.
      _ = try place.shell(
        """
        touch -r m.safetensors old
        printf 'X' | dd of=m.safetensors bs=1 seek=60000 conv=notrunc
        touch -r old m.safetensors
        rm old
        """)
    default: _ = try place.shell("truncate -s 1000 out.cka.safetensors.partial")
    }
    let anew = try place.compute(arguments)
    #expect(anew.status == 0)
    #expect(anew.complaints.hasPrefix("cka: begins anew: "), "\(anew.complaints)")
    #expect(try place.compute(arguments, to: "whole.cka.safetensors").status == 0)
    #expect(try place.bundle().data == place.bundle("whole.cka.safetensors").data)
  }
}

/// Numbers that look like noise, the same in every run.
private struct SteadyNoise {
  var state: UInt64

  mutating func next() -> Float {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) / Float(1 << 24) - 0.5
  }
}
