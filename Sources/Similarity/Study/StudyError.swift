/// Why stored parts do not make a study.
public struct StudyError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One line: what does not fit.
  public let description: String

  /// An error described by `description`.
  public init(_ description: String) { self.description = description }
}
