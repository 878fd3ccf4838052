import Core
import Similarity

/// What a study text says of a model beside its names: everything here may be left out.
struct ModelDetails: Sendable, Equatable {
  /// How the model can be made again; empty where unknown.
  var specification = ""
  /// The shape of one sample's features for each layer; fewer or none where they are not known.
  var shapes: [[Int]] = []
  /// What computes each layer; fewer or none where it is not known.
  var kinds: [String] = []
  /// What is wrong with what was said, if anything; then the rest of it was left away.
  private(set) var problem: String?

  /// What is known of `model`.
  init(_ model: StudyModel) {
    specification = model.specification
    shapes = model.layers.map(\.shape)
    kinds = model.layers.map(\.kind)
  }

  /// What `value`, a model of a study text, says.
  init(_ value: Value) {
    let fields = value.fields ?? []
    shapes = (fields["shapes"]?.list ?? []).map { $0.counts ?? [] }
    if let specification = fields["specification"] {
      self.specification = specification.safeText ?? ""
      if specification.safeText == nil { problem = "a specification is not a text" }
    }
    if let kinds = fields["kinds"] {
      let texts = kinds.list?.compactMap(\.safeText) ?? []
      if kinds.list?.count == texts.count {
        self.kinds = texts
      } else {
        problem = "kinds is not a list of texts"
      }
    }
  }
}

// MARK: Writing

extension ModelDetails {
  /// The fields of a model's JSON object; the values are JSON texts.
  var fields: [(key: String, value: String)] {
    var fields = [("shapes", "[\(shapes.map(\.description).joined(separator: ", "))]")]
    if !kinds.allSatisfy(\.isEmpty) { fields.append(("kinds", JSONText.list(kinds))) }
    if !specification.isEmpty {
      fields.append(("specification", JSONText.string(specification)))
    }
    return fields
  }
}

// MARK: Models

extension BundleStudy {
  /// The models with all that is known of them.
  var studyModels: [StudyModel] {
    zip(models, details).map { axis, details in
      StudyModel(
        name: axis.model, dataset: axis.dataset,
        layers: axis.layers.enumerated().map { index, name in
          StudyLayer(
            name: name,
            shape: details.shapes.indices.contains(index) ? details.shapes[index] : [],
            kind: details.kinds.indices.contains(index) ? details.kinds[index] : "")
        },
        specification: details.specification)
    }
  }
}
