import Foundation

/// One measured number and what it is held to.
struct BenchFigure: Encodable, Equatable {
  /// What numbers are measured in; it decides how they are written.
  enum Unit: String, Encodable {
    case milliseconds = "ms"
    case bytes = "B"
    case kilobytes = "KB"
    case megabytes = "MB"
    case ratio = "×"
  }

  /// The chapter: what ran, on what.
  let group: String
  /// What was measured.
  let what: String
  let value: Double
  let unit: Unit
  /// The largest value that is good enough; nil where nothing was promised.
  var budget: Double?

  /// "ok", "over", or nothing where there is no budget.
  var verdict: String {
    guard let budget else { return "" }
    return value <= budget ? "ok" : "over"
  }

  /// The value as the table writes it: whole bytes, three digits or so of anything else.
  var valueText: String { Self.text(value, unit) }
  var budgetText: String { budget.map { Self.text($0, unit) } ?? "" }

  private static func text(_ value: Double, _ unit: Unit) -> String {
    guard value.isFinite else { return "no value" }
    let isWhole = value == value.rounded() || unit == .bytes || abs(value) >= 100
    let places = isWhole ? 0 : abs(value) >= 10 ? 1 : 2
    let number = String(format: "%.\(places)f", value)
    return "\(number) \(unit.rawValue)"
  }
}

/// Percentiles of a handful of measurements.
enum BenchSample {
  /// The smallest sample that at least `percent` of all do not exceed (nearest rank); NaN of none.
  static func percentile(_ percent: Double, of samples: [Double]) -> Double {
    guard !samples.isEmpty else { return .nan }
    let sorted = samples.sorted()
    let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
    return sorted[max(0, min(sorted.count - 1, Int(rank) - 1))]
  }

  /// The middle sample, the lower one of two.
  static func median(_ samples: [Double]) -> Double { percentile(50, of: samples) }
}

/// Figures as a table for people.
enum BenchTable {
  /// Chapters, and under each: what, value, budget, verdict.
  static func text(_ figures: [BenchFigure]) -> String {
    let wide = { (texts: [String]) in texts.map(\.count).max() ?? 0 }
    let widths = (
      wide(figures.map(\.what)), wide(figures.map(\.valueText)), wide(figures.map(\.budgetText))
    )
    var lines: [String] = []
    var group: String?
    for figure in figures {
      if figure.group != group {
        if group != nil { lines.append("") }
        group = figure.group
        lines.append(figure.group)
      }
      let line =
        "  " + left(figure.what, widths.0) + "  " + right(figure.valueText, widths.1) + "  "
        + right(figure.budgetText, widths.2) + "  " + figure.verdict
      lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
    }
    return lines.joined(separator: "\n")
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
