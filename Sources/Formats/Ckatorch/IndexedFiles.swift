import Core
import Foundation

extension ResultFile {
  /// Names of matrices that a ckatorch index beside them describes: the index is the result, and a
  /// walk that also opened the bare matrix would list it twice.
  /// - Parameter names: everything in `folder`.
  public static func describedByIndex(names: [String], in folder: String) -> Set<String> {
    let all = Set(names)
    var described: Set<String> = []
    for name in names {
      guard let dot = name.lastIndex(of: "."),
        ["json", "yaml", "yml"].contains(name[dot...].dropFirst())
      else { continue }
      let matrix = name[..<dot] + ".safetensors"
      guard all.contains(String(matrix)), mentionsMatrix("\(folder)/\(name)") else { continue }
      described.insert(String(matrix))
    }
    return described
  }

  /// Whether a file's beginning holds ckatorch's key. An index lists layers, so its key may come
  /// late.
  private static func mentionsMatrix(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path),
      let start = try? file.read(upToCount: 1 << 20)
    else { return false }
    return start.range(of: Data("cka_matrix".utf8)) != nil
  }
}
