/// How the minibatches behind one result stand to those behind another.
public enum Pairing: Sendable, Equatable {
  /// Both saw the same minibatches, so many.
  case same(minibatches: Int)
  /// So many minibatches are common; each result has others besides.
  case partly(shared: Int)
  /// The samples are known, and no minibatch is common.
  case independent
  /// The samples of one of them are not known.
  case unknown
}

extension Pairing: CustomStringConvertible {
  /// What the intervals of a difference are made of, in words.
  public var description: String {
    switch self {
    case .same(let minibatches): "paired: both saw the same \(minibatches) minibatches"
    case .partly(let shared): "paired over the \(shared) minibatches that both saw"
    case .independent: "unpaired: no minibatch is common"
    case .unknown: "unpaired: no sample IDs say whether the minibatches are the same"
    }
  }
}

/// Which kept minibatches of two blocks hold the same samples.
struct PairedMinibatches: Sendable {
  let pairing: Pairing
  /// For each kept minibatch of A that is used, its place among those of B; nil where B lacks it.
  let partners: [Int?]
  /// How many kept minibatches of A and of B are used.
  let used: (a: Int, b: Int)

  /// The pairing of `a` with `b`. Two blocks of one file are blocks of one study, whose minibatches
  /// are the same even where samples have no IDs.
  init(_ a: StudyBlock, _ b: StudyBlock, isOneFile: Bool) {
    let (mine, theirs) = (a.study.counted, b.study.counted)
    let isOneStudy = isOneFile && a.study.minibatches == b.study.minibatches
    if isOneStudy || mine == theirs && !mine.isEmpty && mine.allSatisfy({ $0.sampleHash != nil }) {
      let count = min(a.study.kept.count, b.study.kept.count)
      (pairing, partners, used) = (
        .same(minibatches: mine.count), Array(0..<count), (count, count)
      )
      return
    }
    let places = Self.partners(a.study.keptMinibatches, b.study.keptMinibatches)
    (partners, used) = (places, (a.study.kept.count, b.study.kept.count))
    let shared = places.count { $0 != nil }
    if (mine + theirs).contains(where: { $0.sampleHash == nil }) {
      pairing = .unknown
    } else if shared == mine.count, shared == theirs.count, shared > 0 {
      pairing = .same(minibatches: shared)
    } else {
      pairing = shared > 0 ? .partly(shared: shared) : .independent
    }
  }

  /// Equal minibatches, wherever they stand; several of one kind are matched in turn.
  private static func partners(_ a: [Minibatch], _ b: [Minibatch]) -> [Int?] {
    var places: [Minibatch: [Int]] = [:]
    for (index, minibatch) in b.enumerated().reversed() where minibatch.sampleHash != nil {
      places[minibatch, default: []].append(index)
    }
    return a.map { places[$0]?.popLast() }
  }
}

extension Study {
  /// The minibatches that take part in the sums, in order.
  var counted: [Minibatch] { minibatches.filter { $0.skipped == nil } }
}
