import Core

/// The matrices of a dictionary under names of their own, with the models that a name may tell:
/// `("resnet18", "vgg11")`, `resnet18_vs_vgg11`, or a dictionary in a dictionary.
struct Matrices {
  /// One matrix, or a stack of some.
  struct Named {
    /// Its name, safe to show.
    let key: String
    let scores: Value
    /// `model1_name` and `model2_name`, where the key tells.
    var about: [(key: Value, value: Value)] = []
  }

  private(set) var all: [Named] = []

  /// What has two or three dimensions in `entries`.
  /// - Parameter isNested: also in the dictionaries in it, where both levels name models.
  init(_ entries: [(key: Value, value: Value)], isNested: Bool) {
    let members = entries.filter { $0.value.isStack }
    let pairs = PairKeys.names(members.map(\.key), isCertain: true)
    for (index, member) in members.enumerated() {
      let key = SafeText.sanitise(member.key.label)
      all.append(
        Named(key: key, scores: member.value, about: pairs.map { Self.models($0[index]) } ?? []))
    }
    // Models stand on both levels; a model outside and its layers inside are activations.
    let inner = Set(entries.flatMap { ($0.value.fields ?? []).map(\.key.label) })
    guard isNested, all.isEmpty, entries.contains(where: { inner.contains($0.key.label) }) else {
      return
    }
    for entry in entries {
      for inner in entry.value.fields ?? [] where inner.value.isStack {
        let pair = (row: entry.key.label, column: inner.key.label)
        all.append(
          Named(
            key: SafeText.sanitise("\(pair.row)/\(pair.column)"), scores: inner.value,
            about: Self.models(pair)))
      }
    }
  }

  /// What has one dimension in `entries`, names of layers left out.
  init(vectors entries: [(key: Value, value: Value)]) {
    for entry in entries {
      guard case .array(let array) = entry.value, array.shape.count == 1,
        entry.key.text?.hasSuffix("_layers") != true
      else { continue }
      all.append(Named(key: SafeText.sanitise(entry.key.label), scores: entry.value))
    }
  }

  private static func models(_ pair: (row: String, column: String)) -> [(key: Value, value: Value)]
  {
    [(.string("model1_name"), .string(pair.row)), (.string("model2_name"), .string(pair.column))]
  }
}

extension Value {
  /// Whether it is a matrix, or several in one array.
  fileprivate var isStack: Bool { arrayRank == 2 || arrayRank == 3 }
}

/// Names that say that values are CKA, or the like.
enum CKANames {
  /// Whether the last part of `name`, a path or a key, says so, and does not say activations.
  static func say(_ name: String) -> Bool {
    let text = (name.split(separator: "/").last.map(String.init) ?? name).lowercased()
    return words.contains(where: text.contains) && !others.contains(where: text.contains)
  }

  private static let words = [
    "cka", "hsic", "similarit", "_vs_", "-vs-", " vs ", " vs. ", " × ", "cknna", "rsa_", "svcca",
  ]
  private static let others = [
    "activation", "feature", "feats", "acts", "hidden", "embed", "weight", "logits", "grad",
  ]
}
