import Core

/// Which part of a name is the model, the layer and the minibatch.
///
/// A layout is written `ENTRY` or `FILE:ENTRY`, each a text with `{model}`, `{layer}` and `{batch}`
/// in it:
///
/// - `ENTRY` is held against the name of an array in its file (`{model}.{layer}`, `{layer}`).
/// - `FILE` is held against the end of the file's path, as many components as it has itself, with
///   or without the extension (`{model}_{batch}:{layer}` reads `resnet18_007.npz`). A file that
///   holds one array without a name, as `.npy` does, is known by its path alone: `{model}/{layer}`
///   reads `resnet18/conv1.npy`.
/// - Holes take the shortest text that fits, from left to right; the last one takes what is left.
///   `{batch}` and `{sample}` take digits only, `{model}` no slash, and in paths `{layer}` neither.
/// - `{layer}` must occur, or `{sample}` or `{batch}`. Without `{model}` the model is called as the
///   file; without `{batch}` an array holds all samples; with `{sample}` it holds one.
///
/// Two arrays that a layout reads as the same layer of the same model and minibatch are an error.
public struct FeatureLayout: Sendable, Equatable {
  /// The layout as it was written; empty for `automatic`.
  public let text: String
  let file: NamePattern?
  let entry: NamePattern?

  /// `{model}/{layer}` where an array's name has a slash, and `{layer}` where no name in a file has
  /// one; for files of one array, the folder and the file's name.
  public static let automatic = FeatureLayout()

  private init() {
    text = ""
    file = nil
    entry = nil
  }

  /// Reads a layout; the empty text is `automatic`.
  /// - Throws: when it lacks `{layer}`, repeats a part, or does not say where one part ends and the
  ///   next begins.
  public init(_ text: String) throws(FormatError) {
    guard !text.isEmpty else {
      self = .automatic
      return
    }
    let shown = SafeText.sanitise(text)
    if let colon = shown.firstIndex(of: ":") {
      let file = try NamePattern(shown[..<colon], isPath: true)
      let entry = try NamePattern(shown[shown.index(after: colon)...], isPath: false)
      if let hole = NamePattern.Hole.allCases.first(where: {
        file.contains($0) && entry.contains($0)
      }) {
        throw FormatError(
          .ambiguous, "the layout '\(shown)' has {\(hole.rawValue)} twice",
          remedy: "keep one of the two")
      }
      self.file = file
      self.entry = entry
    } else {
      file = nil
      entry = try NamePattern(shown[...], isPath: false)
    }
    let holes: [NamePattern.Hole] = [.layer, .sample, .batch]
    let patterns = [file, entry].compactMap(\.self)
    guard holes.contains(where: { hole in patterns.contains { $0.contains(hole) } }) else {
      throw FormatError(
        .missing, "the layout '\(shown)' has no {layer}",
        remedy: "write for example {model}/{layer}")
    }
    self.text = shown
  }

  /// What the name `entry` in the file at `path` says; nil when it does not fit the layout.
  /// - Parameters:
  ///   - path: components, the last one the file's name.
  ///   - entry: the array's name, or empty when the file holds one without a name.
  func capture(path: [String], entry name: String) -> NamePattern.Capture? {
    guard let entry else { return automaticCapture(name) }
    guard !name.isEmpty else { return file == nil ? pathCapture(path) : nil }
    guard var capture = entry.match(name) else { return nil }
    guard let file else { return capture }
    guard let outer = Self.match(file, path) else { return nil }
    capture.model = capture.model ?? outer.model
    capture.layer = capture.layer ?? outer.layer
    capture.batch = capture.batch ?? outer.batch
    capture.sample = capture.sample ?? outer.sample
    return capture
  }

  /// Whether the layout itself tells files of one folder apart.
  var namesFiles: Bool {
    [.model, .batch, .sample].contains { file?.contains($0) == true }
  }

  private func automaticCapture(_ name: String) -> NamePattern.Capture? {
    guard let slash = name.firstIndex(of: "/"), slash > name.startIndex else {
      return NamePattern.Capture(layer: name)
    }
    let layer = name[name.index(after: slash)...]
    return layer.isEmpty
      ? nil : NamePattern.Capture(model: String(name[..<slash]), layer: String(layer))
  }

  private func pathCapture(_ path: [String]) -> NamePattern.Capture? {
    guard let pattern = try? NamePattern(text[...], isPath: true) else { return nil }
    return Self.match(pattern, path)
  }

  private static func match(_ pattern: NamePattern, _ path: [String]) -> NamePattern.Capture? {
    guard let name = path.last else { return nil }
    let folders = path.dropLast().suffix(pattern.slashes)
    guard folders.count == pattern.slashes else { return nil }
    // The pattern may name the extension.
    for last in [FeaturePaths.stem(of: name), name] {
      if let capture = pattern.match((folders + [last]).joined(separator: "/")) { return capture }
    }
    return nil
  }
}
