import Core

/// Reads the series of one figure, one after the other: their error bars must be of one kind.
struct SeriesReader {
  private(set) var series: [Curves.Series] = []
  private(set) var errorBar: Curves.ErrorBar?
  private var names: Set<String> = []
  private var unused: Set<String> = []

  /// What a reader of the figure should know.
  var warnings: [String] {
    var lines = unused.sorted().map { "'\($0)' is not shown" }
    let infinite = series.reduce(0) { $0 + $1.mean.count(where: \.isInfinite) }
    let gaps = series.reduce(0) { $0 + $1.mean.count(where: \.isNaN) }
    if infinite > 0 { lines.append("infinite means, drawn as gaps: \(infinite)") }
    if gaps > 0 { lines.append("means that are NaN, drawn as gaps: \(gaps)") }
    return lines
  }

  /// Reads one series.
  /// - Throws: `FormatError` when it is no dictionary, or has no x or no means that fit.
  mutating func read(_ value: Value) throws(FormatError) {
    let place = "series \(series.count + 1)"
    guard series.count < Curves.mostSeries else {
      throw FormatError(.tooLarge, "more than \(Curves.mostSeries) series")
    }
    guard case .dictionary(let entries) = value else {
      throw FormatError(.wrongType, "\(value.kind) where a series should stand", at: place)
    }
    do throws(FormatError) {
      let (x, mean) = (try required("x", entries), try required("mean", entries))
      let bars = try errors(entries)
      let counts = try self.counts(entries)
      let name = try self.name(entries)
      series.append(
        try CurvesExtractor.checked { () throws(CurvesError) in
          try Curves.Series(name: name, x: x, mean: mean, halfLengths: bars, counts: counts)
        })
    } catch {
      var error = error
      error.place = error.place.isEmpty ? place : "\(place), \(error.place)"
      throw error
    }
  }

  /// The name, made safe and unlike those before it.
  private mutating func name(
    _ entries: [(key: Value, value: Value)]
  ) throws(FormatError) -> String {
    let given = entries["name"]
    guard let text = given?.text ?? (given == nil ? "" : nil) else {
      throw FormatError(.wrongType, "the name is no text", at: "key 'name'")
    }
    let name = SafeText.sanitise(text)
    var unique = name
    var number = 2
    while !names.insert(unique).inserted {
      unique = "\(name) (\(number))"
      number += 1
    }
    return unique
  }

  private func required(
    _ key: String, _ entries: [(key: Value, value: Value)]
  ) throws(FormatError) -> [Double] {
    guard let numbers = try Self.numbers(key, entries) else {
      throw FormatError(.missing, "no key '\(key)'", remedy: "a series needs x and mean")
    }
    return numbers
  }

  /// The error bars under the first of their keys; those under the others are reported.
  private mutating func errors(
    _ entries: [(key: Value, value: Value)]
  ) throws(FormatError) -> [Double]? {
    var found: (kind: Curves.ErrorBar, values: [Double])?
    for (key, kind) in Self.errorKeys {
      guard let values = try Self.numbers(key, entries) else { continue }
      if found == nil { found = (kind, values) } else { unused.insert(key) }
    }
    // Bars that are nowhere known are none.
    guard let found, found.values.contains(where: { !$0.isNaN }) else { return nil }
    if let errorBar, errorBar != found.kind {
      throw FormatError(
        .mismatch,
        "error bars are \(found.kind.rawValue) here, \(errorBar.rawValue) in a series before",
        remedy: "give all series the same kind")
    }
    errorBar = found.kind
    return found.values
  }

  private func counts(_ entries: [(key: Value, value: Value)]) throws(FormatError) -> [Int]? {
    guard let numbers = try Self.numbers("n", entries) else { return nil }
    var counts: [Int] = []
    for number in numbers {
      guard let count = number.isNaN ? 0 : Int(exactly: number), count >= 0 else {
        throw FormatError(.damaged, "\(number) is no count", at: "key 'n'")
      }
      counts.append(count)
    }
    return counts
  }

  /// The list of numbers under `key`, nothing (null) as NaN; nil where there is none.
  private static func numbers(
    _ key: String, _ entries: [(key: Value, value: Value)]
  ) throws(FormatError) -> [Double]? {
    switch entries[key] {
    case nil, .some(.none): return nil
    case .array(let array) where array.shape.count == 1: return array.values()
    case .list(let elements):
      var numbers: [Double] = []
      for element in elements {
        switch element {
        case .none: numbers.append(.nan)
        case .int(let number): numbers.append(Double(number))
        case .float(let number): numbers.append(number)
        default:
          throw FormatError(
            .wrongType, "\(element.kind) where a number should stand", at: "key '\(key)'")
        }
      }
      return numbers
    case .some(let other):
      throw FormatError(
        .wrongType, "\(other.kind) where a list of numbers should stand", at: "key '\(key)'")
    }
  }

  private static let errorKeys: [(String, Curves.ErrorBar)] = [
    ("std", .deviation), ("sd", .deviation), ("deviation", .deviation), ("sem", .standardError),
    ("ci95", .interval),
  ]
}
