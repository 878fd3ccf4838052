import Core

/// An array, or a layer of a stack of layers, that was found to be a layer.
struct LocatedArray {
  var file: Int
  var entry: Int
  var model: String
  var layer: String
  /// The minibatch that it holds; nil when samples are still to be cut into minibatches.
  var batch: Int?
  /// Where it stands among the arrays of its minibatch: the number of its only sample, or its places
  /// in lists and stacks of batches.
  var order: [Int]
  /// What its axes are.
  var reading: FeatureReading
  /// The user or the file says what its axes are.
  var isSaid: Bool
  /// It is an array of its own, in no list, and not one layer of a stack.
  var isPlain: Bool
  var isSentence: Bool
  var type: ScalarType
  /// At least one axis, none of them empty.
  var shape: [Int]
  /// File and entry, for errors.
  var place: String

  var samples: Int { reading.samples(of: shape) }
  var sampleShape: [Int] { reading.sampleShape(of: shape) }
}

/// An array that tells the samples apart.
struct LocatedIDs {
  var file: Int
  var entry: Int
  /// The model that it belongs to; nil for all models of the file.
  var model: String?
  var batch: Int?
  /// They are the sentences of a file that has an array for each.
  var areSentences: Bool
  var place: String
}

/// An array that may tell what class each sample is of.
struct LocatedLabels {
  var file: Int
  var entry: Int
  /// Its name, safe to show.
  var name: String
  /// Its entries; nil when it is text, which is not read before it is asked for.
  var count: Int?
  /// Its minibatch, and its places in lists of batches.
  var order: [Int]
}

/// Goes through files and finds out what each array in them is.
struct FeatureLocator {
  private(set) var arrays: [LocatedArray] = []
  private(set) var ids: [LocatedIDs] = []
  private(set) var labels: [LocatedLabels] = []
  private(set) var warnings: [FeatureWarning] = []
  /// Names of layers that the filter left out, safe to show.
  private(set) var filtered: [String] = []
  /// Names and shapes that were passed over because no rule or layout fits them.
  private(set) var unfit: [String] = []
  /// Formats met, in order.
  private(set) var formats: [String] = []

  private let options: FeatureOptions

  /// A file, its entries, and what the layout makes of their names.
  fileprivate struct Listed {
    var path: FeaturePath
    var number: Int
    var entries: [FeatureEntry]
    var items: [FeatureItem]
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
    for file in files { try locate(file) }
    try checkRules(files)
  }

  /// What `body` gives; errors name the file.
  private static func located<Result>(
    _ path: FeaturePath, _ body: () throws(FormatError) -> Result
  ) throws(FormatError) -> Result {
    do throws(FormatError) { return try body() } catch {
      var error = error
      error.file = SafeText.sanitise(path.path)
      throw error
    }
  }

  private static func shown(_ path: FeaturePath) -> String {
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

  private mutating func warn(_ warning: FeatureWarning) {
    if !warnings.contains(warning), warnings.count < Self.mostWarnings { warnings.append(warning) }
  }

  private mutating func leaveOut(
    _ item: FeatureItem, _ file: Listed, _ reason: FeatureWarning.LeftOut
  ) {
    let name = SafeText.sanitise(item.name.isEmpty ? file.path.stem : item.name)
    warn(.leftOut(file: Self.shown(file.path), name: name, reason: reason))
  }

  private static let mostWarnings = 100
}

extension FeatureLocator.Listed {
  /// Whether the file may be one of many alike: its arrays have names, and the layout gives no
  /// minibatch.
  fileprivate var isMinibatchCandidate: Bool {
    items.allSatisfy { !$0.name.isEmpty }
      && captures.allSatisfy { $0?.batch == nil && $0?.sample == nil }
  }

