/// What the cells of a column are.
enum ColumnKind {
  /// Some are texts that are no numbers.
  case text
  /// Whole numbers, which may be names.
  case whole
  /// Numbers with fractions.
  case real
}

/// What the columns of a table of pairs are: two of names, and one or several of values.
struct LongColumns {
  /// The names of rows and of columns, by number from 0.
  let row, column: Int
  /// The columns of values; several only where each is called CKA.
  let values: [Int]
  /// The models of rows and columns, and their data sets.
  private(set) var models: (row: Int, column: Int)?
  private(set) var datasets: (row: Int, column: Int)?
  /// Columns that may tell apart rows of the same names, such as seed or epoch.
  private(set) var others: [Int]

  /// Columns that say more of a row than its names: models, data sets, and the others.
  var about: [Int] {
    var all: [Int] = []
    if let models { all += [models.row, models.column] }
    if let datasets { all += [datasets.row, datasets.column] }
    return all + others
  }

  /// Most columns of such a table.
  static let most = 24

  /// The columns of a table with this header; nil when it is no table of pairs.
  init?(header: [String], kinds: [ColumnKind]) {
    guard (3...Self.most).contains(header.count), kinds.count == header.count else { return nil }
    let names = header.map(Self.plain)
    let open = header.indices.filter { !(Self.isIndex(header[$0], $0) && kinds[$0] != .text) }
    let texts = open.filter { kinds[$0] == .text }
    // Numbers may be names, fractions never.
    let candidates = Self.pairs(names, among: open.filter { kinds[$0] != .real })
    guard let pair = Self.names(texts, candidates, names) else { return nil }
    (row, column) = pair
    let rest = open.filter { $0 != pair.row && $0 != pair.column }
    let numbers = rest.filter { kinds[$0] != .text && !Self.isAside(names[$0]) }
    let isNamed = numbers.filter { names[$0].contains("cka") }
    let isLikely = numbers.filter { Self.valueNames.contains(names[$0]) }
    let isPlain = numbers.filter { !Self.groupNames.contains(names[$0]) }
    // Numbers may name layers only under headings that leave no doubt.
    let needsWord = kinds[pair.row] != .text && kinds[pair.column] != .text
    if !isNamed.isEmpty {
      values = isNamed
    } else if let likely = isLikely.first, isLikely.count == 1 {
      values = [likely]
    } else if !needsWord, isPlain.count == 1 {
      values = isPlain
    } else {
      return nil
    }
    let values = values
    let free = rest.filter { !values.contains($0) }
    let freePairs = candidates.filter { free.contains($0.row) && free.contains($0.column) }
    models = freePairs.first { Self.isModel(names[$0.row]) }
    datasets = freePairs.first { names[$0.row].contains("data") }
    let taken = [freePairs.first { Self.isModel(names[$0.row]) }, datasets].flatMap { pair in
      pair.map { [$0.row, $0.column] } ?? []
    }
    others = free.filter { !taken.contains($0) && !Self.isAside(names[$0]) }
  }

  /// Whether the headings of the two columns of names are those of two of a kind.
  func isNamed(in header: [String]) -> Bool {
    Self.areTwo(Self.plain(header[row]), Self.plain(header[column]))
  }

  /// Whether a column called `name` at place `index` may be pandas' index.
  static func isIndex(_ name: String, _ index: Int) -> Bool {
    index == 0 && ["", "index", "unnamed: 0", "#", "id", "level_0"].contains(name.lowercased())
  }

  /// The two columns of names: those that are called like two of a kind, or the only two texts.
  private static func names(
    _ texts: [Int], _ candidates: [(row: Int, column: Int)], _ names: [String]
  ) -> (row: Int, column: Int)? {
    let textual = candidates.filter { texts.contains($0.row) || texts.contains($0.column) }
    for pairs in [textual, candidates] {
      let layers = pairs.filter { !isModel(names[$0.row]) && !names[$0.row].contains("data") }
      if let named = layers.first(where: { names[$0.row].contains("layer") }) { return named }
      if layers.count == 1 { return layers[0] }
      if pairs.count == 1, texts.count <= 2 { return pairs[0] }
      if texts.count == 2 { return (texts[0], texts[1]) }
      guard pairs.isEmpty else { return nil }
    }
    return nil
  }

