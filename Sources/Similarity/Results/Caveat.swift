import Core

/// What must be said of a result wherever it goes: on the screen, in a figure, in a file of values,
/// on standard error. `Comparison.caveats` is the one list of them, and every way out renders it.
///
/// Warnings, by contrast, are remarks for those who ask (`i`, `cka info`).
public enum Caveat: Sendable, Hashable {
  /// When this was saved, the run had seen `seen` of its `planned` minibatches (0 where that is not
  /// known): the final values are others.
  case partial(seen: Int, planned: Int)
  /// The names of layers may stand on the wrong rows or columns: see `LayerOrder`.
  case labelsSuspect
  /// Two parts of the file do not agree: one line that says which.
  case contradiction(String)
  /// What another program's file said of it, in its words; safe to show.
  case told(String)
  /// A caveat about one of the results that this one was made of.
  indirect case of(String, Caveat)

  /// What kind it is, for programs.
  public var kind: String {
    switch self {
    case .partial: "partial"
    case .labelsSuspect: "labels-suspect"
    case .contradiction: "contradiction"
    case .told: "told"
    case .of(_, let caveat): caveat.kind
    }
  }

  /// Whether it is that a run was not finished.
  public var isPartial: Bool { kind == Caveat.partial(seen: 0, planned: 0).kind }

  /// A word or two for a title or a file's name; empty where a caveat needs its sentence.
  public var mark: String {
    switch self {
    case .partial: "partial"
    case .labelsSuspect: "labels suspect"
    case .contradiction: "contradicts itself"
    case .told: ""
    case .of(_, let caveat): caveat.mark
    }
  }
}

extension Caveat: CustomStringConvertible {
  /// One line, without a full stop.
  public var description: String {
    switch self {
    case .partial(let seen, let planned) where planned > 0:
      "partial: \(seen) of \(planned) minibatches so far"
    case .partial(let seen, _): "partial: \(seen) minibatches so far"
    case .labelsSuspect:
      "labels suspect: torch_cka lists layers in registration order, its rows are as executed"
    case .contradiction(let text), .told(let text): text
    case .of(let part, let caveat): "\(part): \(caveat)"
    }
  }
}

extension Comparison {
  /// All that must be said of it, the gravest first; with its names as they are.
  public var caveats: [Caveat] { standing + (labelsLookRegistered ? [.labelsSuspect] : []) }

  /// All that must be said of it with its names in `order`: names that were put in the order of
  /// execution are not in doubt any more.
  public func caveats(order: LabelOrder) -> [Caveat] {
    order == .executed ? standing : caveats
  }

  /// Takes over what must be said of `source`, a part of which this is, with the names in `order`.
  /// A few names tell less about their order than all of them did.
  public mutating func inherit(_ source: Comparison, order: LabelOrder) {
    standing = source.standing
    labelsAreSuspect = order == .exported && source.labelsLookRegistered
  }
}

extension Comparison {
  /// Settles that exactly `caveats` must be said of it, as of something made of other results.
  public mutating func settle(_ caveats: [Caveat]) {
    (standing, labelsAreSuspect) = (caveats, false)
  }
}

extension [Caveat] {
  /// The marks for a title, once each: "partial, labels suspect".
  public var marks: String {
    var seen: Set<String> = []
    return map(\.mark).filter { !$0.isEmpty && seen.insert($0).inserted }.joined(separator: ", ")
  }

  /// The same about one of several results, which is called `part`.
  public func of(_ part: String) -> [Caveat] { map { .of(part, $0) } }
}
