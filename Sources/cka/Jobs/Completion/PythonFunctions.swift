import Core
import Foundation
import System

/// The functions of a Python file, found by reading its text; nothing of it is run.
enum PythonFunctions {
  /// As much of a file as is looked at.
  private static let longest = 1 << 20

  /// The names of the functions at the top level of the file at `path`, in its order; none when it
  /// cannot be read. Those with a leading underscore are not for others.
  static func names(in path: String) -> [String] {
    // A pipe would be waited for.
    guard FileIdentity(path)?.isRegular == true, let file = FileHandle(forReadingAtPath: path),
      let bytes = try? file.read(upToCount: longest)
    else { return [] }
    return names(inText: String(decoding: bytes, as: UTF8.self))
  }

  /// The names of the functions at the top level of `text`.
  static func names(inText text: String) -> [String] {
    var names: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      guard let match = line.prefixMatch(of: #/(?:async\s+)?def\s+([A-Za-z]\w*)\s*\(/#) else {
        continue
      }
      let name = String(match.1)
      if !names.contains(name) { names.append(name) }
    }
    return names.filter { SafeText.sanitise($0) == $0 }
  }
}