  /// Columns that are called like two of a kind: `layer1` and `layer2`, `row` and `column`.
  private static func pairs(
    _ names: [String], among open: [Int]
  ) -> [(row: Int, column: Int)] {
    var pairs: [(row: Int, column: Int)] = []
    for first in open {
      for second in open where second != first && areTwo(names[first], names[second]) {
        pairs.append((first, second))
      }
    }
    return pairs
  }

  private static func areTwo(_ first: String, _ second: String) -> Bool {
    wordPairs.contains { $0 == first && $1 == second }
      || markPairs.contains { first.differs(from: second, by: $0, $1) }
  }

  private static let markPairs: [(UInt8, UInt8)] = ["12", "ab", "xy", "ij", "01"].map {
    ($0.utf8.first ?? 0, $0.utf8.last ?? 0)
  }
  private static let wordPairs = [
    ("row", "col"), ("row", "column"), ("rows", "columns"), ("source", "target"), ("src", "dst"),
    ("from", "to"), ("left", "right"), ("first", "second"), ("teacher", "student"),
    ("teacher_layer", "student_layer"), ("index", "variable"), ("index", "level_1"),
    ("level_0", "level_1"), ("query", "key"), ("layer", "other"), ("layer", "other_layer"),
    ("layer", "variable"),
  ]
  private static let valueNames: Set = [
    "value", "values", "score", "similarity", "sim", "hsic", "svcca", "pwcca", "procrustes", "0",
    "mean", "corr", "correlation", "result",
  ]
  private static let groupNames: Set = [
    "seed", "run", "trial", "fold", "repeat", "replicate", "epoch", "step", "batch", "minibatch",
    "iteration", "iter", "checkpoint", "depth", "width",
  ]

  /// Deviations, counts and tests, which stand beside values.
  private static func isAside(_ name: String) -> Bool {
    let words = name.split { "_ -.".contains($0) }.map(String.init)
    return words.contains { asideNames.contains($0) }
  }

  private static let asideNames: Set = [
    "std", "sd", "sem", "stderr", "stdev", "se", "var", "ci", "ci95", "lower", "upper", "low",
    "high", "n", "count", "p", "pval", "pvalue", "time", "seconds", "samples",
  ]

  private static func isModel(_ name: String) -> Bool {
    (name.contains("model") || name.contains("net") || name.contains("arch"))
      && !name.contains("layer")
  }

  private static func plain(_ name: String) -> String {
    let words = name.lowercased().split { $0 == " " || $0 == "-" }
    return words.joined(separator: "_")
  }
}

extension String {
  /// Whether this text and `other` differ in one byte only, `mark` here and `otherMark` there, at
  /// the end of a word: `layer1` and `layer2`, `model1_layer` and `model2_layer`.
  fileprivate func differs(from other: String, by mark: UInt8, _ otherMark: UInt8) -> Bool {
    let (a, b) = (Array(utf8), Array(other.utf8))
    guard a.count == b.count else { return false }
    let differing = a.indices.filter { a[$0] != b[$0] }
    guard let place = differing.first, differing.count == 1, a[place] == mark,
      b[place] == otherMark
    else { return false }
    let isWordEnd = place + 1 == a.count || a[place + 1] == UInt8(ascii: "_")
    // A letter as a mark stands alone: "layer_a", never "data" beside "datb".
    let isDigit = (0x30...0x39).contains(mark)
    return isWordEnd && (isDigit || place == 0 || a[place - 1] == UInt8(ascii: "_"))
  }
}
