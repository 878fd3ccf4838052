import Explorer
import Formats
import Synchronization
import System

/// Files that were read for the explorer: each once, for as long as one of its results is held
/// somewhere, and the last one longer.
final class OpenedFiles: Sendable {
  /// Those of this process.
  static let shared = OpenedFiles()

  private struct Known {
    weak var file: OpenFile?
    var identity: FileIdentity
  }

  private struct State {
    var known: [String: Known] = [:]
    /// The file read last: whoever steps through its results does not wait for any.
    var last: OpenFile?
  }

  private let state = Mutex(State())

  /// The file at `path`, as it is now.
  /// - Parameters:
  ///   - isFresh: reads it though it was read before.
  ///   - isKept: holds on to it until another file is kept.
  /// - Throws: `FormatError` when it cannot be read.
  func file(
    at path: String, isFresh: Bool = false, isKept: Bool = true
  ) throws(FormatError) -> OpenFile {
    let identity = Self.isAlone(path) ? FileIdentity(path) : nil
    if !isFresh, let identity, let file = known(path, identity) {
      if isKept { keep(file) }
      return file
    }
    // Never two copies at once for long: what was kept is let go first.
    if isKept { keep(nil) }
    let file = OpenFile(try ResultFile.results(path: path))
    state.withLock { state in
      state.known = state.known.filter { $0.value.file != nil }
      state.known[path] = identity.map { Known(file: file, identity: $0) }
      if isKept { state.last = file }
    }
    return file
  }

  /// Whether the file holds all that its results are made of; an index names others, which may
  /// change while it does not.
  private static func isAlone(_ path: String) -> Bool {
    ![".yaml", ".yml", ".json"].contains { path.lowercased().hasSuffix($0) }
  }

  private func known(_ path: String, _ identity: FileIdentity) -> OpenFile? {
    state.withLock { state in
      guard let known = state.known[path], known.identity == identity else { return nil }
      return known.file
    }
  }

  private func keep(_ file: OpenFile?) {
    // What was kept before may be large: it goes after the lock.
    let old = state.withLock { state in
      defer { state.last = file }
      return state.last
    }
    _ = old
  }
}
