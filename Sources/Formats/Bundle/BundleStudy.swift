import Core
import Similarity

/// The `study` text of a bundle: which models there are, and which tensor compares which.
struct BundleStudy {
  /// One comparison: indices into `models`, and the tensor with its values.
  struct Entry {
    var key: String
    var kind: Comparison.Kind
    var rows: Int
    var columns: Int
    var tensor: String
    var dtype: String
    var source: ResultID
    var sourceFormat: String
    var warnings: [String]
    var caveats: [Caveat] = []
  }

  var models: [Axis] = []
  /// What else is known of each model; fewer where it is not known.
  var details: [ModelDetails] = []
  var entries: [Entry] = []
  /// What is beside the comparisons when they are the blocks of one study.
  var statistics: Value?
  var provenance: Value?
  /// Samples of each minibatch, in what a backend says first.
  var samples: Value?

  /// The study of `comparisons`; equal sides share one model.
  init(_ comparisons: [Comparison]) {
    for (index, comparison) in comparisons.enumerated() {
      entries.append(
        Entry(
          key: comparison.id.key, kind: comparison.kind, rows: model(comparison.rows),
          columns: model(comparison.columns), tensor: "cka.\(index)", dtype: comparison.dtype,
          source: comparison.id, sourceFormat: comparison.format.description,
          warnings: comparison.warnings,
          caveats: comparison.standing))
    }
  }

  private mutating func model(_ axis: Axis) -> Int {
    if let index = models.firstIndex(of: axis) { return index }
    models.append(axis)
    return models.count - 1
  }
}

// MARK: Writing

extension BundleStudy {
  /// The study as JSON text, with further fields, whose values are JSON texts.
  func json(with further: [(key: String, value: String)] = []) -> String {
    let models = models.enumerated().map { index, model in
      var fields = [
        ("name", JSONText.string(model.model)), ("dataset", JSONText.string(model.dataset)),
        ("layers", JSONText.list(model.layers)),
        ("layers_are_generated", "\(model.layersAreGenerated)"),
      ]
      if details.indices.contains(index) { fields += details[index].fields }
      return JSONText.object(fields)
    }
    let entries = entries.map { entry in
      "{\"key\": \(JSONText.string(entry.key)), \"kind\": \"\(entry.kind.rawValue)\", "
        + "\"rows\": \(entry.rows), \"columns\": \(entry.columns), "
        + "\"tensor\": \"\(entry.tensor)\", \"dtype\": \(JSONText.string(entry.dtype)), "
        + "\"source\": {\"path\": \(JSONText.string(SafeText.sanitise(entry.source.path))), "
        + "\"format\": \(JSONText.string(entry.sourceFormat))}, "
        + "\"warnings\": \(JSONText.list(entry.warnings))"
        + (entry.caveats.isEmpty
          ? "" : ", \"\(CaveatText.key)\": \(CaveatText.json(entry.caveats))")
        + "}"
    }
    return JSONText.object(
      [
        ("models", "[\(models.joined(separator: ", "))]"),
        ("comparisons", "[\(entries.joined(separator: ", "))]"),
      ] + further)
  }
}

// MARK: Reading

extension BundleStudy {
  /// The study that `text` spells. Keys that this version does not know are left alone.
  init(json text: String) throws(FormatError) {
    guard case .dictionary(let study) = try JSONReader.value(of: text) else {
      throw FormatError(.wrongType, "the study is not a JSON object", at: "metadata 'study'")
    }
    for model in study["models"]?.elements ?? [] {
      models.append(try Self.axis(model))
      details.append(ModelDetails(model))
    }
    statistics = study["statistics"]
    provenance = study["provenance"]
    samples = study["samples"]
    for (index, entry) in (study["comparisons"]?.elements ?? []).enumerated() {
      entries.append(try self.entry(entry, place: "metadata 'study', comparison \(index)"))
    }
  }

  private static func axis(_ value: Value) throws(FormatError) -> Axis {
    guard case .dictionary(let fields) = value else {
      throw FormatError(.wrongType, "a model is not a JSON object", at: "metadata 'study'")
    }
    let names = try LayerNames(fields["layers"]).names ?? []
    var isGenerated = false
    if case .bool(true)? = fields["layers_are_generated"] { isGenerated = true }
    return Axis(
      model: safe(fields["name"]), dataset: safe(fields["dataset"]), layers: names,
      layersAreGenerated: isGenerated)
  }

  private func entry(_ value: Value, place: String) throws(FormatError) -> Entry {
    guard case .dictionary(let fields) = value else {
      throw FormatError(.wrongType, "a comparison is not a JSON object", at: place)
    }
    guard case .string(let name)? = fields["kind"], let kind = Comparison.Kind(rawValue: name)
    else { throw FormatError(.damaged, "an unknown kind of comparison", at: place) }
    guard case .int(let rows)? = fields["rows"], models.indices.contains(rows),
      case .int(let columns)? = fields["columns"], models.indices.contains(columns)
    else { throw FormatError(.damaged, "rows or columns name no model", at: place) }
    guard case .string(let tensor)? = fields["tensor"] else {
      throw FormatError(.missing, "no tensor", at: place)
    }
    return Entry(
      key: Self.safe(fields["key"]), kind: kind, rows: rows, columns: columns, tensor: tensor,
      dtype: Self.safe(fields["dtype"]), source: ResultID(path: ""), sourceFormat: "",
      warnings: (fields["warnings"]?.elements ?? []).map { Self.safe($0) },
      caveats: CaveatText.caveats(fields[CaveatText.key]))
  }

  private static func safe(_ value: Value?) -> String {
    value?.text.map(SafeText.sanitise) ?? ""
  }
}

extension Value {
  fileprivate var elements: [Value] {
    if case .list(let elements) = self { elements } else { [] }
  }
}
