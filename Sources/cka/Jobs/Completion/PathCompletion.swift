import CKACore
import Explorer
import Foundation

/// Completes paths as a shell does.
enum PathCompletion {
  /// Most paths that are offered.
  private static let most = 200

  /// Files and folders whose path begins with `text`, in natural order; folders end in a slash. A tilde
  /// becomes the home folder, which nobody would look up later.
  /// - Parameter endings: files are offered only with one of these; nil for any.
  static func paths(beginning text: String, endings: [String]? = nil) -> [String] {
    let slash = text.lastIndex(of: "/")
    let start = slash.map { String(text[text.index(after: $0)...]) } ?? text
    var folder = slash.map { String(text[...$0]) } ?? ""
    if folder.hasPrefix("~") { folder = (folder as NSString).expandingTildeInPath + "/" }
    let place = folder.isEmpty ? "." : folder
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    let visible = names.filter {
      // A name that a screen cannot show as it is cannot be typed either.
      $0.hasPrefix(start) && (!$0.hasPrefix(".") || start.hasPrefix("."))
        && SafeText.sanitise($0) == $0
    }
    let paths = visible.sorted(by: naturalOrder).compactMap { name -> String? in
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(
        atPath: place + "/" + name, isDirectory: &isFolder)
      if exists && isFolder.boolValue { return folder + name + "/" }
      let isWanted = endings.map { $0.contains { name.lowercased().hasSuffix($0) } } ?? true
      return isWanted ? folder + name : nil
    }
    return Array(paths.prefix(most))
  }
}
