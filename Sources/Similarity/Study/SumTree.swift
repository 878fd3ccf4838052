/// Sums over minibatches, added in one fixed tree.
///
/// Floating-point addition is not associative, so the order of the additions is part of the result.
/// Minibatches are numbered in the whole; the numbers of minibatches 2k and 2k + 1 are added, then
/// those of pairs 2k and 2k + 1, and so on. A block of 2^level minibatches that begins at a multiple
/// of its size is summed once all of it is there; what is known of any set of minibatches is a list
/// of such blocks. Which of them came first, or in which of several runs, does not show.
///
/// A range of m minibatches has at most 2 log₂ m blocks, and log₂ m where it begins at 0.
public struct SumTree: Sendable {
  /// An aligned block: the minibatches index × 2^level ..< (index + 1) × 2^level.
  public struct Block: Sendable, Hashable {
    /// The logarithm of its size.
    public var level: Int
    /// Which of its level.
    public var index: Int

    /// A block, whose minibatches must be numbers that an Int holds.
    public init(level: Int, index: Int) {
      self.level = level
      self.index = index
    }

    /// Its minibatches; nil where there can be none.
    public var range: Range<Int>? {
      guard level >= 0, level < 48, index >= 0, index < 1 << (48 - level) else { return nil }
      return index << level..<(index + 1) << level
    }
  }

  /// The largest blocks that are complete, in order.
  public private(set) var blocks: [Block] = []
  /// Their sums; empty for a block without a counted minibatch.
  public private(set) var values: [[Double]] = []
  /// How the blocks are added up: the number of a block is put on a stack, −1 adds the topmost two.
  private var order: [Int] = []

  /// The sums of no minibatch.
  public init() {}

  /// Adds a block that is not there, not even in part.
  /// - Precondition: its numbers are as many as those of the others, or none.
  public mutating func insert(_ block: Block, _ numbers: consuming [Double]) {
    var (block, numbers) = (block, numbers)
    let start = block.index << block.level
    var place = blocks.firstIndex { $0.index << $0.level > start } ?? blocks.count
    while true {
      let sibling = Block(level: block.level, index: block.index ^ 1)
      let other = block.index % 2 == 0 ? place : place - 1
      guard blocks.indices.contains(other), blocks[other] == sibling else { break }
      Self.add(values[other], to: &numbers)
      blocks.remove(at: other)
      values.remove(at: other)
      place = min(place, other)
      block = Block(level: block.level + 1, index: block.index / 2)
    }
    blocks.insert(block, at: place)
    values.insert(numbers, at: place)
    order = []
    if let top = blocks.last?.range?.upperBound {
      appendOrder(of: blocks.indices, within: 0..<Self.powerOfTwo(from: top))
    }
  }

  /// Adds to the only block, as versions up to 0.1 added minibatches one after another.
  mutating func addInOrder(_ numbers: consuming [Double]) {
    guard !blocks.isEmpty else { return insert(Block(level: 0, index: 0), numbers) }
    if values[0].isEmpty { values[0] = numbers } else { Self.add(numbers, to: &values[0]) }
  }

  /// The sum over all blocks of the numbers `section`; zeros where there are none.
  func total(_ section: Range<Int>) -> [Double] {
    var stack: [[Double]] = []
    for step in order {
      guard step < 0 else {
        stack.append(values[step].isEmpty ? [] : Array(values[step][section]))
        continue
      }
      let right = stack.removeLast()
      Self.add(right, to: &stack[stack.count - 1])
    }
    let result = stack.last ?? []
    return result.isEmpty ? Array(repeating: 0, count: section.count) : result
  }

  /// The same of one number.
  func total(at index: Int) -> Double {
    if order.count == 1 { return values[0].isEmpty ? 0 : values[0][index] }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: order.count + 1) { stack in
      // The sum of nothing is −0, which changes no number that it is added to.
      var count = 0
      for step in order {
        if step < 0 {
          count -= 1
          stack[count - 1] += stack[count]
        } else {
          stack[count] = values[step].isEmpty ? -0.0 : values[step][index]
          count += 1
        }
      }
      return count == 0 ? 0 : stack[0] + 0
    }
  }

  /// Calls `body` with the numbers of each block that has any.
  mutating func update(_ body: (inout [Double]) -> Void) {
    for index in values.indices where !values[index].isEmpty { body(&values[index]) }
  }

  /// Numbers that are held.
  var weight: Int { values.reduce(0) { $0 + $1.count } }

  private static func add(_ numbers: [Double], to sum: inout [Double]) {
    guard !numbers.isEmpty else { return }
    guard !sum.isEmpty else { return sum = numbers }
    numbers.withUnsafeBufferPointer { numbers in
      sum.withUnsafeMutableBufferPointer { sum in
        for index in 0..<sum.count { sum[index] += numbers[index] }
      }
    }
  }

  private static func powerOfTwo(from count: Int) -> Int {
    var result = 1
    while result < count { result *= 2 }
    return result
  }

  /// The order of the blocks `part`, which are all within the aligned range `whole`.
  private mutating func appendOrder(of part: Range<Int>, within whole: Range<Int>) {
    guard part.count > 1 else { return order += part }
    let middle = (whole.lowerBound + whole.upperBound) / 2
    let second = part.first { blocks[$0].index << blocks[$0].level >= middle } ?? part.upperBound
    appendOrder(of: part.lowerBound..<second, within: whole.lowerBound..<middle)
    appendOrder(of: second..<part.upperBound, within: middle..<whole.upperBound)
    if second > part.lowerBound, second < part.upperBound { order.append(-1) }
  }
}
