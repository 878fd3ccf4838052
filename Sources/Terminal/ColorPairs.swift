import CNcurses
import Cells

/// ncurses's numbers for pairs of colours, handed out as pairs are first seen.
struct ColorPairs {
  private let depth: ColorDepth
  private let limit: Int
  private var numbers: [UInt64: Int32] = [:]

  /// - Parameter terminalPairs: how many pairs ncurses can hold (`COLOR_PAIRS`); pair 0 is its own.
  init(depth: ColorDepth, terminalPairs: Int) {
    self.depth = depth
    limit = min(max(0, terminalPairs - 1), Self.most)
  }

  /// The number of a pair; nil when all are taken, and `reset()` and a full repaint are due.
  mutating func number(foreground: Color, background: Color) -> Int32? {
    if depth == .none || (foreground == .standard && background == .standard) { return 0 }
    let ink = PaletteColor.code(of: foreground, depth: depth)
    let paper = PaletteColor.code(of: background, depth: depth)
    let key = UInt64(UInt32(bitPattern: ink)) << 32 | UInt64(UInt32(bitPattern: paper))
    if let known = numbers[key] { return known }
    guard numbers.count < limit else { return nil }
    let number = Int32(numbers.count + 1)
    guard init_extended_pair(number, ink, paper) == OK else { return 0 }
    numbers[key] = number
    return number
  }

  /// Forgets all pairs; what is on the screen must be painted again.
  mutating func reset() {
    numbers.removeAll(keepingCapacity: true)
    reset_color_pairs()
  }

  /// ncurses stores 65,536 at most; a few are left for its own use.
  private static let most = 60_000
}
