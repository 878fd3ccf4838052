import Core

/// Goes through files and finds out what each array in them is.
struct FeatureLocator {
  // Filled in by the part of this type that looks into files.
  var arrays: [LocatedArray] = []
  var ids: [LocatedIDs] = []
  var labels: [LocatedLabels] = []
  var warnings: [FeatureWarning] = []
  /// Names of layers that the filter left out, safe to show.
  var filtered: [String] = []
  /// Formats met, in order.
  private(set) var formats: [String] = []

  let options: FeatureOptions

  /// A file, its entries, and what the layout makes of their names.
  struct Listed {
    var path: FeaturePath
    var number: Int
    var entries: [FeatureEntry]
    var items: [FeatureItem]
    var captures: [NamePattern.Capture?]
    /// Its minibatch, when it stands in a folder of a file for each.
    var batch: Int?
    /// What its model is called, where neither its arrays nor its own name can say it.
    var model: String?
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
      let shown = Self.shown(path)
      for warning in file.warnings { warn(.reader(file: shown, text: warning)) }
      let found = try Self.located(path) { () throws(FormatError) in
        try FeatureItem.items(of: file.entries, file: shown, options: options)
      }
      found.warnings.forEach { warn($0) }
      let captures = found.items.map {
        $0.isSentence ? NamePattern.Capture(layer: "") : capture($0.name, path)
      }
      files.append(
        Listed(
          path: path, number: number, entries: file.entries, items: found.items,
          captures: captures))
    }
    findMinibatchFiles(&files)
    callModelsAfterFiles(&files)
    for file in files { try locate(file) }
    try checkRules(files)
  }

  /// What `body` gives; errors name the file.
  static func located<Result>(
    _ path: FeaturePath, _ body: () throws(FormatError) -> Result
  ) throws(FormatError) -> Result {
    do throws(FormatError) { return try body() } catch {
      var error = error
      error.file = SafeText.sanitise(path.path)
      throw error
    }
  }

  static func shown(_ path: FeaturePath) -> String {
    SafeText.sanitise(path.components.last ?? "")
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
      let first = Set(files[members[0]].items.map(\.name))
      guard members.dropFirst().allSatisfy({ Set(files[$0].items.map(\.name)) == first }) else {
        continue
      }
      for (batch, index) in members.enumerated() { files[index].batch = batch }
      warn(
        .minibatchFiles(
          folder: SafeText.sanitise(files[members[0]].path.folderName), files: members.count))
    }
  }

  mutating func warn(_ warning: FeatureWarning) {
    if !warnings.contains(warning), warnings.count < Self.mostWarnings { warnings.append(warning) }
  }

  mutating func leaveOut(
    _ item: FeatureItem, _ file: Listed, _ reason: FeatureWarning.LeftOut
  ) {
    let name = SafeText.sanitise(item.name.isEmpty ? file.path.stem : item.name)
    warn(.leftOut(file: Self.shown(file.path), name: name, reason: reason))
  }

  static let mostWarnings = 100
}

extension FeatureLocator.Listed {
  /// Whether the file may be one of many alike: its arrays have names, and the layout gives no
  /// minibatch.
  fileprivate var isMinibatchCandidate: Bool {
    items.allSatisfy { !$0.name.isEmpty }
      && captures.allSatisfy { $0?.batch == nil && $0?.sample == nil }
  }

  /// Calls its model `name`, whatever its arrays' group says.
  mutating func call(_ name: String) {
    model = name
    for index in captures.indices where captures[index]?.model != nil {
      captures[index]?.model = name
    }
  }

  /// The model of an array whose name does not say it.
  func defaultModel(_ item: FeatureItem, _ layout: FeatureLayout) -> String {
    if let model { return model }
    let isBare = item.name.isEmpty && !item.isSentence && !item.isOfList
    let isFolder = batch != nil || (isBare && layout == .automatic)
    return isFolder && !path.folderName.isEmpty ? path.folderName : path.stem
  }
}
