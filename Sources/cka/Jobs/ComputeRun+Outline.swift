import CKACore
import Compute

extension ComputeRun {
  /// The models by name: "ResNet18 × ResNet34".
  var title: String {
    let names = models.map(\.name)
    let shown = names.prefix(3).joined(separator: " × ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }

  /// Models, minibatches and memory, a line each.
  var outline: [String] {
    let layers = models.reduce(0) { $0 + $1.layers.count }
    let lines = models.prefix(8).map { "\($0.name): \(Self.count($0.layers.count, "layer"))" }
    let rest = models.count > 8 ? ["and \(models.count - 8) more models"] : []
    let samples = sampleCounts.reduce(0, +)
    return lines + rest + [
      "\(Self.count(total, "minibatch", "minibatches")) of up to \(sampleCounts.max() ?? 0), "
        + "\(samples) samples in all",
      "about \(memory(layers: layers)) MB of memory beside the files",
    ]
  }

  /// An estimate in MB of 10⁶ bytes: a Gram matrix in float64 for each layer, the sums, and the scores
  /// that are kept.
  private func memory(layers: Int) -> Int {
    let (n, l) = (Double(sampleCounts.max() ?? 0), Double(layers))
    let pairs = l * (l + 1) / 2
    var kept = pairs * 4 * Double(total)
    switch options.keep {
    case .upTo(let bytes): kept = min(kept, Double(bytes))
    case .sumsOnly: kept = 0
    }
    return Int(min(1e15, ((n * n * l * 8 + pairs * 16 + kept) / 1e6).rounded(.up)))
  }

  private static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
  }
}
