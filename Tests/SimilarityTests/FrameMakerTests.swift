import Testing
import TestSupport

@testable import Similarity

@Suite("Frames")
struct FrameMakerTests {
  private func source() -> ArraySource {
    var noise = Noise(seed: 9)
    return ArraySource(
      [40, 3].map { n in
        [3, 500, 9].map { [noise.gaussians(n, $0).map { $0 + 5 }.rounded.floatMatrix] }
      })
  }

  @Test(
    "are the Gram matrices of centred features",
    arguments: zip(Precision.allCases, [2e-6, 1e-12]))
  func plain(precision: Precision, tolerance: Double) throws {
    let source = source()
    let maker = FrameMaker(source: source, precision: precision, threads: 2)
    for (minibatch, models) in source.matrices.enumerated() {
      let frame = try maker.frame(minibatch: minibatch)
      #expect(frame.samples == models[0][0].rows && frame.layers.count == 3)
      for (layer, features) in zip(frame.layers, models.joined()) {
        guard case .gram(let gram) = layer else { throw ComputeError("a fault") }
        let table = Table(rows: features.rows, columns: features.columns) { features[$0, $1] }
        let truth = linearGram(centred(table))
        let scale = (0..<truth.rows).reduce(0) { max($0, truth[$1, $1]) }
        #expect(distance(gram.values(), truth.values) <= tolerance * scale)
      }
    }
  }

  @Test("have the same bits on any number of threads")
  func threads() throws {
    func bits(_ threads: Int) throws -> [UInt64] {
      let maker = FrameMaker(source: source(), precision: .float32, threads: threads)
      return try maker.frame(minibatch: 0).layers.flatMap { layer in
        if case .gram(let gram) = layer { gram.values().map(\.bitPattern) } else { [UInt64]() }
      }
    }
    #expect(try bits(1) == bits(3) && bits(1).count == 3 * 40 * 40)
  }

  @Test("of features that are not finite say so, and spare the others")
  func faults() throws {
    var source = source()
    var broken = Table(rows: 40, columns: 2) { Double($0 * $1) }
    broken[7, 1] = .nan
    source.matrices[0][1][0] = broken.floatMatrix
    let frame = try FrameMaker(source: source, precision: .float32, threads: 2).frame(minibatch: 0)
    guard case .fault(let reason) = frame.layers[1] else { throw ComputeError("no fault") }
    #expect(reason == "1 of 80 activations are NaN or infinite")
    guard case .gram = frame.layers[0], case .gram = frame.layers[2] else {
      throw ComputeError("another layer has a fault")
    }
  }
}