  /// The model of an array whose name does not say it.
  fileprivate func defaultModel(_ item: FeatureItem, _ layout: FeatureLayout) -> String {
    let isBare = item.name.isEmpty && !item.isSentence && !item.isOfList
    let isFolder = batch != nil || (isBare && layout == .automatic)
    return isFolder && !path.folderName.isEmpty ? path.folderName : path.stem
  }
}

// MARK: Contents

extension FeatureLocator {
  private mutating func locate(_ file: Listed) throws(FormatError) {
    // Beside MODEL/LAYER, a name without a model is no layer.
    let needsModel =
      options.layout == .automatic && file.captures.contains { $0?.model != nil }
    for (item, capture) in zip(file.items, file.captures) {
      let ownName = item.name.isEmpty && !item.isSentence ? file.path.stem : item.name
      if item.name == FeatureItem.sentenceIndex {
        addIDs(file, item, model: nil, batch: nil)
      } else if SampleIDs.names.contains(ownName), capture?.model == nil || !needsModel {
        addIDs(file, item, model: capture?.model, batch: capture?.batch)
      } else if let capture, let layer = capture.layer, SampleIDs.names.contains(layer) {
        addIDs(
          file, item, model: capture.model ?? file.defaultModel(item, options.layout),
          batch: capture.batch)
      } else if let capture, capture.model != nil || !needsModel {
        try addLayer(file, item, capture)
      } else {
        addLabels(file, item)
        leaveOut(item, file, .layout)
      }
    }
  }

  private mutating func addIDs(_ file: Listed, _ item: FeatureItem, model: String?, batch: Int?) {
    ids.append(
      LocatedIDs(
        file: file.number, entry: item.entry, model: model.map(SafeText.sanitise),
        batch: batch ?? file.batch, areSentences: item.name == FeatureItem.sentenceIndex,
        place: place(file, item)))
  }

  /// Notes an array that may tell classes, whether or not the layout knows its name.
  private mutating func addLabels(_ file: Listed, _ item: FeatureItem) {
    let name = item.name.split(separator: "/").last.map(String.init) ?? file.path.stem
    guard LabelRuns.names.contains(name.lowercased()) else { return }
    var count: Int?
    switch file.entries[item.entry].content {
    case .numbers(let type, let shape):
      let isList = shape.dropFirst().allSatisfy { $0 == 1 }
      guard !type.isFloatingPoint, let first = shape.first, isList else { return }
      count = first
    case .texts: break
    case .refused, .other: return
    }
    labels.append(
      LocatedLabels(
        file: file.number, entry: item.entry, name: SafeText.sanitise(item.name), count: count,
        order: [file.batch ?? 0] + item.order))
  }

  private mutating func addLayer(
    _ file: Listed, _ item: FeatureItem, _ capture: NamePattern.Capture
  ) throws(FormatError) {
    let named = capture.layer ?? ""
    let rule = try rule(file, item)
    let axes = item.axes ?? rule?.axes
    // A stack's layers have names of their own, which the filter sees.
    let isStack = axes?.contains(.layers) == true
    if !isStack, !passes(named) { return }
    guard let (type, shape) = try numbers(file, item, isNamed: rule?.name != nil) else { return }
    let isSample = item.sample != nil || capture.sample != nil
    let reading = FeatureReading(axes: axes ?? Self.assumed(shape.count, isSample: isSample))
    guard reading.samplesAxis != nil || isSample else {
      throw Self.refusal(
        "no axis of '\(SafeText.sanitise(item.name))' \(shape) holds samples", file,
        remedy: "say which one in --axes; an array that is one sample needs --layout '{sample}'")
    }
    let isOwnModel = isStack && item.name.isEmpty && (file.path.depth ?? 1) < 2
    var array = LocatedArray(
      file: file.number, entry: item.entry,
      model: SafeText.sanitise(
        capture.model
          ?? (isOwnModel && file.batch == nil
            ? file.path.stem : file.defaultModel(item, options.layout))),
      layer: "", batch: capture.batch ?? file.batch,
      order: [item.sample ?? capture.sample].compactMap(\.self) + item.order, reading: reading,
      isSaid: axes != nil, isPlain: !item.isOfList && !isStack, isSentence: item.isSentence,
      type: type, shape: shape, place: place(file, item))
    let base = isOwnModel ? "" : named
    for (layer, picks, order) in Self.places(reading, shape, base: base) {
      let name = layer.isEmpty ? file.path.stem : layer
      guard !isStack || passes(name) else { continue }
      array.layer = SafeText.sanitise(name)
      array.reading.picks = picks
      var placed = array
      placed.order += order
      arrays.append(placed)
    }
  }

  /// The layers, and the batches of each, that an array holds.
  private static func places(
    _ reading: FeatureReading, _ shape: [Int], base: String
  ) -> [(layer: String, picks: [FeatureReading.Pick], order: [Int])] {
    var places: [(layer: String, picks: [FeatureReading.Pick], order: [Int])] = [(base, [], [])]
    if let axis = reading.axes.firstIndex(of: .layers) {
      places = (0..<min(shape[axis], Limits.layers)).map {
        (base.isEmpty ? "\($0)" : "\(base).\($0)", [.init(axis: axis, index: $0)], [])
      }
    }
    guard let axis = reading.axes.firstIndex(of: .batches) else { return places }
    return places.flatMap { place in
      (0..<min(shape[axis], Limits.layers)).map {
        (place.layer, place.picks + [.init(axis: axis, index: $0)], [$0])
      }
    }
  }

