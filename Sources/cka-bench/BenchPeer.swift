import Similarity

// The large file, read and summarised by `cka info` and by numpy.
extension BenchStage {
  /// Minimum, maximum and mean of 400 MB, here and in numpy, one after the other.
  func summary() throws -> [BenchFigure] {
    let path = try inputs.numpy("summary", side: 10_000, noise: 0.1)
    let hasNumpy = (try? numpy("import numpy")) != nil
    var (ours, peers, inner): ([Double], [Double], [Double]) = ([], [], [])
    var peak = 0.0
    for _ in 0..<runs {
      let outcome = try run(["info", path])
      ours.append(outcome.seconds)
      peak = max(peak, outcome.peakBytes)
      guard hasNumpy else { continue }
      let peer = try numpy(Self.script, path)
      peers.append(peer.seconds)
      inner.append(Double(peer.output.split(separator: "\n").first ?? "") ?? .nan)
    }
    let group = "minimum, maximum and mean of 400 MB (10,000 × 10,000 float32), \(runs) times"
    let time = { (what: String, samples: [Double]) in
      BenchFigure(
        group: group, what: "\(what), median", value: BenchSample.median(samples) * 1000,
        unit: .milliseconds)
    }
    let memory = BenchFigure(
      group: group, what: "cka info, peak resident memory", value: peak / 1e6, unit: .megabytes,
      budget: 440)
    guard hasNumpy else { return [time("cka info, whole process", ours), memory] }
    let ratio = { (what: String, samples: [Double]) in
      BenchFigure(
        group: group, what: what, value: BenchSample.median(ours) / BenchSample.median(samples),
        unit: .ratio, budget: 1)
    }
    return [
      time("cka info, whole process", ours), time("numpy, whole process", peers),
      time("numpy, load + min + max + mean alone", inner),
      ratio("cka info ÷ numpy, both whole", peers),
      ratio("cka info whole ÷ numpy's work alone", inner), memory,
    ]
  }

  private func numpy(
    _ script: String, _ arguments: String...
  ) throws(ComputeError) -> BenchProcess {
    try BenchProcess([python, "-c", script] + arguments, environment: environment)
  }

  private static let script = """
    import sys, time, numpy
    start = time.perf_counter()
    a = numpy.load(sys.argv[1])
    numbers = a.min(), a.max(), a.mean()
    print(time.perf_counter() - start)
    print(*numbers)
    """
}
