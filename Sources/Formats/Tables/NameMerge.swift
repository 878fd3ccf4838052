/// Brings names into the one order that all the lists in which they come agree on.
struct NameMerge {
  private var followers: [Set<Int>]
  private var pending: [Int]

  /// For names numbered 0 ..< `count`, in the order in which they come first.
  init(count: Int) {
    followers = Array(repeating: [], count: count)
    pending = Array(repeating: 0, count: count)
  }

  /// One list has `first` right before `second`.
  mutating func add(_ first: Int, before second: Int) {
    guard first != second, followers[first].insert(second).inserted else { return }
    pending[second] += 1
  }

  /// The order, with the name that comes first where several would do; nil when lists contradict
  /// one another.
  func order() -> [Int]? {
    var pending = pending
    var ready = Set(pending.indices.filter { pending[$0] == 0 })
    var order: [Int] = []
    while let next = ready.min() {
      ready.remove(next)
      order.append(next)
      for follower in followers[next] {
        pending[follower] -= 1
        if pending[follower] == 0 { ready.insert(follower) }
      }
    }
    return order.count == pending.count ? order : nil
  }

  /// The order of the second names of `pairs`, where those with the same first name stand together;
  /// nil where they do not, or say different things.
  static func order(of pairs: [(Int32, Int32)], count: Int) -> [Int]? {
    var merge = NameMerge(count: count)
    var highest: Int32 = -1
    for (index, (first, second)) in pairs.enumerated() {
      // Names are numbered as they come: a first name that comes again later has a lower number.
      guard first >= highest else { return nil }
      if first == highest, index > 0 { merge.add(Int(pairs[index - 1].1), before: Int(second)) }
      highest = first
    }
    return merge.order()
  }

  /// Whether each first name stands together, and each has one second name more than the one
  /// before: the lower half of a matrix, row by row.
  static func isDescending(_ pairs: [(Int32, Int32)]) -> Bool {
    var counts: [Int] = []
    var last: Int32 = -1
    for (first, _) in pairs {
      if first == last, !counts.isEmpty { counts[counts.count - 1] += 1 } else { counts.append(1) }
      last = first
    }
    return counts.count > 1 && zip(counts, counts.dropFirst()).allSatisfy { $1 == $0 + 1 }
  }
}
