import ArgumentParser
import Core
import Explorer
import Formats
import Similarity

/// Which results of a file or folder a command works on.
struct ResultChoice: ParsableArguments {
  @Option(
    help: """
      Only the pair with these models, A,B: names or parts of them; A@D is model A on data set D.
      """)
  var pair: String?

  @Option(help: "Only the result with this key, where a file holds several.")
  var key: String?

  func validate() throws { _ = try pair.map(Self.sides) }

  /// The results below `path` that fit, at least one.
  ///
  /// What must be said of them is said here on standard error, so that no command forgets it.
  ///
  /// Where minibatch scores are wanted and there are none alone, studies are meant: each of their
  /// cells has some.
  /// - Parameters:
  ///   - labels: the order in which names are shown.
  ///   - advice: how to choose, where none fits; nil for commands with an option `--view`, which is
  ///     the advice where there are only results of another kind.
  /// - Throws: `ExitCode` 1 after a line that says why there is none.
  func results(
    in path: String, kind: ResultKind?, labels: LabelOrder = .exported, advice: String? = nil
  ) throws -> [SavedResult] {
    let chosen = try fitting(in: path, kind: kind, advice: advice)
    tellCaveats(of: chosen.compactMap(\.comparison), order: labels)
    return chosen
  }

  private func fitting(
    in path: String, kind: ResultKind?, advice: String?
  ) throws -> [SavedResult] {
    let (all, problems) = Info.read([path])
    // A file that was named must open; among the files of a folder the others can still serve.
    if all.isEmpty, let problem = problems.first { throw fail(problem) }
    Self.summarise(problems)
    let sides = try pair.map(Self.sides)
    let chosen = all.filter { result in
      (key == nil || result.id.key == key) && (sides.map { Self.fits(result, $0) } ?? true)
    }
    guard !chosen.isEmpty else {
      throw fail("\(path): \(misses(all, sides))" + (advice.map { "; \($0)" } ?? ""))
    }
    guard let kind else { return Self.exact(chosen, sides) }
    let alike = chosen.filter { $0.kind == kind }
    let fitting = alike.isEmpty && kind == .minibatches ? chosen.filter(\.isStudy) : alike
    guard !fitting.isEmpty else {
      let instead = chosen[0].kind
      throw fail(
        "\(path): holds no \(kind.name)"
          + (advice == nil ? "; use --view \(instead.view)" : ": it has \(instead.name)"))
    }
    return Self.exact(fitting, sides)
  }

  /// The one result that fits.
  /// - Parameter isWanted: decides among several, where it holds for one of them.
  /// - Throws: `ExitCode` 1 after a line that lists the candidates when there are several.
  func result(
    in path: String, kind: ResultKind?, labels: LabelOrder = .exported, advice: String? = nil,
    preferring isWanted: (SavedResult) -> Bool = { _ in true }
  ) throws -> SavedResult {
    let all = try fitting(in: path, kind: kind, advice: advice)
    let wanted = all.filter(isWanted)
    let fitting = wanted.isEmpty ? all : wanted
    guard fitting.count == 1 else {
      throw fail(
        "\(path): \(fitting.count) results fit; "
          + "\(advice ?? "choose with --pair A,B or --key"): \(Self.list(fitting))")
    }
    tellCaveats(of: fitting.compactMap(\.comparison), order: labels)
    return fitting[0]
  }

  /// The one layer matrix that fits.
  /// - Throws: as `result(in:kind:advice:preferring:)`.
  func layers(
    in path: String, labels: LabelOrder = .exported,
    advice: String = "choose with --pair A,B or --key",
    preferring isWanted: (Comparison) -> Bool = { _ in true }
  ) throws -> Comparison {
    let fitting = try result(in: path, kind: .layers, labels: labels, advice: advice) {
      $0.comparison.map(isWanted) ?? false
    }
    guard let comparison = fitting.comparison else {
      throw fail("\(path): holds no layer matrix")
    }
    return comparison
  }

  /// What was asked for, and what there is instead: the pair the other way round, if that is there.
  private func misses(_ all: [SavedResult], _ sides: (a: String, b: String)?) -> String {
    let wishes = [pair.map { "--pair '\($0)'" }, key.map { "--key '\($0)'" }].compactMap(\.self)
    let turned = sides.map { sides in all.filter { Self.fits($0, (sides.b, sides.a)) } } ?? []
    let question = turned.isEmpty ? meant(all, sides) : ""
    return "nothing fits \(wishes.joined(separator: " and ")); \(question)it has "
      + (turned.isEmpty ? "" : "the pair the other way round: ")
      + Self.list(turned.isEmpty ? all : turned)
  }

