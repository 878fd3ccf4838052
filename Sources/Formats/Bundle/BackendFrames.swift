import Core
import Similarity

// What a backend sends: a header, then a frame for each minibatch, each a safetensors buffer.
// docs/backend.md has the protocol.

/// What a backend says first.
public struct BackendHeader: Sendable, Equatable {
  /// The newest version of the protocol that is spoken.
  public static let version = 1

  /// The models and their layers.
  public var models: [StudyModel]
  /// Samples of each minibatch that will come.
  public var sampleCounts: [Int]
  /// What it says of itself.
  public var about: BackendAbout
  /// The minibatches that it sends, numbered from 0 in the whole; nil for all.
  public var range: Range<Int>?
  /// What its first look has settled, any text: other shards are to keep to it. Nil where nothing
  /// is.
  public var plan: String?

  /// A header of these models and minibatches.
  public init(
    models: [StudyModel], sampleCounts: [Int], about: BackendAbout = BackendAbout()
  ) {
    self.models = models
    self.sampleCounts = sampleCounts
    self.about = about
  }

  /// The names of all layers' tensors in the order of the models: `MODEL/LAYER`, or
  /// `MODEL@DATASET/LAYER` for models that share their name.
  public var names: [String] {
    let counts = Dictionary(models.map { ($0.name, 1) }, uniquingKeysWith: +)
    return models.flatMap { model in
      let isShared = counts[model.name] ?? 1 > 1
      let name = isShared ? "\(model.name)@\(model.dataset)" : model.name
      return model.layers.map { "\(name)/\($0.name)" }
    }
  }

  /// Most bytes that any of the announced frames can have, its own header included.
  public var mostBytes: Int {
    // Samples are at most 2³⁰ and layers at most 10⁵: only the last product may overflow.
    let side = sampleCounts.max() ?? 0
    let (bytes, overflow) = (side * side).multipliedReportingOverflow(by: 8 * names.count)
    return overflow ? Int.max : bytes &+ min(Limits.safetensorsHeader, Int.max - bytes)
  }

  /// The header as a buffer.
  public func encoded() throws(FormatError) -> [UInt8] {
    var text = BundleStudy([])
    text.models = models.map(\.axis)
    text.details = models.map(ModelDetails.init)
    let samples = sampleCounts.map(String.init).joined(separator: ", ")
    var metadata = [
      ("format", "cka-backend"), ("version", "\(Self.version)"),
      ("study", text.json(with: [("samples", "[\(samples)]")])),
    ]
    if about != BackendAbout() { metadata.append(("about", about.json)) }
    if let range { metadata.append(("range", "\(range.lowerBound):\(range.upperBound)")) }
    if let plan { metadata.append(("plan", plan)) }
    return try TensorFile(metadata: metadata).encoded()
  }

  /// The header in `buffer`.
  /// - Throws: `FormatError` when it is none, or announces nothing that can be compared.
  public init(_ buffer: ByteRegion) throws(FormatError) {
    let file = try SafetensorsFile(region: buffer)
    guard file.metadata("format") == "cka-backend", let study = file.metadata("study") else {
      throw FormatError(
        .missing, "the first buffer is no header", at: "metadata 'format'",
        remedy: "send one with format cka-backend first")
    }
    guard file.metadata("version") == "\(Self.version)" else {
      throw FormatError(
        .tooNew, "not version \(Self.version) of the protocol", at: "metadata 'version'")
    }
    let text = try BundleStudy(json: study)
    models = text.studyModels
    for (model, details) in zip(models, text.details) {
      let isFitting = details.kinds.isEmpty || details.kinds.count == model.layers.count
      if let problem = details.problem ?? (isFitting ? nil : "not a kind for every layer") {
        throw FormatError(.damaged, "\(model.name): \(problem)", at: "metadata 'study'")
      }
    }
    about = try file.metadata("about").map(BackendAbout.init(json:)) ?? BackendAbout()
    guard let counts = text.samples?.counts, !counts.isEmpty else {
      throw FormatError(.wrongType, "no list of samples", at: "metadata 'study'")
    }
    sampleCounts = counts
    plan = file.metadata("plan")
    range = try file.metadata("range").map { text throws(FormatError) in
      let bounds = text.split(separator: ":").map { Int($0) }
      guard bounds.count == 2, let first = bounds[0], let end = bounds[1],
        (0...counts.count).contains(first), (first...counts.count).contains(end)
      else {
        throw FormatError(
          .damaged, "no range FIRST:END of \(counts.count) minibatches", at: "metadata 'range'")
      }
      return first..<end
    }
    let names = names
    guard !names.isEmpty, names.count <= Limits.layers, Set(names).count == names.count,
      models.allSatisfy({ !$0.layers.isEmpty })
    else {
      throw FormatError(.ambiguous, "no layers, or two of one name", at: "metadata 'study'")
    }
  }
}

