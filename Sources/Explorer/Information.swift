import Core
import Similarity

// Text about the result on the screen, and about what could not be read.
extension State {
  /// File, names, values and warnings of the focused pane's result.
  var infoLines: [String] {
    if let curves = openCurves?.curves { return curveLines(curves) }
    // What D dims is no missing value.
    let layers = difference?.result ?? layerResult
    let result = focus == .minibatches ? minibatchResult : (layers ?? minibatchResult)
    guard let result else { return ["Nothing is open."] }
    let (comparison, summary) = (result.comparison, result.summary)
    var lines = [
      "File", "  \(SafeText.sanitise(comparison.id.path))",
      "  \(comparison.format), \(comparison.dtype)",
    ]
    if !comparison.id.key.isEmpty {
      lines.append("  result \(SafeText.sanitise(comparison.id.key))")
    }
    lines += [
      "Model A (rows)", "  \(comparison.rows.title), \(comparison.rows.layers.count) layers",
      "Model B (columns)",
      "  \(comparison.columns.title), \(comparison.columns.layers.count) layers",
      "Values",
      "  \(comparison.matrix.rows) × \(comparison.matrix.columns) \(comparison.kind.rawValue)",
      "  minimum \(summary.minimum)", "  maximum \(summary.maximum)", "  mean \(summary.mean)",
      "  \(summary.nanCount) NaN, \(summary.infiniteCount) infinite, \(summary.negativeCount) negative",
    ]
    if let kinds = layerKinds, let readout {
      lines += ["At the crosshair", "  \(readout.names)", "  \(kinds.joined(separator: " × "))"]
    }
    lines += difference.map(differenceLines) ?? (matchLines + seedLines)
    lines += studyLines(comparison)
    let caveats = comparison.caveats(order: settings.labelOrder).map(\.description)
    let warnings = caveats + comparison.warnings.filter { !caveats.contains($0) }
    if !warnings.isEmpty {
      lines.append("Warnings")
      lines += warnings.flatMap {
        Self.wrap($0, width: max(20, min(92, terminal.size.width - 10)))
      }
    }
    return lines
  }

  /// One entry for each file that could not be read.
  var problemLines: [String] {
    guard !scan.problems.isEmpty else { return ["Every file was read."] }
    return scan.problems.flatMap {
      Self.wrap($0, width: max(20, min(92, terminal.size.width - 10)))
    }
  }

  /// Breaks a line at blanks; the lines after the first are indented further.
  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = " "
    for word in text.split(separator: " ") {
      if line.count + word.count + 1 > width, line.count > 4 {
        lines.append(line)
        line = "   "
      }
      line += " " + word
    }
    lines.append(line)
    return lines
  }
}
