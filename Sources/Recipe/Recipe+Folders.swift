import Foundation

/// A recipe's paths, and where they lead from.
extension Recipe {
  /// The same recipe, with the paths in its specifications leading from `folder`.
  public func moved(to folder: String) -> Recipe {
    guard folder != self.folder else { return self }
    var recipe = self
    func moved(_ text: String, _ role: Specification.Role) -> String {
      Specification.rebased(text, as: role, from: self.folder, to: folder)
    }
    recipe.models = models.map { moved($0, .model) }
    for option in [RecipeOption.data, .data2] {
      recipe.said[option.name] = self[option].map { moved($0, .data) }
    }
    recipe.folder = folder
    return recipe
  }

  /// The same recipe as it is to be written in a file in `folder`: paths below it relative to it,
  /// all others absolute.
  func written(in folder: String) -> Recipe {
    var recipe = moved(to: folder)
    recipe.features = features.map { Paths.relative($0, to: folder) }
    recipe.mapPaths { Paths.relative($0, to: folder) }
    return recipe
  }

  /// The same recipe, whose paths lead from `folder`, with all of them leading from the working
  /// folder; specifications remember the folder.
  public func read(in folder: String) -> Recipe {
    var recipe = self
    recipe.folder = folder
    recipe.features = features.map { Paths.joined($0, to: folder) }
    recipe.mapPaths { Paths.joined($0, to: folder) }
    return recipe
  }

  private mutating func mapPaths(_ transform: (String) -> String) {
    for option in options {
      guard let path = said[option.name] else { continue }
      switch option.kind {
      case .path: said[option.name] = transform(path)
      // A name without a slash is looked for on PATH.
      case .program where path.contains("/"): said[option.name] = transform(path)
      default: break
      }
    }
  }
}

/// Paths as text.
public enum Paths {
  /// `path` as it is, when it is absolute, else below `folder`.
  public static func joined(_ path: String, to folder: String) -> String {
    path.hasPrefix("/") || folder == "." || folder.isEmpty ? path : folder + "/" + path
  }

  /// The folder of a file.
  public static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// `path` as it leads from `folder` when it is below it, else absolute; a relative path stays as
  /// it is for the working folder.
  public static func relative(_ path: String, to folder: String) -> String {
    guard folder != "." || path.hasPrefix("/") else { return path }
    let base = URL(filePath: folder).standardizedFileURL.pathComponents
    let full = URL(filePath: path).standardizedFileURL.pathComponents
    guard full.starts(with: base), full.count > base.count else {
      return "/" + full.dropFirst().joined(separator: "/")
    }
    return full.dropFirst(base.count).joined(separator: "/")
  }
}