  private static func assumed(_ rank: Int, isSample: Bool) -> [FeatureAxis] {
    isSample
      ? Array(FeatureAxis.assumed(rank: rank + 1).dropFirst()) : FeatureAxis.assumed(rank: rank)
  }

  /// Whether the filter lets a layer of this name through.
  private mutating func passes(_ layer: String) -> Bool {
    let layer = SafeText.sanitise(layer)
    if options.layers?.matches(layer) ?? true { return true }
    if filtered.count < Self.mostWarnings { filtered.append(layer) }
    return false
  }

  /// What the user says of the axes of an array.
  private func rule(
    _ file: Listed, _ item: FeatureItem
  ) throws(FormatError) -> FeatureAxes.Rule? {
    guard item.axes == nil, let shape = file.entries[item.entry].numbers?.shape, !shape.isEmpty
    else { return nil }
    let name = SafeText.sanitise(item.name.isEmpty ? file.path.stem : item.name)
    return try Self.located(file.path) { () throws(FormatError) in
      try options.axes?.rule(for: [name], rank: shape.count)
    }
  }

  /// Type and shape of an entry that can be a layer; nil, with a line, for what is plainly
  /// something else.
  /// - Parameter isNamed: the user said of this very array what its axes are.
  private mutating func numbers(
    _ file: Listed, _ item: FeatureItem, isNamed: Bool
  ) throws(FormatError) -> (ScalarType, shape: [Int])? {
    switch file.entries[item.entry].content {
    case .numbers(let type, let shape):
      guard !shape.isEmpty else {
        leaveOut(item, file, .number)
        return nil
      }
      guard !shape.contains(0) else {
        throw Self.refusal(
          "'\(SafeText.sanitise(item.name))' is empty: its shape is \(shape)", file,
          remedy: "leave it out with --layers, or save samples on the first axis")
      }
      if let reason = notALayer(type, shape, in: file), !isNamed {
        addLabels(file, item)
        leaveOut(item, file, reason)
        return nil
      }
      return (type, shape)
    case .refused(var error):
      error.file = SafeText.sanitise(file.path.path)
      throw error.located("entry '\(SafeText.sanitise(item.name))'")
    case .texts:
      addLabels(file, item)
      leaveOut(item, file, .text)
    case .other(let kind): leaveOut(item, file, .other(kind))
    }
    return nil
  }

  /// Why an array of whole numbers is no layer; nil where it may be one: where there is nothing
  /// else, as with activations that were quantised or counted.
  private func notALayer(
    _ type: ScalarType, _ shape: [Int], in file: Listed
  ) -> FeatureWarning.LeftOut? {
    guard !type.isFloatingPoint else { return nil }
    if type == .bool { return .mask(shape: shape) }
    if shape.count == 1 { return .labels }
    let hasOthers = file.entries.contains {
      guard let (type, shape) = $0.numbers else { return false }
      return type.isFloatingPoint && !shape.isEmpty
    }
    return hasOthers ? .integers(shape: shape) : nil
  }

  /// A rule of `--axes` that no array fits was meant for something.
  private func checkRules(_ files: [Listed]) throws(FormatError) {
    guard let axes = options.axes, !arrays.isEmpty, !arrays.contains(where: \.isSaid) else { return }
    let shapes = arrays.prefix(3).map { "\($0.layer) \($0.shape)" }.joined(separator: ", ")
    throw FormatError(
      "no array has the axes that --axes '\(axes.text)' says: there are \(shapes)"
        + (arrays.count > 3 ? " and \(arrays.count - 3) more" : ""),
      remedy: "name one axis for each, in the array's order")
  }

  private static func refusal(_ problem: String, _ file: Listed, remedy: String) -> FormatError {
    FormatError(problem, remedy: remedy, file: SafeText.sanitise(file.path.path))
  }

  private func place(_ file: Listed, _ item: FeatureItem) -> String {
    let entry = SafeText.sanitise(file.entries[item.entry].name)
    let name = item.name.isEmpty ? entry : SafeText.sanitise(item.name)
    let path = SafeText.sanitise(file.path.path)
    return name.isEmpty ? path : "\(path):\(name)"
  }
}
