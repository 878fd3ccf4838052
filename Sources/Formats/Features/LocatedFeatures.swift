import Core

/// An array that was found to be a layer.
struct LocatedArray {
  var file: Int
  var entry: Int
  var model: String
  var layer: String
  /// The minibatch that it holds; nil when it holds all samples.
  var batch: Int?
  var type: ScalarType
  /// At least one axis, none of them empty.
  var shape: [Int]
  /// File and entry, for errors.
  var place: String
}

/// An array that tells the samples apart.
struct LocatedIDs {
  var file: Int
  var entry: Int
  /// The model that it belongs to; nil for all models of the file.
  var model: String?
  var batch: Int?
  var place: String
}

/// Goes through files and finds out what each array in them is.
struct FeatureLocator {
  private(set) var arrays: [LocatedArray] = []
  private(set) var ids: [LocatedIDs] = []
  private(set) var warnings: [String] = []
  /// Formats met, in order.
  private(set) var formats: [String] = []

  private let options: FeatureOptions

  /// A file, its entries, and what the layout makes of their names.
  fileprivate struct Listed {
    var path: FeaturePath
    var number: Int
    var entries: [FeatureEntry]
    var captures: [NamePattern.Capture?]
    /// Its minibatch, when it stands in a folder of a file for each.
    var batch: Int?
  }

  /// Opens `paths` and names what they hold.
  /// - Throws: when a file cannot be read, or a layer that was asked for is no array of samples.
  init(
    _ paths: [FeaturePath], options: FeatureOptions, store: FeatureStore
  ) throws(FormatError) {
    self.options = options
    var files: [Listed] = []
    for path in paths {
      let (number, file) = try store.add(path: path.path)
      if !formats.contains(file.format) { formats.append(file.format) }
      for warning in file.warnings { warn(warning, path) }
      let captures = file.entries.map { capture($0.name, path) }
      files.append(
        Listed(path: path, number: number, entries: file.entries, captures: captures))
    }
    findMinibatchFiles(&files)
    for file in files { try locate(file) }
  }
}

// MARK: Names

extension FeatureLocator {
  private func capture(_ name: String, _ path: FeaturePath) -> NamePattern.Capture? {
    guard name.isEmpty, options.layout == .automatic else {
      return options.layout.capture(path: path.components, entry: name)
    }
    // The folder is the model; below a folder that was asked for, the first one.
    guard let depth = path.depth, depth > 1 else { return NamePattern.Capture(layer: path.stem) }
    let below = path.components.suffix(depth)
    let layer = below.dropFirst().dropLast() + [path.stem]
    return NamePattern.Capture(model: below.first, layer: layer.joined(separator: "/"))
  }

  /// In a folder of two files and more that all hold the same names, each file is a minibatch,
  /// unless the layout tells them apart. One set saved in several formats is not: its extensions
  /// differ.
  private mutating func findMinibatchFiles(_ files: inout [Listed]) {
    guard !options.layout.namesFiles else { return }
    let folders = Dictionary(grouping: files.indices) { files[$0].path.folder }
    for members in folders.values.sorted(by: { $0[0] < $1[0] }) where members.count > 1 {
      guard members.allSatisfy({ files[$0].path.depth != nil && files[$0].isMinibatchCandidate }),
        Set(members.map { files[$0].path.fileExtension }).count == 1
      else { continue }
      let first = Set(files[members[0]].entries.map(\.name))
      guard members.dropFirst().allSatisfy({ Set(files[$0].entries.map(\.name)) == first }) else {
        continue
      }
      for (batch, index) in members.enumerated() { files[index].batch = batch }
      warnings.append(
        "\(SafeText.sanitise(files[members[0]].path.folderName)): its \(members.count) files hold "
          + "the same names, and are read as a minibatch each")
    }
  }

  private mutating func warn(_ text: String, _ path: FeaturePath) {
    let warning = "\(SafeText.sanitise(path.components.last ?? "")): \(text)"
    if !warnings.contains(warning), warnings.count < Self.mostWarnings { warnings.append(warning) }
  }

  private static let mostWarnings = 100
}

