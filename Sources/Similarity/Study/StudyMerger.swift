import Glibc

/// Makes one study of several, which have seen different minibatches of one whole.
///
/// The study has the same bits as that of one run, for any split and whichever part comes first: all
/// additions are those of one `SumTree`, kept HSICs are scaled as one run would have scaled them, and
/// bad minibatches that shards set aside are decided on in order. Parts whose kernels are measured
/// in different powers of two are brought together exactly, or refused. Only kept scores of a layer
/// whose activations differ by more than 10^7 between minibatches may differ in their last bits, as
/// float32 has no room for them in one run either.
///
/// Memory: the sums of some blocks, O(S log m) where S is the size of `SumLayout` (L² and, with a
/// null, draws × L²); the kept HSICs; and S for every bad minibatch that parts have set aside, at most
/// `mostPending` bytes in all.
public struct StudyMerger: Sendable {
  /// What every part must be like.
  private var first: Study?
  private var pieces: [(range: Range<Int>, minibatches: ArraySlice<Minibatch>)] = []
  private var sums = Sums()
  private var pending: [Int: PendingMinibatch] = [:]
  /// Bytes of minibatches set aside, at most.
  var mostPending = 4 << 30

  /// Nothing yet.
  public init() {}

  /// Minibatches of the whole; 0 before the first part.
  public var total: Int { first?.shard?.total ?? 0 }

  /// The minibatches that are there, ascending.
  public var seen: [Range<Int>] {
    pieces.reduce(into: []) { seen, piece in
      if let last = seen.last, last.upperBound == piece.range.lowerBound {
        seen[seen.count - 1] = last.lowerBound..<piece.range.upperBound
      } else {
        seen.append(piece.range)
      }
    }
  }

  /// The minibatches that no part has, ascending.
  public var missing: [Range<Int>] {
    var (missing, next): ([Range<Int>], Int) = ([], 0)
    for range in seen {
      if next < range.lowerBound { missing.append(next..<range.lowerBound) }
      next = range.upperBound
    }
    return next < total ? missing + [next..<total] : missing
  }

  /// Looks whether a part fits those that are there, before anything is added up.
  /// - Throws: `MergeError` where it does not.
  public func check(_ part: Study) throws(MergeError) {
    guard !part.isFlat, part.shard != nil else { throw .notAPart }
    if let first { try first.checkWhole(part) }
    for range in part.seen {
      for piece in pieces where piece.range.overlaps(range) {
        throw .overlap(piece.range.clamped(to: range))
      }
    }
    let bytes = (Array(pending.values) + part.pending).reduce(0) { $0 + $1.bytes }
    guard part.pending.isEmpty || bytes <= mostPending else {
      throw .pending(pending.count + part.pending.count, bytes: bytes, most: mostPending)
    }
  }

  /// Adds a part.
  /// - Throws: `MergeError` where it does not fit those that are there; nothing was changed then.
  public mutating func add(_ part: Study) throws(MergeError) {
    try check(part)
    var sums = sums
    try sums.absorb(Sums(part), of: part)
    self.sums = sums
    var left = part.minibatches[...]
    for range in part.seen {
      pieces.append((range, left.prefix(range.count)))
      left = left.dropFirst(range.count)
    }
    pieces.sort { $0.range.lowerBound < $1.range.lowerBound }
    for minibatch in part.pending { pending[minibatch.number] = minibatch }
    first = first ?? Study(models: part.models, options: part.options, shard: .whole(part.total))
  }

  /// The study of what is there.
  /// - Parameter partial: whether minibatches may be missing.
  /// - Throws: `MergeError.nothing`, or `.missing`.
  public func merged(partial: Bool = false) throws(MergeError) -> Study {
    guard let first else { throw .nothing }
    guard partial || missing.isEmpty else { throw .missing(missing, total: total) }
    var work = self
    let minibatches = try work.decide(first)
    return work.sums.study(
      first, minibatches: minibatches, seen: seen,
      pending: work.pending.values.sorted { $0.number < $1.number })
  }

  /// Counts or skips minibatches that were set aside, as far as all before are known.
  /// - Returns: all minibatches.
  private mutating func decide(_ first: Study) throws(MergeError) -> [Minibatch] {
    var minibatches = pieces.flatMap { $0.minibatches }
    guard let known = seen.first, known.lowerBound == 0 else { return minibatches }
    let rule = SkipRule(planned: total)
    for number in pending.keys.sorted() where number < known.upperBound {
      guard let minibatch = pending.removeValue(forKey: number) else { continue }
      let faults = minibatch.faults.filter { layer, _ in
        sums.faults[layer].map { $0.minibatch > number } ?? true
      }
      if !faults.isEmpty, rule.leavesOut(bad: faults.keys, after: minibatches[..<number]) {
        minibatches[number].skipped = PendingMinibatch.skipReason(faults)
        sums.tree.insert(SumTree.Block(level: 0, index: number), [])
      } else {
        minibatches[number].skipped = nil
        let samples = minibatches[number].samples
        try sums.absorb(Sums(minibatch, samples: samples, of: first), of: first)
      }
    }
    return minibatches
  }
}

extension Study {
  /// Minibatches of the whole, as far as known.
  fileprivate var total: Int { shard?.total ?? minibatches.count }

  /// The study of `parts`, in any order.
  /// - Throws: `MergeError` where they do not fit, or minibatches are missing and may not be.
  public static func merged(_ parts: [Study], partial: Bool = false) throws(MergeError) -> Study {
    var merger = StudyMerger()
    for part in parts { try merger.add(part) }
    return try merger.merged(partial: partial)
  }

  /// Whether all minibatches before the next one are known.
  var knowsHistory: Bool { nextMinibatch == 0 || seen == [0..<nextMinibatch] }
}
