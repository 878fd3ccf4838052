import Core

/// The names beside an axis: as many as have room, none overlapping another.
struct AxisLabels {
  /// A name and where it stands.
  struct Label: Equatable {
    /// Pixels from the axis's start to the middle of the value.
    var offset: Int
    var text: String
    var length: Int
  }

  /// The names shown, in the order of the values.
  let labels: [Label]
  /// The longest label, in pixels.
  let extent: Int
  /// Below columns: numbers, and names that all have room side by side, are not turned.
  let areUpright: Bool

  /// - Parameters:
  ///   - names: one a value, or none for numbers from 1.
  ///   - count: number of values along the axis.
  ///   - pitch: pixels from a value to the next, maybe below 1.
  ///   - across: the axis runs across, so that upright labels stand side by side.
  ///   - limit: the longest label in pixels; a longer one keeps its end.
  init(
    names: [String], count: Int, pitch: Double, across: Bool, font: Font, limit: Int,
    typesetter: borrowing Typesetter
  ) {
    let needed =
      across && names.isEmpty
      ? typesetter.length(String(count), font) + font.size : font.solidHeight
    let step = max(1, Int((Double(needed) / pitch).rounded(.up)))
    let shown =
      names.isEmpty
      ? Thinning.round(count: count, step: step) : Thinning.even(count: count, step: step)
    var labels: [Label] = []
    for index in shown {
      let name = index < names.count ? SafeText.sanitise(names[index]) : String(index + 1)
      let text = typesetter.keepingEnd(name, font, limit: limit)
      labels.append(
        Label(
          offset: Int((Double(index) + 0.5) * pitch), text: text,
          length: typesetter.length(text, font)))
    }
    self.labels = labels
    extent = labels.map(\.length).max() ?? 0
    areUpright = names.isEmpty || (step == 1 && Double(extent + font.size) <= pitch)
  }
}

/// Which of many labels to show.
enum Thinning {
  /// The first, the last, and between them every `step`-th; at least `step` apart.
  static func even(count: Int, step: Int) -> [Int] {
    var shown = Array(stride(from: 0, to: count, by: step))
    guard let last = shown.last, last != count - 1, count > step else { return shown }
    if count - 1 - last < step { shown.removeLast() }
    return shown + [count - 1]
  }

  /// The first, and those whose number (from 1) is a multiple of 1, 2 or 5 times a power of ten; at
  /// least `step` apart.
  static func round(count: Int, step: Int) -> [Int] {
    var decade = 1
    while decade * 10 <= step { decade *= 10 }
    let round = [1, 2, 5, 10].map { $0 * decade }.first { $0 >= step } ?? step
    guard round > 1 else { return Array(0..<count) }
    let multiples = stride(from: round - 1, to: count, by: round)
    return [0] + multiples.filter { $0 >= step }
  }
}
