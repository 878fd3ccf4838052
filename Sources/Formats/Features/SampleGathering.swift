import Core

extension FeaturePlan.Source {
  /// Bytes that are read at once where samples that were asked for lie apart.
  private static let mostBytes = 64 << 20

  /// The samples of `selection` as the rows of a matrix.
  ///
  /// Samples that follow one another in one array are a view of it where its file allows that; all
  /// others are copied together.
  func matrix(
    _ selection: SampleOrder.Selection, from store: FeatureStore
  ) throws(FormatError) -> Matrix {
    var pieces: [NDArray] = []
    for part in parts[holding(selection)] {
      for runs in blocks(selection, in: part) {
        pieces += try read(runs, of: part, from: store)
      }
    }
    guard !pieces.isEmpty else { throw FormatError(.empty, "there are no samples") }
    return try NDArray.joined(pieces).rowMatrix()
  }

  /// The parts that may hold samples of `selection`: a layer may have a part for each sample.
  private func holding(_ selection: SampleOrder.Selection) -> Range<Int> {
    let (first, last) =
      switch selection {
      case .range(let range): (range.lowerBound, range.upperBound - 1)
      case .indices(let indices): (indices.first ?? 0, indices.last ?? -1)
      }
    let start = parts.map(\.samples.upperBound).firstIndex(atLeast: first + 1)
    let end = parts.map(\.samples.lowerBound).firstIndex(atLeast: last + 1)
    return start..<max(start, end)
  }

  /// Runs of rows of `part`, those together that are read at once.
  private func blocks(
    _ selection: SampleOrder.Selection, in part: Part
  ) -> [[Range<Int>]] {
    let start = part.samples.lowerBound
    switch selection {
    case .range(let range):
      let rows = range.clamped(to: part.samples)
      return rows.isEmpty ? [] : [[rows.lowerBound - start..<rows.upperBound - start]]
    case .indices(let indices):
      let inside = indices[indices.firstIndex(atLeast: start)...].prefix {
        $0 < part.samples.upperBound
      }
      let sample = part.reading.sampleShape(of: part.shape).reduce(8, *)
      let most = max(1, Self.mostBytes / sample)
      var blocks: [[Range<Int>]] = []
      for row in inside.lazy.map({ $0 - start }) {
        guard let last = blocks.last?.last, let first = blocks.last?.first,
          row - first.lowerBound < most
        else {
          blocks.append([row..<row + 1])
          continue
        }
        if last.upperBound == row {
          let runs = blocks[blocks.count - 1].count
          blocks[blocks.count - 1][runs - 1] = last.lowerBound..<row + 1
        } else {
          blocks[blocks.count - 1].append(row..<row + 1)
        }
      }
      return blocks
    }
  }

  /// The samples of `runs`, which are read in one piece, pooled.
  private func read(
    _ runs: [Range<Int>], of part: Part, from store: FeatureStore
  ) throws(FormatError) -> [NDArray] {
    guard let first = runs.first, let last = runs.last else { return [] }
    let rows = first.lowerBound..<last.upperBound
    let box = part.reading.box(rows, of: part.shape)
    let array = part.reading.samplesFirst(
      try store.part(box, of: part.entry, file: part.file))
    var pieces: [NDArray] = []
    for run in runs {
      let piece = array.rows(run.lowerBound - rows.lowerBound..<run.upperBound - rows.lowerBound)
      pieces.append(try piece.pooled(axes, pooling))
    }
    return pieces
  }
}

extension [Int] {
  /// The first place of an ascending list with a number of at least `bound`.
  fileprivate func firstIndex(atLeast bound: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
