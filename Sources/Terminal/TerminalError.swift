/// Why the terminal cannot be used: one line that says what and what to do.
public struct TerminalError: Error, Sendable, CustomStringConvertible {
  /// The line.
  public let description: String
}
