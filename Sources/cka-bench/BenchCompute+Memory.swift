import Similarity

extension BenchCompute {
  /// Layers, and samples of a minibatch, of the arrays that memory is measured with.
  private static let layers = 182, samples = 32

  /// Own memory for each number of minibatches, with sums only and with the standard keep.
  func measureMemory() throws {
    print(
      "\(Self.layers) layers, minibatches of \(Self.samples): memory beyond mapped files at most")
    let scores = PackedTriangle(side: Self.layers).count * MemoryLayout<Float>.stride
    for count in counts.compactMap(\.self) {
      let inputs = try BenchActivations.model(
        layers: Self.layers, features: 8, samples: count * Self.samples, folder: folder)
      defer { inputs.remove() }
      let options = ["--batch-size", "\(Self.samples)"]
      let sums = try peak(inputs, options + ["--keep", "sums"])
      let kept = try peak(inputs, options)
      print(
        "\(count) minibatches   sums only \(Self.megabytes(sums))   with their scores "
          + "\(Self.megabytes(kept)), of which \(Self.megabytes(count * scores)) are kept")
    }
  }

  private func peak(_ inputs: BenchActivations, _ options: [String]) throws -> Int {
    try (0..<runs).map { _ in try BenchRun(inputs, options).peakBytes }.max() ?? 0
  }
}
