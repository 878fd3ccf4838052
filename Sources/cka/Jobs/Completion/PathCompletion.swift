import Core
import Explorer
import Foundation
import Glibc

/// Completes paths as a shell does.
enum PathCompletion {
  /// Files and folders whose path begins with `text`, in natural order; folders end in a slash. A
  /// tilde becomes the home folder, which nobody would look up later.
  /// - Parameter endings: files are offered only with one of these; nil for any.
  static func paths(beginning text: String, endings: [String]? = nil) -> [String] {
    let slash = text.lastIndex(of: "/")
    let start = slash.map { String(text[text.index(after: $0)...]) } ?? text
    var folder = slash.map { String(text[...$0]) } ?? ""
    if folder.hasPrefix("~") { folder = (folder as NSString).expandingTildeInPath + "/" }
    let place = folder.isEmpty ? "." : folder
    let found = entries(of: place, beginning: start).filter { entry in
      guard !entry.isFolder, let endings else { return true }
      return endings.contains { entry.name.lowercased().hasSuffix($0) }
    }
    return found.sorted { naturalOrder($0.name, $1.name) }
      .map { folder + $0.name + ($0.isFolder ? "/" : "") }
  }

  /// What stands in a folder and begins with `start`. All of it: what they have in common is the
  /// answer. So the folder itself says what is a folder, and only links are looked up.
  private static func entries(
    of place: String, beginning start: String
  ) -> [(name: String, isFolder: Bool)] {
    guard let stream = opendir(place) else { return [] }
    defer { closedir(stream) }
    var found: [(name: String, isFolder: Bool)] = []
    while let entry = readdir(stream) {
      let type = Int(entry.pointee.d_type)
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
      }
      // A name that a screen cannot show as it is cannot be typed either.
      guard let name, name.hasPrefix(start), !name.hasPrefix(".") || start.hasPrefix("."),
        name != ".", name != "..", SafeText.sanitise(name) == name
      else { continue }
      let isUnsure = type == Int(DT_LNK) || type == Int(DT_UNKNOWN)
      let isFolder = isUnsure ? leadsToFolder(place + "/" + name) : type == Int(DT_DIR)
      found.append((name: name, isFolder: isFolder))
    }
    return found
  }

  private static func leadsToFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }
}
