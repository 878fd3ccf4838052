import ArgumentParser
import CKACore
import Explorer
import Formats

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
  /// - Throws: `ExitCode` 1 after a line that says why there is none.
  func results(in path: String, kind: Comparison.Kind?) throws -> [Comparison] {
    let (all, problems) = Info.read([path])
    // A file that was named must open; among the files of a folder the others can still serve.
    if all.isEmpty, let problem = problems.first { throw fail(problem) }
    Self.summarise(problems)
    let sides = try pair.map(Self.sides)
    let fitting = all.filter { result in
      (key == nil || result.id.key == key) && (kind == nil || result.kind == kind)
        && (sides.map { Self.fits(result, $0) } ?? true)
    }
    if let kind, !all.contains(where: { $0.kind == kind }) {
      let missing = kind == .layers ? "layer matrix" : "minibatch scores"
      throw fail(
        "\(path): holds no \(missing); use --view \(kind == .layers ? "sorted" : "layers")")
    }
    guard !fitting.isEmpty else {
      throw fail("\(path): none of \(all.count) results fits; \(Self.list(all))")
    }
    return Self.exact(fitting, sides)
  }

  /// The one result that fits.
  /// - Parameter isWanted: decides among several, where it holds for one of them.
  /// - Throws: `ExitCode` 1 after a line that lists the candidates when there are several.
  func result(
    in path: String, kind: Comparison.Kind?,
    preferring isWanted: (Comparison) -> Bool = { _ in true }
  ) throws -> Comparison {
    let all = try results(in: path, kind: kind)
    let wanted = all.filter(isWanted)
    let fitting = wanted.isEmpty ? all : wanted
    guard fitting.count == 1 else {
      throw fail(
        "\(path): \(fitting.count) results fit; choose with --pair A,B or --key: "
          + Self.list(fitting))
    }
    return fitting[0]
  }

  /// One line for all the files of a folder that cannot be read: the result asked for is another one.
  static func summarise(_ problems: [String]) {
    guard !problems.isEmpty else { return }
    let files = problems.count == 1 ? "1 file" : "\(problems.count) files"
    complain("\(files) could not be read; cka info lists \(problems.count == 1 ? "it" : "them")")
  }

  private static func sides(_ text: String) throws -> (a: String, b: String) {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw ValidationError("--pair needs two models: A,B") }
    return (
      parts[0].trimmed.lowercased(), parts[1].trimmed.lowercased()
    )
  }

  private static func fits(_ result: Comparison, _ sides: (a: String, b: String)) -> Bool {
    zip([result.rows, result.columns], [sides.a, sides.b]).allSatisfy { axis, side in
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
    _ results: [Comparison], _ sides: (a: String, b: String)?
  ) -> [Comparison] {
    guard let sides else { return results }
    let whole = results.filter { result in
      zip([result.rows, result.columns], [sides.a, sides.b]).allSatisfy { axis, side in
        let (model, dataset) = parts(side, of: axis)
        return axis.model.lowercased() == model
          && (dataset.map { axis.dataset.lowercased() == $0 } ?? true)
      }
    }
    return whole.isEmpty ? results : whole
  }

  private static func list(_ results: [Comparison]) -> String {
    let names = results.prefix(6).map { result in
      result.id.key.isEmpty ? result.pairTitle : "\(result.pairTitle) [\(result.id.key)]"
    }
    return names.joined(separator: "; ") + (results.count > 6 ? "; …" : "")
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
