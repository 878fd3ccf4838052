import Core

/// Curves in the formats that they are read from. Values are exact; reading a file back gives the
/// same curves, but for what a table has no room for: title, caption and y's name.
extension ResultWriter {
  /// A table with a row for each point: `series`, x, `mean`, the error bar under its name, `n`.
  public static func csv(_ curves: Curves) -> [UInt8] {
    let bar = curves.errorBar ?? .deviation
    let hasCounts = curves.series.contains { $0.counts != nil }
    let taken: Set = ["series", "mean", "n", "name", "x", bar.rawValue]
    // A name that says something else would be read back as that.
    let isPlain =
      !curves.xName.isEmpty && !taken.contains(curves.xName.lowercased())
      && CurveColumns(
        header: ["series", curves.xName, "mean", "std"], firstRow: ["s", "1", "1", "1"])?.x == 1
    var text = "series,\(isPlain ? csvField(curves.xName) : "x"),mean,\(bar.rawValue)"
    text += hasCounts ? ",n\n" : "\n"
    for series in curves.series {
      let name = csvField(series.name)
      for index in series.x.indices {
        let point = series[index]
        text += "\(name),\(point.x),\(csvNumber(point.mean)),\(csvNumber(point.halfLength))"
        if hasCounts { text += ",\(point.count.map(String.init) ?? "")" }
        text += "\n"
      }
    }
    return Array(text.utf8)
  }

  /// The dictionary `{"curves": …}`.
  public static func json(_ curves: Curves) -> [UInt8] {
    Array(("{\"\(CurvesExtractor.key)\": \(jsonObject(curves))}\n").utf8)
  }

  /// The dictionary `{"curves": […]}` of several figures.
  public static func json(_ all: [Curves]) -> [UInt8] {
    guard all.count != 1 else { return json(all[0]) }
    let figures = all.map(jsonObject).joined(separator: ",\n ")
    return Array(("{\"\(CurvesExtractor.key)\": [\(figures)]}\n").utf8)
  }

  private static func jsonObject(_ curves: Curves) -> String {
    let texts = [
      ("title", curves.title), ("x", curves.xName), ("y", curves.yName),
      ("caption", curves.caption),
    ].filter { !$0.1.isEmpty }.map { "\"\($0.0)\": \(JSONText.string($0.1))" }
    let series = curves.series.map { jsonObject($0, curves.errorBar) }
    return "{"
      + (texts + ["\"series\": [\(series.joined(separator: ",\n  "))]"]).joined(separator: ", ")
      + "}"
  }

  private static func jsonObject(_ series: Curves.Series, _ bar: Curves.ErrorBar?) -> String {
    var fields = [
      "\"name\": \(JSONText.string(series.name))", "\"x\": \(list(series.x))",
      "\"mean\": \(list(series.mean))",
    ]
    if let bar, let lengths = series.halfLengths {
      fields.append("\"\(bar.rawValue)\": \(list(lengths))")
    }
    if let counts = series.counts {
      let texts = counts.map { $0 > 0 ? String($0) : "null" }
      fields.append("\"n\": [\(texts.joined(separator: ", "))]")
    }
    return "{\(fields.joined(separator: ", "))}"
  }

  private static func list(_ numbers: [Double]) -> String {
    "[\(numbers.map(JSONText.number).joined(separator: ", "))]"
  }
}
