import Core
import Foundation

/// A file that may hold activations, and how it was found.
struct FeaturePath: Equatable {
  /// The path to open.
  var path: String
  /// The components of the absolute path.
  var components: [String]
  /// How many components at the end lie below the folder that was asked for; nil for a file that
  /// was named itself.
  var depth: Int?

  /// The folder that holds the file.
  var folder: String { components.dropLast().joined(separator: "/") }
  /// The folder's own name.
  var folderName: String { components.dropLast().last ?? "" }
  /// What follows the stem of the file's name.
  var fileExtension: Substring { (components.last ?? "").dropFirst(stem.count) }
  /// The file's name without its extension.
  var stem: String { FeaturePaths.stem(of: components.last ?? "") }
}

/// Finds the files of activations that paths lead to.
enum FeaturePaths {
  /// Extensions looked for in folders, in any case. A file that is named itself may have any.
  private static let extensions: Set<String> = [
    "safetensors", "npz", "npy", "pt", "pth", "h5", "hdf5", "mat", "pkl", "pickle",
  ]
  /// Most files that one call may name, and most levels below a folder.
  private static let mostFiles = 100_000
  private static let deepest = 8

  /// Files in the order of `paths`, those of a folder and of the folders in it in natural order.
  /// - Throws: when a path leads nowhere, or a folder holds no file of activations.
  static func files(_ paths: [String]) throws(FormatError) -> [FeaturePath] {
    var files: [FeaturePath] = []
    for path in paths {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw FormatError(
          .noSuchFile, "there is no such file or folder", remedy: "check the path",
          file: SafeText.sanitise(path))
      }
      guard isFolder.boolValue else {
        files.append(file(path, depth: nil))
        continue
      }
      let before = files.count
      try walk(path, depth: 1, into: &files)
      guard files.count > before else {
        throw FormatError(
          .empty, "the folder holds no saved activations",
          remedy: "they are files such as .safetensors, .npz, .npy, .pt and .h5",
          file: SafeText.sanitise(path))
      }
    }
    return files
  }

  /// `name` without an extension that is one of ours; a name may have other dots.
  static func stem(of name: String) -> String {
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex,
      extensions.contains(name[name.index(after: dot)...].lowercased())
    else { return name }
    return String(name[..<dot])
  }

  private static func walk(
    _ folder: String, depth: Int, into files: inout [FeaturePath]
  ) throws(FormatError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw FormatError(
        .unreadable, "the folder cannot be read", remedy: "ask its owner for access",
        file: SafeText.sanitise(folder))
    }
    for name in names.sorted(by: naturalOrder) where !name.hasPrefix(".") {
      let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      if isFolder.boolValue {
        if depth < deepest { try walk(path, depth: depth + 1, into: &files) }
      } else if stem(of: name) != name {
        files.append(file(path, depth: depth))
      }
      guard files.count <= mostFiles else {
        throw FormatError(
          .tooLarge, "more than \(mostFiles) files", remedy: "name fewer folders",
          file: SafeText.sanitise(folder))
      }
    }
  }

  private static func file(_ path: String, depth: Int?) -> FeaturePath {
    let absolute = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    return FeaturePath(
      path: path, components: absolute.split(separator: "/").map(String.init), depth: depth)
  }
}
