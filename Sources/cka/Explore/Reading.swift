import Core
import Explorer
import Formats
import Similarity
import System

/// Reads one result for the explorer, and its companion.
enum Reading {
  /// What was read, and which versions of the files it was read from.
  struct Outcome {
    let action: Action
    /// Taken before reading: a file that changes meanwhile is noticed.
    let identities: [String: FileIdentity]
  }

  /// The answer to `.load`: the result, or why it cannot be had.
  static func load(_ id: ResultID, companion: ResultID?, reread: Bool) -> Outcome {
    var identities: [String: FileIdentity] = [:]
    for path in [id.path, companion?.path].compactMap(\.self) {
      identities[path] = FileIdentity(path)
    }
    do {
      let result = try open(id, isFresh: reread)
      // A companion that cannot be read is listed among the problems; the picture need not wait for
      // it.
      let other = companion.flatMap { try? open($0).comparison }
      return Outcome(
        action: .loaded(result, companion: other, reread: reread), identities: identities)
    } catch {
      return Outcome(action: .loadFailed(id, error.description), identities: [:])
    }
  }

  /// The answer to `.readSeeds`: those of the results that can be read. A file is read once, and
  /// nothing but the matrices is kept of it.
  static func seeds(_ ids: [ResultID]) -> Action {
    let wanted = Set(ids)
    let paths = ids.map(\.path).reduce(into: [String]()) { paths, path in
      if !paths.contains(path) { paths.append(path) }
    }
    return .seedsRead(
      paths.flatMap { path in
        ((try? ResultFile.results(path: path)) ?? []).compactMap { result in
          guard wanted.contains(result.id), var comparison = result.comparison else { return nil }
          comparison.block = nil
          return comparison
        }
      })
  }

  /// The result `id`, its values summarised.
  /// - Parameter isFresh: reads its file though it was read before.
  static func open(_ id: ResultID, isFresh: Bool = false) throws(FormatError) -> Opened {
    let file = try OpenedFiles.shared.file(at: id.path, isFresh: isFresh)
    guard let result = file.results.first(where: { $0.id.key == id.key }) else {
      throw FormatError(
        .changed, "no longer holds the result \(SafeText.sanitise(id.key))",
        remedy: "R reads the folder again", file: SafeText.sanitise(id.path))
    }
    return Opened(result.withChanges, of: file)
  }
}

extension SavedResult {
  /// The same with what became of the files that it was made from, as sizes and dates tell.
  fileprivate var withChanges: SavedResult {
    guard case .comparison(var comparison) = self, let origin = comparison.origin else {
      return self
    }
    comparison.origin?.changes = origin.sources.compactMap { $0.change($0.state(hashingUpTo: 0)) }
    return .comparison(comparison)
  }
}
