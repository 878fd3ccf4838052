import Foundation
import TestSupport
import Testing

@testable import Runs
@testable import cka

/// What a computation says while it runs.
@Suite struct ProgressTests {
  private func progress(_ done: Int, of total: Int = 23, seconds: Double = 4) -> RunProgress {
    RunProgress(
      done: done, total: total, samples: done * 128, seconds: seconds,
      samplesLeft: (total - done) * 128)
  }

  @Test(
    "Words: how far, how fast, how long",
    arguments: [
      (0, 4.0, "0 of 23 minibatches"), (12, 4, "12 of 23 minibatches, 384 samples/s, 4 s left"),
      (1, 100, "1 of 23 minibatches, 1.28 samples/s, 36 min 40 s left"),
      (1, 1000, "1 of 23 minibatches, 0.128 samples/s, 6 h 6 min left"),
      (23, 4, "23 of 23 minibatches, 736 samples/s"),
    ])
  func words(_ done: Int, _ seconds: Double, _ text: String) {
    #expect(progress(done, seconds: seconds).text == text)
  }

  @Test func oneMinibatchAndIntervals() {
    var only = progress(1, of: 1)
    #expect(only.text == "1 of 1 minibatch, 32 samples/s")
    only.halfWidth = 0.01234
    #expect(only.text == "1 of 1 minibatch, 32 samples/s, intervals within ±0.0123")
    only.halfWidth = .infinity
    #expect(only.text == "1 of 1 minibatch, 32 samples/s")
  }

  @Test(
    "The bar fills what the words leave of the line, and gives way first",
    arguments: [
      (
        120,
        "[###############---------------]  52 %  12 of 23 minibatches, 384 samples/s, 4 s left"
      ),
      (64, "[####----]  52 %  12 of 23 minibatches, 384 samples/s, 4 s left"),
      (60, "52 %  12 of 23 minibatches, 384 samples/s, 4 s left"), (20, "52 %  12 of 23 min"),
      (1, ""), (0, ""),
    ])
  func bar(_ columns: Int, _ expected: String) {
    let bar = ProgressLine.bar(progress(12), columns: columns)
    #expect(bar.trimmingCharacters(in: .whitespaces) == expected)
  }

  @Test("No bar reaches the last column, where a terminal would wrap", arguments: 1...130)
  func width(_ columns: Int) {
    for done in 0...23 {
      #expect(ProgressLine.bar(progress(done), columns: columns).count < columns)
    }
  }

  @Test("A bar is empty at the beginning and full at the end")
  func ends() {
    #expect(ProgressLine.bar(progress(0), columns: 200).hasPrefix("[---"))
    #expect(
      ProgressLine.bar(progress(23), columns: 200).hasPrefix("[##############################]"))
  }

  @Test("A log gets whole lines and no control characters")
  func log() throws {
    let place = try Place()
    // The first line comes after five seconds: a backend that waits makes the run last so long.
    let sent = try place.shell(
      "cka backend features '\(GoldenSet.tiny.activations)' --batch-size 16 > sent 2> sent.log")
    try #require(sent.status == 0)
    let outcome = try place.compute([
      "--backend", "head -c 30000 sent; sleep 6; tail -c +30001 sent",
    ])
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let lines = outcome.complaints.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("cka: 3 of 3 minibatches, ") }, "\(outcome.complaints)")
    #expect(outcome.complaints.steeringCharacters.isEmpty)
    #expect(try place.compute(["--backend", "cat sent", "--quiet"]).complaints.isEmpty)
  }
}

/// Signals that whoever started the program had ignored stay ignored.
@Suite struct IgnoredSignalTests {
  @Test("Ctrl-C does not stop a computation that the shell keeps from it")
  func ignoredInterrupt() throws {
    let place = try Place()
    let sent = try place.shell(
      "cka backend features '\(GoldenSet.tiny.activations)' --batch-size 16 > sent 2> sent.log")
    try #require(sent.status == 0)
    // The backend says when it was begun with, and goes on when the signal was sent.
    let outcome = try place.shell(
      """
      trap '' INT
      cka compute --backend 'head -c 30000 sent; touch begun; \
      while [ ! -e told ]; do sleep 0.02; done; tail -c +30001 sent' -o out.cka.safetensors &
      pid=$!
      while kill -0 $pid && [ ! -e begun ]; do sleep 0.02; done
      kill -INT $pid
      touch told
      wait $pid
      """)
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(place.names.contains("out.cka.safetensors"))
  }
}
