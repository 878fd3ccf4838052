import CKACore

extension FreezeTable {
  /// The table in words, the same on the screen and from the command: a line for each layer, then what it means.
  public var textLines: [String] {
    let width = min(60, layers.map { $0.name.orRoot.count }.max() ?? 0)
    var lines = layers.map { layer in
      let name = layer.name.orRoot
      let blanks = String(repeating: " ", count: max(0, width - name.count))
      let interval =
        layer.halfWidth.isFinite
        ? " ± \(layer.halfWidth.halfWidthText)  at least \(layer.lowerBound.fixed(4))" : ""
      return "  \(layer.passes ? "*" : " ") \(name)\(blanks)  \(layer.value.fixed(4))\(interval)"
    }
    let passing = layers.count { $0.passes }
    let criterion = usesIntervals ? "with 95 % confidence" : "by the value alone"
    lines.append(
      "  \(passing) of \(layers.count) layers exceed \(threshold.plain) \(criterion) (*)")
    lines.append(
      leading == 0
        ? "  none of them is the first layer: nothing can be frozen from the input on"
        : "  the first \(leading) can be frozen: up to \(layers[leading - 1].name.orRoot)")
    return lines + notes.map { "  note: \($0)" }
  }
}

extension Double {
  /// A half width with two significant digits, at most six decimals: "0.012", "0.00031"; "0" for none.
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
