/// Why a study cannot be computed at all; what concerns single layers or minibatches is stored in
/// the study instead.
public struct ComputeError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One line: what, where and what to do.
  public let description: String

  /// An error described by `description`.
  public init(_ description: String) { self.description = description }
}
