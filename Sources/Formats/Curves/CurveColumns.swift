import Core

/// What the columns of a table are, when it may hold curves: one series, x and mean a row, or one
/// value a row in pandas' long form.
struct CurveColumns {
  /// The columns by number, from 0.
  private(set) var x = 0
  private(set) var mean = 0
  private(set) var series: Int?
  private(set) var error: Int?
  private(set) var count: Int?
  /// What the error bars are.
  private(set) var errorBar = Curves.ErrorBar.deviation
  /// The mean's column is called so; else it is the one number beside x.
  private(set) var isNamedMean = false
  /// Which of several runs (seeds, folds) a row comes from.
  private(set) var run: Int?
  /// Error bars in columns that are not used, by name.
  private(set) var unusedErrors: [String] = []
  /// The columns that hold text.
  private(set) var isText: [Bool]

  /// Most columns of such a table.
  static let most = 16

  /// The table has a column of error bars or counts beside its means: it cannot be a matrix.
  var isCertain: Bool { error != nil || (isNamedMean && count != nil) }

  /// The columns of a table with this header and first row; nil when these cannot be curves.
  init?(header: [String], firstRow: [String]) {
    guard (2...Self.most).contains(header.count), firstRow.count == header.count else { return nil }
    let names = header.map { $0.lowercased().filter { $0 != " " } }
    guard names.dropFirst().allSatisfy({ !$0.isEmpty && CSVReader.number($0) == nil }) else {
      return nil
    }
    isText = firstRow.map { CSVReader.number($0) == nil }
    var open: [Int] = []
    for (index, name) in names.enumerated() where !takeRole(name, index) {
      // pandas' index has no name.
      if index == 0, name.isEmpty, !isText[0] { continue }
      open.append(index)
    }
    guard resolve(open), !names[x].isEmpty, series.map({ !names[$0].isEmpty }) ?? true else {
      return nil
    }
  }

  /// Whether the column's name says what it is.
  private mutating func takeRole(_ name: String, _ index: Int) -> Bool {
    if Self.seriesNames.contains(name), series == nil {
      series = index
      isText[index] = true
      return true
    }
    guard !isText[index] else { return false }
    if name == "mean", !isNamedMean {
      (mean, isNamedMean) = (index, true)
    } else if let kind = Self.errorNames[name] {
      if error == nil { (error, errorBar) = (index, kind) } else { unusedErrors.append(name) }
    } else if Self.countNames.contains(name), count == nil {
      count = index
    } else if Self.runNames.contains(name), run == nil {
      run = index
    } else {
      return false
    }
    return true
  }

  /// Gives the columns whose names say nothing their parts: at most one text, the series; x; and
  /// the mean, unless that has a name.
  private mutating func resolve(_ open: [Int]) -> Bool {
    let texts = open.filter { isText[$0] }
    let numbers = open.filter { !isText[$0] }
    guard texts.count <= (series == nil ? 1 : 0) else { return false }
    series = series ?? texts.first
    guard numbers.count == (isNamedMean ? 1 : 2), let first = numbers.first,
      let last = numbers.last
    else { return false }
    x = first
    if !isNamedMean { mean = last }
    // Without a word that says so, two columns of numbers under names are a matrix.
    return isNamedMean || error != nil || series != nil || run != nil
  }

  private static let seriesNames: Set = ["series", "name"]
  private static let countNames: Set = ["n", "count"]
  private static let runNames: Set = ["seed", "run", "trial", "fold", "repeat", "replicate"]
  private static let errorNames: [String: Curves.ErrorBar] = [
    "std": .deviation, "sd": .deviation, "deviation": .deviation, "stddev": .deviation,
    "stdev": .deviation, "sem": .standardError, "se": .standardError, "stderr": .standardError,
    "ci95": .interval,
  ]
}
