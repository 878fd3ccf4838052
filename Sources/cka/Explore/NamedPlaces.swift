import Core
import Explorer
import Formats
import Foundation
import System

/// The files and folders that the explorer was opened on.
struct NamedPlaces: Sendable {
  /// As the user named them.
  let paths: [String]

  /// The path by which a walk comes to the file at the absolute `path`; nil when it does not.
  func spelling(of path: String) -> String? {
    for place in paths {
      for (root, file) in [(Self.absolute(place), path), (realPath(place), realPath(path))] {
        guard let root, let file else { continue }
        if file == root { return place }
        let start = root.hasSuffix("/") ? root : root + "/"
        guard file.hasPrefix(start) else { continue }
        let rest = file.dropFirst(start.count)
        // Walks pass over what is hidden, and over files that no result has the name of.
        let parts = rest.split(separator: "/")
        guard let name = parts.last, !parts.contains(where: { $0.hasPrefix(".") }),
          ResultFile.isCandidate(name: String(name))
        else { continue }
        if place == "." { return String(rest) }
        return place.hasSuffix("/") ? place + rest : "\(place)/\(rest)"
      }
    }
    return nil
  }

  /// The results in the file at `path`, which a walk came to, as the list has them.
  /// - Parameter isKept: the file is about to be shown, and need not be read again for that.
  /// - Throws: `FormatError` when it cannot be read.
  func entries(in path: String, isKept: Bool = false) throws(FormatError) -> [CatalogEntry] {
    let results = try OpenedFiles.shared.file(at: path, isKept: isKept).results
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let heading = heading(of: path)
    return results.map { result in
      let name = results.count == 1 ? file : "\(file) \(result.id.key)"
      return CatalogEntry(result, folder: heading, name: SafeText.sanitise(name))
    }
  }

  /// The heading under which a file is listed: its folder, without the folder that was named.
  private func heading(of path: String) -> String {
    var parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    if paths.count == 1, let root = paths.first, path.hasPrefix(root), path != root {
      let depth = root.split(separator: "/").count + (root.hasPrefix("/") ? 1 : 0)
      let below = parts.dropFirst(depth)
      parts = below.isEmpty ? parts.suffix(1) : below
    }
    let name = parts.joined(separator: "/")
    return SafeText.sanitise(name.isEmpty ? "." : name)
  }

  private static func absolute(_ path: String) -> String? {
    URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
  }
}
