import CKACore
import Explorer
import Formats

/// Reads one result for the explorer, and its companion.
enum Reading {
  /// The answer to `.load`: the result, or why it cannot be had.
  static func load(_ id: ResultID, companion: ResultID?) -> Action {
    do {
      let result = try open(id)
      // A companion that cannot be read is listed among the problems; the picture need not wait for it.
      let other = companion.flatMap { try? open($0) }
      return .loaded(result, companion: other)
    } catch {
      return .loadFailed(id, error.description)
    }
  }

  /// The result `id`, its values summarised.
  static func open(_ id: ResultID) throws(FormatError) -> OpenResult {
    let all = try ResultFile.read(path: id.path)
    guard let comparison = all.first(where: { $0.id.key == id.key }) else {
      throw FormatError(
        "no longer holds the result \(SafeText.sanitise(id.key))",
        remedy: "R reads the folder again", file: SafeText.sanitise(id.path))
    }
    return OpenResult(comparison)
  }
}
