import Core
import Similarity

/// Caveats as our JSON files and bundles hold them, under `caveats`:
///
///     [{"kind": "partial", "seen": 3, "planned": 8, "text": "partial: 3 of 8 minibatches so far"}]
///
/// An npz holds the texts alone. What is said of layers' names is not read back: it is told from
/// the names again.
enum CaveatText {
  /// The key of the list.
  static let key = "caveats"

  /// The list as JSON text.
  static func json(_ caveats: [Caveat]) -> String {
    let objects = caveats.map { caveat in
      var fields = [("kind", JSONText.string(caveat.kind))]
      if case .partial(let seen, let planned) = caveat {
        fields += [("seen", "\(seen)"), ("planned", "\(planned)")]
      }
      return JSONText.object(fields + [("text", JSONText.string(caveat.description))])
    }
    return "[" + objects.joined(separator: ", ") + "]"
  }

  /// The caveats that `value` lists, as objects or as texts; none where it is something else.
  static func caveats(_ value: Value?) -> [Caveat] {
    let suspect = Caveat.labelsSuspect
    if case .strings(let texts, _)? = value {
      return texts.map(SafeText.sanitise).filter { $0 != suspect.description }.map(Caveat.told)
    }
    return (value?.list ?? []).compactMap { element -> Caveat? in
      guard let fields = element.fields else {
        return element.safeText.flatMap { $0 == suspect.description ? nil : .told($0) }
      }
      let text = fields["text"]?.safeText ?? ""
      switch fields["kind"]?.safeText {
      case Caveat.partial(seen: 0, planned: 0).kind:
        guard let seen = fields["seen"]?.integer, let planned = fields["planned"]?.integer,
          seen >= 0, planned >= 0
        else { return text.isEmpty ? nil : .told(text) }
        return .partial(seen: seen, planned: planned)
      case suspect.kind: return nil
      case Caveat.contradiction("").kind: return .contradiction(text)
      default: return text.isEmpty ? nil : .told(text)
      }
    }
  }
}
