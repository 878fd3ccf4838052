import Cells
import Similarity

extension FreezeTable {
  /// The table in words: a line for each layer, then what it means.
  public var textLines: [String] {
    layerLines() + meaning.flatMap { State.wrap(String($0.dropFirst(2)), width: 98) }
  }

  /// A line for each layer, in columns. In at most `width` cells, where that is little without the
  /// ends of the intervals, or without the intervals; long names keep their ends. Accuracies of the
  /// user's stand beside the CKA.
  func layerLines(width: Int = .max) -> [String] {
    let names = layers.map(\.name.orRoot)
    let longest = names.map(TextWidth.width(of:)).max() ?? 0
    let own = [
      layers.map { $0.value.fixed(4) }, usesIntervals ? layers.map(Self.interval) : [],
      usesIntervals ? layers.map(Self.bound) : [],
    ].filter { !$0.isEmpty }.map(\.paddedAlike)
    var shown = own + figureColumns
    func room() -> Int { width - 4 - shown.reduce(0) { $0 + ($1.first?.count ?? 0) + 2 } }
    // The ends of the intervals go first, then the intervals, then the user's figures.
    for index in (1..<max(1, own.count)).reversed() + Array(own.count..<shown.count).reversed()
    where room() < min(longest, 12) {
      shown.remove(at: min(index, shown.count - 1))
    }
    let nameWidth = max(1, min(longest, room()))
    return layers.indices.map { index in
      let name = TextWidth.keepingEnd(names[index], width: nameWidth)
      let blanks = String(repeating: " ", count: max(0, nameWidth - TextWidth.width(of: name)))
      let cells =
        ["  \(layers[index].passes ? "*" : " ") \(name)\(blanks)"] + shown.map { $0[index] }
      return cells.joined(separator: "  ").withoutEndingBlanks
    }
  }

  /// What the table means: how many layers pass, up to which they are candidates, what CKA does not
  /// show, and what is to be known about it.
  var meaning: [String] {
    let passing = layers.count { $0.passes }
    let criterion = usesIntervals ? "with the whole of their 95 % intervals" : "by the value alone"
    return [
      "  \(passing) of \(layers.count) layers exceed \(threshold.plain) \(criterion) (*)",
      leading == 0
        ? "  none of them is the first layer: no candidate for freezing from the input on"
        : "  candidates for freezing: the first \(leading), up to \(layers[leading - 1].name.orRoot)",
      "  \(Self.caveat); \(advice)",
    ] + notes.map { "  note: \($0)" }
  }

  /// How to find out what CKA does not show.
  private var advice: String {
    figureNames.isEmpty
      ? "a linear probe or a training run decides (--accuracy FILE puts its figures beside)"
      : "\(figureNames.joined(separator: ", ")) from your file"
  }

  /// Figures of the user's, with what they are.
  private var figureColumns: [[String]] {
    figureNames.indices.map { index in
      layers.map { layer in
        let value = layer.figures[index]
        return value.isNaN ? "" : "\(figureNames[index]) \(value.plain)"
      }.paddedAlike
    }
  }

  private static func interval(_ layer: Layer) -> String {
    layer.halfWidth.isFinite ? "± \(layer.halfWidth.halfWidthText)" : ""
  }

  private static func bound(_ layer: Layer) -> String {
    layer.halfWidth.isFinite ? "at least \(layer.lowerBound.fixed(4))" : ""
  }
}

extension [String] {
  /// The texts with blanks behind them, all as long as the longest.
  fileprivate var paddedAlike: [String] {
    let longest = map(\.count).max() ?? 0
    return map { $0 + String(repeating: " ", count: longest - $0.count) }
  }
}

extension String {
  fileprivate var withoutEndingBlanks: String {
    String(prefix(count - reversed().prefix { $0 == " " }.count))
  }
}

extension Double {
  /// A half width with two significant digits, at most six decimals: "0.012", "0.00031"; "0" for
  /// none.
  public var halfWidthText: String {
    guard isFinite else { return "unknown" }
    if self == 0 { return "0" }
    var (places, scaled) = (1, abs(self) * 10)
    while scaled < 9.5, places < 6 {
      places += 1
      scaled *= 10
    }
    return fixed(places)
  }
}
