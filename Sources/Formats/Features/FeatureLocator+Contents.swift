import Core

// MARK: Contents

extension FeatureLocator {
  mutating func locate(_ file: Listed) throws(FormatError) {
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
    let sample = item.sample ?? capture.sample
    let reading = try reading(file, item, axes, shape, isSample: sample != nil)
    // A stack in a file of its own is a model, and its layers need no name but their number.
    let isModel = isStack && item.name.isEmpty && (file.path.depth ?? 1) < 2
    let model = capture.model ?? (isModel && file.batch == nil ? file.model ?? file.path.stem : nil)
    let array = LocatedArray(
      file: file.number, entry: item.entry,
      model: SafeText.sanitise(model ?? file.defaultModel(item, options.layout)),
      layer: "", batch: capture.batch ?? file.batch,
      order: [sample].compactMap(\.self) + item.order, reading: reading, isSaid: axes != nil,
      isPlain: !item.isOfList && !isStack, isSentence: item.isSentence, type: type, shape: shape,
      place: place(file, item))
    for (layer, picks, order) in Self.places(reading, shape, base: isModel ? "" : named) {
      let name = layer.isEmpty ? file.path.stem : layer
      guard !isStack || passes(name) else { continue }
      var placed = array
      placed.layer = SafeText.sanitise(name)
      placed.reading.picks = picks
      placed.order += order
      arrays.append(placed)
    }
  }

  /// How the axes of an array of `shape` are read.
  /// - Parameter axes: what the user or the file says.
  private func reading(
    _ file: Listed, _ item: FeatureItem, _ axes: [FeatureAxis]?, _ shape: [Int], isSample: Bool
  ) throws(FormatError) -> FeatureReading {
    let reading = FeatureReading(axes: axes ?? Self.assumed(shape.count, isSample: isSample))
    let name = "'\(SafeText.sanitise(item.name))' \(shape)"
    guard reading.samplesAxis != nil || isSample else {
      throw Self.refusal(
        .request, "no axis of \(name) holds samples", file,
        remedy: "say which one in --axes; an array that is one sample needs --layout '{sample}'")
    }
    for axis in [FeatureAxis.layers, .batches] {
      guard let index = reading.axes.firstIndex(of: axis), shape[index] > Limits.layers else {
        continue
      }
      throw Self.refusal(
        .tooLarge, "\(name) would have more than \(Limits.layers) \(axis.rawValue)", file,
        remedy: "check the order of --axes")
    }
    return reading
  }

  /// The layers, and the batches of each, that an array holds.
  private static func places(
    _ reading: FeatureReading, _ shape: [Int], base: String
  ) -> [(layer: String, picks: [FeatureReading.Pick], order: [Int])] {
    var places: [(layer: String, picks: [FeatureReading.Pick], order: [Int])] = [(base, [], [])]
    if let axis = reading.axes.firstIndex(of: .layers) {
      places = (0..<shape[axis]).map {
        (base.isEmpty ? "\($0)" : "\(base).\($0)", [.init(axis: axis, index: $0)], [])
      }
    }
    guard let axis = reading.axes.firstIndex(of: .batches) else { return places }
    return places.flatMap { place in
      (0..<shape[axis]).map {
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
          .empty, "'\(SafeText.sanitise(item.name))' is empty: its shape is \(shape)", file,
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
  func checkRules(_ files: [Listed]) throws(FormatError) {
    guard let axes = options.axes, !arrays.isEmpty, !arrays.contains(where: \.isSaid) else {
      return
    }
    let shapes = arrays.prefix(3).map { "\($0.layer) \($0.shape)" }.joined(separator: ", ")
    throw FormatError(
      .wrongShape,
      "no array has the axes that --axes '\(axes.text)' says: there are \(shapes)"
        + (arrays.count > 3 ? " and \(arrays.count - 3) more" : ""),
      remedy: "name one axis for each, in the array's order")
  }

  private static func refusal(
    _ kind: FormatError.Kind, _ problem: String, _ file: Listed, remedy: String
  ) -> FormatError {
    FormatError(kind, problem, remedy: remedy, file: SafeText.sanitise(file.path.path))
  }

  private func place(_ file: Listed, _ item: FeatureItem) -> String {
    let entry = SafeText.sanitise(file.entries[item.entry].name)
    let name = item.name.isEmpty ? entry : SafeText.sanitise(item.name)
    let path = SafeText.sanitise(file.path.path)
    return name.isEmpty ? path : "\(path):\(name)"
  }
}
