import Core

/// A name for what was made of a file.
enum FileStem {
  private static let endings = [
    ".cka.safetensors", ".safetensors", ".pkl", ".pickle", ".pt", ".pth", ".npy", ".npz", ".json",
    ".csv", ".tsv", ".h5", ".hdf5", ".yaml", ".yml",
  ]

  /// The file's own name without what says its format: `run.lr0.1` of `runs/run.lr0.1.pkl.gz`.
  static func of(path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    var stem = name[...]
    for endings in [[".gz"], endings] {
      let lower = stem.lowercased()
      guard lower.utf8.count == stem.utf8.count,
        let ending = endings.first(where: { lower.hasSuffix($0) })
      else { continue }
      stem = stem.dropLast(ending.count)
    }
    return stem.isEmpty ? (name.isEmpty ? "result" : name) : String(stem)
  }

  /// `text` as part of a file's name: letters of any script stay, and what shells or terminals
  /// would take for something else becomes `_`. At most 100 characters, and never hidden.
  static func plain(_ text: String) -> String {
    let scalars = SafeText.sanitise(text).unicodeScalars.map { scalar -> Character in
      let isPlain =
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || "-_+.".unicodeScalars.contains(scalar)
      return isPlain ? Character(scalar) : "_"
    }
    let name = String(scalars.prefix(100))
    return name.hasPrefix(".") || name.hasPrefix("-") ? "_" + name.dropFirst() : name
  }
}
