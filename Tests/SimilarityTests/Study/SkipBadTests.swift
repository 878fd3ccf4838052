import Core
import Testing
import TestSupport

@testable import Similarity

@Suite("Skipping bad minibatches")
struct SkipBadTests {
  /// `count` minibatches of three layers; `bad` tells which layers have a NaN in which minibatch.
  private func source(_ count: Int, bad: (_ minibatch: Int, _ layer: Int) -> Bool) -> ArraySource {
    var noise = Noise(seed: 3)
    return ArraySource(
      (0..<count).map { minibatch in
        [
          (0..<3).map { layer in
            var x = noise.gaussians(10, 4)
            if bad(minibatch, layer) { x[3, 2] = .nan }
            return x.matrix
          }
        ]
      })
  }

  private let options = StudyOptions(skipBad: true)

  @Test("costs the minibatch for all layers, and says so")
  func one() throws {
    let source = source(8) { $0 == 2 && $1 == 1 }
    let result = try study(of: source, options)
    #expect(result.countedMinibatches == 7 && (0..<3).allSatisfy(result.isLive))
    #expect(
      result.minibatches[2].skipped
        == .badLayers([1], problem: .notFinite(count: 1, of: 40)))
    #expect(
      result.notes == [
        "minibatch 3 of 10 samples skipped: b: 1 of 40 activations are NaN or infinite"
      ])
    var without = source
    without.matrices.remove(at: 2)
    without.sampleCounts.remove(at: 2)
    #expect(distance(try study(of: without, options).sums, result.sums) < 1e-9)
    let strict = try study(of: source)
    #expect(strict.countedMinibatches == 8 && !strict.isLive(1))
    #expect(
      strict.reason(1) == "minibatch 3: 1 of 40 activations are NaN or infinite; --skip-bad "
        + "leaves out the minibatch instead of the layer")
  }

  @Test(
    "a layer that is bad everywhere costs a tenth of the minibatches, then itself",
    arguments: [(1, 0), (2, 1), (8, 1), (20, 2), (40, 4)])
  func everywhere(count: Int, lost: Int) throws {
    let result = try study(of: source(count) { $1 == 2 }, options)
    #expect(result.countedMinibatches == count - lost)
    #expect(result.faults[2]?.minibatch == lost && result.isLive(0) && result.isLive(1))
  }

  @Test("all layers together cost a quarter of the minibatches at most")
  func quarter() throws {
    let result = try study(of: source(12) { $0 < 8 && $1 == $0 % 3 }, options)
    #expect(result.countedMinibatches == 9)
    #expect((0..<3).allSatisfy { !result.isLive($0) })
  }

  @Test("decides alike wherever the run was cut, for frames too")
  func resumed() throws {
    let source = source(20) { ($0 + 1) % 6 == 0 && $1 == 0 || $0 % 9 == 4 && $1 == 1 }
    let computation = Computation(source: source, options: options, threads: 1)
    let whole = try computation.run()
    #expect(whole.countedMinibatches < 20 && whole.countedMinibatches >= 15)
    for stop in 1..<20 {
      let part = try computation.run { $0.minibatches.count < stop }
      let stored = try restored(part)
      let again = try computation.run(from: stored)
      #expect(again.minibatches == whole.minibatches && again.faults == whole.faults)
      #expect(again.sums.map(\.bitPattern) == whole.sums.map(\.bitPattern))
    }
    var frames = StudyAccumulator(
      Study(models: source.models, options: options), threads: 1, planned: 20)
    let maker = FrameMaker(source: source, precision: .float64, threads: 1)
    for minibatch in 0..<20 { try frames.add(maker.frame(minibatch: minibatch)) }
    for (frame, minibatch) in zip(frames.study.minibatches, whole.minibatches) {
      #expect((frame.skipped == nil) == (minibatch.skipped == nil))
    }
  }
}
