/// Why a figure cannot be drawn or written: one line.
public struct FigureError: Error, Sendable, CustomStringConvertible {
  /// The line.
  public let description: String
}
