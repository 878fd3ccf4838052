import Core
import TestSupport
import Testing

@testable import Similarity

/// A run of invented minibatches with everything that can go wrong in one.
struct MergeCase {
  var source: ArraySource
  var options: StudyOptions
  var total: Int { source.sampleCounts.count }

  /// What `seed` makes: 1 to 44 minibatches of 2 models of 2 and 3 layers. Some are too short or
  /// mismatched, layers have NaN in them, are constant at first, or change in size.
  init(seed: Int, _ options: StudyOptions) {
    var noise = Noise(seed: UInt64(seed))
    let count = 1 + noise.next(44)
    let (bad, dead, sizes) = (noise.next(3), noise.next(8), noise.next(2) == 0)
    var matrices: [[[Matrix]]] = []
    for minibatch in 0..<count {
      let n = noise.next(12) == 0 ? 3 : sizes ? 6 + noise.next(4) : 8
      let shared = noise.gaussians(n, 3)
      var layers: [Matrix] = []
      for layer in 0..<5 {
        let own = noise.gaussians(n, 3)
        var x = Table(rows: n, columns: 3) { shared[$0, $1] + own[$0, $1] }
        if layer == 1, minibatch < dead { x = x.map { _ in 1 } }
        if layer == 2 { x = x.map { $0 * [1, 1e-5, 1e3][minibatch % 3] } }
        if layer == 3, bad > 0, noise.next(bad == 1 ? 25 : 4) == 0 { x[1, 1] = .nan }
        if layer == 4, bad == 2, noise.next(30) == 0 { x[2, 0] = .infinity }
        layers.append(x.matrix)
      }
      matrices.append([Array(layers[..<2]), Array(layers[2...])])
    }
    source = ArraySource(matrices)
    if count > 4, noise.next(2) == 0 { source.mismatches[noise.next(count)] = "other samples" }
    self.options = options
  }

  func computation(_ shard: Shard? = nil) -> Computation<ArraySource> {
    Computation(source: source, options: options, threads: 1, shard: shard)
  }

  /// The study of `shard`; with `cut` it is stopped somewhere, stored and taken up again.
  func part(_ shard: Shard, cut: Int? = nil) throws -> Study {
    guard let cut, shard.range.count > 1 else { return try computation(shard).run() }
    let stop = 1 + cut % (shard.range.count - 1)
    let first = try computation(shard).run { $0.minibatches.count < stop }
    return try computation(shard).run(from: try restored(first))
  }

  /// Ranges that together are the whole.
  func shards(_ count: Int, _ noise: inout Noise) -> [Shard] {
    let bounds = ([0, total] + (1..<count).map { _ in noise.next(total + 1) }).sorted()
    return zip(bounds, bounds.dropFirst()).map { Shard(range: $0..<$1, total: total) }
  }
}

/// In what two studies differ, by the bits of all they hold; empty where in nothing.
func differences(_ a: Study, _ b: Study) -> [String] {
  func bits(_ values: [Double]?) -> [UInt64] { values?.map(\.bitPattern) ?? [] }
  func figures(_ study: Study) -> [UInt64] {
    guard let figures = study.figures else { return [] }
    return bits(
      figures.layers.flatMap {
        [
          $0.minibatchPeak, Double($0.minibatch), $0.samplePeak, Double($0.sampleMinibatch),
          Double($0.sample), $0.squaredTrace, $0.squares,
        ]
      } + figures.unbiased)
  }
  let width = 0..<a.layerCount
  let checks: [(String, Bool)] = [
    ("models", a.models == b.models && a.options == b.options),
    ("minibatches", a.minibatches == b.minibatches && a.seen == b.seen),
    ("counted", a.countedMinibatches == b.countedMinibatches), ("faults", a.faults == b.faults),
    ("sums", bits(a.sums) == bits(b.sums)), ("units", a.units == b.units),
    ("flat", a.flat == b.flat), ("scales", bits(a.scales) == bits(b.scales)),
    ("kept", a.kept.map { $0.map(\.bitPattern) } == b.kept.map { $0.map(\.bitPattern) }),
    ("figures", (a.figures == nil) == (b.figures == nil) && figures(a) == figures(b)),
    ("null", bits(a.null?.values) == bits(b.null?.values)),
    ("varied", a.progress?.varied == b.progress?.varied), ("pending", a.pending == b.pending),
    (
      "intervals",
      width.allSatisfy { i in
        width.allSatisfy { a.uncertainty(i, $0) == b.uncertainty(i, $0) }
      }
    ),
  ]
  return checks.filter { !$0.1 }.map(\.0)
}

extension Noise {
  /// 0 ..< `count` in random order (Fisher and Yates).
  mutating func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for index in order.indices.dropFirst() { order.swapAt(index, next(index + 1)) }
    return order
  }
}
