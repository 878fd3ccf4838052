import Cells
import Core
import Glibc

// Curves in words: the readout, the legend and the text about the result.
extension Curves.Series.Point {
  /// "97.2 ± 0.4", every digit of both.
  var exact: String {
    mean.shortest + (halfLength.isFinite ? " ± \(halfLength.shortest)" : "")
  }

  /// The same to two digits of the error bar, or four of the mean where there is none.
  var rounded: String {
    guard mean.isFinite else { return mean.shortest }
    let size = halfLength.isFinite && halfLength > 0 ? halfLength : abs(mean) / 100
    // What is short enough is shown as it is.
    if mean.shortest.count <= 5, !halfLength.isFinite || halfLength.shortest.count <= 4 {
      return exact
    }
    let places = size > 0 ? 1 - Int(log10(size).rounded(.down)) : 1
    guard (0...8).contains(places), abs(mean) < 1e9 else { return exact }
    return mean.fixed(places) + (halfLength.isFinite ? " ± \(halfLength.fixed(places))" : "")
  }
}

extension Double {
  /// The shortest decimal that reads back as the same number, without an idle `.0`.
  fileprivate var shortest: String {
    if isNaN { return "NaN" }
    let text = "\(self)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension State {
  /// What is under the curves' cursor: the chosen series exactly, then the others that are drawn.
  var curveReadout: Readout? {
    guard let open = openCurves, let x = curveX else { return nil }
    let curves = open.curves
    // A narrow screen has no room for what the frame says already.
    let name = curves.xName.isEmpty ? "x =" : curves.xName
    let at = terminal.size.width < 72 ? x.shortest : "\(name) \(x.shortest)"
    let shown = settings.curves.shown(of: curves)
    let others = shown.filter { $0 != chosenCurve }.map { curves.series[$0] }
    let chosen = chosenSeries.map { described($0, at: x, exactly: true) } ?? ""
    let brief = chosenSeries.map { described($0, at: x, exactly: false) } ?? ""
    let total = open.positions.count
    return Readout(
      value: fitting("\(at): \(chosen)", orElse: "\(at): \(brief)"),
      place: "x \((curveCursor + 1).padded(as: total))/\(total)",
      names: others.map { described($0, at: x, exactly: false) }.joined(separator: "  "),
      keepsStart: true,
      copied: (["\(name) \(x.shortest): \(chosen)"]
        + others.map { described($0, at: x, exactly: true) })
        .joined(separator: "; "))
  }

  /// `exact` where the line has room for it, else what is shorter, its end marked where it is cut.
  private func fitting(_ exact: String, orElse shorter: String) -> String {
    let theme = Theme(terminal)
    let room = max(0, terminal.size.width - 2)
    if TextWidth.width(of: theme.spell(exact)) <= room { return exact }
    return theme.keepingStart(shorter, width: room)
  }

  private func described(_ series: Curves.Series, at x: Double, exactly: Bool) -> String {
    let name = series.name.isEmpty ? "" : "\(series.name) "
    guard let index = series.index(at: x) else { return "\(name)–" }
    let point = series[index]
    return name + (exactly ? point.exact : point.rounded)
      + (point.count.map { " (n = \($0))" } ?? "")
  }

  /// File, names, series and warnings.
  func curveLines(_ curves: Curves) -> [String] {
    let width = max(20, min(92, terminal.size.width - 10))
    var lines = [
      "File", "  \(SafeText.sanitise(curves.id.path))", "  \(curves.format), curves",
    ]
    if !curves.id.key.isEmpty { lines.append("  result \(SafeText.sanitise(curves.id.key))") }
    lines += ["Axes", "  x \(curves.xName.orUnnamed)", "  y \(curves.yName.orUnnamed)"]
    lines.append("  error bars: \(curves.errorBar?.name ?? "none")")
    lines.append("Series")
    for series in curves.series {
      let reach = series.reach.map {
        "\($0.lowerBound.shortest) to \($0.upperBound.shortest)"
      }
      let points = series.x.count == 1 ? "1 point" : "\(series.x.count) points"
      lines.append(
        "  \(series.name.orUnnamed): \(points), x \(series.span.lowerBound.shortest) to "
          + "\(series.span.upperBound.shortest), y \(reach ?? "nowhere")")
    }
    if !curves.caption.isEmpty {
      lines.append("Caption")
      lines += Self.wrap(curves.caption, width: width)
    }
    if !curves.warnings.isEmpty {
      lines.append("Warnings")
      lines += curves.warnings.flatMap { Self.wrap($0, width: width) }
    }
    return lines
  }
}

extension String {
  fileprivate var orUnnamed: String { isEmpty ? "(no name)" : self }
}
