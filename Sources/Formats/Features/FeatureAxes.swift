import Core

/// What the user says of the axes of saved arrays: `--axes`, and `axes` in a recipe.
///
/// A rule is a list of axes, one for each axis of an array: `layers,samples,tokens,features`. It
/// holds for arrays of that many axes. `NAME=` before it holds it to arrays of that name, in which
/// `*` and `?` may stand: `feats=samples,layers,features`. Several rules are parted by semicolons,
/// and the first that fits is taken.
///
/// A list of arrays counts as one axis more, before those of the arrays in it: for a list of arrays
/// (n, p) `layers,samples,features` says that each is a layer, and `batches,samples,features` that
/// they are to be joined.
public struct FeatureAxes: Sendable, Equatable {
  /// The rules as they were written.
  public let text: String
  let rules: [Rule]

  /// One rule.
  struct Rule: Sendable, Equatable {
    /// The names that it holds for; nil for all.
    var name: String?
    var axes: [FeatureAxis]

    fileprivate func matches(_ names: [String]) -> Bool {
      guard let name else { return true }
      let glob = Glob(Array(name.unicodeScalars))
      return names.contains { glob.matches(Array($0.unicodeScalars)) }
    }
  }

  /// Reads `text`.
  /// - Throws: for an unknown or repeated axis, and a rule without axes.
  public init(_ text: String) throws(FormatError) {
    let shown = SafeText.sanitise(text)
    var rules: [Rule] = []
    for part in shown.split(separator: ";", omittingEmptySubsequences: false) {
      rules.append(try Self.rule(part, of: shown))
    }
    self.rules = rules
    self.text = shown
  }

  /// The axes of an array that goes by `names` and has `rank` axes; nil where no rule fits, in
  /// which case the array is read as if none had been given.
  /// - Throws: when a rule for its name has another number of axes.
  func rule(for names: [String], rank: Int, levels: Int = 0) throws(FormatError) -> Rule? {
    if let rule = rules.first(where: { $0.axes.count == rank + levels && $0.matches(names) }) {
      return rule
    }
    let fitting = rules.first { $0.axes.count == rank && $0.matches(names) }
    if let fitting { return fitting }
    if let rule = rules.first(where: { $0.name != nil && $0.matches(names) }) {
      throw FormatError(
        .request,
        "--axes says \(rule.axes.count) axes for '\(names.first ?? "")', which has "
          + "\(rank + levels)",
        remedy: "name one axis for each")
    }
    return nil
  }

  private static func rule(_ text: Substring, of whole: String) throws(FormatError) -> Rule {
    var name: String?
    var list = text
    if let sign = text.firstIndex(of: "=") {
      name = text[..<sign].trimmingBlanks
      list = text[text.index(after: sign)...]
    }
    var axes: [FeatureAxis] = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      let word = word.trimmingBlanks.lowercased()
      guard let axis = FeatureAxis(word: word) else {
        throw FormatError(
          .request, "--axes '\(whole)' has '\(word)', which is no axis",
          remedy: NearNames.question(word, among: FeatureAxis.words)
            + "name them in the array's order, such as layers,samples,tokens,features; known "
            + "are \(FeatureAxis.words.joined(separator: ", "))")
      }
      axes.append(axis)
    }
    for axis in [FeatureAxis.samples, .layers, .batches, .tokens]
    where axes.count(where: { $0 == axis }) > 1 {
      throw FormatError(
        .ambiguous, "--axes '\(whole)' has \(axis.rawValue) twice",
        remedy: "an array has one axis of \(axis.rawValue) at most")
    }
    return Rule(name: name, axes: axes)
  }
}

extension Substring {
  fileprivate var trimmingBlanks: String {
    let start = drop { $0 == " " }
    return String(String(start).reversed().drop { $0 == " " }.reversed())
  }
}
