import Core

/// What the user should know of saved activations: how they were understood, what was passed over,
/// and what is doubtful.
public enum FeatureWarning: Sendable, Equatable {
  /// What a reader found in a file.
  case reader(file: String, text: String)
  /// An array was passed over.
  case leftOut(file: String, name: String, reason: LeftOut)
  /// In a folder of files that hold the same names each is a minibatch.
  case minibatchFiles(folder: String, files: Int)
  /// Every file has its arrays under `group`: models are called after the files.
  case groupIsNoModel(group: String)
  /// A batch size was asked for, and files of a minibatch each keep theirs.
  case batchSizeUnused(model: String)
  /// A model has no sample IDs, and others have.
  case withoutIDs(model: String)
  /// A list of arrays of `shape`, or a list of such lists, and what their places are, from the
  /// outermost list inwards.
  case list(
    name: String, lengths: [Int], shape: [Int], meanings: [ListMeaning], isSure: Bool)
  /// Each array is one sentence: its axes are layers, tokens and features, or the last two.
  case sentences(file: String, count: Int, layers: Int, isSure: Bool)
  /// Arrays of one layer differ in their number of tokens, and so tokens were averaged.
  case raggedTokens(layer: String, fewest: Int, most: Int)
  /// Fewer samples than `FeatureDoubts.fewSamples`, and more layers than samples.
  case fewSamples(samples: Int, layers: Int, name: String, shape: [Int])
  /// Every array has the same small first axis, and the same larger one.
  case smallFirstAxis(samples: Int, axis: Int, length: Int, shape: [Int])
  /// A model has few arrays, of three axes and more, one of which may hold layers.
  case stack(name: String, shape: [Int], layers: Int)
  /// Arrays that are called by numbers.
  case numberNames(model: String, count: Int, first: String, last: String)
  /// Layers are called as a model's parameters are.
  case parameters(model: String, name: String)
  /// Positions were averaged, and the shape does not tell which axis holds channels.
  case channels(name: String, shape: [Int], kept: Int)
  /// An array of labels has as many entries as another axis than the first one.
  case labelsElsewhere(labels: String, count: Int, axis: Int, samples: Int)
  /// Samples are sorted by what `labels` says.
  case sortedSamples(labels: String, share: Double, expected: Double, minibatches: Int)

  /// Why an array is no layer.
  public enum LeftOut: Sendable, Equatable {
    case layout
    case labels
    case integers(shape: [Int])
    case mask(shape: [Int])
    case number
    case text
    case other(String)
  }

  /// What the places of a list of arrays are.
  public enum ListMeaning: String, Sendable, Equatable { case layers, batches, samples }

  /// Whether something else may be meant than what was understood, so that figures may be of the
  /// wrong thing.
  public var isDoubt: Bool {
    switch self {
    case .reader, .leftOut, .minibatchFiles, .batchSizeUnused, .withoutIDs, .raggedTokens,
      .groupIsNoModel:
      false
    case .list(_, _, _, _, let isSure), .sentences(_, _, _, let isSure): !isSure
    case .fewSamples, .smallFirstAxis, .stack, .numberNames, .parameters, .channels,
      .labelsElsewhere, .sortedSamples:
      true
    }
  }
}

extension FeatureWarning: CustomStringConvertible {
  /// One line, safe to show.
  public var description: String {
    switch self {
    case .reader(let file, let text): "\(file): \(text)"
    case .leftOut(let file, let name, let reason): "\(file): '\(name)' \(reason) and was left out"
    case .minibatchFiles(let folder, let files):
      "\(folder): its \(files) files hold the same names, and are read as a minibatch each"
    case .batchSizeUnused(let model):
      "the batch size is not used: '\(model)' has an array for each minibatch; 'all' joins them"
    case .groupIsNoModel(let group):
      "every file has its arrays under '\(group)': models are called after the files"
    case .withoutIDs(let model): "'\(model)' has no sample IDs to compare with the others'"
    case .list, .sentences, .raggedTokens: understanding
    case .fewSamples, .smallFirstAxis, .stack, .numberNames, .parameters, .channels: doubt
    case .labelsElsewhere(let labels, let count, let axis, let samples):
      "'\(labels)' has \(count) entries, as axis \(axis) of every array has, and the first axis has "
        + "\(samples): if axis \(axis) holds the samples, say so with --axes"
    case .sortedSamples(let labels, let share, let expected, let minibatches):
      "samples are sorted by '\(labels)': neighbours agree in \(percent(share)) of cases, "
        + "\(percent(expected)) if they were shuffled; CKA of \(minibatches) minibatches cut from "
        + "sorted samples is another figure; --shuffle 0 cuts them from a permutation"
    }
  }

  /// How lists and sentences were read.
  private var understanding: String {
    switch self {
    case .list(let name, let lengths, let shape, let meanings, let isSure):
      Self.list(name, lengths, shape, meanings, isSure)
    case .sentences(let file, let count, let layers, let isSure):
      "\(file): \(count) arrays are read as a sentence each, the mean of its tokens a sample, with "
        + "\(layers == 1 ? "one layer" : "\(layers) layers")"
        + (isSure ? "" : ": nothing but their shapes says so; --axes says otherwise")
    case .raggedTokens(let layer, let fewest, let most):
      "arrays of '\(layer)' have \(fewest) to \(most) tokens, and so each sample is the mean of its "
        + "tokens, padded ones too if there are any"
    default: ""
    }
  }