  /// "did you mean …? " of the keys, and of the pairs whose names are like those asked for.
  private func meant(_ all: [SavedResult], _ sides: (a: String, b: String)?) -> String {
    if let key, all.allSatisfy({ $0.id.key != key }) {
      let question = NearNames.question(key, among: all.map(\.id.key))
      if !question.isEmpty { return question }
    }
    guard let sides else { return "" }
    let comparisons = all.compactMap(\.comparison)
    let near = [sides.a, sides.b].enumerated().map { place, side -> [String] in
      let axes = comparisons.map { place == 0 ? $0.rows : $0.columns }
      // A part of a name is as good as the whole.
      let known = axes.map(\.model).filter { $0.lowercased().contains(Self.model(of: side)) }
      return known.isEmpty ? NearNames.near(Self.model(of: side), among: axes.map(\.model)) : known
    }
    let fitting = comparisons.filter {
      near[0].contains($0.rows.model) && near[1].contains($0.columns.model)
    }
    let asked = pair ?? ""
    let pairs = fitting.map { "\($0.rows.model),\($0.columns.model)" }.filter { $0 != asked }
    guard let first = NearNames.near(asked, among: pairs).first ?? pairs.first else { return "" }
    return "did you mean --pair '\(SafeText.sanitise(first))'? "
  }

  private static func model(of side: String) -> String {
    side.lastIndex(of: "@").map { String(side[..<$0]) } ?? side
  }

  /// One line for all the files of a folder that cannot be read: the result asked for is another
  /// one.
  static func summarise(_ problems: [String]) {
    guard !problems.isEmpty else { return }
    let files = problems.count == 1 ? "1 file" : "\(problems.count) files"
    complain("\(files) could not be read; cka info lists \(problems.count == 1 ? "it" : "them")")
  }

  /// Whether --pair names two models whole.
  func namesExactly(_ a: String, _ b: String) -> Bool {
    guard let sides = try? pair.map(Self.sides) else { return false }
    return sides.a == a.lowercased() && sides.b == b.lowercased()
  }

  private static func sides(_ text: String) throws -> (a: String, b: String) {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw ValidationError("--pair needs two models: A,B") }
    return (
      parts[0].trimmed.lowercased(), parts[1].trimmed.lowercased()
    )
  }

  private static func fits(_ result: SavedResult, _ sides: (a: String, b: String)) -> Bool {
    guard let comparison = result.comparison else { return false }
    return zip([comparison.rows, comparison.columns], [sides.a, sides.b]).allSatisfy { axis, side in
      let (model, dataset) = parts(side, of: axis)
      return axis.model.lowercased().contains(model)
        && (dataset.map { axis.dataset.lowercased().contains($0) } ?? true)
    }
  }

  /// The model and the data set that `side` means; a model's name may have an @ itself.
  private static func parts(_ side: String, of axis: Axis) -> (model: String, dataset: String?) {
    guard let mark = side.lastIndex(of: "@"), !axis.model.lowercased().contains(side) else {
      return (side, nil)
    }
    return (String(side[..<mark]), String(side[side.index(after: mark)...]))
  }

  /// Whole names win over parts: `Teacher-1` is not `Teacher-10` where both are there.
  private static func exact(
    _ results: [SavedResult], _ sides: (a: String, b: String)?
  ) -> [SavedResult] {
    guard let sides else { return results }
    let whole = results.compactMap(\.comparison).filter { result in
      zip([result.rows, result.columns], [sides.a, sides.b]).allSatisfy { axis, side in
        let (model, dataset) = parts(side, of: axis)
        return axis.model.lowercased() == model
          && (dataset.map { axis.dataset.lowercased() == $0 } ?? true)
      }
    }
    return whole.isEmpty ? results : whole.map(SavedResult.comparison)
  }

  private static func list(_ results: [SavedResult]) -> String {
    let names = results.prefix(6).map { result in
      // A key that was made of the pair's own names says it all.
      let key = result.id.key
      let models = result.comparison.map { [$0.rows.model, $0.columns.model] } ?? []
      let isTold = !models.isEmpty && models.allSatisfy { !$0.isEmpty && key.contains($0) }
      return isTold ? key : key.isEmpty ? result.title : "\(result.title) [\(key)]"
    }
    return names.joined(separator: "; ") + (results.count > 6 ? "; …" : "")
  }
}

/// The kinds of result that commands choose among.
enum ResultKind {
  case layers, minibatches, curves

  /// In words, after "no".
  var name: String {
    switch self {
    case .layers: "layer matrix"
    case .minibatches: "minibatch scores"
    case .curves: "curves"
    }
  }

  /// The view that shows it.
  var view: String {
    switch self {
    case .layers: "layers"
    case .minibatches: "sorted"
    case .curves: "curves"
    }
  }
}

extension SavedResult {
  /// What it is.
  var kind: ResultKind {
    switch self {
    case .comparison(let comparison): comparison.kind == .layers ? .layers : .minibatches
    case .curves: .curves
    }
  }

  /// Whether it is a layer matrix with minibatches behind each cell.
  fileprivate var isStudy: Bool { comparison?.block != nil }

  /// What a list calls it.
  fileprivate var title: String {
    switch self {
    case .comparison(let comparison): comparison.pairTitle
    case .curves(let curves): curves.figureTitle
    }
  }
}

extension Substring {
  /// Without blanks at either end.
  var trimmed: String {
    let body = drop { $0 == " " }
    guard let last = body.lastIndex(where: { $0 != " " }) else { return "" }
    return String(body[...last])
  }
}
