/// Why a figure cannot be drawn or written: one line.
public struct FigureError: Error, Sendable, CustomStringConvertible {
  /// The line.
  public let description: String

  /// Most bytes of one picture in memory.
  static let mostBytes = 2 << 30
  /// Cairo's largest side.
  static let longestSide = 32_767

  static func tooLarge(width: Int, height: Int) -> FigureError {
    FigureError(
      description:
        "a picture of \(width) × \(height) pixels is too large: use fewer pixels for each value")
  }
}