  /// What may be meant otherwise, and how to say so.
  private var doubt: String {
    switch self {
    case .fewSamples(let samples, let layers, let name, let shape):
      "there are \(samples) samples and \(layers) layers: is the first axis of '\(name)' \(shape) "
        + "the samples? if not, say what its axes are, such as --axes \(Self.example(shape))"
    case .smallFirstAxis(let samples, let axis, let length, let shape):
      "every array has \(samples) on its first axis, and \(length) on axis \(axis), as in \(shape): "
        + "read as \(samples) samples; if the samples are elsewhere, say so, such as --axes "
        + Self.example(shape, samples: axis - 1)
    case .stack(let name, let shape, let layers):
      "the model of '\(name)' \(shape) has \(layers == 1 ? "one array" : "\(layers) arrays"), read "
        + "as \(layers == 1 ? "a layer" : "a layer each") of \(shape.first ?? 0) samples; if an "
        + "axis holds layers, say so, such as --axes \(Self.stacked(shape))"
    case .numberNames(let model, let count, let first, let last):
      "the \(count) arrays of '\(model)' are called \(first) to \(last), and are read as layers; "
        + "say --layout '{batch}' if they are minibatches, '{sample}' if they are samples"
    default: shapeDoubt
    }
  }

  /// The same for doubts about what arrays hold.
  private var shapeDoubt: String {
    switch self {
    case .parameters(let model, let name):
      "layers of '\(model)' are called as parameters are ('\(name)'): weights are no activations; "
        + "cka compute torch runs the model that they belong to"
    case .channels(let name, let shape, let kept) where kept == 1 && shape[1] == shape[2]:
      "the shape of '\(name)' \(shape) looks as if channels were last, and axis 2 was kept as if "
        + "they were first; say --axes \(Self.otherChannels(shape, kept: kept)) if they are last"
    case .channels(let name, let shape, let kept):
      "the shape of '\(name)' \(shape) does not tell where channels are: axis \(kept + 1) was kept, "
        + "the others after the first averaged; --axes says it, such as --axes "
        + Self.otherChannels(shape, kept: kept)
    default: ""
    }
  }

  private static func list(
    _ name: String, _ lengths: [Int], _ shape: [Int], _ meanings: [ListMeaning], _ isSure: Bool
  ) -> String {
    let count = lengths.map(String.init).joined(separator: " × ")
    let places = meanings.map(\.rawValue).joined(separator: " of ")
    let joined = meanings.contains(.batches) ? ", the batches joined in order" : ""
    let text =
      "the list \(name.isEmpty ? "" : "'\(name)' ")of \(count) arrays such as \(shape) is read as "
      + places + joined
    guard !isSure else { return text }
    let others: [ListMeaning] =
      meanings.count > 1 ? meanings.reversed() : [meanings == [.layers] ? .batches : .layers]
    let axes =
      others.map(\.rawValue) + FeatureAxis.assumed(rank: shape.count).map(\.rawValue)
    return text + "; if they are \(others.map(\.rawValue).joined(separator: " of ")), say --axes "
      + axes.joined(separator: ",")
  }

  /// A likely reading of `shape` other than the one that was taken.
  private static func example(_ shape: [Int], samples: Int = 1) -> String {
    guard shape.count != 2 else { return "features,samples" }
    var axes = ["layers", "samples", "tokens", "features"]
    if shape.count == 3 { axes.remove(at: 2) }
    guard samples == 1, shape.count <= 4 else {
      axes = shape.indices.map { $0 == samples ? "samples" : "features" }
      return axes.joined(separator: ",")
    }
    while axes.count < shape.count { axes.append("features") }
    return axes.joined(separator: ",")
  }

  /// The usual reading of a stack of layers of this shape.
  private static func stacked(_ shape: [Int]) -> String {
    let isLayersFirst = shape.count > 1 && shape[0] < shape[1]
    var axes = isLayersFirst ? ["layers", "samples"] : ["samples", "layers"]
    axes += shape.count == 3 ? ["features"] : ["tokens", "features"]
    while axes.count < shape.count { axes.insert("positions", at: axes.count - 1) }
    return axes.joined(separator: ",")
  }

  private static func otherChannels(_ shape: [Int], kept: Int) -> String {
    if shape.count == 3 { return "samples,channels,positions" }
    let last = shape.count - 1
    let names = shape.indices.map { axis in
      axis == 0 ? "samples" : axis == (kept == 1 ? last : 1) ? "channels" : "positions"
    }
    return names.joined(separator: ",")
  }

  private func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}

extension FeatureWarning.LeftOut: CustomStringConvertible {
  /// What follows an array's name: "is text".
  public var description: String {
    switch self {
    case .layout: "does not fit the layout"
    case .labels: "is a list of whole numbers, as labels are,"
    case .integers(let shape): "\(shape) holds whole numbers beside arrays that do not,"
    case .mask(let shape): "\(shape) holds true and false, as masks do,"
    case .number: "is one number, not an array,"
    case .text: "is text"
    case .other(let kind): "is \(kind)"
    }
  }
}
