import Similarity

/// A caveat as every `--json` gives it.
struct CaveatRecord: Encodable {
  /// `partial`, `labels-suspect`, `contradiction` or `told`.
  let kind: String
  /// One line for people.
  let text: String
  /// Minibatches seen and planned, of a partial result.
  let seen, planned: Int?

  init(_ caveat: Caveat) {
    (kind, text) = (caveat.kind, caveat.description)
    if case .partial(let seen, let planned) = caveat {
      (self.seen, self.planned) = (seen, planned)
    } else {
      (seen, planned) = (nil, nil)
    }
  }
}