extension FeatureLocator.Listed {
  /// Whether the file may be one of many alike: its arrays have names, and the layout gives no
  /// minibatch.
  fileprivate var isMinibatchCandidate: Bool {
    entries.allSatisfy { !$0.name.isEmpty } && captures.allSatisfy { $0?.batch == nil }
  }

  /// The model of an array whose name does not say it.
  fileprivate func defaultModel(_ entry: FeatureEntry, _ layout: FeatureLayout) -> String {
    let isFolder = batch != nil || (entry.name.isEmpty && layout == .automatic)
    return isFolder && !path.folderName.isEmpty ? path.folderName : path.stem
  }
}

// MARK: Contents

extension FeatureLocator {
  private mutating func locate(_ file: Listed) throws(FormatError) {
    // Beside MODEL/LAYER, a name without a model is no layer.
    let needsModel =
      options.layout == .automatic && file.captures.contains { $0?.model != nil }
    for (index, entry) in file.entries.enumerated() {
      let capture = file.captures[index]
      let ownName = entry.name.isEmpty ? file.path.stem : entry.name
      if SampleIDs.names.contains(ownName), capture?.model == nil || !needsModel {
        addIDs(file, index, model: capture?.model, batch: capture?.batch)
      } else if let capture, let layer = capture.layer, SampleIDs.names.contains(layer) {
        addIDs(
          file, index, model: capture.model ?? file.defaultModel(entry, options.layout),
          batch: capture.batch)
      } else if let capture, let layer = capture.layer, capture.model != nil || !needsModel {
        let model = capture.model ?? file.defaultModel(entry, options.layout)
        try addLayer(file, index, model: model, layer: layer, batch: capture.batch)
      } else {
        warn(
          "'\(SafeText.sanitise(entry.name))' does not fit the layout and was left out", file.path)
      }
    }
  }

  private mutating func addIDs(_ file: Listed, _ index: Int, model: String?, batch: Int?) {
    ids.append(
      LocatedIDs(
        file: file.number, entry: index, model: model.map(SafeText.sanitise),
        batch: batch ?? file.batch, place: place(file, index)))
  }

  private mutating func addLayer(
    _ file: Listed, _ index: Int, model: String, layer: String, batch: Int?
  ) throws(FormatError) {
    let layer = SafeText.sanitise(layer)
    guard options.layers?.matches(layer) ?? true else { return }
    guard let (type, shape) = try numbers(file, index) else { return }
    arrays.append(
      LocatedArray(
        file: file.number, entry: index, model: SafeText.sanitise(model), layer: layer,
        batch: batch ?? file.batch, type: type, shape: shape, place: place(file, index)))
  }

  /// Type and shape of an entry that can be a layer; nil, with a warning, for what is plainly
  /// something else.
  private mutating func numbers(
    _ file: Listed, _ index: Int
  ) throws(FormatError) -> (ScalarType, shape: [Int])? {
    let name = "'\(SafeText.sanitise(file.entries[index].name))'"
    switch file.entries[index].content {
    case .numbers(let type, let shape):
      guard !shape.isEmpty else { throw refusal("is one number, not an array", file, index) }
      guard !shape.contains(0) else {
        throw refusal("is empty: its shape is \(shape)", file, index)
      }
      if shape.count == 1, !type.isFloatingPoint {
        warn("\(name) is a list of whole numbers, as labels are, and was left out", file.path)
        return nil
      }
      return (type, shape)
    case .refused(var error):
      error.file = SafeText.sanitise(file.path.path)
      throw error.located("entry \(name)")
    case .texts:
      warn("\(name) is text and was left out", file.path)
    case .other(let kind):
      warn("\(name) is \(kind) and was left out", file.path)
    }
    return nil
  }

  private func refusal(_ problem: String, _ file: Listed, _ index: Int) -> FormatError {
    FormatError(
      "'\(SafeText.sanitise(file.entries[index].name))' \(problem)",
      remedy: "leave it out with --layers, or save samples on the first axis",
      file: SafeText.sanitise(file.path.path))
  }

  private func place(_ file: Listed, _ index: Int) -> String {
    let name = SafeText.sanitise(file.entries[index].name)
    let path = SafeText.sanitise(file.path.path)
    return name.isEmpty ? path : "\(path):\(name)"
  }
}
