import Cells

/// What drawing asks of an axis's names at every frame, measured once: there may be 10,000 of them.
struct NameMeasures: Sendable {
  /// Cells that each name takes; the root's those of its stand-in.
  let widths: [Int]
  /// How far below the root of its model each module is: the dots in its name, the root itself
  /// last.
  let depths: [Int]
  /// Cells that the longest name takes, ≥ 1.
  let longest: Int

  init(_ names: [String]) {
    widths = names.map { TextWidth.width(of: $0.orRoot) }
    depths = names.map { name in
      name.isEmpty ? 99 : name.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: ".") ? 1 : 0) }
    }
    longest = max(1, widths.max() ?? 1)
  }
}
