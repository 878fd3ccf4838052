/// A shell pattern over Unicode scalars: `*`, `?`, `[abc]`, `[a-z]`, `[!a]`. It matches whole
/// texts.
public struct Glob: Sendable {
  private enum Piece {
    case any
    case one
    case literal(Unicode.Scalar)
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

    func matches(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .any, .one: true
      case .literal(let expected): expected == scalar
      case .set(let ranges, let isNegated):
        ranges.contains { $0.contains(scalar) } != isNegated
      }
    }

    var isAny: Bool {
      if case .any = self { true } else { false }
    }
  }

  private let pieces: [Piece]

  /// Reads a pattern; every text is one. A `[` without its `]` stands for itself.
  public init(_ pattern: [Unicode.Scalar]) {
    var pieces: [Piece] = []
    var index = 0
    while index < pattern.count {
      switch pattern[index] {
      case "*": pieces.append(.any)
      case "?": pieces.append(.one)
      case "[":
        if let (set, end) = Glob.set(pattern, from: index + 1) {
          pieces.append(set)
          index = end
        } else {
          pieces.append(.literal("["))
        }
      default: pieces.append(.literal(pattern[index]))
      }
      index += 1
    }
    self.pieces = pieces
  }

  /// Whether the whole of `text` matches; O(text × pattern), whatever the pattern.
  public func matches(_ text: [Unicode.Scalar]) -> Bool {
    var piece = 0
    var position = 0
    // Where to go on when a try fails: only the last `*` need ever take one scalar more.
    var retry: (piece: Int, position: Int)?
    while position < text.count {
      if piece < pieces.count, pieces[piece].isAny {
        piece += 1
        retry = (piece, position)
      } else if piece < pieces.count, pieces[piece].matches(text[position]) {
        piece += 1
        position += 1
      } else if let last = retry {
        retry = (last.piece, last.position + 1)
        piece = last.piece
        position = last.position + 1
      } else {
        return false
      }
    }
    return pieces[piece...].allSatisfy(\.isAny)
  }

  /// The set that begins after a `[`, and the index of its `]`. A `]` that comes first belongs to
  /// the set.
  private static func set(_ pattern: [Unicode.Scalar], from start: Int) -> (Piece, end: Int)? {
    var index = start
    var isNegated = false
    if index < pattern.count, pattern[index] == "!" || pattern[index] == "^" {
      isNegated = true
      index += 1
    }
    let first = index
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    while index < pattern.count, pattern[index] != "]" || index == first {
      let low = pattern[index]
      if index + 2 < pattern.count, pattern[index + 1] == "-", pattern[index + 2] != "]" {
        let high = pattern[index + 2]
        ranges.append(min(low, high)...max(low, high))
        index += 3
      } else {
        ranges.append(low...low)
        index += 1
      }
    }
    return index < pattern.count ? (.set(ranges, isNegated: isNegated), index) : nil
  }
}