extension GramFrame {
  /// The frame as a buffer for readers who know `header`.
  public func encoded(_ header: BackendHeader) throws(FormatError) -> EncodedFile {
    var faults: [(key: String, value: String)] = []
    var file = TensorFile(metadata: [("samples", "\(samples)")])
    if let sampleHash { file.metadata.append(("sample_hash", sampleHash)) }
    for (name, layer) in zip(header.names, layers) {
      switch layer {
      case .gram(let gram): file.add(name, shape: [gram.rows, gram.columns], .matrix(gram))
      case .fault(let reason): faults.append((name, JSONText.string(reason)))
      }
    }
    if !faults.isEmpty { file.metadata.append(("faults", JSONText.object(faults))) }
    return try file.sealed()
  }

  /// Frame number `index`, zero-based, of those that `header` announced.
  /// - Parameter seen: so many frames may come without any layer.
  /// - Throws: `FormatError` when a layer is missing, or a matrix is not n × n for the announced n.
  public init(
    _ buffer: ByteRegion, index: Int, header: BackendHeader, seen: Int = 0
  ) throws(FormatError) {
    let place = "frame \(index + 1)"
    guard header.sampleCounts.indices.contains(index) else {
      throw FormatError(.damaged, "more frames than announced", at: place)
    }
    let file = try SafetensorsFile(region: buffer)
    let samples = header.sampleCounts[index]
    guard file.metadata("samples") == "\(samples)" else {
      throw FormatError(
        .wrongShape,
        "samples is '\(SafeText.sanitise(file.metadata("samples") ?? ""))' instead of \(samples)",
        at: place)
    }
    var faults: [String: String] = [:]
    if let text = file.metadata("faults") {
      for (key, value) in try JSONReader.value(of: text).fields ?? [] {
        if let name = key.safeText, let reason = value.safeText { faults[name] = reason }
      }
    }
    let tensors = Dictionary(file.tensors.map { (SafeText.sanitise($0.name), $0.array) }) {
      first, _ in first
    }
    var layers: [Layer] = []
    let isPassedOver = index < seen && tensors.isEmpty && faults.isEmpty
    for name in isPassedOver ? [] : header.names {
      if let reason = faults[name] {
        layers.append(.fault(reason))
      } else {
        guard let array = tensors[SafeText.sanitise(name)] else {
          throw FormatError(
            .missing, "no tensor '\(name)'", at: place, remedy: "send it, or a fault")
        }
        layers.append(.gram(try Self.gram(array, name: name, samples: samples, place: place)))
      }
    }
    self.init(
      samples: samples, sampleHash: file.metadata("sample_hash").map(SafeText.sanitise),
      layers: layers)
  }

  private static func gram(
    _ array: NDArray, name: String, samples: Int, place: String
  ) throws(FormatError) -> Matrix {
    guard array.shape == [samples, samples], array.type == .float32 || array.type == .float64
    else {
      throw FormatError(
        .wrongShape,
        "'\(name)' is \(array.type.rawValue) \(array.shape) instead of float32 or float64 "
          + "[\(samples), \(samples)]", at: place)
    }
    return try array.matrix()
  }
}
