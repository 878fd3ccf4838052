import Core
import Similarity

// Tensors of a study that can be gone on with, or merged with others of the same whole.
// docs/bundle.md says what stands where.

extension ResultBundle {
  /// Adds the numbers of `progress`.
  static func addProgress(_ progress: StudyProgress, to file: inout TensorFile) {
    let nodes = progress.tree.values.filter { !$0.isEmpty }
    if let width = nodes.first?.count {
      file.add("study.nodes", shape: [nodes.count, width], .lists(nodes))
    }
    file.add(
      "study.varied", shape: [progress.varied.count],
      .doubles(progress.varied.map { Double($0 ?? -1) }))
    let pending = progress.pending
    guard let first = pending.first else { return }
    func add(_ name: String, _ shape: [Int], _ values: (PendingMinibatch) -> [Double]) {
      guard !shape.contains(0) else { return }
      file.add("study.pending\(name)", shape: [pending.count] + shape, .lists(pending.map(values)))
    }
    add("", [first.hsic.count]) { $0.hsic }
    add("_figures", [first.figures.layers.count, 4]) {
      $0.figures.layers.flatMap {
        [$0.squaredTrace, $0.squares, $0.sampleShare, Double($0.sample)]
      }
    }
    add("_unbiased", [first.figures.unbiased.count]) { $0.figures.unbiased }
    add("_null", [first.null.count]) { $0.null }
  }

  /// The progress of a study of `layers` layers that `text` speaks of.
  static func progress(
    _ text: ProgressText, layout: SumLayout, varied: Int, in file: SafetensorsFile
  ) throws(FormatError) -> StudyProgress {
    var tree = SumTree()
    let count = text.filled.count { $0 }
    var rows =
      count == 0
      ? [][...] : try lists("study.nodes", [count, layout.count], in: file)[...]
    for (block, isFilled) in zip(text.blocks, text.filled) {
      tree.insert(block, isFilled ? rows.removeFirst() : [])
    }
    let first = try tensor("study.varied", [varied], .float64, in: file).values()
    let numbers = first.map { Int(exactly: $0) }
    guard numbers.allSatisfy({ $0.map { $0 >= -1 } ?? false }) else {
      throw FormatError("a number of a minibatch is none", at: "key 'study.varied'")
    }
    return StudyProgress(
      shard: text.shard, seen: text.seen, tree: tree,
      varied: numbers.map { $0.flatMap { $0 < 0 ? nil : $0 } }, flatSince: text.flatSince,
      pending: try pending(text, layout: layout, in: file))
  }

  private static func pending(
    _ text: ProgressText, layout: SumLayout, in file: SafetensorsFile
  ) throws(FormatError) -> [PendingMinibatch] {
    guard !text.pending.isEmpty else { return [] }
    let (count, layers) = (text.pending.count, layout.layers)
    func rows(_ name: String, _ width: Int) throws(FormatError) -> [[Double]] {
      width == 0
        ? Array(repeating: [], count: count)
        : try lists("study.pending\(name)", [count, width], in: file)
    }
    let hsic = try rows("", layout.pairs)
    let unbiased = try rows("_unbiased", layout.unbiasedPairs)
    let null = try rows("_null", layout.nullCells)
    let figures = try tensor(
      "study.pending_figures", [count, layers, 4], .float64, in: file)
    return text.pending.enumerated().map { index, aside in
      let numbers = figures.slice(axis: 0, index: index).values()
      return PendingMinibatch(
        number: aside.number, hsic: hsic[index], faults: aside.faults, flat: aside.flat,
        units: aside.units,
        figures: MinibatchFigures(
          layers: (0..<layers).map { Self.figures(Array(numbers[$0 * 4..<$0 * 4 + 4])) },
          unbiased: unbiased[index]),
        null: null[index])
    }
  }

  private static func figures(_ numbers: [Double]) -> KernelFigures {
    var figures = KernelFigures()
    (figures.squaredTrace, figures.squares) = (numbers[0], numbers[1])
    figures.sampleShare = numbers[2]
    figures.sample = Int(exactly: numbers[3]).map { max(0, $0) } ?? 0
    return figures
  }

  private static func lists(
    _ name: String, _ shape: [Int], in file: SafetensorsFile
  ) throws(FormatError) -> [[Double]] {
    let array = try tensor(name, shape, .float64, in: file)
    return (0..<shape[0]).map { array.slice(axis: 0, index: $0).values() }
  }
}
