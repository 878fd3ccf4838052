import Foundation
import TestSupport
import Testing

/// A damaged checkpoint is told, and the run begins anew: never other figures without a word.
@Suite struct DamageTests {
  private let place: Place

  init() throws { place = try Place() }

  @Test("Flipped bits anywhere in a checkpoint: the figures are those of an undisturbed run")
  func flippedCheckpoint() throws {
    // A backend that sends a minibatch and dies leaves a checkpoint.
    let sent = try place.shell(
      "cka backend features '\(GoldenSet.tiny.activations)' --batch-size 16 > sent 2> sent.log")
    try #require(sent.status == 0)
    let broken = ["--backend", "if [ -e fail ]; then head -c 30000 sent; exit 1; fi; cat sent"]
    #expect(try place.compute(broken, to: "whole.cka.safetensors").status == 0)
    let whole = try place.bundle("whole.cka.safetensors").data
    _ = try place.shell("touch fail")
    #expect(try place.compute(broken, to: "out.cka.safetensors").status == 1)
    _ = try place.shell("rm fail")
    let name = "out.cka.safetensors.partial"
    let sound = try place.bytes(name)
    var random = Noise(seed: 40)
    for trial in 0..<12 {
      var damaged = sound
      for _ in 0...trial % 3 { damaged[random.next(sound.count)] ^= 1 << UInt8(random.next(8)) }
      try Data(damaged).write(to: URL(filePath: place.path(name)))
      let outcome = try place.compute(broken, to: "out.cka.safetensors")
      #expect(outcome.status == 0, "\(outcome.complaints)")
      #expect(outcome.complaints.contains("cka: begins anew: \(name): "), "trial \(trial)")
      #expect(try place.bundle().data == whole, "trial \(trial)")
    }
    try Data(sound).write(to: URL(filePath: place.path(name)))
    let resumed = try place.compute(broken, to: "out.cka.safetensors")
    #expect(resumed.complaints.contains("goes on after 2 of 3 minibatches"))
    #expect(try place.bundle().data == whole)
  }

  @Test("A result whose place is gone when it is complete is not lost")
  func outputFolderRemoved() throws {
    let sent = try place.shell(
      "cka backend features '\(GoldenSet.tiny.activations)' --batch-size 16 > sent 2> sent.log")
    try #require(sent.status == 0)
    let outcome = try place.shell(
      """
      mkdir results spare
      export TMPDIR="$PWD/spare" CKA_CHECKPOINT_SECONDS=0
      cka compute --backend 'cat sent; rm -r results' -o results/out.cka.safetensors
      status=$?
      cka info spare/*out.cka.safetensors
      exit $status
      """)
    #expect(outcome.status == 1)
    #expect(outcome.complaints.contains("the result is in "), "\(outcome.complaints)")
    #expect(outcome.text.contains("3 minibatches"), "\(outcome.text)")
  }
}
