import Core
import Explorer
import Similarity

/// What `match --all-pairs` says. NaN has no JSON form: what is not known is null.
struct IdentificationRecord: Encodable {
  /// One architecture.
  struct Group: Encodable {
    let networks: [String]
    let ordered_pairs: Int
    let names_agree: Bool
    let share, standard_error: Double?
    let chance: Double
    let layers: [Layer]
  }
  /// One layer.
  struct Layer: Encodable {
    let layer: String
    let share: Double?
    let searches, identified, ties, missing: Int
    let usual_mistake: String?
  }
  let path: String
  let groups: [Group]
  let left_out: Int

  init(_ path: String, _ found: [LayerIdentification], leftOut: Int) {
    self.path = SafeText.sanitise(path)
    left_out = leftOut
    groups = found.map { found in
      Group(
        networks: found.networks.map(\.model), ordered_pairs: found.searches,
        names_agree: found.namesAgree, share: found.share.known,
        standard_error: found.standardError.known, chance: found.chance,
        layers: found.layers.map { layer in
          Layer(
            layer: layer.name, share: layer.share.known, searches: layer.searches,
            identified: layer.identified, ties: layer.ties, missing: layer.missing,
            usual_mistake: layer.usualMistake.map { found.layers[$0].name })
        })
    }
  }

  /// The record in words.
  var text: String {
    let left =
      left_out > 0
      ? ["\(left_out) results left out: their networks have layers of different number"] : []
    return (groups.flatMap(lines) + left).joined(separator: "\n")
  }

  private func lines(_ group: Group) -> [String] {
    let names = group.networks.prefix(6).joined(separator: ", ")
    let more = group.networks.count > 6 ? ", …" : ""
    let rows = group.layers.map { layer in
      [
        layer.layer.named, percent(layer.share), "\(layer.identified) of \(layer.searches)",
        layer.ties > 0 ? "\(layer.ties) tied" : "",
        layer.usual_mistake.map { "else mostly \($0.named)" } ?? "",
      ]
    }
    let error = group.standard_error.map {
      " ± \((100 * $0).fixed(1)) (standard error over networks)"
    }
    let few = group.networks.count < 3 ? "; two networks do not tell how sure that is" : ""
    return [
      "\(group.networks.count) networks, \(group.ordered_pairs) ordered pairs: \(names)\(more)",
      "  the best match is the same layer in \(percent(group.share))\(error ?? "") of all searches; by chance "
        + "\(percent(group.chance))\(few)",
    ] + (group.names_agree ? [] : ["  layers are matched by depth alone: their names differ"])
      + TextTable.lines(rows, right: [1]).map { "    " + $0 }
  }

  private func percent(_ share: Double?) -> String {
    share.map { "\((100 * $0).fixed(1)) %" } ?? "no value"
  }
}
