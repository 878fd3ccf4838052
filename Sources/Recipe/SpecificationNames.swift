import Core

/// What a model or a data set of a study is called.
public struct SpecificationName: Sendable, Equatable {
  /// Its name, which no other one of the study has.
  public var name: String
  /// The name that it should have had; nil where it has that.
  public var wanted: String?
}

extension Specification {
  /// The name that was given, or the one that it is called by, safe to show.
  public func name(as role: Role) -> String { SafeText.sanitise(givenName ?? ownName(as: role)) }

  /// The names of all models, or all data sets, of a study: what was given, else what it is called
  /// by; where that is taken already, with `-2`, `-3`, … behind it.
  public static func names(
    of specifications: [Specification], as role: Role
  ) -> [SpecificationName] {
    var names = specifications.map { $0.givenName ?? $0.ownName(as: role) }
    // Two data sets from one source differ in their options, which tell more than a number.
    if role == .data, Set(names).count < names.count {
      names = specifications.map { $0.givenName ?? $0.unnamed }
    }
    var given: Set<String> = []
    return names.map { name in
      var (unique, number) = (name, 1)
      while !given.insert(unique).inserted {
        number += 1
        unique = "\(name)-\(number)"
      }
      return SpecificationName(name: unique, wanted: unique == name ? nil : name)
    }
  }

  /// The name that it has by itself: the function, or the last part of a path or name.
  private func ownName(as role: Role) -> String {
    let target = target ?? ""
    if kind == "py" || kind == "hub", let parts { return parts.function }
    let last = target.split(separator: "/").last.map(String.init) ?? ""
    let ending = kind == "script" ? ".pt" : kind == "npz" ? ".npz" : ""
    if last.isEmpty { return role == .data ? kind : target }
    return last.hasSuffix(ending) ? String(last.dropLast(ending.count)) : last
  }
}
