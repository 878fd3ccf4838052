import Explorer
import System

/// What background work tells the event loop.
struct Mail: Sendable {
  /// What happened.
  let action: Action
  /// The number of the walk that it comes from, if it comes from one.
  var walk: Int?
  /// The versions of the files that were read for it.
  var identities: [String: FileIdentity] = [:]
}
